"""What the page of a work calendar is put together from: whose it is, which days, which form."""
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from sqlalchemy import or_, select
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Optional, ValidationError

from data_model import clock
from data_model.base import subtree
from data_model.organisation import Level, OrgUnit
from data_model.work_calendar import DayKind, SpecialDay
from engine import work_calendar
from engine.calendar import OFFICE_HOURS
from engine.day_table import FIRST_YEAR, LAST_YEAR, NewDay
from engine.errors import Missing, NotYours
from forms.base import AtMost
from forms.words import Said
from web import year

GROUP = "group"
SPANS_OFFERED = 3
MOST_DAYS = 60
_BAD_DATE = "请按 年-月-日 填写日期"


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


# ── whose calendar ──

def places() -> list[Place]:
    """The calendars the person may see: of companies, and the group's when they are more than one."""
    reach = [subtree(OrgUnit.path, place) for place in g.actor.places("calendar.view")]
    units = g.session.scalars(select(OrgUnit).where(
        OrgUnit.level == Level.COMPANY, OrgUnit.active, or_(*reach)).order_by(OrgUnit.path)).all() if reach else []
    found = [Place(unit, g.actor.can_at("calendar.edit", unit.path)) for unit in units]
    return found if len(found) == 1 and not g.actor.can_at("calendar.view", "/") else [
        Place(None, g.actor.can_at("calendar.edit", "/")), *found]


def chosen(word: str | None) -> Place:
    offered = places()
    found = next((place for place in offered if place.word == word), None) if word else _home(offered)
    if found is None:
        raise Missing("没有这个日历，或您无权查看")
    return found


def _home(offered: list[Place]) -> Place:
    """The person's own company's; for those above companies the group's."""
    return next((place for place in offered if place.unit and g.actor.unit_path.startswith(place.unit.path)), offered[0])


def edited() -> Place:
    place = chosen(request.form.get("unit"))
    if not place.may_edit:
        raise NotYours("您不能修改这个日历")
    return place


def own_rows(place: Place) -> list[SpecialDay]:
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

def page(place: Place, shown: int, *, form: DayForm | None = None, editing: list[str] | None = None,
          typed: list[tuple[str, str]] | None = None, hours_wrong: str = "", file_wrong: str = "") -> str:
    listed = specials_of(place, shown)
    first, last = _asked_days()
    asked = [special for special in listed if first and last and first <= special.day <= last]
    hours = work_calendar.hours_of(g.session, place.id)
    group_hours = work_calendar.hours_of(g.session, None) or list(OFFICE_HOURS)
    fields = typed or [(_clock(begin), _clock(end)) for begin, end in hours or group_hours]
    return render_template(
        "calendar/index.html", place=place, places=places(), shown=shown, first=FIRST_YEAR, last=LAST_YEAR,
        stretches=year.stretches(listed), months=year.months(shown, listed), weekdays=year.SHORT_WEEKDAYS,
        workdays=year.workdays(shown, listed),
        pending=sum(not special.row.checked for special in listed if special.own),
        inherited=sum(not special.row.checked for special in listed if not special.own),
        form=form or _day_form(asked, first, last), editing=editing or [special.row.id for special in asked if special.own],
        over=asked[0] if asked and not asked[0].own else None, asked=(first, last),
        own_hours=bool(hours) or place.unit is None, hours=hours or group_hours, clock=_clock,
        fields=[*fields, *[("", "")] * (SPANS_OFFERED - len(fields))], hours_wrong=hours_wrong, file_wrong=file_wrong)


def specials_of(place: Place, shown: int) -> list[year.Special]:
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


def back(place: Place, shown: int, where: str | None = None) -> Any:
    return redirect(url_for(".index", unit=place.word, year=shown, _anchor=where), 303)


def year_of(said: MultiDict[str, str]) -> int:
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


def _clock(minutes: int) -> str:
    """Minutes after midnight as a time field takes them; the end of the day is 00:00 again."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
