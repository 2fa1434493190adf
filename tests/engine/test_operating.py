"""The process owner's small deeds: a failure passed over, data mended, a task of the queue given to somebody. Nothing is approved by them."""
import sys
from types import ModuleType

import pytest

from data_model.process import Incident
from data_model.session import unit_of_work
from engine import actions, service_task
from engine.actions import editing, skipping
from engine.case_data import Field
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import decide, end, par, script, service, start, table, user, xor
from tests.engine.workshop import key, mine


@pytest.fixture
def handlers(monkeypatch):
    """Functions put in here are what service tasks call as testing.<name>."""
    said = {}
    module = ModuleType("engine.handlers.testing")
    module.x = lambda case, data, **arguments: said["x"](case, data, **arguments)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    service_task.handler.cache_clear()
    yield said
    service_task.handler.cache_clear()


def broken(works, *elements, flow="s > a > x > z > e"):
    works.deploy(start(), mine("a"), *elements, mine("z"), end(), flow)
    case = works.start(n=1)
    works.do("wang", "a")
    (incident,) = works.rows(Incident)
    return case, incident


def skip(works, incident, result, who="po", reason="设备已人工记录", **more):
    return works.act(who, actions.skip, incident.id, result, reason, **more)


def test_a_failed_service_is_passed_over_with_what_it_should_have_said(works, handlers):
    def fail(case, data):
        raise RuntimeError("the pump is off")
    handlers["x"] = fail
    case, incident = broken(works, service("x", "testing.x"))
    skip(works, incident, {"pump": "on"})
    assert works.waiting() == ["z"] and works.view("wang", works.task("z")).data["pump"] == "on"
    (line,) = works.events("skip")
    assert (line.element_id, line.actor_name, line.opinion) == ("x", "彭流", "设备已人工记录")
    assert line.data == {"result": {"pump": "on"}, "before": "RuntimeError: the pump is off"}
    (row,) = works.rows(Incident)
    assert row.resolved_by == works.ids["po"] and row.resolved_at
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")


@pytest.mark.parametrize("element", [
    script("x", "y = start.n / 0"), service("x", "nothing.here"), service("x", "flow.notify", code='"N"', to="nobody()", text='"t"'),
    script("x", "y = nothing")])
def test_wherever_it_failed(works, element):
    case, incident = broken(works, element)
    skip(works, incident, {})
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")


def test_a_branch_that_failed_comes_to_its_join(works):
    works.deploy(start(), par("g"), script("x", "y = 1 / 0"), mine("a"), par("j"), mine("z"), end(), "s > g > x > j > z > e", "g > a > j")
    case = works.start()
    works.do("wang", "a")
    skip(works, works.rows(Incident)[0], {"y": 7})
    assert works.view("wang", works.task("z")).data["y"] == 7
    works.do("wang", "z")
    assert works.ended(case)[0] == "completed"


@pytest.mark.parametrize("result", [
    {"a": {"outcome": "done"}}, {"start": {}}, {"no name": 1}, {"f": float("nan")}, {"t": object()}])
def test_a_result_that_will_not_do(works, result):
    _, incident = broken(works, script("x", "y = start.n / 0"))
    with pytest.raises(EngineError) as refused:
        skip(works, incident, result)
    assert refused.value.field == "result" and works.waiting() == [] and works.rows(Incident)[0].resolved_at is None


def test_a_table_that_failed_must_be_answered_whole(works):
    works.deploy(start(), decide("d"), mine("z"), end(), "s > d > z > e", tables={"grade": table("> 1")})
    works.start()
    (incident,) = works.rows(Incident)
    assert works._see("po", lambda session, _, one: skipping.skippable(session, one), incident.id).wanted == ("o",)
    with pytest.raises(EngineError, match="缺少 o"):
        skip(works, incident, {"other": 1})
    skip(works, incident, {"o": 2})
    assert works.waiting() == ["z"]


def test_people_and_gateways_are_not_passed_over(works):
    for element, flow in ((user("x", candidates="start.nobody"), "s > a > x > z > e"),):
        _, incident = broken(works, element, flow=flow)
        with pytest.raises(EngineError, match="不能跳过"):
            skip(works, incident, {})
    works.deploy(start(), xor("g"), mine("z"), end(), end("n"), "s > g", "g > z if nothing > 1", "g > n default", "z > e", key="q")
    works.start("q")
    with pytest.raises(EngineError, match="不能跳过"):
        skip(works, works.rows(Incident)[-1], {})


def test_who_may_skip_and_only_once(works, together):
    _, incident = broken(works, script("x", "y = start.n / 0"))
    for who in ("wang", "au"):
        with pytest.raises(NotYours):
            skip(works, incident, {}, who)
    po = works.actor("po")

    def skipping():
        with unit_of_work(po) as session:
            return actions.skip(session, po, incident.id, {}, "好", idem_key=key())
    answers = together([skipping, skipping])
    assert len([one for one in answers if isinstance(one, TooLate)]) == 1 and works.waiting() == ["z"]


