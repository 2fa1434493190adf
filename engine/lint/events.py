"""Events: only the kinds that run in each place (engine/lint/supported.py); the others would pass in silence."""
from engine.bpmn_xml import ACTIVITIES, BPMN, SCOPES, Element, child, extension
from engine.lint.finding import Checked, Drafts, Term, error, rule, warning
from engine.lint.graph import reach
from engine.lint.supported import RUNS, Place, place_of

_EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
_NAMES = {
    Place.START: Term("开始事件"), Place.INSIDE: Term("子流程的开始事件"), Place.BREAKS: Term("中断事件子流程的开始事件"),
    Place.BEGINS: Term("非中断事件子流程的开始事件"), Place.CATCH: Term("中间捕获事件"), Place.BOUNDARY: Term("中断边界事件"),
    Place.BESIDE: Term("非中断边界事件"), Place.THROW: Term("中间抛出事件"), Place.END: Term("结束事件"),
}
_FAILING = SCOPES | {"callActivity", "serviceTask"}  # what an error can come out of
_REFERS = {"message": "message", "signal": "signal", "error": "error", "escalation": "escalation"}


@rule("event-kind")
def event_kind(checked: Checked) -> Drafts:
    """What the engine does not throw, catch or begin with there would end, pass or wait in silence."""
    for element in checked.diagram.tagged(*_EVENTS):
        place = place_of(element, checked.diagram)
        for event in element.events:
            if event.kind not in RUNS.events[place]:
                yield error(element, "{place}「{element}」的类型 {kind} 在引擎中没有效果，请换成支持的类型：{allowed}", place=_NAMES[place],
                            kind=event.kind, allowed="、".join(sorted(RUNS.events[place])))


@rule("event-without-kind")
def event_without_kind(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged(*_EVENTS):
        if not element.events and "none" not in RUNS.events[place_of(element, checked.diagram)]:
            yield error(element, "「{element}」没有说明等待什么，会直接通过，请设为定时、消息或信号事件")


@rule("several-events")
def several_events(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged(*_EVENTS):
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


@rule("timer-cycle")
def timer_cycle(checked: Checked) -> Drafts:
    """What happens once only cannot happen in a cycle: the token would go on several times, or nothing would be interrupted."""
    for element in checked.diagram.tagged(*_EVENTS):
        if place_of(element, checked.diagram) not in (Place.START, Place.BEGINS, Place.BESIDE):
            for event in element.events:
                if event.timer == "timeCycle":
                    yield error(element, "「{element}」只能发生一次，不能用周期（timeCycle），请改用时刻或时长，或改为非中断事件")


@rule("boundary-event")
def boundary_event(checked: Checked) -> Drafts:
    """On gateways and events SpiffWorkflow accepts it and goes astray."""
    for event in checked.diagram.tagged("boundaryEvent"):
        host = checked.diagram.by_id.get(event.attached_to or "")
        if host is None:
            yield error(event, "边界事件「{element}」没有附着在活动上，请拖到一个任务的边上")
        elif host.tag not in ACTIVITIES or host.by_event:
            yield error(event, "边界事件「{element}」附着在「{host}」上，请拖到任务或子流程的边上", host=host.name or host.id)
        elif host.scope != event.scope:
            yield error(event, "边界事件「{element}」与「{host}」不在同一层，请重新拖放", host=host.name or host.id)
        elif _kind(event, "cancel") and host.tag != "transaction":
            yield error(event, "取消边界事件「{element}」只能附着在事务子流程上，请改用别的事件")
        elif _kind(event, "error") and host.tag not in _FAILING or _kind(event, "escalation") and host.tag not in _FAILING - {"serviceTask"}:
            yield error(event, "「{host}」不会抛出错误或升级，边界事件「{element}」永远不会发生，请附着在子流程、调用活动或服务任务上",
                        host=host.name or host.id)


@rule("cancel-end")
def cancel_end(checked: Checked) -> Drafts:
    """Without the event beside the transaction a cancel would be an end like any other."""
    for element in checked.diagram.tagged("endEvent"):
        scope = checked.diagram.by_id.get(element.scope)
        if not _kind(element, "cancel"):
            continue
        if scope is None or scope.tag != "transaction":
            yield error(element, "取消结束事件「{element}」只能放在事务子流程中，请改用终止或错误结束事件")
        elif not any(_kind(event, "cancel") for event in checked.diagram.boundaries(scope.id)):
            yield error(element, "事务「{scope}」的边上没有取消边界事件，取消结束事件「{element}」无人处理，请加上", scope=scope.name or scope.id)


@rule("event-subprocess")
def event_subprocess(checked: Checked) -> Drafts:
    """It hangs on no flow: the event of its one start begins it, once or as often as it happens."""
    for sub in checked.diagram.elements:
        if not sub.by_event:
            continue
        if sub.tag != "subProcess" or sub.incoming or sub.outgoing:
            yield error(sub, "事件子流程「{element}」不能连线，请去掉连线")
        if child(sub.node, "standardLoopCharacteristics") is not None or sub.multiple:
            yield error(sub, "事件子流程「{element}」不能是循环或多实例，请去掉标记")


@rule("link")
def link(checked: Checked) -> Drafts:
    """One place to come from at least, one place to go to exactly, in the same process or subprocess."""
    links = checked.diagram.links
    thrown = {(e.scope, name) for e in checked.diagram.tagged("intermediateThrowEvent") for name in e.links}
    for element in checked.diagram.tagged("intermediateThrowEvent", "intermediateCatchEvent"):
        throws = element.tag == "intermediateThrowEvent"
        if element.links and (element.outgoing if throws else element.incoming):
            yield error(element, "链接事件「{element}」的这一侧不能再有连线，请去掉连线")
        for name in element.links:
            where = (element.scope, name)
            if not name or where not in thrown or len(links.get(where, ())) != 1:
                yield error(element, "链接“{name}”须在同一层有抛出事件和恰好一个捕获事件，请改正", name=name[:60])


@rule("hand-start")
def hand_start(checked: Checked) -> Drafts:
    """Begun by hand, such a case waits at its start for the message."""
    for process in checked.diagram.processes:
        starts = [e for e in checked.diagram.tagged("startEvent") if e.scope == process.id]
        if process.starters and starts and all(_kind(e, "message") or _kind(e, "signal") for e in starts):
            yield warning(process.id, "流程「{element}」可由人发起，却只有消息或信号开始事件，发起后会停在开始处等待，请加上普通开始事件")


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
    found = [(e, event.kind, event.ref) for e in checked.diagram.tagged(*_EVENTS) for event in e.events if event.kind in _REFERS]
    for task in checked.diagram.tagged("sendTask", "receiveTask"):
        own = next((event.ref for event in task.events if event.kind == "message"), None)
        found.append((task, "message", task.node.get("messageRef") or own))
    return found
