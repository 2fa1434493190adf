"""移动令牌: to a safe step only, with what is cancelled said before; everybody concerned is told, and the case can finish."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.process import InboxRow, Incident, Subscription, TimerRow
from data_model.session import unit_of_work
from engine import actions
from engine.actions import moving
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import boundary, call, catch, end, event, many, par, race, script, start, sub, timer, user, xor
from tests.engine.workshop import key, mine


def offered(works, case, element):
    return {one.element: one for one in works._see("po", lambda session, _, *args: moving.destinations(session, *args), case,
                                                   spot(works, case, element))[1]}


def spot(works, case, element):
    return next(one.token for one in works._see("po", lambda session, _, one: moving.spots(session, one), case) if one.element == element)


def put(works, case, element, to, who="po", reason="走错了", **more):
    return works.act(who, actions.move, case, spot(works, case, element), offered(works, case, element)[to].key, reason, **more)


def words(place):
    return [effect.text.format(**effect.params) for effect in place.effects]


@pytest.fixture
def line(works):
    """A line with a choice in it."""
    works.deploy(start(), mine("a"), xor("g"), mine("b", due="P1D"), boundary("t", "b", timer('"PT1H"')), mine("c"), xor("j"), mine("z"),
                 end(), "s > a > g", "g > b if start.left", "b > j", "g > c default", "c > j > z > e", "t > z")
    return works.start(left=False)


def test_forward_back_and_sideways_with_all_that_is_known(works, line):
    works.do("wang", "a", note="bleibt")
    assert set(offered(works, line, "c")) == {"a", "b", "z"}
    assert words(offered(works, line, "c")["b"]) == ["「c」将关闭（王强）"]
    put(works, line, "c", "b")
    assert works.waiting() == ["b"] and works.view("wang", works.task("b")).data["a"]["note"] == "bleibt"
    assert [row.element_id for row in works.rows(TimerRow)] == ["t"] and works.inbox("wang") == ["b"]
    assert works.instance(line).round == 2 and "彭流 已调整流程，您的待办「c」已关闭：走错了（流程）" in works.notes("wang")
    (event_,) = works.events("move")
    assert (event_.actor_name, event_.element_id, event_.opinion) == ("彭流", "c", "走错了")
    assert event_.data == {"to": {"element": "b", "name": "b"}, "before": ["c"], "closed": ["c"]}
    put(works, line, "b", "a")
    assert works.rows(TimerRow) == []
    for step in ("a", "c", "z"):
        works.do("wang", step)
    assert works.ended(line) == ("completed", "e")


def test_out_of_a_branch_the_others_come_along(works):
    works.deploy(start(), mine("first"), par("g"), mine("a"), mine("b"), mine("bb"), mine("c"), par("j"), mine("z"), end(),
                 "s > first > g > a > j > z > e", "g > b > bb > j", "g > c > j")
    case = works.start()
    works.do("wang", "first")
    works.do("wang", "b", note="aus b")
    works.do("wang", "c")
    assert set(offered(works, case, "bb")) == {"first", "b", "z"}, "not into another branch"
    assert words(offered(works, case, "bb")["b"]) == ["「bb」将关闭（王强）"]
    assert words(offered(works, case, "bb")["z"]) == ["「bb」将关闭（王强）", "「a」将关闭（王强）"] or \
        sorted(words(offered(works, case, "bb")["z"])) == ["「a」将关闭（王强）", "「bb」将关闭（王强）"]
    put(works, case, "bb", "z")
    assert works.waiting() == ["z"] and works.view("wang", works.task("z")).data["b"]["note"] == "aus b"
    put(works, case, "z", "first")
    works.do("wang", "first")
    for step in ("a", "c", "b", "bb"):
        assert "z" not in works.waiting(), "nobody who came before counts"
        works.do("wang", step)
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")


def test_out_of_subprocesses_and_calls_but_not_into_them(works):
    works.deploy(start(), mine("x"), mine("y"), end(), "s > x > y > e", key="other")
    works.deploy(start(), mine("a"), sub("u", start("us"), call("c", "other"), end("ue"), "us > c > ue"), mine("z"), end(),
                 "s > a > u > z > e")
    case = works.start()
    assert set(offered(works, case, "a")) == {"u", "z"}
    put(works, case, "a", "u")
    works.do("wang", "other/x", note="innen")
    assert set(offered(works, case, "y")) == {"x", "a", "z"}
    put(works, case, "y", "z")
    assert works.waiting() == ["z"]
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")


def test_of_several_who_are_asked_all_go(works):
    works.deploy(start(), mine("a"), user("v", candidates="users(start.people)", signing='{"mode": "all"}'), mine("z"), end(), "s > a > v > z > e")
    case = works.start(people=[works.ids["li"], works.ids["chen"]])
    works.do("wang", "a")
    works.do("li", "v")
    assert words(offered(works, case, "v")["a"]) == ["「v」将关闭（陈刚）"]
    put(works, case, "v", "a")
    works.do("wang", "a")
    assert works.waiting() == ["v", "v"]
    put(works, case, "v", "z")
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")


def test_one_instance_of_several_subprocesses(works):
    works.deploy(start(), sub("m", start("ms"), mine("x"), mine("y"), end("me"), "ms > x > y > me").looping(many("2")), mine("z"), end(),
                 "s > m > z > e")
    case = works.start()
    works.do_task("wang", works.open_tasks()[0].id)
    put(works, case, "y", "x")
    assert works.waiting() == ["x", "x"]
    assert words(offered(works, case, "x")["z"]) == ["「x」将关闭（王强）"] * 2
    put(works, case, "x", "z")
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")


def test_what_has_come_beside_a_step_goes_on(works):
    works.deploy(start(), mine("a"), boundary("t", "a", timer('"PT1H"'), False), mine("n"), mine("b"), end(), end("e2"), "s > a > b > e", "t > n > e2")
    case = works.start()
    clock.move(timedelta(hours=2))
    works.ring()
    assert words(offered(works, case, "a")["b"]) == ["「a」将关闭（王强）"]
    put(works, case, "a", "b")
    assert works.waiting() == ["b", "n"]
    works.do("wang", "b")
    works.do("wang", "n")
    assert works.ended(case)[0] == "completed"


def test_what_waits_for_an_event_and_what_has_failed(works):
    works.deploy(start(), race("r"), catch("late", timer('"PT2H"')), catch("told", event("message", "news")), script("bad", "x = 1 / 0"),
                 mine("z"), end(), end("e2"), "s > r > late > bad > z > e", "r > told > e2")
    case = works.start()
    (place,) = works._see("po", lambda session, _, one: moving.spots(session, one), case)
    put(works, case, place.element, "bad")
    assert works.rows(TimerRow) == works.rows(Subscription) == [] and len(works.rows(Incident)) == 1
    assert "「bad」的异常不再处理" in words(offered(works, case, "bad")["z"])
    put(works, case, "bad", "z")
    assert all(row.resolved_at for row in works.rows(Incident))
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")


def test_who_may_and_only_as_it_was_read(works, line):
    token = spot(works, line, "a")
    for who in ("wang", "au", "zhang"):
        with pytest.raises(NotYours):
            works.act(who, actions.move, line, token, "0/z", "走错了")
    with pytest.raises(EngineError, match="不能移动到这一步骤"):
        works.act("po", actions.move, line, token, "0/e", "走错了")
    with pytest.raises(EngineError, match="原因"):
        works.act("po", actions.move, line, token, "0/z", " ")
    version = works.instance(line).version
    works.do("wang", "a")
    for seen in (version, None):
        with pytest.raises(TooLate):
            works.act("po", actions.move, line, token, "0/z", "走错了", seen=seen)


def test_moving_and_answering_at_once(works, together, line):
    task, token, po, wang = works.task("a"), spot(works, line, "a"), works.actor("po"), works.actor("wang")

    def moved(k):
        def call_():
            with unit_of_work(po) as session:
                return actions.move(session, po, line, token, "0/z", "走错了", idem_key=k)
        return call_

    def answered():
        with unit_of_work(wang) as session:
            return actions.complete(session, wang, task, "done", {}, idem_key=key())
    answers = together([moved("once"), moved("once"), answered])
    late = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(one, TooLate) for one in late) and works.waiting() in (["z"], ["c"])
    assert len(works.events("move")) == (works.waiting() == ["z"]) and len({row.task_id for row in works.rows(InboxRow)}) == 1
