"""Diagrams from elsewhere become drafts in our words; what cannot be said is told element by element."""
from pathlib import Path

import pytest

from data_model.process import ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Draft, Kind
from engine import bpmn_xml
from engine.errors import EngineError, NotYours
from engine.workshop import checking, drafts
from engine.workshop.imports import taking
from engine.workshop.imports.language import translated
from engine.workshop.imports.report import How
from engine.workshop.imports.tokens import Untold

FILES = Path(__file__).parents[1] / "data" / "imports"


@pytest.fixture
def bring(works):
    """bring("camunda7.bpmn"): what a process owner gets to see, the draft as a diagram, and what lint still says of it."""
    def one(name, who="po", data=None):
        actor = works.actor(who)
        with unit_of_work(actor) as session:
            taken = taking.take(session, actor, (FILES / name).read_bytes() if data is None else data, name)
        with unit_of_work(actor) as session:
            content = drafts.open_draft(session, actor, Kind.DIAGRAM, taken.key).content.encode()
            found = checking.findings(session, f"{taken.key}.bpmn", content)
        return taken, bpmn_xml.read(content), found
    return one


def told(taken, element):
    return {line.said.partition("=")[0]: str(line.how) for line in taken.lines if line.element == element}


def conditions(diagram):
    return {flow.id: flow.condition for flow in diagram.flows if flow.condition}


def test_camunda_7_is_said_in_our_words_and_the_rest_is_told(bring, works):
    taken, diagram, found = bring("camunda7.bpmn")
    assert (taken.key, taken.name, taken.vendor, taken.drawn) == ("hot_work_permit", "动火作业审批", "Camunda 7", True)
    assert diagram.process.starters == ("station_leader",)
    check, sign = diagram.by_id["Activity_check"], diagram.by_id["Activity_sign"]
    assert check.properties == {"candidates": f'users([{works.ids["zhao"]}]) + role("station_safety_director", start.grid)',
                                "due": "P2D", "priority": "2"}
    assert sign.properties == {"candidates": 'field("leaders")', "signing": '{"mode": "ratio", "ratio": 60}'}
    assert diagram.by_id["Activity_grade"].decision == "hot_work_grade"
    assert diagram.by_id["Activity_rectify"].called == "rectify_danger"
    assert diagram.by_id["Event_late"].events[0].expression == '"PT48H"'
    assert conditions(diagram) == {
        "Flow_yes": 'Activity_check.safe and (Activity_check.level == "two") or not urgent', "Flow_odd": "${gasService.check(execution)}"}
    lines = told(taken, "Activity_check")
    assert {lines[said] for said in ("followUpDate", "taskListener class", "inputOutput name")} == {How.HAND}
    assert lines["assignee"] == How.DONE and lines["dueDate"] == How.LOOK and lines["asyncBefore"] == How.NEEDLESS
    by_hand = {line.element for line in taken.lines if line.how == How.HAND}
    assert {"Activity_gas", "Activity_mail", "Flow_odd", "StartEvent_1"} <= by_hand
    assert "step_End" in diagram.by_id, "End would have bypassed it in silence"
    wrong = {(f.element, f.rule) for f in found if f.severity == "error"}
    assert {("Activity_gas", "handler"), ("Flow_odd", "expression")} <= wrong
    assert "other-vendor" not in {f.rule for f in found}
    assert works.rows(ProcessDefinition) == [], "nothing is deployed"


def test_camunda_8(bring):
    taken, diagram, found = bring("camunda8.bpmn")
    approve, brief = diagram.by_id["approve"], diagram.by_id["brief"]
    assert approve.properties == {"form": "approve_space", "candidates": 'starter() + field("supervisor")', "due": "PT24H", "priority": "1"}
    assert diagram.by_id["begin"].properties == {"form": "space_request"}
    assert brief.called == "brief_worker" and brief.multiple and diagram.by_id["grade"].decision == "space_grade"
    assert diagram.by_id["count"].script == "people = len(workers) + 1"
    assert diagram.by_id["wait"].events[0].expression == '"PT30M"'
    assert conditions(diagram) == {"f3": "approved == True and 1 <= depth <= 5"}
    assert not taken.drawn, "the modeler lays it out"
    assert {f.rule for f in found if f.severity == "error"} <= {"handler", "form", "start-form", "decision", "called-process"}


