"""The work calendar that holds at a place: read from the tables once, and kept."""
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, String, cast, event, literal, select, union_all
from sqlalchemy.orm import Session, object_session

from data_model.base import unit_ids
from data_model.work_calendar import DayKind, SpecialDay, WorkSpan
from engine.calendar import WorkCalendar

KEPT_SECONDS = 30  # so long another process, or a reader that began before a change, may go by the old calendar
_day, _span = SpecialDay.__table__, WorkSpan.__table__
_everything = union_all(
    select(_day.c.unit_id, _day.c.kind, cast(_day.c.day, String), literal("")),
    select(_span.c.unit_id, literal("hours"), cast(_span.c.starts, String), cast(_span.c.ends, String)))


@dataclass(frozen=True)
class _Book:
    """All calendars of an installation as they were read, and those put together from them so far."""

    days: Mapping[int | None, dict[date, bool]]
    hours: Mapping[int | None, list[tuple[int, int]]]
    made: dict[tuple[int, ...], WorkCalendar]
    read_at: float

    def of(self, path: str) -> WorkCalendar:
        """The group's days with those of the units on the path over them, the nearest unit's last; its hours alone."""
        units = tuple(unit for unit in unit_ids(path) if unit in self.days or unit in self.hours)
        found = self.made.get(units)
        if found is None:
            days: dict[date, bool] = {}
            for unit in (None, *units):
                days |= self.days.get(unit, {})
            hours = next((self.hours[unit] for unit in (*reversed(units), None) if unit in self.hours), None)
            found = self.made[units] = WorkCalendar(days, tuple(sorted(hours))) if hours else WorkCalendar(days)
        return found


_books: "WeakKeyDictionary[Engine, _Book]" = WeakKeyDictionary()
_lock = threading.Lock()


def of(session: Session, path: str) -> WorkCalendar:
    """The calendar that holds at a place, such as '/1/3/9/'; one statement at most in a unit of work, usually none."""
    book: _Book | None = session.info.get("calendars")
    if book is None:
        book = session.info["calendars"] = _kept(session)
    return book.of(path)


def _kept(session: Session) -> _Book:
    """What this process has read lately; what the unit of work has changed itself is read anew, and kept for nobody else."""
    if "calendars_changed" in session.info:
        return _read(session)
    engine = _database(session)
    book = _books.get(engine)
    if book is None or time.monotonic() - book.read_at > KEPT_SECONDS:
        book = _read(session)
        with _lock:
            _books[engine] = book
    return book


def _read(session: Session) -> _Book:
    days: defaultdict[int | None, dict[date, bool]] = defaultdict(dict)
    hours: defaultdict[int | None, list[tuple[int, int]]] = defaultdict(list)
    read_at = time.monotonic()
    for unit, kind, first, last in session.connection().execute(_everything):
        if kind == "hours":
            hours[unit].append((int(first), int(last)))
        else:
            days[unit][date.fromisoformat(first)] = kind == DayKind.WORKDAY
    return _Book(dict(days), dict(hours), {}, read_at)


def _database(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def _changed(_mapper: Any, _connection: Any, row: Any) -> None:
    """Whoever changes a row, and by whatever way: the next question is answered from the tables."""
    session = object_session(row)
    if session is None:
        return
    session.info.pop("calendars", None)
    if "calendars_changed" not in session.info:
        session.info["calendars_changed"] = True
        event.listen(session, "after_commit", _forget)  # data_model.session's own would bring the web into `anlan lint`


def _forget(session: Session) -> None:
    with _lock:
        _books.pop(_database(session), None)


for _model in (SpecialDay, WorkSpan):
    for _deed in ("after_insert", "after_update", "after_delete"):
        event.listen(_model, _deed, _changed)
