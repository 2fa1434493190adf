"""The work calendar: what a limit of two workdays means on a Friday afternoon."""
from datetime import datetime

import pytest

from data_model import clock
from engine import calendar
from engine.calendar import WEEKENDS_ONLY


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone())


@pytest.mark.parametrize(("start", "duration", "due"), (
    ("2026-11-25T09:30", "P1D", "2026-11-26T09:30"),  # Wednesday -> Thursday
    ("2026-11-27T15:00", "P1D", "2026-11-30T15:00"),  # Friday -> Monday
    ("2026-11-27T15:00", "P2D", "2026-12-01T15:00"),
    ("2026-11-28T10:00", "P1D", "2026-12-01T00:00"),  # Saturday: the first working minute is Monday 00:00
    ("2026-11-27T20:00", "PT24H", "2026-11-30T20:00"),
    ("2026-11-27T20:00", "PT1H30M", "2026-11-27T21:30"),
    ("2026-11-23T08:00", "P1W", "2026-11-30T08:00"),
))
def test_a_duration_counts_working_time_only(start, duration, due):
    assert WEEKENDS_ONLY.after(duration, at(start)) == at(due)


@pytest.mark.parametrize("text", ("P", "PT", "2D", "P2X", "P1D2H", "P-1D", "", "PT1H "))
def test_what_is_no_duration_is_refused(text):
    assert not calendar.is_duration(text)
    with pytest.raises(ValueError, match="not an ISO"):
        WEEKENDS_ONLY.after(text, at("2026-11-25T09:30"))


def test_functions_of_the_closed_language_answer_in_iso():
    with clock.at(at("2026-11-27T15:00")):
        assert WEEKENDS_ONLY.workdays(1) == "2026-11-30T15:00:00+08:00"
        assert WEEKENDS_ONLY.workhours(2) == "2026-11-27T17:00:00+08:00"
    assert calendar.day_end("2026-12-01") == "2026-12-01T23:59:59+08:00"
    assert calendar.between("2026-12-01T00:00+08:00", "2026-12-11T00:00+08:00", 0.8) == "2026-12-09T00:00:00+08:00"
    assert calendar.every(30, "P1D", "2026-12-01") == "R30/2026-12-01T23:59:59+08:00/P1D"
