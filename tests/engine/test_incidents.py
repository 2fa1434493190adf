"""What no user can mend: the element stands in error, the rest goes on, nothing is half-written, and a retry goes on from there."""
import json
import sys
import zlib
from datetime import timedelta
from types import ModuleType

import pytest
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.outbox import Message
from data_model.process import Incident, ProcessInstance, TimerRow
from data_model.session import unit_of_work
from engine import cases, incidents, runner, service_task, store
from engine.broken import EngineBroken
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import boundary, call, end, many, par, script, service, start, timer, user, xor
from tests.engine.workshop import mine, system_unit

BACK = '[{"value": "ok", "label": "通过"}, {"value": "back", "label": "退回"}]'


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


def broken_branch(works):
    works.deploy(start(), par("g"), service("x", "testing.x"), mine("a"), par("j"), mine("z"), end(), "s > g > x > j > z > e", "g > a > j")


def fail(case, data):
    person = case.session.scalars(select(User).where(User.login == "wang")).one()
    person.phone = "110"
    case.session.flush()
    case.notify("N-01", [person.id], "不该有的消息")
    raise RuntimeError("the pump is off")


def test_a_failing_handler_leaves_nothing_behind_and_the_other_branch_goes_on(works, handlers):
    handlers["x"] = fail
    broken_branch(works)
    case = works.start()
    (incident,) = works.rows(Incident)
    assert (incident.instance_id, incident.element_id, incident.reason) == (case, "x", "RuntimeError: the pump is off")
    assert "the pump is off" in incident.detail and works.waiting() == ["a"]
    assert works.rows(Message) == [] and {u.phone for u in works.rows(User)} == {""}
    works.do("wang", "a")
    assert works.instance(case).status == "running" and works.waiting() == []


def test_a_retry_goes_on_from_the_failed_element(works, handlers):
    handlers["x"] = fail
    broken_branch(works)
    case = works.start()
    works.do("wang", "a")
    works.retry(works.rows(Incident)[0])
    first, second = works.rows(Incident)
    assert first.resolved_by == works.ids["po"] and second.resolved_at is None
    handlers["x"] = lambda case, data: {"pump": "on"}
    works.retry(second)
    assert works.waiting() == ["z"]
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")
    assert [a for a, _ in works.told(case) if a in ("incident", "retry")] == ["incident", "retry", "incident", "retry"]


def test_who_may_retry_and_only_once(works, handlers):
    handlers["x"] = fail
    broken_branch(works)
    works.start()
    (incident,) = works.rows(Incident)
    with pytest.raises(NotYours):
        works.retry(incident, "wang")
    works.retry(incident)
    with pytest.raises(TooLate):
        works.retry(incident)
    po = works.actor("po")
    with unit_of_work(po, write=False) as session:
        assert [line.incident.element_id for line in incidents.open_incidents(session, po)] == ["x"]


def test_what_the_person_can_mend_rolls_everything_back(works, handlers):
    def refuse(case, data):
        raise EngineError("请先填写整改措施", field="measures")

    handlers["x"] = refuse
    works.deploy(start(), mine("a"), service("x", "testing.x"), mine("b"), end(), "s > a > x > b > e")
    works.start()
    with pytest.raises(EngineError) as refused:
        works.do("wang", "a")
    assert refused.value.field == "measures" and works.waiting() == ["a"] and works.rows(Incident) == []
    handlers["x"] = lambda case, data: None
    works.do("wang", "a")
    assert works.waiting() == ["b"]


@pytest.mark.parametrize("element", [
    script("x", "y = start.one / 0"), service("x", "nothing.here"), service("x", "flow.notify", code='"N"', to="nobody()", text='"t"'),
    user("x", candidates="start.nobody.knows"), user("x", candidates="[1]"), user("x", candidates="starter()", due='"soon"'),
    user("x", '<spiffworkflow:preScript>y = nothing</spiffworkflow:preScript>', candidates="starter()"),
], ids=["script", "handler", "argument", "candidates", "no-principal", "due", "prescript"])
def test_whatever_fails_it_is_an_incident_of_that_element(works, element):
    works.deploy(start(), mine("a"), element, end(), "s > a > x > e")
    case = works.start(one=1)
    works.do("wang", "a")
    assert [i.element_id for i in works.rows(Incident)] == ["x"] and works.waiting() == []
    works.retry(works.rows(Incident)[0])
    assert [i.element_id for i in works.rows(Incident)] == ["x", "x"] and works.instance(case).status == "running"


