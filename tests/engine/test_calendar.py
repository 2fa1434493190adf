"""The work calendar: what a limit of two workdays means on a Friday afternoon, before a feast, and in another company."""
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_model import clock
from engine import calendar, work_calendar
from engine.calendar import OFFICE_HOURS, WEEKENDS_ONLY, WHOLE_DAY, WorkCalendar


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
        assert calendar.calendar_days(1) == "2026-11-28T15:00:00+08:00"
        assert calendar.calendar_hours(60) == "2026-11-30T03:00:00+08:00"
    assert calendar.day_end("2026-12-01") == "2026-12-01T23:59:59+08:00"
    assert calendar.between("2026-12-01T00:00+08:00", "2026-12-11T00:00+08:00", 0.8) == "2026-12-09T00:00:00+08:00"
    assert calendar.every(30, "P1D", "2026-12-01") == "R30/2026-12-01T23:59:59+08:00/P1D"


@pytest.mark.parametrize(("start", "duration", "due"), (  # days of 24 hours
    ("2026-02-13T15:00", "P1D", "2026-02-14T15:00"),  # the Saturday before 春节 is worked
    ("2026-02-14T15:00", "P1D", "2026-02-24T15:00"),  # nine days of 春节
    ("2026-02-10T09:00", "P1W", "2026-02-24T09:00"),  # five workdays: 11, 12, 13, 14, 24
    ("2026-02-27T10:00", "P2D", "2026-03-02T10:00"),  # Saturday 28 is worked
    ("2026-09-18T16:00", "P2D", "2026-09-21T16:00"),  # Sunday 20 September is worked
    ("2026-09-24T17:00", "P1D", "2026-09-28T17:00"),  # 中秋
    ("2026-09-30T17:00", "PT2H", "2026-09-30T19:00"),
    ("2026-09-30T23:00", "PT2H", "2026-10-08T01:00"),
    ("2026-10-03T08:00", "P1D", "2026-10-09T00:00"),  # found during 国庆: Thursday 8 is the first workday
    ("2026-10-09T11:00", "P1D", "2026-10-10T11:00"),  # the Saturday after 国庆 is worked
    ("2026-01-02T11:00", "P1D", "2026-01-05T00:00"),  # Sunday 4 January is worked
    ("2026-12-31T11:00", "P1D", "2027-01-01T11:00"),  # of 2027 nothing is known yet
))
def test_public_holidays_of_2026_do_not_count_and_adjusted_weekends_do(start, duration, due):
    assert work_calendar.shipped().after(duration, at(start)) == at(due)


@pytest.mark.parametrize(("now", "expression", "due"), (  # office hours: 08:30 to 12:00, 13:30 to 17:30
    ("2026-02-14T16:30", ("workhours", 2), "2026-02-24T09:30"),
    ("2026-02-14T16:30", ("workdays", 1), "2026-02-24T16:30"),
    ("2026-09-30T18:00", ("workhours", 1), "2026-10-08T09:30"),
    ("2026-10-05T12:00", ("workdays", 2), "2026-10-09T17:30"),
    ("2026-10-08T11:00", ("workhours", 1), "2026-10-08T12:00"),  # the end of the morning, not the begin of the afternoon
    ("2026-10-08T11:30", ("workhours", 1), "2026-10-08T14:00"),
    ("2026-10-08T12:45", ("workhours", 4), "2026-10-08T17:30"),
    ("2026-10-08T08:00", ("workdays", 0.5), "2026-10-08T13:45"),
    ("2026-10-10T12:30", ("workdays", 0), "2026-10-10T13:30"),  # nothing added: the next moment that is worked
    ("2026-10-11T12:30", ("workhours", 0), "2026-10-12T08:30"),
))
def test_office_hours(now, expression, due):
    name, count = expression
    with clock.at(at(now)):
        assert getattr(work_calendar.shipped(), name)(count) == at(due).isoformat()


def test_office_hours_may_be_counted_from_another_moment_and_shared_out():
    shipped = work_calendar.shipped()
    assert shipped.workdays(2, "2026-09-30") == at("2026-10-09T17:30").isoformat()
    assert shipped.workhours(1, "2026-09-30T17:00") == at("2026-10-08T09:00").isoformat()
    assert shipped.workbetween("2026-09-30T08:30", "2026-10-09T17:30", 0.8) == at("2026-10-09T11:30").isoformat()
    assert [shipped.is_workday_text(day) for day in ("2026-10-10", "2026-10-11", "2026-10-01T09:00:00+08:00")] == [True, False, False]


