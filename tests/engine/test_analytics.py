"""流程分析: figures as one would work them out by hand, alike on both databases, and nothing from beyond the wall."""
from datetime import timedelta

import pytest
from sqlalchemy import event

from data_model import clock
from data_model.process import HistoryEvent
from data_model.session import unit_of_work
from engine import actions
from engine.analytics import loads, log, steps
from engine.analytics.scope import Scope
from tests.diagrams import end, start, user, xor
from tests.engine.workshop import Workshop, mine
from tests.flows.story import MONDAY


@pytest.fixture
def works(house):
    with clock.at(MONDAY):
        yield Workshop(house)


@pytest.fixture
def week(works):
    """Three cases: Wang's claimed after two hours and done after three, Wang's done after ten hours at once, Qian's still open after a day."""
    works.deploy(start(), mine("a", due="PT8H"), xor("g"), user("b", candidates="starter()"), end(),
                 "s > a", "a > g", "g > a if a.note == 'again'", "g > b default", "b > e", key="line")
    first, second = works.start("line"), works.start("line")
    task, other = works.open_tasks()
    clock.move(timedelta(hours=2))
    works.act("wang", actions.claim, task.id, idem_key=None)
    clock.move(timedelta(hours=1))
    works.do_task("wang", task.id, note="again")
    clock.move(timedelta(hours=7))
    works.do_task("wang", other.id, note="well")
    works.start("line", by="qian")
    clock.move(timedelta(hours=24))
    return first, second


def asked(works, who, question, *more, key="line", **scope):
    return works._see(who, question, Scope(key, **scope), *more)


def test_how_long_each_step_waits_is_worked_on_and_comes_again(works, week):
    found = {step.element: step for step in asked(works, "po", steps.figures)}
    a, b = found["a"], found["b"]
    assert (a.entered, a.cases, a.open, a.again) == (4, 3, 2, 1), "Wang's first case came back to a"
    assert (a.waiting.count, a.waiting.median, a.waiting.p90) == (4, 10 * 3600, 31 * 3600), "2, 10, 24 and 31 hours"
    assert (a.working.count, a.working.median) == (1, 3600)
    assert a.waited_s == (2 + 10 + 24 + 31) * 3600 and a.oldest_s == 31 * 3600
    assert (a.limited, a.late) == (4, 3) and a.late_share == 0.75, "eight working hours: done after three is in time"
    assert (b.entered, b.open, b.limited, b.late_share) == (1, 1, 0, 0.0)


def test_several_signers_of_one_round_are_no_repetition(works, house):
    works.deploy(start(), user("sign", candidates=f"users([{house['wang']}, {house['li']}])", signing='{"mode": "all"}'), end(),
                 "s > sign > e", key="line")
    works.start("line")
    (sign,) = asked(works, "po", steps.figures)
    assert (sign.entered, sign.cases, sign.again) == (2, 1, 0)


def test_which_ways_were_taken(works, week):
    ways = asked(works, "po", steps.ways)
    assert (ways["s", "a"], ways["g", "a"], ways["g", "b"]) == (3, 1, 1)


def test_who_carries_the_work(works, week):
    wang, qian = asked(works, "po", loads.people)[:1], asked(works, "po", loads.roles)
    assert [(one.name, one.done, one.mean_s) for one in wang] == [("王强", 2, round(6.5 * 3600))]
    assert [(one.name, one.open) for one in qian] == [("person", 3)]
    (flow,) = asked(works, "po", loads.flows, key="")
    assert (flow.key, flow.begun, flow.ended, flow.running, flow.longest_s) == ("line", 3, 0, 3, 34 * 3600)


def test_nobody_analyses_beyond_the_wall(works, week, house):
    assert {step.element: step.entered for step in asked(works, "zhao", steps.figures)} == {"a": 3, "b": 1}, "not Qian's, of another company"
    assert asked(works, "wang", steps.figures) == [] and asked(works, "wang", log.size) == (0, 0)
    assert sum(step.entered for step in asked(works, "po", steps.figures, unit_id=house["unit:grit"])) == 1


def test_a_time_a_place_and_a_version_narrow(works, week):
    day = clock.local(MONDAY).date()
    assert asked(works, "po", steps.figures, since=day + timedelta(days=1), until=day + timedelta(days=1)) == []
    assert len(asked(works, "po", steps.figures, since=day, until=day)) == 2
    assert asked(works, "po", steps.figures, definition_id=10**9) == []


def test_the_log_has_every_event_of_the_history(works, week):
    rows = list(asked(works, "po", lambda *more: list(log.rows(*more))))
    assert asked(works, "po", log.size) == (3, len(rows)) and len(rows) == len(works.rows(HistoryEvent))
    assert {row.resource for row in rows} >= {"王强", "钱进"} and {row.lifecycle for row in rows} >= {"assign", "complete"}
    hidden = asked(works, "po", lambda *more: list(log.rows(*more)), "a secret")
    assert len({row.resource for row in hidden}) == len({row.resource for row in rows})
    assert not any("王强" in row.resource for row in hidden)


def test_figures_cost_two_statements_however_many_cases(works, week):
    for _ in range(5):
        works.start("line")
    actor = works.actor("po")
    with unit_of_work(actor, write=False) as session:
        session.connection()
        told = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *said: told.append(said[2]))
        assert steps.figures(session, actor, Scope("line"))
    assert len(told) == 2, told
