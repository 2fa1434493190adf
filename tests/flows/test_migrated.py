"""Twenty real dangers, at every step of their way, go on with a diagram that has one more approver and a limit; each is cured and closed."""
from pathlib import Path

import pytest

from data_model.actor import SYSTEM
from data_model.hidden_danger import HiddenDanger
from data_model.process import Incident, ProcessDefinition, ProcessInstance, Task, TimerRow
from data_model.session import unit_of_work
from engine import actions, deployment
from engine.actions import migrating
from tests.flows.test_hidden_danger import FRIDAY

DRAWN = Path(deployment.SHIPPED / "hidden_danger.bpmn").read_text()
FLOW = '<bpmn:sequenceFlow id="to_order_from_major_plan" name="一般" sourceRef="major_plan" targetRef="order" />'
STEP = """<bpmn:userTask id="review" name="再审"><bpmn:extensionElements><spiffworkflow:properties>
  <spiffworkflow:property name="form" value="hidden_danger.approve_plan" /><spiffworkflow:property name="due" value="P2D" />
  <spiffworkflow:property name="candidates" value="users([{who}])" />
  <spiffworkflow:property name="outcomes" value="[{{&quot;value&quot;: &quot;agree&quot;, &quot;label&quot;: &quot;同意&quot;}}]" />
  </spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
  <bpmn:boundaryEvent id="review_late" name="超时" cancelActivity="false" attachedToRef="review"><bpmn:timerEventDefinition id="review_time">
    <bpmn:timeDuration>"P2D"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
  <bpmn:endEvent id="review_told" /><bpmn:sequenceFlow id="to_review_told" sourceRef="review_late" targetRef="review_told" />
  <bpmn:sequenceFlow id="to_order_from_major_plan" name="一般" sourceRef="major_plan" targetRef="review" />
  <bpmn:sequenceFlow id="to_order_from_review" sourceRef="review" targetRef="order" />"""
WAY = ("confirm", "configure", "rectify", "recheck")


def go_on(story, case, step):
    more = {"confirm": {"is_source": False, "danger_class": "物"},
            "configure": {"engineering": "加固护栏", "rectifier": story.ids["chen"], "checker": story.ids["sun"], "deadline": FRIDAY},
            "rectify": {"result": "护栏已加固并刷漆"}}
    who, outcome = {"confirm": ("li", "configure"), "configure": ("li", "done"), "review": ("zhang", "agree"), "rectify": ("chen", "done"),
                    "recheck": ("sun", "pass")}[step]
    said = dict(more.get(step, {}))
    if step == "rectify":
        said["photos_after"] = [story.photo("chen", f"{case}")]
    story.do(who, step, outcome, case=case, **said)


@pytest.fixture
def twenty(story):
    """Five dangers at each of four steps."""
    cases = {}
    for number in range(20):
        case = story.start("wang", "hidden_danger", grid=story.ids["unit:filter"], description=f"滤池走道护栏松动 {number}",
                           photos=[story.photo("wang", str(number))])
        at = WAY[number % 4]
        for step in WAY[:WAY.index(at)]:
            go_on(story, case, step)
        cases[case] = at
    return cases


def test_twenty_dangers_move_over_and_all_are_closed(story, twenty):
    before = {(row.instance_id, row.element_id): row.due_at for row in story.rows(TimerRow)}
    open_before = {task.id for task in story.rows(Task, status="open")}
    assert FLOW in DRAWN
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"hidden_danger.bpmn": DRAWN.replace(FLOW, STEP.format(who=story.ids["zhang"])).encode()})
    to = max(row.id for row in story.rows(ProcessDefinition, key="hidden_danger"))
    seen = story.seen("po", migrating.preview, list(twenty), to, {})
    assert [(one.instance.id, [problem.text for problem in one.problems]) for one in seen] == [(case, []) for case in twenty]
    assert all(any(landing.element == twenty[one.instance.id] == landing.to for landing in one.landings) for one in seen)
    po = story.actor("po")
    reports = actions.migrate_many(lambda: unit_of_work(po), po, list(twenty), to, {}, "一般隐患也要再审", "batch")
    assert all(one.ok for one in reports) and {row.definition_id for row in story.rows(ProcessInstance)} == {to}
    assert {(row.instance_id, row.element_id): row.due_at for row in story.rows(TimerRow)} == before
    assert {task.id for task in story.rows(Task, status="open")} == open_before
    for case, at in twenty.items():
        for step in WAY[WAY.index(at):]:
            go_on(story, case, step)
            if step == "configure":
                assert [task.element_id for task in story.rows(Task, instance_id=case, status="open")] == ["review"]
                go_on(story, case, "review")
    assert {row.status for row in story.rows(ProcessInstance)} == {"completed"} and story.rows(Incident) == story.rows(TimerRow) == []
    assert {row.stage for row in story.rows(HiddenDanger)} == {"已关闭"}
