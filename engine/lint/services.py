"""What the house does by itself: handlers, scripts, decisions and called processes are there and can be called."""
from engine.bpmn_xml import SPIFF, extension, extension_text
from engine.lint.finding import Checked, Drafts, error, rule, warning
from engine.lint.graph import reach

_PYTHON = {"", "python", "text/python", "text/x-python", "application/python", "application/x-python"}
_CHOICES = {"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"}


@rule("handler")
def handler(checked: Checked) -> Drafts:
    for task in checked.diagram.tagged("serviceTask"):
        if task.operator is None or not task.operator.name:
            yield error(task, "服务任务「{element}」没有指定处理程序，请从列表中选择")
        elif checked.known.handlers is not None and task.operator.name not in checked.known.handlers:
            yield error(task, "服务任务「{element}」的处理程序 {handler} 不存在，请从列表中选择", handler=task.operator.name[:60])
        elif task.operator.result:
            yield warning(task, "服务任务「{element}」的结果变量（resultVariable）不会使用，处理程序的结果直接并入流程数据，请清空")


@rule("handler-parameter")
def handler_parameter(checked: Checked) -> Drafts:
    """A parameter without a value is dropped in silence; one without a type breaks the reading."""
    for task in checked.diagram.tagged("serviceTask"):
        operator = extension(task.node, "serviceTaskOperator")
        if operator is None:
            continue
        for parameter in operator.iter(f"{{{SPIFF}}}parameter"):
            if not parameter.get("id") or parameter.get("value") is None or parameter.get("type") is None:
                yield error(task, "服务任务「{element}」的参数“{name}”须有 id、type 和 value，请补全",
                            name=(parameter.get("id") or "")[:60])
        for retry in operator.iter(f"{{{SPIFF}}}retry"):
            if any(not (retry.get(name) or "0").isdecimal() for name in ("retries", "backoff_base")):
                yield error(task, "服务任务「{element}」的重试次数须是整数，请改正")


@rule("script")
def script(checked: Checked) -> Drafts:
    for task in checked.diagram.tagged("scriptTask"):
        if not (task.script or "").strip():
            yield error(task, "脚本任务「{element}」没有脚本，请写上，或改用服务任务")
        if (task.node.get("scriptFormat") or "").lower() not in _PYTHON:
            yield error(task, "脚本任务「{element}」的语言 {language} 不受支持，请改写为本系统的脚本",
                        language=task.node.get("scriptFormat")[:60])


@rule("decision")
def decision(checked: Checked) -> Drafts:
    for task in checked.diagram.tagged("businessRuleTask"):
        named = extension_text(task.node, "calledDecisionId")
        if not (named or "").strip():
            yield error(task, "业务规则任务「{element}」没有指定决策表，请从列表中选择")
        elif checked.known.decisions is not None and named not in checked.known.decisions:
            yield error(task, "业务规则任务「{element}」的决策表 {decision} 不存在，请从列表中选择", decision=str(named)[:60])


@rule("called-process")
def called_process(checked: Checked) -> Drafts:
    own = {process.id for process in checked.diagram.processes}
    for task in checked.diagram.tagged("callActivity"):
        if not (task.called or "").strip():
            yield error(task, "调用活动「{element}」没有指定要调用的流程，请从列表中选择")
        elif checked.known.processes is not None and task.called not in checked.known.processes | own:
            yield error(task, "调用活动「{element}」所调用的流程 {process} 不存在，请从列表中选择", process=str(task.called)[:60])


@rule("self-call")
def self_call(checked: Checked) -> Drafts:
    """A process that calls itself before anything is decided or waits never ends."""
    nodes, graph = checked.graph.nodes, checked.graph
    stops = {id for id, e in nodes.items() if e.tag in _CHOICES or (id in graph.waits and e.tag not in {"callActivity", "startEvent"})}
    onward = {id: [] if id in stops or nodes[id].tag == "callActivity" else after for id, after in graph.next.items()}
    starts = [e.id for e in nodes.values() if e.tag == "startEvent"]
    for id in reach(starts, onward):
        if nodes[id].tag == "callActivity" and nodes[id].called == nodes[id].process:
            yield error(nodes[id], "调用活动「{element}」无条件地调用本流程，会无穷嵌套，请在它前面放一个排他网关")