def test_flowable(bring, works):
    taken, diagram, _ = bring("flowable.bpmn20.xml")
    assert (taken.key, taken.vendor) == ("drill", "Flowable")
    assert diagram.by_id["plan"].properties == {"form": "drillPlan", "candidates": "starter()", "due": "P3D"}
    assert diagram.by_id["approve"].properties["candidates"] == f'users([{works.ids["li"]}]) + role("general_manager", start.grid)'
    assert (diagram.by_id["grade"].tag, diagram.by_id["grade"].decision) == ("businessRuleTask", "drillGrade")
    assert conditions(diagram) == {"f2": "plan.budget >= 10000"}
    assert ("approve", "candidateUsers=nobody", How.HAND) in {(line.element, line.said, line.how) for line in taken.lines}
    assert {"mail", "note", "monthly"} <= {line.element for line in taken.lines if line.how == How.HAND}


def test_plain_bpmn_needs_little(bring, works):
    """Ids of drawing tools hold hyphens, which no expression can name; the file's name says more than the process's id."""
    taken, diagram, found = bring("plain.bpmn")
    assert taken.key == "plain" and taken.vendor == "" and diagram.process.executable
    assert diagram.by_id["step_sid_look"].lane == "厂站领导"
    assert diagram.by_id["step_sid_write"].properties["candidates"] == f'users([{works.ids["wang"]}]) + role("auditor", start.grid)'
    assert not [f for f in found if f.severity == "error"]


def test_a_second_import_never_writes_over_the_first(bring, works):
    keys = [bring("plain.bpmn")[0].key for _ in range(3)]
    assert keys == ["plain", "plain_2", "plain_3"] and len(works.rows(Draft)) == 3


def test_our_own_files_come_back_as_they_are(bring):
    original = (Path(__file__).parents[2] / "bpmn" / "hidden_danger.bpmn").read_bytes()
    taken, diagram, _ = bring("hidden_danger.bpmn", data=original)
    assert {e.id: dict(e.properties) for e in diagram.elements} == {e.id: dict(e.properties) for e in bpmn_xml.read(original).elements}
    assert {line.how for line in taken.lines} <= {How.DONE, How.HAND}, "its lanes only"


@pytest.mark.parametrize("said, ours", [
    ("${a && b || !c}", "a and b or not c"), ("${x eq 'a' and not empty y}", 'x == "a" and not (not y)'), ("${a - (b - c)}", "a - (b - c)"),
    ("${ok ? 1 : 2}", "1 if ok else 2"), ("${execution.getVariable('n') gt 3}", "n > 3"), ("${name.startsWith('x')}", 'name.startswith("x")'),
    ("=if a > 1 then \"x\" else \"y\"", '"x" if a > 1 else "y"'), ("=x in (1, 2)", "x in [1, 2]"), ("=x between 1 and 5", "1 <= x <= 5"),
    ("=some i in items satisfies i.bad = true", "any(i.bad == True for i in items)"), ("=not(list contains(l, 3))", "(not (3 in l))"),
    ("${nrOfCompletedInstances >= 2}", "numberOfCompletedInstances >= 2"),
])
def test_expressions(said, ours):
    assert translated(said).source == ours


@pytest.mark.parametrize("said", [
    "${bean.run(x)}", "${''.getClass().forName('java.lang.Runtime')}", "${__import__('os')}", "${a.__class__}", "=a[1]", "=now() + duration(\"P1D\")",
    "${open}(1)", "${a" + "(" * 500, "${" + "!" * 900 + "a}", "${}", "=", "${a b}", "=f(1)", "${class}", "${" + "a+" * 5_000 + "a}", "=@\"P1D\"", "=\"a",
])
def test_what_we_cannot_say_is_refused_with_words(said):
    with pytest.raises(Untold) as why:
        translated(said)
    assert why.value.text.format(**why.value.params)


@pytest.mark.parametrize("data, words", [
    (b"", "空"), (b"hello", "XML"), (b"<html/>", "BPMN"), (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
    (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "process"),
    (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN"),
    ((FILES / "plain.bpmn").read_bytes() + b" " * 2_000_000, "MB"),
])
def test_other_files_are_refused_with_words(bring, works, data, words):
    with pytest.raises(EngineError, match=words):
        bring("x.bpmn", data=data)
    assert works.rows(Draft) == []


def test_only_process_owners_import(bring):
    with pytest.raises(NotYours):
        bring("plain.bpmn", who="zhao")