def test_a_condition_nobody_can_read_is_an_incident_of_the_gateway(works):
    works.deploy(start(), mine("a"), xor("g"), mine("b"), end(), end("n"), "s > a > g", "g > b if nothing > 1", "g > n default", "b > e")
    works.start()
    works.do("wang", "a")
    assert [i.element_id for i in works.rows(Incident)] == ["g"]


def test_the_library_knows_the_case_only_through_arguments(works, handlers):
    seen = {}

    def look(case, data, who, level):
        seen.update(who=who, level=level, title=case.instance.title, data=data)
        data["start"]["spoiled"] = True

    handlers["x"] = look
    works.deploy(start(), service("x", "testing.x", who="grid_owner(start.grid)", level="start.level + 1"), mine("a"), end(), "s > x > a > e")
    works.start(grid=works.ids["unit:filter"], level=1)
    assert seen["who"] == [f"owner@{works.ids['unit:filter']}"] and seen["level"] == 2
    wang, task = works.actor("wang"), works.task("a")
    with unit_of_work(wang, write=False) as session:
        assert "spoiled" not in cases.task_view(session, wang, task).data["start"]


def endless(works):
    works.deploy(start(), mine("a"), xor("m"), script("x"), xor("g"), end(), "s > a > m > x > g", "g > m if x == 1", "g > e default")


def test_a_loop_without_a_wait_is_stopped_and_told_in_a_unit_of_work_of_its_own(works):
    endless(works)
    case = works.start()
    with pytest.raises(EngineBroken) as broken:
        works.do("wang", "a")
    assert works.waiting() == ["a"]
    for _ in range(2):
        incidents.record_broken(system_unit, broken.value)
    (incident,) = works.rows(Incident)
    assert incident.instance_id == case and "状态树太深" in incident.reason
    assert works.told(case) == [("start", "s"), ("incident", incident.element_id)]


def test_a_tree_too_deep_is_stopped_before_the_library_loses_it(works):
    steps = [f"x{n}" for n in range(100)]
    works.deploy(start(), xor("m"), *(script(step) for step in steps), mine("a", outcomes=BACK), xor("g"), end(),
                 f"s > m > {' > '.join(steps)} > a > g", "g > m if a.outcome == 'back'", "g > e default")
    works.start()
    with pytest.raises(EngineBroken, match="状态树太深"):
        for _ in range(runner.DEPTH // 100):
            works.do("wang", "a", "back")
    assert works.waiting() == ["a"]


def test_too_many_steps_between_two_waits_are_stopped(works, monkeypatch):
    monkeypatch.setattr(runner, "STEPS", 50)
    works.deploy(start(), script("x").looping(many("start.times")), end(), "s > x > e")
    with pytest.raises(EngineBroken, match="步骤太多"):
        works.start(times=60)
    works.start(times=40)


def test_a_process_that_calls_itself_without_end_is_stopped(works):
    works.deploy(start(), xor("m"), call("c", "p"), end(), "s > m > c > e")
    with pytest.raises(EngineBroken, match="嵌套太深"):
        works.start()
    assert works.rows(ProcessInstance) == []


def test_a_million_instances_are_not_built(works):
    works.deploy(start(), mine("a").looping(many("start.times")), end(), "s > a > e")
    works.start(times=1_000_000)
    assert [i.element_id for i in works.rows(Incident)] == ["a"] and works.waiting() == []


def test_state_of_another_format_is_refused(works):
    works.deploy(start(), mine("a"), end(), "s > a > e")
    case = works.start()
    with unit_of_work(SYSTEM) as session:
        found = session.get_one(ProcessInstance, case)
        found.state = found.state[:-3] + b"abc"
    with pytest.raises(EngineBroken):
        works.do("wang", "a")
    assert works.waiting() == ["a"]


@pytest.mark.parametrize("version", ["1.1", "1.5", None, 7])
def test_state_of_another_version_is_refused_before_anything_is_built_from_it(version):
    state = zlib.compress(json.dumps({"serializer_version": version, "top": {}, "subs": []}).encode())
    with pytest.raises(store.StrangeState):
        store.load(state, None, {})


def test_a_broken_timer_does_not_stop_the_others(works):
    works.deploy(start(), mine("a"), boundary("t", "a", timer('"PT1H"')), mine("b"), end(), "s > a > e", "t > b > e")
    bad, _ = works.start(), works.start()
    with unit_of_work(SYSTEM) as session:
        session.get_one(ProcessInstance, bad).state = b"nonsense"
    clock.move(timedelta(hours=2))
    assert works.ring() == 1 and works.waiting() == ["a", "b"]
    assert [i.instance_id for i in works.rows(Incident)] == [bad] and len(works.rows(TimerRow)) == 1
    assert works.ring() == 0
