"""Gateways: every decision has a way out, every condition is where it is read."""
from engine.bpmn_xml import Flow
from engine.lint.finding import Checked, Drafts, error, rule

_CHOOSE = ("exclusiveGateway", "inclusiveGateway")
_CATCHING = {"timer", "message", "signal", "conditional"}


@rule("gateway-default")
def gateway_default(checked: Checked) -> Drafts:
    """Without it, an answer nobody thought of stops the instance."""
    for gateway in checked.diagram.tagged(*_CHOOSE):
        conditional = [flow for flow in gateway.outgoing if flow.condition is not None]
        if (len(gateway.outgoing) > 1 or conditional) and not any(flow.default for flow in gateway.outgoing):
            yield error(gateway, "网关「{element}」没有默认分支，条件都不满足时流程会出错，请把一条连线设为默认")


@rule("default-condition")
def default_condition(checked: Checked) -> Drafts:
    for flow in checked.diagram.flows:
        if flow.default and flow.condition is not None:
            yield error(flow.id, "默认分支「{element}」上的条件不会被读取，请删去条件，或另设默认分支")


@rule("default-flow")
def default_flow(checked: Checked) -> Drafts:
    flows = {flow.id: flow for flow in checked.diagram.flows}
    for element in checked.diagram.elements:
        named = flows.get(element.default or "")
        if named and (named.source != element.id or element.tag not in _CHOOSE):
            yield error(element, "「{element}」的默认分支“{flow}”不是它自己的分支，请重新选择", flow=named.id)


@rule("flow-condition")
def flow_condition(checked: Checked) -> Drafts:
    for gateway in checked.diagram.tagged(*_CHOOSE):
        for flow in gateway.outgoing:
            if len(gateway.outgoing) > 1 and not flow.default and not (flow.condition or "").strip():
                yield error(flow.id, "网关「{gateway}」的分支「{element}」没有条件，请写上条件，或设为默认分支",
                            gateway=gateway.name or gateway.id)


@rule("ignored-condition")
def ignored_condition(checked: Checked) -> Drafts:
    """Only exclusive and inclusive gateways read conditions; elsewhere the flow is always taken."""
    for flow in checked.diagram.flows:
        source = checked.diagram.by_id.get(flow.source)
        if flow.condition is not None and source is not None and source.tag not in _CHOOSE:
            yield error(flow.id, "连线「{element}」从「{source}」连出，条件会被忽略、总会走，请在其间放一个排他网关",
                        source=source.name or source.id)


@rule("event-gateway")
def event_gateway(checked: Checked) -> Drafts:
    for gateway in checked.diagram.tagged("eventBasedGateway"):
        if gateway.node.get("instantiate") == "true" or gateway.node.get("eventGatewayType", "Exclusive") != "Exclusive":
            yield error(gateway, "事件网关「{element}」不能作为流程的开始，也不能等待全部事件，请改用开始事件或并行网关")
        if len(gateway.outgoing) < 2:
            yield error(gateway, "事件网关「{element}」后面至少要有两个捕获事件，请补上，或改用中间捕获事件")
        for target in (checked.diagram.by_id.get(flow.target) for flow in gateway.outgoing):
            if target is None:
                continue
            kinds = {event.kind for event in target.events}
            if not (target.tag == "intermediateCatchEvent" and kinds and kinds <= _CATCHING):
                yield error(target, "事件网关后面的「{element}」不是捕获事件，请只连定时、消息、信号捕获事件")
            elif len(target.incoming) > 1:
                yield error(target, "事件网关后面的「{element}」还有别的连入线，请为它单独画一个捕获事件")


def leaves(flow: Flow, checked: Checked) -> bool:
    """Whether the condition of a flow is read at all."""
    source = checked.diagram.by_id.get(flow.source)
    return source is not None and source.tag in _CHOOSE and not flow.default
