"""Events: only the kinds SpiffWorkflow really throws and catches in each place; the others pass in silence."""
from engine.bpmn_xml import ACTIVITIES, BPMN, Element, child, extension
from engine.lint.finding import Checked, Drafts, Term, error, rule, warning
from engine.lint.graph import reach

_KINDS = {
    "startEvent": {"message", "signal", "timer", "conditional"},
    "intermediateCatchEvent": {"message", "signal", "timer", "conditional"},
    "intermediateThrowEvent": {"message", "signal", "escalation"},
    "boundaryEvent": {"message", "signal", "timer", "conditional", "error", "escalation", "cancel"},
    "endEvent": {"message", "error", "escalation", "cancel", "terminate"},
}
_PLACES = {"startEvent": Term("开始事件"), "intermediateCatchEvent": Term("中间捕获事件"),
           "intermediateThrowEvent": Term("中间抛出事件"), "boundaryEvent": Term("边界事件"), "endEvent": Term("结束事件")}
_MEND = {
    ("endEvent", "signal"): "结束事件「{element}」不会发出信号，请在结束前放一个信号抛出事件",
    ("startEvent", "error"): "开始事件「{element}」的类型 {kind} 会被当作普通开始，请改为普通开始事件",
}
_REFERS = {"message": "message", "signal": "signal", "error": "error", "escalation": "escalation"}


@rule("event-kind")
def event_kind(checked: Checked) -> Drafts:
    """A signal end event ends and tells nobody; an error catch lets everything pass; and so on (engine-facts)."""
    for element in checked.diagram.tagged(*_KINDS):
        for event in element.events:
            if event.kind not in _KINDS[element.tag]:
                text = _MEND.get((element.tag, event.kind),
                                 "{place}「{element}」的类型 {kind} 在引擎中没有效果，请换成支持的类型：{allowed}")
                yield error(element, text, place=_PLACES[element.tag], kind=event.kind, allowed="、".join(sorted(_KINDS[element.tag])))


