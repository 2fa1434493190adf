"""Diagrams that are too large for SpiffWorkflow: it recurses along rows and predicts every path at once."""
from engine.bpmn_xml import SCOPES
from engine.lint.expressions import sites
from engine.lint.finding import Checked, Drafts, error, rule
from engine.lint.graph import ENDLESS

MAX_NODES = 1_000
MAX_LOGIC = 200_000
MAX_ROW = 300
MAX_PREDICTED = 5_000
MAX_NESTING = 15


@rule("too-many-nodes", first=True)
def too_many_nodes(checked: Checked) -> Drafts:
    count = len(checked.diagram.elements)
    if count > MAX_NODES:
        yield error("", "流程图有 {count} 个元素，超过 {limit} 个，请拆成几个流程，用调用活动连接", count=count, limit=MAX_NODES)


@rule("too-much-logic", first=True)
def too_much_logic(checked: Checked) -> Drafts:
    """Logic of that size belongs in a handler; reading it would keep everyone waiting."""
    count = sum(len(site.source) for site in sites(checked))
    if count > MAX_LOGIC:
        yield error("", "流程图中的表达式和脚本共 {count} 个字符，超过 {limit} 个，请把逻辑写进处理程序", count=count, limit=MAX_LOGIC)


@rule("too-long")
def too_long(checked: Checked) -> Drafts:
    """600 in a row end in a RecursionError when the file is read."""
    row = checked.graph.longest_row()
    if row > MAX_ROW:
        yield error("", "有 {count} 个元素首尾相连，超过 {limit} 个，请把其中一段放进另一个流程，用调用活动连接", count=row, limit=MAX_ROW)


@rule("too-many-predicted")
def too_many_predicted(checked: Checked) -> Drafts:
    """Parallel blocks in sequence multiply: six of four branches are 24,575 tasks at the start."""
    count = checked.graph.predicted
    if count == ENDLESS:
        yield error("", "有一条循环不经过排他网关，引擎会无穷展开，请在循环中用排他网关决定是否返回")
    elif count > MAX_PREDICTED:
        yield error("", "并行块首尾相接，引擎一次要展开 {count} 个任务（上限 {limit}），请把并行块分别放进子流程",
                    count=count, limit=MAX_PREDICTED)


@rule("nested-too-deep")
def nested_too_deep(checked: Checked) -> Drafts:
    depths: dict[str, int] = {}
    for element in checked.diagram.elements:
        if element.tag in SCOPES:
            depths[element.id] = depths.get(element.scope, 0) + 1
            if depths[element.id] == MAX_NESTING + 1:
                yield error(element, "子流程「{element}」嵌套超过 {limit} 层，请改用调用活动", limit=MAX_NESTING)


@rule("endless-loop")
def endless_loop(checked: Checked) -> Drafts:
    """Nothing rests in it, so it runs until the step limit makes an incident of it."""
    for group in checked.graph.circles():
        names = "、".join(checked.graph.nodes[id].name.strip() or id for id in reversed(group[-6:]))[:200]
        yield error(group[-1], "循环（{names}）中没有等待的步骤，会一直空转，请在循环中放入用户任务或定时事件", names=names)
