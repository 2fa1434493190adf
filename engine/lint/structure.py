"""How elements hang together: every reference leads somewhere, every path begins at a start and leads to an end."""
from collections import Counter

from engine.bpmn_xml import ACTIVITIES, BPMN, FLOW_NODES, SCOPES, Element, local
from engine.lint.finding import Checked, Drafts, error, rule, warning

_SILENT = {
    "sequenceFlow", "laneSet", "dataObject", "dataObjectReference", "textAnnotation", "association", "group", "ioSpecification",
    "extensionElements", "documentation", "incoming", "outgoing", "property", "auditing", "monitoring", "artifact",
    "dataInputAssociation", "dataOutputAssociation", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics",
    "completionCondition", "supportedInterfaceRef", "ioBinding",
}
_UNSUPPORTED = {"complexGateway", "adHocSubProcess", "correlationSubscription", "complexBehaviorDefinition"}
_BESIDE_PROCESSES = {"dataStore", "choreography", "globalChoreographyTask", "globalConversation", "globalTask", "globalUserTask",
                     "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"}
_ROLES = {"resourceRole", "performer", "humanPerformer", "potentialOwner"}


@rule("unsupported-element")
def unsupported_element(checked: Checked) -> Drafts:
    """SpiffWorkflow refuses the first, loses its way in ad-hoc subprocesses, and knows no stores but those it is given."""
    for process in checked.diagram.processes:
        for node in process.node.iter(f"{{{BPMN}}}*"):
            tag, holder = local(node), local(node.getparent())
            foreign = holder in SCOPES | {"process"} and tag not in FLOW_NODES | _SILENT
            if tag in _UNSUPPORTED or foreign:
                yield error(node.get("id") or "", "引擎不支持 {tag} 元素「{element}」，请换成支持的画法", tag=tag)
            elif node.get("isForCompensation") == "true":
                yield error(node.get("id") or "", "引擎不支持补偿活动「{element}」，请用普通流程画出补救步骤")
            elif node.get("instantiate") == "true" and tag == "receiveTask":
                yield error(node.get("id") or "", "接收任务「{element}」不能发起流程，请改用消息开始事件")
    for node in checked.diagram.root.iterchildren(f"{{{BPMN}}}*"):
        if local(node) in _BESIDE_PROCESSES:
            yield error(node.get("id") or "", "引擎不支持 {tag} 元素「{element}」，请换成支持的画法", tag=local(node))


@rule("resource-role")
def resource_role(checked: Checked) -> Drafts:
    """BPMN's own way to say who does a task is not read here: the task would be somebody else's."""
    for process in checked.diagram.processes:
        for node in process.node.iter(*(f"{{{BPMN}}}{tag}" for tag in _ROLES)):
            yield error(node.getparent().get("id") or "", "「{element}」用 {tag} 指定了办理人，不会读取，请改用属性 candidates", tag=local(node))


@rule("data-flow")
def data_flow(checked: Checked) -> Drafts:
    """A step keeps all the data it was given: only a called process says what it takes, and nothing is reckoned on the way."""
    for process in checked.diagram.processes:
        objects = {node.get("id") for node in process.node.iter(f"{{{BPMN}}}dataObject")}
        for node in process.node.iter(*(f"{{{BPMN}}}{tag}" for tag in ("ioSpecification", "transformation", "assignment", "dataObjectReference"))):
            if local(node) == "dataObjectReference":
                if node.get("dataObjectRef") not in objects:
                    yield error(node.get("id") or "", "数据对象「{element}」没有指明是哪一个，请重新画上")
            elif local(node) != "ioSpecification" or node.getparent() is not process.node:
                yield error(node.getparent().get("id") or "", "「{element}」中的 {tag} 不会按所写的执行，请改用数据对象或脚本任务", tag=local(node))


@rule("dangling-reference")
def dangling_reference(checked: Checked) -> Drafts:
    """What points to nothing is dropped, or breaks the reading."""
    nodes, flows = checked.diagram.by_id, {flow.id for flow in checked.diagram.flows}
    for flow in checked.diagram.flows:
        for end, id in (("sourceRef", flow.source), ("targetRef", flow.target)):
            if id not in nodes:
                yield error(flow.id, "连线「{element}」的 {end} 指向不存在的元素“{id}”，请重新连接", end=end, id=id[:60])
    for element in checked.diagram.elements:
        if element.default and element.default not in flows:
            yield error(element, "「{element}」的默认分支指向不存在的连线“{id}”，请重新选择", id=element.default[:60])
    for process in checked.diagram.processes:
        for ref in process.node.iter(f"{{{BPMN}}}flowNodeRef"):
            if (ref.text or "") not in nodes:
                lane = ref.getparent()
                yield error(lane.get("id") or "", "泳道「{name}」指向不存在的元素“{id}”，请把元素拖进泳道后重新保存",
                            name=lane.get("name") or "", id=(ref.text or "")[:60])