@rule("event-without-kind")
def event_without_kind(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged("intermediateCatchEvent", "boundaryEvent"):
        if not element.events:
            yield error(element, "「{element}」没有说明等待什么，会直接通过，请设为定时、消息或信号事件")


@rule("several-events")
def several_events(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged(*_KINDS):
        if len(element.events) > 1 or child(element.node, "eventDefinitionRef") is not None:
            yield error(element, "「{element}」含有多个或引用的事件定义，请拆成几个事件")


@rule("event-reference")
def event_reference(checked: Checked) -> Drafts:
    """A bare send or receive task is done at once; a message without a name reaches nobody."""
    declared = {kind: {n.get("id"): n for n in checked.diagram.root.iterchildren(f"{{{BPMN}}}{kind}")} for kind in _REFERS}
    for element, kind, ref in _references(checked):
        if not ref:
            if not (element.tag == "boundaryEvent" and kind in {"error", "escalation"}):
                yield error(element, "「{element}」没有指明 {kind}，请在属性中选择或新建一个", kind=kind)
        elif ref not in declared[kind]:
            yield error(element, "「{element}」指向不存在的 {kind}“{ref}”，请重新选择", kind=kind, ref=ref[:60])
        elif not (declared[kind][ref].get("name") or "").strip():
            yield error(element, "「{element}」所指的 {kind}“{ref}”没有名称，请填写名称", kind=kind, ref=ref[:60])
        elif kind in {"error", "escalation"} and not (declared[kind][ref].get(f"{kind}Code") or "").strip():
            yield warning(element, "「{element}」所指的 {kind}“{ref}”没有代码，请填写代码", kind=kind, ref=ref[:60])


@rule("message-payload")
def message_payload(checked: Checked) -> Drafts:
    """SpiffWorkflow reads it at the event, and warns of the old place."""
    for node in checked.diagram.root.iterchildren(f"{{{BPMN}}}message"):
        if extension(node, "messagePayload") is not None or extension(node, "messageVariable") is not None:
            yield error(node.get("id") or "", "消息「{element}」的内容应写在发送或接收它的事件上，请移过去")


@rule("timer")
def timer(checked: Checked) -> Drafts:
    for element in checked.diagram.elements:
        for event in element.events:
            said = [n for n in event.node if n.tag in {f"{{{BPMN}}}timeDate", f"{{{BPMN}}}timeDuration", f"{{{BPMN}}}timeCycle"}]
            if event.kind == "timer" and len(said) != 1:
                yield error(element, "定时事件「{element}」须写明一个时间（时刻、时长或周期），请补上或删去多余的")
            elif event.kind == "conditional" and child(event.node, "condition") is None:
                yield error(element, "条件事件「{element}」没有条件，请写上")


@rule("conditional-event")
def conditional_event(checked: Checked) -> Drafts:
    """It looks at data objects; what a form writes does not wake it."""
    objects = next(checked.diagram.root.iter(f"{{{BPMN}}}dataObject"), None)
    for element in checked.diagram.elements:
        if objects is None and any(event.kind == "conditional" for event in element.events):
            yield warning(element, "条件事件「{element}」只在数据对象变化时检查，流程数据变化不会唤醒它，请改用消息或信号事件")


@rule("boundary-event")
def boundary_event(checked: Checked) -> Drafts:
    """On gateways and events SpiffWorkflow accepts it and goes astray."""
    for event in checked.diagram.tagged("boundaryEvent"):
        host = checked.diagram.by_id.get(event.attached_to or "")
        if host is None:
            yield error(event, "边界事件「{element}」没有附着在活动上，请拖到一个任务的边上")
        elif host.tag not in ACTIVITIES:
            yield error(event, "边界事件「{element}」附着在「{host}」上，请拖到任务或子流程的边上", host=host.name or host.id)
        elif host.scope != event.scope:
            yield error(event, "边界事件「{element}」与「{host}」不在同一层，请重新拖放", host=host.name or host.id)
        elif _kind(event, "cancel") and host.tag != "transaction":
            yield error(event, "取消边界事件「{element}」只能附着在事务子流程上，请改用别的事件")
        elif not event.interrupting and (_kind(event, "error") or _kind(event, "cancel")):
            yield error(event, "错误或取消边界事件「{element}」必定中断活动，请去掉“非中断”")


@rule("cancel-end")
def cancel_end(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged("endEvent"):
        scope = checked.diagram.by_id.get(element.scope)
        if _kind(element, "cancel") and (scope is None or scope.tag != "transaction"):
            yield error(element, "取消结束事件「{element}」只能放在事务子流程中，请改用终止或错误结束事件")


@rule("event-subprocess")
def event_subprocess(checked: Checked) -> Drafts:
    """Wrong in four ways: starts at once, never interrupts, keeps the process from ending, or waits where nobody can see it."""
    for sub in checked.diagram.elements:
        if sub.node.get("triggeredByEvent") != "true":
            continue
        if sub.tag != "subProcess" or sub.incoming or sub.outgoing:
            yield error(sub, "事件子流程「{element}」不能连线，请去掉连线")
        yield error(sub, "引擎不能正确执行事件子流程「{element}」（不会中断，等待不可见或使流程无法结束），请改用边界事件或并行分支")


@rule("subprocess-start")
def subprocess_start(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged("startEvent"):
        scope = checked.diagram.by_id.get(element.scope)
        if scope is not None and element.events and scope.node.get("triggeredByEvent") != "true":
            yield error(element, "子流程中的开始事件「{element}」须是普通开始事件，请去掉事件类型")


@rule("waiting-start")
def waiting_start(checked: Checked) -> Drafts:
    """A message or signal starts a case by itself; a condition only waits inside one that somebody has made."""
    for element in checked.diagram.tagged("startEvent"):
        if element.scope not in checked.diagram.by_id and _kind(element, "conditional"):
            yield warning(element, "开始事件「{element}」不会自动创建流程实例：实例由人或处理程序发起后，才在此等待")


@rule("timer-start")
def timer_start(checked: Checked) -> Drafts:
    """Nothing starts a case by the clock yet: the process would never run."""
    for element in checked.diagram.tagged("startEvent"):
        if element.scope not in checked.diagram.by_id and _kind(element, "timer"):
            yield error(element, "定时开始事件「{element}」还不能自动发起流程，请改用普通、消息或信号开始事件")


@rule("waiting-beside-cycle")
def waiting_beside_cycle(checked: Checked) -> Drafts:
    """What hangs on a cycle goes when the task it sits on is done: a task for a person there would be lost without a word."""
    for event in checked.diagram.tagged("boundaryEvent"):
        if event.interrupting or not any(definition.timer == "timeCycle" for definition in event.events):
            continue
        lost = reach([flow.target for flow in event.outgoing], checked.graph.next) & checked.graph.waits
        for element in checked.diagram.elements:
            if element.id in lost:
                yield error(element, "「{element}」在周期定时事件「{event}」之后，任务一完成它就会丢失，请改用自动步骤（通知、升级）或另起流程",
                            event=event.name or event.id)


def _kind(element: Element, kind: str) -> bool:
    return any(event.kind == kind for event in element.events)


def _references(checked: Checked) -> list[tuple[Element, str, str | None]]:
    """Every place that must name a message, signal, error or escalation."""
    found = [(e, event.kind, event.ref) for e in checked.diagram.tagged(*_KINDS) for event in e.events if event.kind in _REFERS]
    for task in checked.diagram.tagged("sendTask", "receiveTask"):
        own = next((event.ref for event in task.events if event.kind == "message"), None)
        found.append((task, "message", task.node.get("messageRef") or own))
    return found
