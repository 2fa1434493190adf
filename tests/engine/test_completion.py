"""What the modeler offers at an element: the data that steps before it have left, and an expression tried on a sample of it."""
from pathlib import Path

import pytest

from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from engine import bpmn_xml, deployment
from engine.handlers import __path__ as handlers
from engine.lint import lint
from engine.workshop import completion, functions, operations, trial, vocabulary
from engine.workshop.drawable import drawable
from engine.workshop.offers import FormField, Type
from tests.diagrams import diagram, end, start, user

HIDDEN_DANGER = bpmn_xml.read((deployment.SHIPPED / "hidden_danger.bpmn").read_bytes())
FORMS = {
    "hidden_danger.start": [FormField("grid", "所在网格", Type.UNIT), FormField("fix_days", "预计整改天数", Type.NUMBER)],
    "hidden_danger.confirm": [FormField("level", "隐患级别", Type.CHOICE, (("重大", "重大"), ("较大", "较大")))],
    "hidden_danger.configure": [FormField("rectifier", "整改人", Type.PERSON), FormField("deadline", "整改期限", Type.DATE)],
    "major_review": [FormField("advice", "专家意见")],
}


def offered(at, drawn=HIDDEN_DANGER):
    found = completion.available(drawn, at, FORMS.get, lambda key: [FormField("owner_level", "首责层级")] if key == "danger_route" else [])
    return {offer.path: offer for offer in found}


@pytest.mark.parametrize("at, there, not_there", [
    ("register", {"start.grid", "start.by"}, {"grid", "confirm.level"}),
    ("confirm", {"start.grid", "grid", "place", "confirm.outcome"}, {"configure.deadline", "owner_level"}),  # it is asked again after 上报
    ("rectify", {"confirm.level", "configure.rectifier", "configure.deadline", "owner_level", "ordered_at"}, set()),
    ("confirm_overdue", {"grid", "place"}, {"configure.deadline"}),
    ("to_supervise_from_major_plan", {"configure.outcome", "confirm.level"}, set()),
])
def test_what_lies_behind_an_element_is_offered(at, there, not_there):
    found = set(offered(at))
    assert there <= found and not not_there & found


def test_a_limit_on_a_step_does_not_know_that_step_s_answer():
    drawn = bpmn_xml.read(diagram(start("s"), user("check"), end("e"), "s > check > e"))
    assert "check.outcome" not in offered("check", drawn)
    assert "check.outcome" in offered("e", drawn)


@pytest.mark.parametrize("hangs", ['<boundaryEvent id="a" attachedToRef="a"/>',
                                   '<boundaryEvent id="a" attachedToRef="b"/><boundaryEvent id="b" attachedToRef="a"/>',
                                   '<task id="a"/>' + "".join(f'<task id="t{n}"/>' for n in range(1500))])
def test_a_twisted_or_endless_diagram_keeps_nobody_waiting(hangs):
    xml = f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">{hangs}</process></definitions>'
    assert offered("a", bpmn_xml.read(xml.encode())) == {}


def test_buttons_and_words_come_with_what_is_offered():
    outcome = offered("to_assign_from_confirmed")["confirm.outcome"]
    assert ("report_up", "上报") in outcome.choices and outcome.source == "confirm"
    assert offered("rectify")["place"].type == Type.UNIT and offered("rectify")["at_top"].type == Type.YES_NO


def test_a_drawn_form_is_found_by_its_own_name():
    drawn = bpmn_xml.read(diagram(start("s"), user("check", form="major_review"), end("e"), "s > check > e"))
    assert "check.advice" in offered("e", drawn)


def test_what_a_script_sets_is_offered():
    assert completion.assigned('if a:\n    days = 1\nelse:\n    notice.text = "x"') == ["days", "notice.text"]
    assert completion.assigned("days = (") == []


def test_a_sample_has_a_value_of_its_kind_for_everything():
    sample = completion.sample(list(offered("rectify").values()), person=7, unit=9)
    assert sample["configure"]["rectifier"] == 7 and sample["start"]["grid"] == 9 and sample["confirm"]["level"] == "重大"
    assert len(sample["configure"]["deadline"]) == len("2026-01-31")


