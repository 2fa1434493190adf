"""Scenarios: saved tries that are replayed, what differs in words, and how much of a diagram they go through."""
import json
from datetime import datetime

import pytest

from data_model import clock
from data_model.actor import SYSTEM
from data_model.audit import AuditEntry
from data_model.process import ProcessInstance
from data_model.session import unit_of_work
from data_model.workshop import Scenario
from engine import catalog
from engine.deployment import load_shipped
from engine.errors import EngineError, NotYours, TooLate
from engine.workshop import coverage, sandbox, scenario_file, scenarios
from tests.diagrams import decide, diagram, end, start, user, xor
from tests.engine.workshop import mine

MONDAY = datetime(2026, 3, 2, 9, tzinfo=clock.zone())
WANG, LI = {"$user": "wang"}, {"$user": "li"}
BEGIN = {"do": "begin", "at": "2026-03-02T09:00:00+08:00"}
START = {"do": "start", "who": WANG}
ASK = user("ask", candidates='grid_owner(start.grid)', outcomes='[{"value": "yes", "label": "同意"}, {"value": "no", "label": "不同意"}]')
FLOWS = "s > ask > g", "g > e1 if ask.outcome == \"yes\"", "g > e2 default"


def parts(*more, flows=FLOWS):
    return start("s"), ASK, xor("g"), end("e1"), end("e2"), *more, *flows


def drawing(*more, flows=FLOWS):
    return {"p.bpmn": diagram(*parts(*more, flows=flows), key="p", properties={"starters": "everyone"})}


def begun(house):
    return {**START, "data": {"grid": house["unit:filter"]}}


def said(outcome, who=LI):
    return {"do": "complete", "step": "ask", "who": who, "outcome": outcome}


@pytest.fixture
def po(actor):
    return actor("po")


@pytest.fixture
def kept(works, house, po):
    """One scenario of a small flow: li says yes."""
    works.deploy(*parts())
    with sandbox.unit(po) as session:
        expected = scenarios.observed(session, "p", MONDAY, [begun(house), said("yes")], True)
    with unit_of_work(po) as session:
        return scenarios.save(session, po, "p", "同意", [BEGIN, begun(house), said("yes")], expected)


@pytest.fixture
def replayed(po):
    def replay(files):
        with sandbox.unit(po) as session:
            return scenarios.replay_all(session, po, files)
    return replay


# -- what comes with the house

def test_the_shipped_ones_hold_and_go_along_every_arrow(house, po):
    with unit_of_work(SYSTEM) as session:
        load_shipped(session)
        assert scenarios.load_missing(session) == ["hidden_danger"]
        assert scenarios.load_missing(session) == []
    with sandbox.unit(po) as session:
        xml = catalog.effective(session, "hidden_danger").xml.encode()
        found = scenarios.replay_all(session, po, {"hidden_danger.bpmn": xml})
        assert [(one.name, one.words) for one in found if not one.ok] == []
        whole = coverage.coverage(xml, "hidden_danger", {one for result in found for one in result.covered})
        assert (len(found), whole.percent, whole.arrows, whole.uncovered) == (7, 100, (), ())
        alone = coverage.coverage(xml, "hidden_danger", found[0].covered)
        assert alone.percent < 60
        assert ("上报", "如何处理？", "确定确认人") in [(arrow.name, arrow.source, arrow.target) for arrow in alone.arrows]
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.query(ProcessInstance).count() == 0


# -- replaying

def test_what_was_observed_is_expected_and_holds(kept, replayed):
    assert kept.expected == {"status": "completed", "end": "e1", "after": [
        {"waits": [["ask", ["owner@filter"]]], "told": ["N-01"]}, {"waits": [], "told": ["N-14"]}]}
    (result,) = replayed(drawing())
    assert (result.name, result.ok, result.words, result.key) == ("同意", True, "与预期一致", "p")
    assert result.covered == {"s", "ask", "g", "e1", "f_s_ask", "f_ask_g", "f_g_e1"}


@pytest.mark.parametrize("files, words", [
    (lambda: drawing(mine("more"), flows=("s > more > ask > g", *FLOWS[1:])), "第 1 步之后，应轮到「ask」，现在轮到「more」"),
    (lambda: drawing(flows=("s > ask > g", "g > e2 if ask.outcome == \"yes\"", "g > e1 default")), "应结束于「e1」，现在结束于「e2」"),
    (lambda: {"p.bpmn": diagram(start("s"), user("ask", candidates='role("general_manager", 3)'), end("e1"), "s > ask > e1", key="p",
                                properties={"starters": "everyone"})},
     "第 1 步之后，「ask」应由 过滤区的负责人 办理，现在由 清源供水公司的总经理 办理"),
    (lambda: {"p.bpmn": diagram(*parts(), key="p")}, "第 1 步做不到：您不能发起此流程"),
    (lambda: {"p.bpmn": diagram(start("s"), user("ask", candidates="grid_owner(start.grid)"), end("e1"), "s > ask > e1", key="p",
                                properties={"starters": "everyone"})}, "第 2 步做不到：没有「yes」这个选项"),
])
def test_the_first_difference_is_told_in_words(kept, replayed, files, words):
    (result,) = replayed(files())
    assert (result.ok, str(result.words)) == (False, words)


def test_a_step_that_only_names_its_steps_does_not_mind_who(works, house, po, kept, replayed):
    with sandbox.unit(po) as session:
        expected = scenarios.observed(session, "p", MONDAY, [begun(house)], False)
    assert expected["after"] == [{"waits": ["ask"], "told": ["N-01"]}]
    with unit_of_work(po) as session:
        scenarios.save(session, po, "p", "只看步骤", [BEGIN, begun(house)], expected)
    other = {"p.bpmn": diagram(start("s"), mine("ask"), end("e1"), "s > ask > e1", key="p", properties={"starters": "everyone"})}
    assert [one.ok for one in replayed(other)] == [False, False]  # nobody else is told: N-01 is missing
    assert str(replayed(other)[1].words) == "第 1 步之后，应发出通知 N-01，没有发出"


