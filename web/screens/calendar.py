"""工作日历: the special days and office hours of the group and of each company."""
import csv
import io
from typing import Any

from flask import Blueprint, flash, g, render_template, request, send_file
from flask_babel import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from data_model.work_calendar import DayKind, SpecialDay
from engine import day_table, work_calendar
from engine.day_table import BadRows, NewDay
from engine.errors import EngineError
from web import table_file, year
from web.access import allow
from web.calendar_page import DayForm, back, chosen, edited, own_rows, page, specials_of, year_of
from web.i18n import tr

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KIND_WORDS = {DayKind.HOLIDAY: "休", DayKind.WORKDAY: "班"}


@bp.get("")
@allow("calendar.view")
def index():
    return page(chosen(request.args.get("unit")), year_of(request.args))


@bp.post("/days")
@allow("calendar.edit")
def save_days():
    """Add days, or change those of a stretch: what it no longer reaches is given up."""
    place, form = edited(), DayForm(request.form)
    if not form.validate():
        return page(place, year_of(request.form), form=form, editing=request.form.getlist("id")), 422
    days = form.days()
    kept = {new.day for new in days}
    for row in own_rows(place):
        if row.day not in kept:
            g.session.delete(row)
    work_calendar.save_days(g.session, place.id, days, form.checked.data)
    flash(gettext("已保存。"), "success")
    return back(place, days[0].day.year)


@bp.post("/days/delete")
@allow("calendar.edit")
def delete_days():
    place = edited()
    rows = own_rows(place)
    for row in rows:
        g.session.delete(row)
    flash(gettext("已删除。"), "success")
    return back(place, year_of(request.form))


@bp.post("/days/check")
@allow("calendar.edit")
def check_days():
    """Compared with the official notice; or not after all."""
    place = edited()
    for row in own_rows(place):
        row.checked = "checked" in request.form
    return back(place, year_of(request.form), "days")


@bp.post("/check")
@allow("calendar.edit")
def check_all():
    place, shown = edited(), year_of(request.form)
    for row in work_calendar.days_of(g.session, place.id, shown):
        row.checked = True
    flash(gettext("%(year)s 年的日期已全部标为已核对。", year=shown), "success")
    return back(place, shown)


@bp.post("/hours")
@allow("calendar.edit")
def save_hours():
    place = edited()
    typed = list(zip(request.form.getlist("begin"), request.form.getlist("end"), strict=False))[:work_calendar.MOST_SPANS]
    try:
        work_calendar.save_hours(g.session, place.id, [_span(*pair) for pair in typed if any(pair)])
    except EngineError as refusal:
        return page(place, year_of(request.form), typed=typed, hours_wrong=tr(refusal.text, **refusal.params)), refusal.status
    flash(gettext("已保存。"), "success")
    return back(place, year_of(request.form))


@bp.post("/import")
@allow("calendar.edit")
def preview():
    """What the file would change, or what is wrong with it. Nothing is written yet."""
    place, upload = edited(), request.files.get("file")
    try:
        days = day_table.read(table_file.rows(_content(upload)))
    except BadRows as refusal:
        return render_template("calendar/import.html", place=place, shown=year_of(request.form), problems=refusal.problems,
                               name=upload.filename if upload else ""), 422
    except EngineError as refusal:
        return page(place, year_of(request.form), file_wrong=tr(refusal.text, **refusal.params)), refusal.status
    known = {row.day: row for row in g.session.scalars(select(SpecialDay).where(
        SpecialDay.unit_id.is_not_distinct_from(place.id), SpecialDay.day.in_([new.day for new in days])))}
    return render_template(
        "calendar/import.html", place=place, shown=days[0].day.year, name=upload.filename, weekdays=year.WEEKDAYS,
        days=[(new, *_difference(new, known.get(new.day))) for new in sorted(days, key=lambda new: new.day)],
        rows=_as_csv(days), checked=bool(request.form.get("checked")))


@bp.post("/import/take")
@allow("calendar.edit")
def take():
    place = edited()
    rows = csv.reader(io.StringIO(request.form.get("rows", "")[:table_file.LARGEST], newline=""))
    count = work_calendar.import_days(g.session, place.id, rows, bool(request.form.get("checked")))
    flash(gettext("已导入 %(count)s 天。", count=count), "success")
    return back(place, year_of(request.form))


@bp.get("/export")
@allow("calendar.view")
def export():
    """The special days of a year as a sheet that can be imported again; of a year without any, an empty one to fill in."""
    place, shown = chosen(request.args.get("unit")), year_of(request.args)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(shown))
    for letter, width in zip("ABCD", (14, 8, 20, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([tr(column) for column in day_table.COLUMNS])
    for special in specials_of(place, shown):
        row = special.row
        sheet.append([_text(sheet, words) for words in (row.day.isoformat(), tr(_KIND_WORDS[DayKind(row.kind)]), row.name, row.note)])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return send_file(out, XLSX, as_attachment=True, max_age=0, download_name=f"{gettext('工作日历')}-{shown}.xlsx")


def _span(begin: str, end: str) -> tuple[int, int]:
    try:
        first, last = (int(hour) * 60 + int(minute) for hour, minute in (begin.split(":")[:2], end.split(":")[:2]))
    except ValueError:
        raise EngineError("请填写每段工作时间的开始和结束", "hours") from None
    return first, last or 24 * 60


def _content(upload: FileStorage | None) -> bytes:
    """What was sent, and no more of it than can be refused as too large."""
    if upload is None:
        return b""
    with upload.stream as stream:
        return stream.read(table_file.LARGEST + 1)


def _difference(new: NewDay, row: SpecialDay | None) -> tuple[str, bool]:
    """What the file would do to a day, in a word, and whether that is nothing."""
    if row is None:
        return "新增", False
    same = (row.kind, row.name, row.note) == (new.kind, new.name, new.note)
    return ("不变" if same else "有改动"), same


def _as_csv(days: list[NewDay]) -> str:
    """The days as the next page sends them back."""
    out = io.StringIO()
    csv.writer(out).writerows([day_table.COLUMNS, *((new.day, _KIND_WORDS[new.kind], new.name, new.note) for new in days)])
    return out.getvalue()


def _text(sheet: Any, words: str) -> Any:
    """No cell is a formula, whatever it begins with."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", words))
    cell.data_type = "s"
    return cell
