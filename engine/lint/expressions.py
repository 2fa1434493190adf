"""Every expression and script of a diagram is in the closed language: a typing mistake shows here, not at the desk of a user."""
import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn_xml import BPMN, SPIFF, Element, child, extension_text, local
from engine.expressions import ExprError, compile_expr, compile_script
from engine.lint.finding import Checked, Drafts, Term, error, rule
from engine.lint.gateways import leaves
from engine.lint.times import TIMERS, is_bare, is_time

_CALL = re.compile(r"([^\W\d]\w*)\s*\(")
_FOREIGN = {"true": "True", "false": "False", "null": "None"}
_SCRIPTED = {"task", "userTask", "manualTask", "serviceTask", "businessRuleTask", "subProcess", "transaction", "callActivity",
             "sendTask", "receiveTask"}


@dataclass(frozen=True)
class Site:
    """One place where a diagram holds an expression."""

    at: Element | str
    where: Term
    source: str
    script: bool = False
    candidates: bool = False  # candidate functions may be called


@rule("expression")
def expression(checked: Checked) -> Drafts:
    for site in sites(checked):
        foreign = foreign_hint(site.source)
        if foreign:
            yield error(site.at, "「{element}」的{where}“{source}”是 {language} 写法，请改写为本系统的表达式，如 x == 1",
                        where=site.where, source=site.source.strip()[:60], language=foreign)
            continue
        try:
            tree = parsed(site, checked)
        except ExprError as problem:
            yield error(site.at, "「{element}」的{where}“{source}”有误：{problem}，请改正",
                        where=site.where, source=site.source.strip()[:60], problem=problem)
            continue
        for name in {n.id for part in tree for n in ast.walk(part) if isinstance(n, ast.Name)} & set(_FOREIGN):
            yield error(site.at, "「{element}」的{where}中的 {name} 不是值，请写 {right}",
                        where=site.where, name=name, right=_FOREIGN[name])


@rule("time")
def time(checked: Checked) -> Drafts:
    """Durations and dates are texts of the language: unquoted they fail when the token arrives."""
    for element in checked.diagram.elements:
        for event in element.events:
            said = (event.expression or "").strip()
            if event.kind != "timer":
                continue
            if is_bare(said):
                yield error(element, "定时事件「{element}」的时间 {source} 没有加引号，请写成 \"{source}\"", source=said[:60])
            elif (written := constant(said)) is not None and not is_time(written, event.timer == "timeCycle"):
                yield error(element, "定时事件「{element}」的时间“{source}”不是 ISO 8601 时长、时刻或周期，请写成 \"PT48H\"、\"R3/P1D\"",
                            source=str(written)[:60])


@rule("outcome-name")
def outcome_name(checked: Checked) -> Drafts:
    """A condition on an answer that no button gives is never true."""
    from_tasks = {e.id: known_outcomes(e) for e in checked.diagram.tagged("userTask", "manualTask", "task")}
    for flow in checked.diagram.flows:
        if flow.condition is None or not leaves(flow, checked):
            continue
        for task, answer in _compared(flow.condition):
            if from_tasks.get(task) and answer not in from_tasks[task]:
                yield error(flow.id, "连线「{element}」比较的结果“{answer}”不在「{task}」的按钮中（{outcomes}），请改正",
                            answer=answer[:60], task=task, outcomes="、".join(sorted(from_tasks[task]))[:200])


@rule("ignored-script")
def ignored_script(checked: Checked) -> Drafts:
    for element in checked.diagram.elements:
        for tag in ("preScript", "postScript"):
            if element.tag not in _SCRIPTED and extension_text(element.node, tag) is not None:
                yield error(element, "「{element}」上的 {tag} 不会执行，请改用脚本任务", tag=tag)


def sites(checked: Checked) -> Iterator[Site]:
    """Every expression and script of the diagram, empty ones included where one is needed."""
    for flow in checked.diagram.flows:
        if flow.condition is not None and flow.condition.strip() and leaves(flow, checked):
            yield Site(flow.id, Term("条件"), flow.condition)
    for element in checked.diagram.elements:
        yield from _of_element(element)
    for node in checked.diagram.root.iter(f"{{{BPMN}}}correlationPropertyRetrievalExpression"):
        for path in node:
            if local(path) in {"messagePath", "formalExpression"}:
                yield Site(node.getparent().get("id") or "", Term("关联表达式"), path.text or "")
    for kind in ("signal", "error", "escalation"):
        for node in checked.diagram.root.iterchildren(f"{{{BPMN}}}{kind}"):
            if (said := extension_text(node, "payloadExpression")) is not None:
                yield Site(node.get("id") or "", Term("内容"), said)


