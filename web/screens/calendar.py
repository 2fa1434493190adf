"""工作日历: the special days and office hours of the group and of each company."""
import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy import or_, select
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField, DateField, Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Optional, ValidationError

from data_model import clock
from data_model.base import subtree
from data_model.organisation import Level, OrgUnit
from data_model.work_calendar import DayKind, SpecialDay
from engine import day_table, work_calendar
from engine.calendar import OFFICE_HOURS
from engine.day_table import FIRST_YEAR, LAST_YEAR, BadRows, NewDay
from engine.errors import EngineError, Missing, NotYours
from forms.base import AtMost
from forms.words import Said
from web import table_file, year
from web.access import allow
from web.i18n import tr

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

GROUP = "group"
SPANS_OFFERED = 3
MOST_DAYS = 60
_BAD_DATE = "请按 年-月-日 填写日期"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KIND_WORDS = {DayKind.HOLIDAY: "休", DayKind.WORKDAY: "班"}


class DayForm(Form):
    """One special day, or several in a row."""

    day = DateField("日期", [InputRequired("请选择日期")], invalid_value_message=_BAD_DATE)
    until = DateField("最后一天（可不填）", [Optional()], invalid_value_message=_BAD_DATE)
    kind = RadioField("类型", [InputRequired("请选择类型"), AnyOf(list(DayKind), "请选择类型")], validate_choice=False,
                      choices=[SelectChoice(DayKind.HOLIDAY, "放假"), SelectChoice(DayKind.WORKDAY, "上班")])
    name = StringField("名称", [AtMost(40)], render_kw={"maxlength": 40, "placeholder": "如：国庆节、调休、校庆"})
    note = StringField("备注", [AtMost(200)], render_kw={"maxlength": 200})
    checked = BooleanField("已与正式通知核对")

    def validate_day(self, field):
        if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError("请填写 2000 至 2100 年间的日期")

    def validate_until(self, field):
        if field.data and self.day.data and not 0 <= (field.data - self.day.data).days < MOST_DAYS:
            raise ValidationError(Said("应不早于开始日期，最多连续 {days} 天", days=MOST_DAYS))

    def days(self) -> list[NewDay]:
        count = (self.until.data - self.day.data).days + 1 if self.until.data else 1
        return [NewDay(self.day.data + timedelta(days=n), DayKind(self.kind.data), (self.name.data or "").strip(), (self.note.data or "").strip())
                for n in range(count)]


@dataclass(frozen=True)
class Place:
    """Whose calendar is shown: a company's, or (without a unit) the group's default."""

    unit: OrgUnit | None
    may_edit: bool

    @property
    def id(self) -> int | None:
        return self.unit.id if self.unit else None

    @property
    def word(self) -> str:
        return str(self.unit.id) if self.unit else GROUP


@bp.get("")
@allow("calendar.view")
def index():
    return _page(_chosen(request.args.get("unit")), _year(request.args))


@bp.post("/days")
@allow("calendar.edit")
def save_days():
    """Add days, or change those of a stretch: what it no longer reaches is given up."""
    place, form = _edited(), DayForm(request.form)
    if not form.validate():
        return _page(place, _year(request.form), form=form, editing=request.form.getlist("id")), 422
    days = form.days()
    kept = {new.day for new in days}
    for row in _own_rows(place):
        if row.day not in kept:
            g.session.delete(row)
    work_calendar.save_days(g.session, place.id, days, form.checked.data)
    flash(gettext("已保存。"), "success")
    return _back(place, days[0].day.year)


@bp.post("/days/delete")
@allow("calendar.edit")
def delete_days():
    place = _edited()
    rows = _own_rows(place)
    for row in rows:
        g.session.delete(row)
    flash(gettext("已删除。"), "success")
    return _back(place, _year(request.form))


@bp.post("/days/check")
@allow("calendar.edit")
def check_days():
    """Compared with the official notice; or not after all."""
    place = _edited()
    for row in _own_rows(place):
        row.checked = "checked" in request.form
    return _back(place, _year(request.form), "days")