def test_every_handler_has_words_of_its_own():
    """Who adds an operation says in operations.py what it does."""
    assert [one.name for one in operations.operations() if one.label == one.name] == []
    assert {one.name.partition(".")[0] for one in operations.operations()} == {path.stem for path in Path(handlers[0]).glob("*.py")} - {"__init__"}


def test_every_function_of_the_language_is_explained():
    from engine.candidates import FUNCTION_NAMES as candidates
    from engine.expressions import FUNCTION_NAMES as plain
    from engine.lint.times import TIMERS

    assert {one.name for one in functions.ALL} == candidates | plain | TIMERS


@pytest.mark.parametrize("name, tag, kind", [
    ("userTask", "userTask", ""), ("eventBasedGateway", "eventBasedGateway", ""), ("boundaryEvent:timer:non", "boundaryEvent", "timer"),
    ("intermediateThrowEvent:signal", "intermediateThrowEvent", "signal"), ("endEvent:terminate", "endEvent", "terminate"),
    ("complexGateway", "complexGateway", ""), ("adHocSubProcess", "adHocSubProcess", ""), ("endEvent:timer", "endEvent", "timer"),
    ("intermediateThrowEvent:compensate", "intermediateThrowEvent", "compensate"), ("dataStoreReference", "dataStoreReference", "")])
def test_what_may_be_drawn_is_what_lint_lets_run(name, tag, kind):
    event = f"<{kind}EventDefinition/>" if kind else ""
    xml = ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true"><userTask id="t"/>'
           f'<{tag} id="x" attachedToRef="t" cancelActivity="false">{event}</{tag}></process></definitions>')
    refused = {finding.rule for finding in lint(xml.encode()) if finding.element == "x"} & {"unsupported-element", "event-kind"}
    assert (name in drawable()) is not bool(refused)


@pytest.fixture
def room(app, house, actor):
    """A unit of work of the process owner, with the shipped flows deployed."""
    with unit_of_work(SYSTEM) as session:
        deployment.load_shipped(session)
    owner = actor("po")
    with unit_of_work(owner, write=False) as session:
        yield session, owner


@pytest.mark.parametrize("kind, source, value, people", [
    ("expr", 'confirm.level == "重大" and len(items) > 1', True, ()), ("candidates", "grid_owner(grid)", None, ("李敏",)),
    ("script", "days = 3", {"days": 3}, ()), ("expr", "days_between(\"2026-01-01\", \"2026-01-04\")", 3, ())])
def test_an_expression_is_tried(room, house, kind, source, value, people):
    data = {"confirm": {"level": "重大"}, "items": [1, 2], "grid": house["unit:filter"]}
    tried = trial.try_it(*room, source, data, kind)
    assert (tried.wrong, tried.people) == ("", people)
    if kind == "script":
        assert tried.value["days"] == 3
    elif value is not None:
        assert tried.value == value


@pytest.mark.parametrize("kind, source", [
    ("expr", "1 +"), ("expr", "nobody.knows"), ("candidates", "1 + 1"), ("candidates", 'role("王", 1)'), ("time", 'workdays("x")'),
    ("expr", "[" * 50 + "]" * 50), ("script", "import os"), ("expr", "sum([i for i in range(10)])")])
def test_what_is_wrong_is_said_and_never_raised(room, kind, source):
    assert trial.try_it(*room, source, {}, kind).wrong


def test_the_lists_name_what_is_there(room):
    session, _ = room
    lists = vocabulary.vocabulary(session, ["hidden_danger.confirm", "nowhere.step"])
    assert {"danger_level", "danger_route"} <= {one["value"] for one in lists["tables"]}
    assert {"hidden_danger", "snapshot"} <= {one["value"] for one in lists["processes"]}
    assert "安全" in lists["departments"] and {"value": "station_leader", "name": "厂站领导", "label": "厂站领导"} in lists["roles"]
    assert {one["value"]: one["label"] for one in lists["forms"]} == {"hidden_danger.confirm": "确认", "nowhere.step": ""}
    assert [field.key for field in vocabulary.outputs(session, "danger_route")] == ["owner_level", "default_days", "approval"]
