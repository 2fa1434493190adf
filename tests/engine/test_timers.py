"""The house's clock rings timers: beside a task or instead of it, once or again and again."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.outbox import Message
from data_model.process import InboxRow, Incident, TimerRow
from tests.diagrams import boundary, catch, end, service, start, timer, user
from tests.engine.workshop import mine


def beside(works, expression, kind="timeDuration", interrupting=False):
    works.deploy(start(), mine("a"), boundary("t", "a", timer(expression, kind), interrupting),
                 service("tell", "flow.notify", code='"N-02"', to="starter()", text='"快"'), end(), end("e2"), "s > a > e", "t > tell > e2")


@pytest.mark.parametrize(("expression", "hours"), [
    ('"PT24H"', 24), ("workdays(1)", 24), ("workhours(10)", 26.5), ('day_end("2026-03-02")', 15), ('"2026-03-02T12:00:00"', 3),
    ('between("2026-03-02T09:00", "2026-03-02T19:00", 0.8)', 8)])
def test_a_timer_rings_at_its_moment_and_not_before(works, expression, hours):
    beside(works, expression)
    works.start()
    clock.move(timedelta(hours=hours, minutes=-1))
    assert works.ring() == 0
    clock.move(timedelta(minutes=1))
    assert works.ring() == 1 and works.ring() == 0
    assert works.waiting() == ["a"] and len([m for m in works.rows(Message) if m.text == "快"]) == 1


def test_a_workday_skips_the_weekend(works):
    beside(works, "workdays(1)")
    clock.move(timedelta(days=4, hours=6))  # Friday 15:00
    works.start()
    (row,) = works.rows(TimerRow)
    assert clock.local(row.due_at).strftime("%A %H:%M") == "Monday 15:00"


def test_an_interrupting_timer_takes_the_task_away(works):
    works.deploy(start(), mine("a"), boundary("t", "a", timer('"PT1H"')), mine("b"), end(), "s > a > e", "t > b > e")
    case = works.start()
    clock.move(timedelta(hours=1))
    assert works.ring() == 1
    assert works.waiting() == ["b"] and works.rows(TimerRow) == [] and len(works.rows(InboxRow)) == 1
    works.do("wang", "b")
    assert works.told(case) == [("start", "s"), ("timer", "t"), ("complete", "b"), ("end", "e")]


def test_who_is_in_time_stops_the_clock(works):
    beside(works, '"PT1H"')
    case = works.start()
    clock.move(timedelta(hours=2))  # due, but nobody has rung yet
    works.do("wang", "a")
    assert works.rows(TimerRow) == [] and works.ring() == 0 and works.ended(case) == ("completed", "e")


def test_a_cycle_rings_as_often_as_it_says_each_in_its_own_move(works):
    beside(works, 'every(3, "P1D", "2026-03-03T08:00:00")', "timeCycle")
    case = works.start()
    clock.move(timedelta(days=1))
    assert works.ring() == 1
    clock.move(timedelta(days=2))
    assert works.ring() == 2 and works.ring() == 0
    assert works.rows(TimerRow) == [] and works.waiting() == ["a"]
    works.do("wang", "a")
    assert works.ended(case) == ("completed", "e")


def test_a_wait_between_two_steps(works):
    works.deploy(start(), mine("a"), catch("t", timer('"P2D"')), mine("b"), end(), "s > a > t > b > e")
    works.start()
    works.do("wang", "a")
    assert works.waiting() == []
    clock.move(timedelta(days=2))
    assert works.ring() == 1 and works.waiting() == ["b"]


def test_a_late_task_reaches_more_people_and_is_taken_from_nobody(works):
    works.deploy(start(), user("a", candidates='users([start.who])'), boundary("t", "a", timer('"PT1H"'), False),
                 service("lift", "flow.escalate", element='"a"', to='grid_owner(start.grid)'), end(), end("e2"), "s > a > e", "t > lift > e2")
    case = works.start(who=works.ids["chen"], grid=works.ids["unit:filter"])
    clock.move(timedelta(hours=1))
    works.ring()
    (task,) = works.open_tasks()
    assert task.candidates == [f"u{works.ids['chen']}", f"owner@{works.ids['unit:filter']}"]
    assert {row.principal for row in works.rows(InboxRow)} == set(task.candidates)
    assert "升级" in task.why[-1]["text"] and [m.user_id for m in works.rows(Message) if m.code == "N-02"] == [works.ids["li"]]
    works.do("li", "a")
    assert ("escalate", "a") in works.told(case) and works.ended(case) == ("completed", "e")


@pytest.mark.parametrize(("candidates", "barred", "up"), [
    ('grid_owner(start.grid)', "", ["zhang", "wu", "ga"]),
    ('role("station_leader", start.grid)', "", ["wu", "ga", "po"]),
    ('role("station_leader", start.grid)', "users([start.wu])", ["zhao", "ga", "po"]),
    ('users([start.chen])', "", ["zhang", "wu"]),
    ('chair(start.grid)', "", ["ga", "po"]),
    ('role("集团安全管理员", start.grid)', "", ["po", None]),
])
def test_an_escalation_goes_up_from_who_has_the_task(works, candidates, barred, up):
    """Not from the grid of the case: nobody below, nobody who is kept from the step, and each time further up."""
    works.deploy(start(), user("a", candidates=candidates, **({"not": barred} if barred else {})),
                 boundary("t", "a", timer('"R9/PT1H"', "timeCycle"), False),
                 service("lift", "flow.escalate", element='"a"'), end(), end("e2"), "s > a > e", "t > lift > e2")
    works.start(grid=works.ids["unit:filter"], chen=works.ids["chen"], wu=works.ids["wu"])
    (task,) = works.open_tasks()
    had = list(task.candidates)
    for who in up:
        clock.move(timedelta(hours=1))
        works.ring()
        (task,) = works.open_tasks()
        assert task.candidates[:len(had)] == had and len(task.candidates) == len(had) + (who is not None), task.candidates
        had = list(task.candidates)
        assert who is None or works.inbox(who) == ["a"] and "升级" in works.notes(who)[-1]


def test_a_timer_that_says_nonsense_stands_in_error_and_the_task_goes_on(works):
    beside(works, "start.when")
    case = works.start(when="morgen")
    (incident,) = works.rows(Incident)
    assert incident.element_id == "t" and works.waiting() == ["a"]
    works.do("wang", "a")
    assert works.ended(case) == ("completed", "e")


def test_many_due_timers_ring_the_earliest_first(works):
    beside(works, "start.when")
    late, early = works.start(when="2026-03-02T12:00:00"), works.start(when="2026-03-02T10:00:00")
    clock.move(timedelta(days=1))
    assert works.ring() == 2
    told = [m.link for m in works.rows(Message) if m.text == "快"]
    assert told == [f"/cases/{early}", f"/cases/{late}"]
