"""Two versions of a diagram: what runs differently, what is only called differently, what only lies elsewhere."""
import re
import time

import pytest

from engine import xml_guard
from engine.deployment import SHIPPED
from engine.workshop.compare import How, differences, marks
from engine.workshop.facts import facts
from tests.diagrams import diagram, end, start, user

OLD = diagram(start(), user("a", candidates="starter()", due="P2D"), user("b"), end(), "s > a > b > e")
DANGER = (SHIPPED / "hidden_danger.bpmn").read_bytes()


def told(changes):
    return {(c.kind, c.element, c.what, c.of, c.before, c.after, c.executes) for c in changes}


def test_one_more_approver_with_a_limit_is_told_attribute_by_attribute():
    new = diagram(start(), user("a", candidates="starter()", due="P3D"), user("x", candidates="role('station_leader')"), user("b"), end(),
                  "s > a > x > b > e")
    found = differences(OLD, new)
    assert ("changed", "a", "办理时限", "", "P2D", "P3D", True) in told(found)
    assert ("added", "x", "", "", "", "", True) in told(found)
    assert all(change.executes for change in found)
    older, newer = marks(found)
    assert newer["x"] == "added" and "x" not in older and older["a"] == newer["a"] == "changed"


@pytest.mark.parametrize(("before", "after", "expected"), [
    (b'id="a" name="a"', 'id="a" name="审核"'.encode(), ("changed", "a", "名称", "", "a", "审核", False)),
    (b'name="due" value="P2D"', b'name="due" value=""', ("changed", "a", "办理时限", "", "P2D", "", True)),
    (b'name="due" value="P2D"', b'name="somewhat" value="P2D"', ("changed", "a", "属性", "somewhat", "", "P2D", True)),
    (b'isExecutable="true"', b'isExecutable="false"', ("changed", "p", "可执行", "", "true", "false", True)),
])
def test_each_kind_of_change(before, after, expected):
    assert before in OLD
    assert expected in told(differences(OLD, OLD.replace(before, after)))


def test_a_new_name_is_one_change_wherever_the_step_is_referred_to():
    (change,) = differences(OLD, OLD.replace(b'id="a" name="a"', 'id="a" name="审核"'.encode()))
    assert (change.element, change.executes) == ("a", False)


def test_the_same_diagram_has_no_differences_however_it_is_written():
    assert differences(DANGER, DANGER) == []
    assert differences(DANGER, DANGER.replace(b"><", b">\n  <")) == []


def test_what_only_moved_does_not_run_differently():
    moved = DANGER.replace(b"<dc:Bounds x=", b"<dc:Bounds x=", 1)
    at = DANGER.index(b"<dc:Bounds")
    moved = DANGER[:at] + DANGER[at:].replace(b' y="', b' y="1', 1)
    (change,) = differences(DANGER, moved)
    assert (change.kind, change.executes, change.what) == (How.MOVED, False, "位置")
    assert marks([change]) == ({}, {})


def test_a_new_step_says_everything_a_colleague_must_judge_and_a_removed_one_too():
    asks = '[{"value": "pass", "label": "通过"}, {"value": "back", "label": "退回", "opinion": true}]'
    new = diagram(start(), user("a", candidates="starter()", due="P2D"), user("x", candidates="role('station_leader')", due="P3D", form="major_review",
                  outcomes=asks), user("b"), end(), "s > a > x > b > e")
    found = {(c.what, c.after) for c in differences(OLD, new) if c.element == "x"}
    assert {("候选人", "role('station_leader')"), ("办理时限", "P3D"), ("表单", "major_review"), ("按钮（结果）", "通过 (pass)\n退回 (back) !")} <= found
    gone = [c for c in differences(new, OLD) if c.element == "x"]
    assert {("办理时限", "P3D", "")} <= {(c.what, c.before, c.after) for c in gone} and {c.kind for c in gone} == {"removed"}


def test_what_has_no_name_is_called_by_its_kind_and_its_neighbour():
    bare = OLD.replace(b' name="e"', b"").replace(b' name="s"', b"").replace(b' id="b" name="b"', b' id="b" name=""')
    told = facts(xml_guard.parse(bare))
    assert told["e"].name == "结束事件（「a」之后）" and told["s"].name == "开始事件（「a」之前）" and told["a"].name == "a"
    assert any(one.name == "a → 用户任务（「a」之后）" for one in told.values())


def test_what_only_follows_or_is_stretched_has_not_moved():
    widened = re.sub(rb'(<di:waypoint [^>]*?y=")', rb"\g<1>9", DANGER)
    assert widened != DANGER and differences(DANGER, widened) == []
    label = DANGER.index(b"<bpmndi:BPMNLabel")
    at = DANGER.index(b"<dc:Bounds", label)
    assert differences(DANGER, DANGER[:at] + DANGER[at:].replace(b' x="', b' x="9', 1)) == []


def test_every_attribute_in_a_shipped_diagram_is_seen():
    """Whatever is written in the part of the file that runs: changing it is a difference."""
    head = DANGER[:DANGER.index(b"<bpmndi:BPMNDiagram")]
    spots = [i for i in range(len(head)) if head.startswith(b' value="', i)]
    assert len(spots) > 30
    for spot in spots[::4]:
        changed = DANGER[:spot + 8] + b"Q" + DANGER[spot + 8:]
        assert any(change.executes or change.what == "分类" for change in differences(DANGER, changed)), head[spot - 80:spot + 40]


@pytest.mark.parametrize("inside", [
    "<bpmn:documentation>x</bpmn:documentation>" * 15_000,
    "<bpmn:extensionElements>" + '<x:a xmlns:x="x" b="1"/>' * 15_000 + "</bpmn:extensionElements>",
    '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="outcomes" value="' + "[" * 500_000
    + '"/></spiffworkflow:properties></bpmn:extensionElements>',
], ids=["children", "extensions", "deep"])
def test_a_hostile_diagram_is_compared_fast(inside):
    began = time.monotonic()
    assert differences(OLD, OLD.replace(b'<bpmn:startEvent id="s" name="s">', b'<bpmn:startEvent id="s" name="s">' + inside.encode()))
    assert time.monotonic() - began < 2