def _of_element(element: Element) -> Iterator[Site]:
    yield from _of_events(element)
    yield from _of_loops(element)
    yield from _of_scripts(element)
    for name, where in (("candidates", "候选人"), ("not", "回避人")):
        if name in element.properties:
            yield Site(element, Term(where), element.properties[name], candidates=True)
    if element.properties.get("urgency", "").strip():
        yield Site(element, Term("紧急程度"), element.properties["urgency"])
    if element.tag == "serviceTask" and element.operator:
        for name, said in element.operator.parameters.items():
            yield Site(element, Term("参数"), said, candidates=True)
            if name == "to" and isinstance(written := constant(said), str):
                yield Site(element, Term("候选人"), written, candidates=True)


def _of_events(element: Element) -> Iterator[Site]:
    for event in element.events:
        if event.expression is not None and not is_bare(event.expression):
            yield Site(element, Term("时间" if event.kind == "timer" else "条件"), event.expression)
    for holder in (element.node, *(event.node for event in element.events)):
        for tag in ("messagePayload", "payloadExpression"):
            if (said := extension_text(holder, tag)) is not None:
                yield Site(element, Term("内容"), said)
    for correlation in element.node.iter(f"{{{SPIFF}}}processVariableCorrelation"):
        yield Site(element, Term("关联表达式"), correlation.findtext(f"{{{SPIFF}}}expression") or "")


def _of_loops(element: Element) -> Iterator[Site]:
    for loop, tag, where in (("multiInstanceLoopCharacteristics", "loopCardinality", "多实例次数"),
                             ("multiInstanceLoopCharacteristics", "completionCondition", "多实例完成条件"),
                             ("standardLoopCharacteristics", "loopCondition", "循环条件")):
        holder = child(element.node, loop)
        if holder is not None and (said := holder.findtext(f"{{{BPMN}}}{tag}")) is not None:
            yield Site(element, Term(where), said)


def _of_scripts(element: Element) -> Iterator[Site]:
    if element.tag == "scriptTask" and element.script and element.script.strip():
        yield Site(element, Term("脚本"), element.script, script=True)
    for tag, where in (("preScript", "前置脚本"), ("postScript", "后置脚本")):
        if (said := extension_text(element.node, tag)) is not None and said.strip():
            yield Site(element, Term(where), said, script=True)


def parsed(site: Site, checked: Checked) -> list[ast.AST]:
    """The checked trees of a site. Raises ExprError when it is not in the language, or calls a function nobody knows."""
    lent = TIMERS
    if site.candidates:
        known = checked.known.functions
        lent = TIMERS | (frozenset(_CALL.findall(site.source)) if known is None else known)
    if site.script:
        return list(compile_script(site.source, lent))
    return [compile_expr(site.source, lent)]


def foreign_hint(source: str) -> str:
    """The language an expression seems to be written in, when it is not ours."""
    said = source.strip()
    if re.match(r"[$#]\{", said):
        return "Camunda/Flowable (JUEL)"
    return "FEEL" if re.match(r"=(?!=)", said) else ""


def constant(source: str) -> object | None:
    """The value of an expression that is one literal; None for any other."""
    try:
        tree = compile_expr(source, TIMERS)
    except ExprError:
        return None
    return tree.value if isinstance(tree, ast.Constant) else None


def known_outcomes(element: Element) -> set[str]:
    """Values of the buttons a task has; empty when they cannot be read."""
    return set(re.findall(r'"value"\s*:\s*"([^"]*)"', element.properties.get("outcomes", "")))


def _compared(condition: str) -> Iterator[tuple[str, str]]:
    """(task, answer) for each `task.outcome == "answer"` in a condition."""
    try:
        tree = compile_expr(condition, TIMERS)
    except ExprError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and _is_outcome(node.left):
            for op, right in zip(node.ops, node.comparators, strict=True):
                answers = right.elts if isinstance(right, ast.List | ast.Tuple | ast.Set) else [right]
                if isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
                    yield from ((node.left.value.id, a.value) for a in answers  # type: ignore[attr-defined]
                                if isinstance(a, ast.Constant) and isinstance(a.value, str))


def _is_outcome(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "outcome" and isinstance(node.value, ast.Name)