@rule("flow-crosses-scope")
def flow_crosses_scope(checked: Checked) -> Drafts:
    nodes = checked.diagram.by_id
    for flow in checked.diagram.flows:
        scopes = {nodes[id].scope for id in (flow.source, flow.target) if id in nodes}
        if len(scopes) > 1:
            yield error(flow.id, "连线「{element}」穿过了子流程的边界，请从子流程的边上连出")


@rule("start-event")
def start_event(checked: Checked) -> Drafts:
    """Of several starts SpiffWorkflow lets the first run and forgets the others."""
    for scope, inside in _scopes(checked).items():
        starts = [e for e in inside if e.tag == "startEvent"]
        plain = [e for e in starts if not e.events]
        if not starts:
            yield error(scope, "「{element}」中没有开始事件，请加上一个")
        elif len(plain) > 1 or len(starts) > 1 and scope in checked.diagram.by_id:
            yield error(starts[1], "「{scope}」中有多个开始事件，只有一个会生效，请只保留一个", scope=scope)


@rule("end-event")
def end_event(checked: Checked) -> Drafts:
    for scope, inside in _scopes(checked).items():
        if not any(e.tag == "endEvent" for e in inside):
            yield error(scope, "「{element}」中没有结束事件，请在每条路径的末尾加上")


@rule("unreachable")
def unreachable(checked: Checked) -> Drafts:
    """SpiffWorkflow does not even read what no start leads to."""
    for element in checked.diagram.elements:
        alone = element.tag == "startEvent" or element.node.get("triggeredByEvent") == "true"
        if element.id and element.id not in checked.graph.reached and not alone:
            yield error(element, "没有路径通到「{element}」，它永远不会执行，请连上或删去")


@rule("no-path-to-end")
def no_path_to_end(checked: Checked) -> Drafts:
    for element in checked.diagram.elements:
        if element.node.get("triggeredByEvent") == "true":
            continue
        if element.id and element.id in checked.graph.reached and element.id not in checked.graph.finishing:
            yield error(element, "从「{element}」出发到不了结束事件，流程会停在半路，请连到结束事件")


@rule("wrong-direction")
def wrong_direction(checked: Checked) -> Drafts:
    for element in checked.diagram.elements:
        if element.tag == "endEvent" and element.outgoing:
            yield error(element, "结束事件「{element}」不能再有连出的线，请改用中间事件或删去连线")
        if element.tag in {"startEvent", "boundaryEvent"} and element.incoming:
            yield error(element, "「{element}」是开始或边界事件，不能有连入的线，请改连到活动上")


@rule("implicit-split")
def implicit_split(checked: Checked) -> Drafts:
    """Start events split in silence; tasks and other events are refused by the parser."""
    for element in checked.diagram.elements:
        if len(element.outgoing) > 1 and element.tag in ACTIVITIES | {"startEvent", "intermediateCatchEvent",
                                                                      "intermediateThrowEvent", "boundaryEvent"}:
            yield error(element, "「{element}」有 {count} 条连出的线，请在它后面放一个网关来分支", count=len(element.outgoing))


@rule("double-flow")
def double_flow(checked: Checked) -> Drafts:
    counts = Counter((flow.source, flow.target) for flow in checked.diagram.flows)
    for flow in checked.diagram.flows:
        if counts[flow.source, flow.target] > 1:
            counts[flow.source, flow.target] = 0
            yield warning(flow.id, "「{source}」到「{target}」之间有多条连线，请只保留一条", source=flow.source, target=flow.target)


def _scopes(checked: Checked) -> dict[str, list[Element]]:
    """Elements by the process or subprocess they stand in."""
    inside: dict[str, list[Element]] = {p.id: [] for p in checked.diagram.processes}
    inside |= {e.id: [] for e in checked.diagram.elements if e.tag in SCOPES - {"adHocSubProcess"}}
    for element in checked.diagram.elements:
        inside.setdefault(element.scope, []).append(element)
    return {scope: found for scope, found in inside.items()
            if scope not in checked.diagram.by_id or checked.diagram.by_id[scope].tag != "adHocSubProcess"}
