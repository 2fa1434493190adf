"""Times in diagrams: functions that give them, and texts that are them."""
import re

from engine.calendar import TIMER_FUNCTIONS
from engine.timer_definitions import moment, parse_cycle

TIMERS = frozenset(TIMER_FUNCTIONS)
_BARE = re.compile(r"(R\d*/.*|P[\dTYMWDHS.,]+|\d{4}-\d\d-\d\d(T.*)?)", re.DOTALL)
_DURATION = re.compile(r"P(?=\d|T\d)(\d{1,2}Y)?(\d{1,3}M)?(\d{1,4}W)?(\d{1,5}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,8}S)?)?")
_CYCLE_PARTS = 3


def is_bare(source: str) -> bool:
    """Whether somebody forgot the quotes around an ISO duration, date or cycle."""
    return _BARE.fullmatch(source.strip()) is not None


def is_time(written: object, cycle: bool) -> bool:
    """Whether the text is what a timer takes: an ISO duration, date or moment, or a repeating interval."""
    if not isinstance(written, str) or len(written) > 100:
        return False
    parts = written.split("/")
    if any(part.startswith("P") and not _DURATION.fullmatch(part) for part in parts) or len(parts) > _CYCLE_PARTS:
        return False
    try:
        parse_cycle(written) if cycle else moment(written)
    except Exception:  # SpiffWorkflow raises a bare Exception for a bad duration
        return False
    return True
