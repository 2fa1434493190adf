"""委托 and notices: who stands in hears of what is new, as far as they may do it; whom it is for is told in any case."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.outbox import Message
from engine import agents
from engine.actions import transfer
from tests.diagrams import end, start, user
from tests.engine.workshop import mine, system_unit

NEW, FOR_ANOTHER = "您有新的待办：{task}（{title}）", "委托给您的新待办：{task}（{title}）"


def appoint(works, giver, agent, begins=timedelta(0), **more):
    works.act(giver, agents.appoint, works.ids[agent], clock.now() + begins, clock.now() + begins + timedelta(days=3), idem_key=None, **more)


def flow(works, key="p", **more):
    works.deploy(start(), mine("a"), user("b", candidates="users([start.boss])", **more), end(), "s > a > b > e", key=key)


def reach_b(works, key="p", by="wang"):
    case = works.start(key, by, boss=works.ids["chen"])
    works.do(by, "a")
    return case


def told(works, who):
    return [text for text in works.letters(who) if text in (NEW, FOR_ANOTHER)]


def test_who_stands_in_hears_of_a_new_task_and_so_does_whom_it_is_for(works):
    flow(works)
    appoint(works, "chen", "li")
    reach_b(works)
    assert told(works, "chen") == [NEW] and told(works, "li") == [FOR_ANOTHER] and works.inbox("li") == ["b"]
    (letter,) = [m for m in works.rows(Message) if m.user_id == works.ids["li"]]
    assert letter.link == f"/tasks/{works.task('b')}"


@pytest.mark.parametrize("why", ["later", "over", "other_flow", "own_case", "by_hand", "barred"])
def test_of_what_is_not_theirs_to_do_they_hear_nothing(works, why):
    flow(works, **({"personal": "true"} if why == "by_hand" else {"not_": f"users([{works.ids['li']}])"} if why == "barred" else {}))
    flow(works, "q")
    appoint(works, "chen", "li", timedelta(days=1) if why == "later" else timedelta(0), **({"keys": ["q"]} if why == "other_flow" else {}))
    if why == "over":
        with system_unit() as session:
            session.execute(agents.Agency.__table__.update().values(begins=clock.now() - timedelta(days=3), ends=clock.now() - timedelta(days=1)))
    reach_b(works, by="li" if why == "own_case" else "wang")
    assert told(works, "chen") == [NEW] and told(works, "li") == []


def test_it_costs_no_statement_more_and_nobody_is_told_twice(works):
    """Both are candidates and one stands in for the other: one notice each."""
    works.deploy(start(), mine("a"), user("b", candidates="users(start.people)"), end(), "s > a > b > e")
    appoint(works, "chen", "li")
    works.start(people=[works.ids["chen"], works.ids["li"]])
    works.do("wang", "a")
    assert told(works, "chen") == [NEW] == told(works, "li")


def test_what_was_handed_over_is_told_to_the_taker_alone(works):
    flow(works)
    appoint(works, "sun", "li")
    reach_b(works)
    works.act("chen", transfer, works.task("b"), works.ids["sun"], "忙")
    assert works.inbox("li") == ["b"] and told(works, "li") == []
