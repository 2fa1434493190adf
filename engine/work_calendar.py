"""The special days and office hours that people keep, and those the house is shipped with."""
import csv
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import extract, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data_model.work_calendar import DayKind, SpecialDay, WorkSpan
from engine import day_table
from engine.calendar import WorkCalendar
from engine.day_table import NewDay
from engine.errors import EngineError, TooLate

MOST_SPANS = 4
Span = tuple[int, int]


def days_of(session: Session, unit_id: int | None, year: int) -> Sequence[SpecialDay]:
    """A unit's own special days of a year; of the group's default without a unit."""
    return session.scalars(select(SpecialDay).where(
        SpecialDay.unit_id.is_not_distinct_from(unit_id), extract("year", SpecialDay.day) == year).order_by(SpecialDay.day)).all()


def hours_of(session: Session, unit_id: int | None) -> list[Span]:
    """A unit's own office hours; none when it has those of the group."""
    rows = session.scalars(select(WorkSpan).where(WorkSpan.unit_id.is_not_distinct_from(unit_id)).order_by(WorkSpan.starts))
    return [(row.starts, row.ends) for row in rows]


def save_days(session: Session, unit_id: int | None, days: Iterable[NewDay], checked: bool) -> int:
    """Write special days; one that is there already is changed. How many.

    Raises:
        TooLate: somebody else has just added one of them.
    """
    wanted = {new.day: new for new in days}
    known = {row.day: row for row in session.scalars(select(SpecialDay).where(
        SpecialDay.unit_id.is_not_distinct_from(unit_id), SpecialDay.day.in_(wanted)))}
    for new in wanted.values():
        row = known.get(new.day)
        if row is None:
            row = SpecialDay(unit_id=unit_id, day=new.day)
            session.add(row)
        row.kind, row.name, row.note, row.checked = new.kind, new.name, new.note, checked
    try:
        session.flush()
    except IntegrityError as error:
        raise TooLate("这些日期刚被他人修改，请刷新后重试") from error
    return len(wanted)


def import_days(session: Session, unit_id: int | None, rows: Iterable[Sequence[Any]], checked: bool = False) -> int:
    """Write the special days of a table whose first row names its columns: all of them, or none. How many.

    Raises:
        day_table.BadRows: naming each bad row and cell.
    """
    return save_days(session, unit_id, day_table.read(rows), checked)


def save_hours(session: Session, unit_id: int | None, spans: Sequence[Span]) -> None:
    """A unit's office hours; without any it has those of the group again.

    Raises:
        EngineError: they overlap, or end before they begin.
    """
    ordered = sorted(spans)
    if len(ordered) > MOST_SPANS:
        raise EngineError("最多填写 {most} 段工作时间", "hours", most=MOST_SPANS)
    if any(not 0 <= begin < end <= 24 * 60 for begin, end in ordered):
        raise EngineError("每段工作时间的结束须晚于开始", "hours")
    if any(one[1] > other[0] for one, other in zip(ordered, ordered[1:], strict=False)):
        raise EngineError("各段工作时间不能重叠", "hours")
    if ordered == hours_of(session, unit_id):
        return
    for row in session.scalars(select(WorkSpan).where(WorkSpan.unit_id.is_not_distinct_from(unit_id))):
        session.delete(row)
    session.flush()
    session.add_all(WorkSpan(unit_id=unit_id, starts=begin, ends=end) for begin, end in ordered)
    session.flush()


# ── what is shipped ──

@cache
def shipped_days() -> tuple[NewDay, ...]:
    """Public holidays and adjusted workdays, as the State Council's notices say; to be checked by whoever uses them."""
    with files("data_model.seed").joinpath("special_days.csv").open(encoding="utf-8") as lines:
        return tuple(NewDay(date.fromisoformat(row["day"]), DayKind(row["kind"]), row["name"], "") for row in csv.DictReader(lines))


@cache
def shipped() -> WorkCalendar:
    """The calendar of a house that has changed nothing."""
    return WorkCalendar({new.day: new.kind == DayKind.WORKDAY for new in shipped_days()})


def load_shipped(session: Session) -> list[int]:
    """Add the shipped days of years of which the group has none yet, marked unchecked; those years."""
    years = [year for year in sorted({new.day.year for new in shipped_days()}) if not days_of(session, None, year)]
    save_days(session, None, [new for new in shipped_days() if new.day.year in years], checked=False)
    return years
