"""The one clock of the house. Tests, the demo data and the sandbox move it; nobody else asks the machine for the time."""
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_zone: ZoneInfo = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in UTC; the simulated moment when one is set."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in the company's time zone."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The moment as the clock on the company's wall shows it."""
    return moment.astimezone(_zone)


def zone() -> ZoneInfo:
    return _zone


def day_start(day: date) -> datetime:
    """The moment that a day begins in the company's time zone."""
    return datetime.combine(day, time.min, tzinfo=_zone).astimezone(UTC)


def use_zone(name: str) -> None:
    """Set the company's time zone; called once, when the settings are read."""
    global _zone
    _zone = ZoneInfo(name)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the house believe it is `moment` (aware), in this thread and task only."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def move(by: timedelta) -> None:
    """Push a simulated clock forward; without one there is nothing to push.

    Raises:
        RuntimeError: outside `at(...)`.
    """
    current = _frozen.get()
    if current is None:
        raise RuntimeError("the real clock cannot be moved")
    _frozen.set(current + by)