@bp.post("/check")
@allow("calendar.edit")
def check_all():
    place, shown = _edited(), _year(request.form)
    for row in work_calendar.days_of(g.session, place.id, shown):
        row.checked = True
    flash(gettext("%(year)s 年的日期已全部标为已核对。", year=shown), "success")
    return _back(place, shown)


@bp.post("/hours")
@allow("calendar.edit")
def save_hours():
    place = _edited()
    typed = list(zip(request.form.getlist("begin"), request.form.getlist("end"), strict=False))[:work_calendar.MOST_SPANS]
    try:
        work_calendar.save_hours(g.session, place.id, [_span(*pair) for pair in typed if any(pair)])
    except EngineError as refusal:
        return _page(place, _year(request.form), typed=typed, hours_wrong=tr(refusal.text, **refusal.params)), refusal.status
    flash(gettext("已保存。"), "success")
    return _back(place, _year(request.form))


@bp.post("/import")
@allow("calendar.edit")
def preview():
    """What the file would change, or what is wrong with it. Nothing is written yet."""
    place, upload = _edited(), request.files.get("file")
    try:
        days = day_table.read(table_file.rows(_content(upload)))
    except BadRows as refusal:
        return render_template("calendar/import.html", place=place, shown=_year(request.form), problems=refusal.problems,
                               name=upload.filename if upload else ""), 422
    except EngineError as refusal:
        return _page(place, _year(request.form), file_wrong=tr(refusal.text, **refusal.params)), refusal.status
    known = {row.day: row for row in g.session.scalars(select(SpecialDay).where(
        SpecialDay.unit_id.is_not_distinct_from(place.id), SpecialDay.day.in_([new.day for new in days])))}
    return render_template(
        "calendar/import.html", place=place, shown=days[0].day.year, name=upload.filename, weekdays=year.WEEKDAYS,
        days=[(new, *_difference(new, known.get(new.day))) for new in sorted(days, key=lambda new: new.day)],
        rows=_as_csv(days), checked=bool(request.form.get("checked")))


@bp.post("/import/take")
@allow("calendar.edit")
def take():
    place = _edited()
    rows = csv.reader(io.StringIO(request.form.get("rows", "")[:table_file.LARGEST], newline=""))
    count = work_calendar.import_days(g.session, place.id, rows, bool(request.form.get("checked")))
    flash(gettext("已导入 %(count)s 天。", count=count), "success")
    return _back(place, _year(request.form))