SCHEMA = {"start.level": Field("等级", "choice", ("一般", "重大")), "start.count": Field("数量", "integer"), "start.day": Field("日期", "date"),
          "start.who": Field("责任人", "person", required=True), "a.note": Field("说明", "text", longest=5)}


@pytest.fixture
def known(works):
    works.deploy(start(), mine("a"), par("g"), mine("b"), mine("c"), par("j"), xor("x"), mine("z"), end(), end("n"),
                 "s > a > g > b > j > x", "g > c > j", "x > z if start.level == '重大'", "x > n default", "z > e")
    case = works.start(level="一般", count=1, day="2026-03-02", who=works.ids["li"])
    works.do("wang", "a", note="kurz")
    return case


def edit(works, case, path, value, who="po", reason="填错了", **more):
    return works.act(who, actions.edit_data, case, path, value, SCHEMA, reason, **more)


def test_a_value_is_mended_in_every_branch(works, known):
    edit(works, known, "start.level", "重大")
    (line,) = works.events("edit")
    assert line.data["changes"] == [{"path": "start.level", "before": "一般", "after": "重大"}]
    assert (line.actor_name, line.opinion) == ("彭流", "填错了")
    assert works._see("po", lambda session, _, one: editing.data_of(session, one), known)["start"]["level"] == "重大"
    works.do("wang", "b")
    works.do("wang", "c")
    assert works.waiting() == ["z"]


@pytest.mark.parametrize(("path", "value"), [
    ("start.level", "没有"), ("start.count", "3"), ("start.count", True), ("start.count", 1.5), ("start.day", "morgen"),
    ("start.who", 999_999), ("start.who", None), ("a.note", "zu lange Worte"), ("a.outcome", "ja"), ("a.by", 1), ("start", {}), ("a", {"note": "x"}),
    ("nothing", 1), ("start.nothing", 1), ("start.level", "一般"), ("a.note", float("inf"))])
def test_what_the_form_would_not_take_is_refused(works, known, path, value):
    with pytest.raises(EngineError) as refused:
        edit(works, known, path, value)
    assert refused.value.field == "value" and works.events("edit") == []


def test_who_may_mend_and_only_what_they_have_seen(works, known):
    for who in ("wang", "au"):
        with pytest.raises(NotYours):
            edit(works, known, "start.count", 2, who)
    edit(works, known, "start.count", 2, before=1)
    with pytest.raises(TooLate):
        edit(works, known, "start.count", 3, before=1)
    with pytest.raises(EngineError):
        edit(works, known, "start.count", 3, reason="")


@pytest.fixture
def queued(works):
    """Nobody can do it: the starter is barred from what they ask for, and nobody is above."""
    works.deploy(start(), user("q", candidates="users(start.people)", duty="approve", on_empty="process_owner"), end(), "s > q > e")
    case = works.start(people=[works.ids["wang"]])
    (task,) = [task for task in works.open_tasks() if task.element_id == "q"]
    assert task.candidates == [f"process_owner@{works.ids['unit:group']}"]
    return case, task.id


def give(works, task, who, by="po", **more):
    return works.act(by, actions.reassign, task, works.ids[who], "请代为审批", **more)


def test_a_task_of_the_queue_goes_to_somebody(works, queued):
    case, task = queued
    for who, why in (("wang", "回避"), ("feng", "本公司"), ("po", "自己")):
        with pytest.raises(EngineError, match=why):
            give(works, task, who)
    with pytest.raises(NotYours):
        give(works, task, "li", by="au")
    give(works, task, "li")
    assert works.inbox("li") == ["q"] and works.inbox("po") == []
    assert "彭流 将待办指派给您：q（流程）" in works.notes("li")
    (line,) = works.events("reassign")
    assert line.data["to"]["name"] == "李敏" and line.opinion == "请代为审批"
    with pytest.raises(EngineError, match="不需要指派"):
        give(works, task, "chen")
    works.do("li", "q")
    assert works.ended(case)[0] == "completed"


def test_two_deeds_at_once(works, together, known, queued):
    po, (_, task) = works.actor("po"), queued

    def doing(deed, *args, **more):
        chosen = key()

        def call():
            with unit_of_work(po) as session:
                return deed(session, po, *args, idem_key=chosen, **more)
        return call
    answers = together([doing(actions.reassign, task, works.ids["li"], "请代办"), doing(actions.reassign, task, works.ids["chen"], "请代办")])
    assert len([one for one in answers if isinstance(one, EngineError)]) == 1 and len(works.events("reassign")) == 1
    answers = together([doing(actions.edit_data, known, "start.count", n, SCHEMA, "填错了", before=1) for n in (2, 3)])
    assert len([one for one in answers if isinstance(one, TooLate)]) == 1 and len(works.events("edit")) == 1