def test_files_that_cannot_be_deployed_fail_every_scenario_in_words(kept, replayed):
    (result,) = replayed({"p.bpmn": diagram(start("s"), decide("d", "nowhere"), end("e"), "s > d > e", key="p")})
    assert (result.ok, str(result.words)) == (False, "p 引用了不存在的决策表 nowhere")


# -- renewing

def swapped():
    return drawing(flows=("s > ask > g", "g > e2 if ask.outcome == \"yes\"", "g > e1 default"))


def test_what_comes_of_it_now_is_expected_from_then_on_and_written_down(kept, replayed, po, actor):
    assert [(one.ok, one.renewable) for one in replayed(swapped())] == [(False, True)]
    with sandbox.unit(po) as session:
        sandbox.put_on_stage(session, po, swapped())
        expected = scenarios.renewed(session, "p", scenarios.one_of(session, "p", kept.id))
    assert (expected["end"], expected["after"][0]) == ("e2", kept.expected["after"][0])  # with the people, as it was before
    wang = actor("wang")
    with unit_of_work(wang) as session, pytest.raises(NotYours):
        scenarios.renew(session, wang, "p", kept.id, kept.steps, expected)
    with unit_of_work(po) as session:
        with pytest.raises(TooLate):
            scenarios.renew(session, po, "p", kept.id, kept.steps[:1], expected)
        scenarios.renew(session, po, "p", kept.id, kept.steps, expected)
    assert [one.ok for one in replayed(swapped())] == [True]
    with unit_of_work(po, write=False) as session:
        entry = session.query(AuditEntry).filter_by(kind="scenario", row_id=kept.id).order_by(AuditEntry.id.desc()).first()
        old, new = entry.changes["expected"]
        assert (entry.actor_id, "e1" in str(old), "e2" in str(new)) == (po.user_id, True, True)


def test_one_that_cannot_be_played_to_its_end_is_not_renewed(kept, replayed):
    assert [(one.ok, one.renewable) for one in replayed({"p.bpmn": diagram(*parts(), key="p")})] == [(False, False)]


# -- keeping

def test_names_are_ones_own_and_only_a_process_owner_keeps_any(kept, house, po, actor):
    with unit_of_work(po) as session:
        with pytest.raises(EngineError, match="已有名为「同意」的场景"):
            scenarios.save(session, po, "p", "同意", [BEGIN, START], {})
        with pytest.raises(EngineError, match="名称"):
            scenarios.save(session, po, "p", "  ", [BEGIN, START], {})
        other = scenarios.save(session, po, "p", "不同意", [BEGIN, START], {})
        with pytest.raises(EngineError, match="已有名为「同意」的场景"):
            scenarios.rename(session, po, "p", other.id, "同意")
        assert scenarios.rename(session, po, "p", other.id, " 不  同意 ").name == "不 同意"
        assert scenarios.delete(session, po, "p", other.id) == "不 同意"
        with pytest.raises(EngineError):
            scenarios.delete(session, po, "another", kept.id)
    wang = actor("wang")
    with unit_of_work(wang) as session, pytest.raises(NotYours):
        scenarios.save(session, wang, "p", "我的", [BEGIN, START], {})


def test_a_file_goes_out_and_comes_in_again(kept, po):
    with unit_of_work(po) as session:
        content = json.dumps(scenarios.dump(session, "p"), ensure_ascii=False).encode()
        scenarios.delete(session, po, "p", kept.id)
    with unit_of_work(po) as session:
        scenarios.load(session, po, "p", scenario_file.read(content))
        assert json.loads(content) == scenarios.dump(session, "p")
        scenarios.load(session, po, "p", [{"name": "同意", "steps": [BEGIN, START], "expected": {}}])  # the same name is replaced
        assert [row.expected for row in session.query(Scenario)] == [{}]


@pytest.mark.parametrize("found", [
    {}, "x", [1], [{}], [{"name": "a"}], [{"name": "", "steps": [BEGIN, START]}], [{"name": "a", "steps": []}], [{"name": "a", "steps": [BEGIN]}],
    [{"name": "a", "steps": [START, BEGIN]}], [{"name": "a", "steps": [{"do": "begin", "at": "soon"}, START]}],
    [{"name": "a", "steps": [{"do": "begin", "at": "9999-01-01T00:00"}, START]}], [{"name": "a", "steps": [BEGIN, {"do": "format"}]}],
    [{"name": "a", "steps": [BEGIN, "x"]}], [{"name": "a", "steps": [BEGIN] + [START] * 201}],
    [{"name": "a", "steps": [BEGIN, {**START, "data": {"x": "y" * 300_000}}]}], [{"name": "a", "steps": [BEGIN, START], "expected": 7}],
    [{"name": "a", "steps": [BEGIN, START], "expected": {"after": [{"waits": [[[]]]}]}}],
    [{"name": "a", "steps": [BEGIN, START], "expected": {"end": []}}], [{"name": "a", "steps": [BEGIN, START]}] * 2,
    [{"name": "a", "steps": [BEGIN, {**START, "data": json.loads("[" * 40 + "]" * 40)}]}],
])
def test_a_file_that_says_anything_else_is_refused(house, po, found):
    with unit_of_work(po) as session:
        with pytest.raises(EngineError):
            scenarios.load(session, po, "p", found)
        assert session.query(Scenario).count() == 0


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(content):
    with pytest.raises(EngineError):
        scenario_file.read(content)
