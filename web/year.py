"""A year of a work calendar as a page shows it: its months of weeks, and its special days one by one."""
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from data_model import clock
from data_model.work_calendar import DayKind, SpecialDay

MONTHS = ("1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
SHORT_WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")
SATURDAY = 5


@dataclass(frozen=True)
class Special:
    """A special day that holds here: the company's own, or the group's."""

    row: SpecialDay
    own: bool
    instead: SpecialDay | None = None  # the group's, which the company's own replaces

    @property
    def day(self) -> date:
        return self.row.day

    @property
    def worked(self) -> bool:
        return self.row.kind == DayKind.WORKDAY

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.weekday()]


@dataclass(frozen=True)
class Stretch:
    """Days in a row that are alike in everything: a feast of a week is one line of the list."""

    days: tuple[Special, ...]

    @property
    def first(self) -> Special:
        return self.days[0]

    @property
    def last(self) -> Special:
        return self.days[-1]

    @property
    def ids(self) -> list[int]:
        return [special.row.id for special in self.days]

    def goes_on_with(self, special: Special) -> bool:
        last = self.last
        return (special.day - last.day == timedelta(days=1) and special.own == last.own and bool(special.instead) == bool(last.instead)
                and all(getattr(special.row, name) == getattr(last.row, name) for name in ("kind", "name", "note", "checked")))


@dataclass(frozen=True)
class Cell:
    """One day of a month."""

    day: date
    special: Special | None

    @property
    def look(self) -> str:
        """Words of its class."""
        weekend = self.day.weekday() >= SATURDAY
        if self.special is None:
            kind = "weekend" if weekend else "plain"
        else:
            kind = "worked" if self.special.worked else "off"
        return f"cal-{kind}{' cal-today' if self.day == clock.today() else ''}"


@dataclass(frozen=True)
class Month:
    name: str
    weeks: list[list[Cell | None]]


def specials(default: Sequence[SpecialDay], own: Sequence[SpecialDay], is_default: bool) -> list[Special]:
    """The days that hold, in order; a company's own goes before the group's of the same day."""
    if is_default:
        return [Special(row, own=True) for row in default]
    group = {row.day: row for row in default}
    found = {day: Special(row, own=False) for day, row in group.items()}
    found |= {row.day: Special(row, own=True, instead=group.get(row.day)) for row in own}
    return [found[day] for day in sorted(found)]


def stretches(shown: Sequence[Special]) -> list[Stretch]:
    found: list[Stretch] = []
    for special in shown:
        if found and found[-1].goes_on_with(special):
            found[-1] = Stretch((*found[-1].days, special))
        else:
            found.append(Stretch((special,)))
    return found


def months(year: int, shown: Sequence[Special]) -> list[Month]:
    known = {special.day: special for special in shown}
    weeks = Calendar().monthdatescalendar
    return [Month(name, [[Cell(day, known.get(day)) if day.month == number else None for day in week] for week in weeks(year, number)])
            for number, name in enumerate(MONTHS, 1)]


def workdays(year: int, shown: Sequence[Special]) -> int:
    """How many days of the year are worked."""
    known = {special.day: special.worked for special in shown}
    first = date(year, 1, 1).toordinal()
    days = (date.fromordinal(first + n) for n in range(date(year, 12, 31).toordinal() - first + 1))
    return sum(known.get(day, day.weekday() < SATURDAY) for day in days)
