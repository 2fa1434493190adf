"""The work calendar: weekends do not count. One workday is 24 hours of working time, from any minute of the day."""
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from data_model import clock

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_WORKDAYS_A_WEEK = 5
_WORKWEEK = timedelta(days=_WORKDAYS_A_WEEK)
_INSTANT = timedelta(microseconds=1)


def is_workday(day: date) -> bool:
    """Monday to Friday. The company's own holidays follow with the full calendar."""
    return day.weekday() < _WORKDAYS_A_WEEK


def add_worktime(moment: datetime, amount: timedelta) -> datetime:
    """The moment (aware) when `amount` of working time has passed since `moment` (aware)."""
    here = clock.local(moment)
    whole_weeks = max(0, (amount - _INSTANT) // _WORKWEEK)  # so that a diagram's workdays(999999) costs nothing
    here, amount = here + timedelta(weeks=whole_weeks), amount - whole_weeks * _WORKWEEK
    while True:
        midnight = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo)
        if is_workday(here.date()):
            if here + amount <= midnight:
                return here + amount
            amount -= midnight - here
        here = midnight


def workdays(count: float) -> str:
    """ISO moment `count` workdays from now: from Friday 15:00, one workday leads to Monday 15:00."""
    return add_worktime(clock.now(), timedelta(days=float(count))).isoformat()


def workhours(count: float) -> str:
    """ISO moment `count` working hours from now; hours of a weekend do not count."""
    return add_worktime(clock.now(), timedelta(hours=float(count))).isoformat()


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


TIMER_FUNCTIONS: Mapping[str, Any] = {
    "workdays": workdays, "workhours": workhours, "between": between, "day_end": day_end, "every": every,
}


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


def after(duration: str, start: datetime) -> datetime:
    """The moment an ISO 8601 duration of working time after `start`; a week is five workdays.

    Raises:
        ValueError: when it is no duration.
    """
    if not is_duration(duration):
        raise ValueError(f"not an ISO 8601 duration: {duration!r}")
    found = _DURATION.fullmatch(duration)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0,) * 5
    amount = timedelta(days=weeks * _WORKDAYS_A_WEEK + days, hours=hours, minutes=minutes, seconds=seconds)
    return add_worktime(start, amount)