def test_a_night_shift_ends_at_midnight():
    shift = WorkCalendar(hours=((0, 6 * 60), (22 * 60, 24 * 60)))
    with clock.at(at("2026-11-27T23:00")):
        assert shift.workhours(1) == at("2026-11-28T00:00").isoformat()  # the end of Friday
        assert shift.workhours(2) == at("2026-11-30T01:00").isoformat()


@pytest.mark.parametrize("count", (1e6, 3e6, 999_999_999, 1e300, float("inf")))
@pytest.mark.parametrize("days", (0, 200_000))
def test_a_million_workdays_cost_what_one_costs(count, days):
    """Counted, not walked: however far a diagram asks, and however many special days there are."""
    busy = WorkCalendar({date.fromordinal(710_000 + 2 * n): n % 3 == 0 for n in range(days)})
    asked = 0
    original = busy._workdays_before

    def counted(ordinal):
        nonlocal asked
        asked += 1
        return original(ordinal)

    object.__setattr__(busy, "_workdays_before", counted)
    try:
        busy.workdays(count)
    except (OverflowError, ValueError):
        pass  # beyond the year 9999
    assert asked < 60


def test_beyond_the_last_year_is_an_error_not_a_wait():
    with pytest.raises(OverflowError):
        WEEKENDS_ONLY.after("P99999999D", at("2026-11-25T09:30"))
    with pytest.raises(OverflowError):
        WEEKENDS_ONLY.add(at("2026-11-25T09:30"), -timedelta(days=999_999))


# ── whatever the calendar ──

DAYS = st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 3, 31)), st.booleans(), max_size=40)
SPANS = st.lists(st.integers(0, 24 * 4), min_size=2, max_size=8, unique=True).map(
    lambda ends: tuple((a * 15, b * 15) for a, b in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)))
CALENDARS = st.builds(WorkCalendar, DAYS, SPANS)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=90)).map(lambda since: at("2026-01-01T00:00") + since)
AMOUNTS = st.timedeltas(timedelta(0), timedelta(days=40))
MODES = st.sampled_from(("office", "day"))
cases = settings(max_examples=150, deadline=None)


def spans_of(work: WorkCalendar, mode: str):
    return work.hours if mode == "office" else WHOLE_DAY


@cases
@given(CALENDARS, MODES, MOMENTS, AMOUNTS)
def test_it_never_lands_in_time_that_is_not_worked_and_never_before_its_start(work, mode, moment, amount):
    found = work.add(moment, amount, spans_of(work, mode))
    assert found >= moment
    ends_yesterday = found.timetz().replace(tzinfo=None) == time() and spans_of(work, mode)[-1][1] == 24 * 60
    day = found - timedelta(days=1) if ends_yesterday and not _worked(work, mode, found) else found
    assert _worked(work, mode, found) or (ends_yesterday and work.is_workday(day.date()))


def _worked(work, mode, moment):
    now = moment.hour * 60 + moment.minute + (moment.second + moment.microsecond / 1e6) / 60
    return work.is_workday(moment.date()) and any(begin <= now <= end for begin, end in spans_of(work, mode))


@cases
@given(CALENDARS, MODES, MOMENTS, AMOUNTS, AMOUNTS)
def test_two_steps_lead_where_one_of_their_length_does(work, mode, moment, first, second):
    spans = spans_of(work, mode)
    assert work.add(work.add(moment, first, spans), second, spans) == work.add(moment, first + second, spans)


@cases
@given(CALENDARS, MODES, MOMENTS, MOMENTS, AMOUNTS, AMOUNTS)
def test_later_and_longer_never_lead_earlier(work, mode, one, other, short, long):
    spans = spans_of(work, mode)
    (first, last), (less, more) = sorted((one, other)), sorted((short, long))
    assert work.add(first, less, spans) <= work.add(first, more, spans)
    assert work.add(first, less, spans) <= work.add(last, less, spans)


@cases
@given(CALENDARS, MODES, MOMENTS, AMOUNTS)
def test_what_was_added_lies_between(work, mode, moment, amount):
    assert work.between(moment, work.add(moment, amount, spans_of(work, mode)), spans_of(work, mode)) == amount


@cases
@given(DAYS, MOMENTS, st.integers(0, 60 * 24 * 9))
def test_counting_agrees_with_walking_minute_by_minute(days, moment, minutes):
    """The slow way, as a clerk would do it with a calendar on the wall."""
    work, here, left = WorkCalendar(days), moment.replace(second=0, microsecond=0), minutes % 2000
    expected, walked = here, left
    while walked:
        now = expected.hour * 60 + expected.minute
        walked -= work.is_workday(expected.date()) and any(begin <= now < end for begin, end in OFFICE_HOURS)
        expected += timedelta(minutes=1)
    assert left == 0 or work.add(here, timedelta(minutes=left), OFFICE_HOURS) == expected
