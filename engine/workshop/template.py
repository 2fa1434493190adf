"""How a new process begins: with a small diagram that runs, or as a copy of another."""
import json
from typing import Any

from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import ROLE_NAMES, Role
from data_model.process import ProcessDefinition
from data_model.workshop import Draft, Kind
from engine import xml_guard
from engine.bpmn_xml import BPMN, SPIFF
from engine.errors import EngineError
from engine.workshop import drafts, names, stock

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_BEGIN, _APPROVE, _END = "发起", "审批", "结束"  # data from then on, as everything in a diagram
_OUTCOMES = json.dumps([{"value": "pass", "label": "通过"}, {"value": "refuse", "label": "不通过", "opinion": True, "style": "danger"}],
                       ensure_ascii=False).replace('"', "&quot;")
_SMALL = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:bpmndi="{_DI}"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
    xmlns:spiffworkflow="{SPIFF}" id="definitions" targetNamespace="http://anlan">
  <bpmn:collaboration id="pool"><bpmn:participant id="pool_new" name="new" processRef="new"/></bpmn:collaboration>
  <bpmn:process id="new" name="new" isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane_approver" name="{ROLE_NAMES[Role.STATION_LEADER]}">
        <bpmn:flowNodeRef>begin</bpmn:flowNodeRef><bpmn:flowNodeRef>approve</bpmn:flowNodeRef><bpmn:flowNodeRef>done</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begin" name="{_BEGIN}"><bpmn:outgoing>to_approve</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="approve" name="{_APPROVE}">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="due" value="P2D"/>
        <spiffworkflow:property name="outcomes" value="{_OUTCOMES}"/>
        <spiffworkflow:property name="duty" value="approve"/>
        <spiffworkflow:property name="not" value="starter()"/>
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:incoming>to_approve</bpmn:incoming><bpmn:outgoing>to_end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="done" name="{_END}"><bpmn:incoming>to_end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to_approve" sourceRef="begin" targetRef="approve"/>
    <bpmn:sequenceFlow id="to_end" sourceRef="approve" targetRef="done"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="pool">
    <bpmndi:BPMNShape id="pool_shape" bpmnElement="pool_new" isHorizontal="true"><dc:Bounds x="80" y="80" width="480" height="200"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="lane_shape" bpmnElement="lane_approver" isHorizontal="true"><dc:Bounds x="110" y="80" width="450" height="200"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="begin_shape" bpmnElement="begin"><dc:Bounds x="160" y="162" width="36" height="36"/>
      <bpmndi:BPMNLabel><dc:Bounds x="166" y="205" width="24" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="approve_shape" bpmnElement="approve"><dc:Bounds x="270" y="140" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="done_shape" bpmnElement="done"><dc:Bounds x="452" y="162" width="36" height="36"/>
      <bpmndi:BPMNLabel><dc:Bounds x="458" y="205" width="24" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="to_approve_edge" bpmnElement="to_approve"><di:waypoint x="196" y="180"/><di:waypoint x="270" y="180"/></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="to_end_edge" bpmnElement="to_end"><di:waypoint x="370" y="180"/><di:waypoint x="452" y="180"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
_PAGES = {"new", "import", "releases"}


def begin(session: Session, actor: Actor, key: str, name: str, copied: str = "") -> int:
    """A draft under a key that nothing has yet; its revision.

    Args:
        copied: key of the process it starts as a copy of; '' for the small one.

    Raises:
        EngineError: the key or the name will not do; `field` says which.
    """
    if not name.strip():
        raise EngineError("请填写名称", "name")
    names.checked(key)
    if taken(session, key):
        raise EngineError("编号「{key}」已有流程使用，请换一个", "key", key=key)
    now = stock.running(session, Kind.DIAGRAM, copied) if copied else None
    if copied and now is None:
        raise EngineError("没有名为 {key} 的流程", "source", key=copied[:80])
    content = renamed(now.content if now else _SMALL, now.key if now else "new", key, name.strip()[:100])
    return drafts.save(session, actor, Kind.DIAGRAM, key, content, 0, name.strip()[:100])


def taken(session: Session, key: str) -> bool:
    """Whether a process of that key is there, in use or not, or is being drawn; or a page of ours has that address."""
    return (key in _PAGES or session.scalars(select(ProcessDefinition.id).where(ProcessDefinition.key == key).limit(1)).first() is not None
            or session.scalars(select(Draft.id).where(Draft.kind == Kind.DIAGRAM, Draft.key == key)).first() is not None)


def renamed(xml: str, old: str, key: str, name: str) -> str:
    """The diagram under another key: its process, and what in the file refers to it."""
    root: Any = xml_guard.parse(xml.encode())
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        if node.tag == f"{{{BPMN}}}process" and node.get("id") == old:
            node.set("id", key)
            node.set("name", name)
        if node.tag == f"{{{BPMN}}}participant" and node.get("processRef") == old:
            node.set("name", name)
        for attribute in ("processRef", "bpmnElement"):
            if node.get(attribute) == old:
                node.set(attribute, key)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode()