@bp.get("/export")
@allow("calendar.view")
def export():
    """The special days of a year as a sheet that can be imported again; of a year without any, an empty one to fill in."""
    place, shown = _chosen(request.args.get("unit")), _year(request.args)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(shown))
    for letter, width in zip("ABCD", (14, 8, 20, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([tr(column) for column in day_table.COLUMNS])
    for special in _specials(place, shown):
        row = special.row
        sheet.append([_text(sheet, words) for words in (row.day.isoformat(), tr(_KIND_WORDS[DayKind(row.kind)]), row.name, row.note)])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return send_file(out, XLSX, as_attachment=True, max_age=0, download_name=f"{gettext('工作日历')}-{shown}.xlsx")


# ── whose calendar ──

def _places() -> list[Place]:
    """The calendars the person may see: of companies, and the group's when they are more than one."""
    reach = [subtree(OrgUnit.path, place) for place in g.actor.places("calendar.view")]
    units = g.session.scalars(select(OrgUnit).where(
        OrgUnit.level == Level.COMPANY, OrgUnit.active, or_(*reach)).order_by(OrgUnit.path)).all() if reach else []
    found = [Place(unit, g.actor.can_at("calendar.edit", unit.path)) for unit in units]
    return found if len(found) == 1 and not g.actor.can_at("calendar.view", "/") else [
        Place(None, g.actor.can_at("calendar.edit", "/")), *found]


def _chosen(word: str | None) -> Place:
    places = _places()
    found = next((place for place in places if place.word == word), None) if word else _home(places)
    if found is None:
        raise Missing("没有这个日历，或您无权查看")
    return found


def _home(places: list[Place]) -> Place:
    """The person's own company's; for those above companies the group's."""
    return next((place for place in places if place.unit and g.actor.unit_path.startswith(place.unit.path)), places[0])


def _edited() -> Place:
    place = _chosen(request.form.get("unit"))
    if not place.may_edit:
        raise NotYours("您不能修改这个日历")
    return place


def _own_rows(place: Place) -> list[SpecialDay]:
    """The rows named in the form, which must be of this calendar.

    Raises:
        Missing: one is not, or not any more.
    """
    ids = {int(text) for text in request.form.getlist("id") if text.isdecimal() and len(text) < 16}
    rows = list(g.session.scalars(select(SpecialDay).where(SpecialDay.id.in_(ids), SpecialDay.unit_id.is_not_distinct_from(place.id))))
    if len(rows) != len(ids):
        raise Missing("没有这条记录，或已被删除")
    return rows


# ── the page ──

def _page(place: Place, shown: int, *, form: DayForm | None = None, editing: list[str] | None = None,
          typed: list[tuple[str, str]] | None = None, hours_wrong: str = "", file_wrong: str = "") -> str:
    listed = _specials(place, shown)
    first, last = _asked_days()
    asked = [special for special in listed if first and last and first <= special.day <= last]
    hours = work_calendar.hours_of(g.session, place.id)
    group_hours = work_calendar.hours_of(g.session, None) or list(OFFICE_HOURS)
    fields = typed or [(_clock(begin), _clock(end)) for begin, end in hours or group_hours]
    return render_template(
        "calendar/index.html", place=place, places=_places(), shown=shown, first=FIRST_YEAR, last=LAST_YEAR,
        stretches=year.stretches(listed), months=year.months(shown, listed), weekdays=year.SHORT_WEEKDAYS,
        workdays=year.workdays(shown, listed),
        pending=sum(not special.row.checked for special in listed if special.own),
        inherited=sum(not special.row.checked for special in listed if not special.own),
        form=form or _day_form(asked, first, last), editing=editing or [special.row.id for special in asked if special.own],
        over=asked[0] if asked and not asked[0].own else None, asked=(first, last),
        own_hours=bool(hours) or place.unit is None, hours=hours or group_hours, clock=_clock,
        fields=[*fields, *[("", "")] * (SPANS_OFFERED - len(fields))], hours_wrong=hours_wrong, file_wrong=file_wrong)


def _specials(place: Place, shown: int) -> list[year.Special]:
    default = work_calendar.days_of(g.session, None, shown)
    own = work_calendar.days_of(g.session, place.id, shown) if place.unit else ()
    return year.specials(default, own, is_default=place.unit is None)


def _day_form(asked: list[year.Special], first: date | None, last: date | None) -> DayForm:
    """Filled with what is known of the days that were asked for; of plain ones, with what would make them special."""
    if first is None:
        return DayForm(data={"kind": DayKind.HOLIDAY})
    days = {"day": first, "until": last if last != first else None}
    if asked and asked[0].own:
        row = asked[0].row
        return DayForm(data={**days, "kind": row.kind, "name": row.name, "note": row.note, "checked": row.checked})
    worked = asked[0].worked if asked else first.weekday() < year.SATURDAY
    return DayForm(data={**days, "kind": DayKind.HOLIDAY if worked else DayKind.WORKDAY})


def _back(place: Place, shown: int, where: str | None = None) -> Any:
    return redirect(url_for(".index", unit=place.word, year=shown, _anchor=where), 303)


def _year(said: MultiDict[str, str]) -> int:
    asked = said.get("year", type=int)
    return asked if asked and FIRST_YEAR <= asked <= LAST_YEAR else clock.today().year


def _asked_days() -> tuple[date | None, date | None]:
    """The days to be edited: one, or from the first to the last."""
    first, last = _asked_day("day"), _asked_day("until")
    return first, last if first and last and 0 <= (last - first).days < MOST_DAYS else first


def _asked_day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


# ── hours and tables ──

def _clock(minutes: int) -> str:
    """Minutes after midnight as a time field takes them; the end of the day is 00:00 again."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


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
