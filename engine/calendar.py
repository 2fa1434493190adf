"""Working time: a company's calendar as a value, and the functions of the closed language that speak of time."""
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property
from itertools import accumulate
from typing import Any

from data_model import clock

Spans = tuple[tuple[int, int], ...]
"""Stretches of working time on a working day, in minutes after midnight, ascending."""
WHOLE_DAY: Spans = ((0, 24 * 60),)
OFFICE_HOURS: Spans = ((8 * 60 + 30, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_WORKDAYS_A_WEEK = 5
_INSTANT = timedelta(microseconds=1)
_LAST = date.max.toordinal()


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Which days are worked, and between which hours. Monday to Friday, unless `special` says otherwise of a day.

    Every moment stands at a point of working time: how much of it has passed since the beginning of the calendar. Adding is
    done there, by counting, so that it costs the same for one workday and for a million.
    """

    special: Mapping[date, bool] = field(default_factory=dict)  # True: worked
    hours: Spans = OFFICE_HOURS

    def is_workday(self, day: date) -> bool:
        return self.special.get(day, day.weekday() < _WORKDAYS_A_WEEK)

    def add(self, moment: datetime, amount: timedelta, spans: Spans = WHOLE_DAY) -> datetime:
        """The first moment (aware) by which `amount` of working time has passed since `moment` (aware).

        Nothing added leads from time that is not worked to the next that is.

        Raises:
            OverflowError: it lies outside the years a calendar has.
        """
        here = clock.local(moment)
        done = self._done(here, spans)
        if amount:
            return self._reached(done + amount, spans, here.tzinfo)
        opens = self._reached(done + _INSTANT, spans, here.tzinfo) - _INSTANT
        return here if done and here == self._reached(done, spans, here.tzinfo) else opens

    def between(self, first: datetime, last: datetime, spans: Spans = WHOLE_DAY) -> timedelta:
        """How much working time lies between two moments; negative when the second is the earlier one."""
        return self._done(clock.local(last), spans) - self._done(clock.local(first), spans)

    def after(self, duration: str, start: datetime) -> datetime:
        """The moment an ISO 8601 duration after `start`, where a workday is 24 hours from any minute, and a week five workdays.

        Raises:
            ValueError: when it is no duration.
        """
        found = _DURATION.fullmatch(duration) if is_duration(duration) else None
        if found is None:
            raise ValueError(f"not an ISO 8601 duration: {duration!r}")
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return self.add(start, timedelta(days=weeks * _WORKDAYS_A_WEEK + days, hours=hours, minutes=minutes, seconds=seconds))

    def workdays(self, count: float, start: str = "") -> str:
        """ISO moment when `count` workdays of office hours have passed since an ISO date or moment; without one, since now."""
        return self._after_office_hours(_length(self.hours) * float(count), start)

    def workhours(self, count: float, start: str = "") -> str:
        """ISO moment when `count` office hours have passed."""
        return self._after_office_hours(timedelta(hours=float(count)), start)

    def workbetween(self, first: str, last: str, share: float) -> str:
        """ISO moment after `share` (0 to 1) of the office hours between two ISO dates or moments."""
        start = moment_of(first)
        return self.add(start, self.between(start, moment_of(last), self.hours) * float(share), self.hours).isoformat()

    def is_workday_text(self, day: str) -> bool:
        """Whether an ISO date, or the day of a moment on the company's clock, is worked."""
        return self.is_workday(clock.local(moment_of(day)).date())

    def _after_office_hours(self, amount: timedelta, start: str) -> str:
        return self.add(moment_of(start) if start else clock.now(), amount, self.hours).isoformat()

    # -- the scale of working time

    def _done(self, here: datetime, spans: Spans) -> timedelta:
        """Working time from the beginning of the calendar to this local moment."""
        done = _length(spans) * self._workdays_before(here.toordinal())
        if self.is_workday(here.date()):
            now = here.replace(tzinfo=None) - datetime.combine(here.date(), time())
            done += sum((min(max(now, begin), end) - begin for begin, end in _times(spans)), timedelta())
        return done

    def _reached(self, done: timedelta, spans: Spans, zone: tzinfo | None) -> datetime:
        """The first local moment with so much working time (more than none) behind it."""
        whole = _length(spans)
        workday = -(-done // whole)
        rest = done - whole * (workday - 1)
        for begin, end in _times(spans):
            if rest <= end - begin:
                break
            rest -= end - begin
        return datetime.combine(self._workday(workday), time(), zone) + begin + rest

    def _workday(self, number: int) -> date:
        """The n-th workday of the calendar."""
        place = bisect_left(range(2, _LAST + 2), number, key=self._workdays_before) + 1
        if number < 1 or place > _LAST:
            raise OverflowError("the calendar ends before")
        return date.fromordinal(place)

    def _workdays_before(self, ordinal: int) -> int:
        """Workdays from 0001-01-01, a Monday, to the day before this one."""
        weeks, days = divmod(ordinal - 1, 7)
        places, sums = self._exceptions
        return weeks * _WORKDAYS_A_WEEK + min(days, _WORKDAYS_A_WEEK) + sums[bisect_left(places, ordinal)]

    @cached_property
    def _exceptions(self) -> tuple[list[int], list[int]]:
        """Days that are not what their weekday says, and by how much those before each change the count of workdays."""
        changed = sorted(day for day, worked in self.special.items() if worked != (day.weekday() < _WORKDAYS_A_WEEK))
        steps = (1 if self.special[day] else -1 for day in changed)
        return [day.toordinal() for day in changed], list(accumulate(steps, initial=0))


WEEKENDS_ONLY = WorkCalendar()


def _times(spans: Spans) -> list[tuple[timedelta, timedelta]]:
    return [(timedelta(minutes=begin), timedelta(minutes=end)) for begin, end in spans]


def _length(spans: Spans) -> timedelta:
    return timedelta(minutes=sum(end - begin for begin, end in spans))


# ── the closed language ──

def calendar_days(count: float) -> str:
    """ISO moment `count` days from now by the wall calendar: weekends and holidays count."""
    return (clock.local(clock.now()) + timedelta(days=float(count))).isoformat()


def calendar_hours(count: float) -> str:
    """ISO moment `count` hours from now by the wall clock."""
    return (clock.local(clock.now()) + timedelta(hours=float(count))).isoformat()


def between(first: str, last: str, share: float) -> str:
    """ISO moment after `share` (0 to 1) of the time between two ISO dates or moments; a date means its end."""
    start, end = moment_of(first), moment_of(last)
    return (start + (end - start) * float(share)).isoformat()


def day_end(day: str) -> str:
    """ISO moment of the last second of an ISO date, on the company's clock."""
    return moment_of(day).isoformat()


def every(count: int, duration: str, first: str) -> str:
    """An ISO repeating interval: `count` times, `duration` apart, the first at the ISO date or moment `first`."""
    return f"R{int(count)}/{moment_of(first).isoformat()}/{duration}"


def functions(calendar: Callable[[], WorkCalendar]) -> Mapping[str, Any]:
    """What diagrams may ask about time; `calendar` is fetched when a function first needs one."""
    return {
        "workdays": lambda *asked: calendar().workdays(*asked), "workhours": lambda *asked: calendar().workhours(*asked),
        "workbetween": lambda *asked: calendar().workbetween(*asked), "is_workday": lambda day: calendar().is_workday_text(day),
        "calendar_days": calendar_days, "calendar_hours": calendar_hours, "between": between, "day_end": day_end, "every": every,
    }


TIMER_FUNCTIONS = functions(lambda: WEEKENDS_ONLY)
"""For whoever has no company: lint, `anlan evaluate`."""


def moment_of(text: str) -> datetime:
    """An ISO date (its last second) or moment, on the company's clock when it names no zone.

    Raises:
        ValueError: when it is neither.
    """
    if len(text) == len("2026-01-31"):
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), clock.zone())
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.zone())


def is_duration(text: str) -> bool:
    """Whether the text is an ISO 8601 duration of weeks, days, hours, minutes, seconds."""
    return len(text) > 1 and not text.endswith("T") and _DURATION.fullmatch(text) is not None
