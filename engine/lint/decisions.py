"""Decision tables: SpiffWorkflow reads Python in the cells, not FEEL, and knows the first match, UNIQUE and COLLECT only."""
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.bpmn_xml import local
from engine.expressions import ExprError
from engine.lint import cells, parsing
from engine.lint.finding import Draft, Drafts, Finding, Severity, error, warning

NAMESPACES = {"http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
              "https://www.omg.org/spec/DMN/20191111/MODEL/"}
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class Table:
    """The one table of a file, and the parts rules ask for."""

    decision: Any
    node: Any
    inputs: list[Any]
    outputs: list[Any]
    rows: list[Any]

    @property
    def policy(self) -> str:
        return str(self.node.get("hitPolicy", "UNIQUE")).upper()


_RULES: dict[str, Callable[[Table], Drafts]] = {}


def _rule(name: str) -> Callable[[Callable[[Table], Drafts]], Callable[[Table], Drafts]]:
    def listed(function: Callable[[Table], Drafts]) -> Callable[[Table], Drafts]:
        _RULES[name] = function
        return function
    return listed


def is_dmn(root: Any) -> bool:
    return str(root.tag).rpartition("}")[0][1:] in NAMESPACES


def findings(root: Any) -> Iterator[Finding]:
    """Everything wrong with a DMN file."""
    bad = False
    for name, draft in _drafts(root):
        bad = bad or draft.severity == Severity.ERROR
        yield Finding(draft.element, name, draft.severity, draft.text, draft.params)
    if not bad:
        yield from parsing.dmn_findings(root)


def _drafts(root: Any) -> Iterator[tuple[str, Draft]]:
    whole = list(_file(root))
    if whole:
        yield from (("dmn-file", draft) for draft in whole)
        return
    decision = next(node for node in root if local(node) == "decision")
    table = next(node for node in decision if local(node) == "decisionTable")
    parts = {tag: [node for node in table if local(node) == tag] for tag in ("input", "output", "rule")}
    found = Table(decision, table, parts["input"], parts["output"], parts["rule"])
    for name, function in _RULES.items():
        yield from ((name, draft) for draft in function(found))


def _file(root: Any) -> Drafts:
    """One decision with one table; everything else SpiffWorkflow refuses or forgets."""
    if not is_dmn(root) or local(root) != "definitions":
        yield error("", "这不是 DMN 1.1 至 1.3 文件（根元素是 {tag}），请选择建模工具导出的 .dmn 文件", tag=local(root)[:40])
        return
    if root.nsmap.get(None, root.nsmap.get("dmn")) != str(root.tag).rpartition("}")[0][1:]:
        yield error("", "DMN 命名空间须是默认命名空间或以 dmn 为前缀，请用建模工具重新导出")
    decided = [node for node in root.iter() if local(node) == "decision"]
    if len(decided) != 1 or decided[0].getparent() is not root:
        yield error("", "文件中须恰好有一个决策，现有 {count} 个，请拆成几个文件", count=len(decided))
        return
    tables = [node for node in decided[0] if local(node) == "decisionTable"]
    if len(tables) != 1:
        yield error(decided[0].get("id") or "", "决策「{element}」须恰好有一张决策表，请改正")


@_rule("decision-key")
def decision_key(table: Table) -> Drafts:
    named = table.decision.get("id") or ""
    if not _KEY.fullmatch(named):
        yield error(named, "决策编号「{element}」须由英文字母、数字、下划线组成，以字母开头，请修改")


@_rule("hit-policy")
def hit_policy(table: Table) -> Drafts:
    """ANY, PRIORITY and the orders would all act as FIRST; nothing is ever added up."""
    named = table.node.get("id") or ""
    if table.policy not in {"FIRST", "UNIQUE", "COLLECT"}:
        yield error(named, "命中策略 {policy} 会被当作 FIRST，请改用 FIRST、UNIQUE 或 COLLECT", policy=table.policy[:40])
    if table.node.get("aggregation"):
        yield error(named, "聚合方式 {aggregation} 不会计算，请去掉，在流程中用 sum 等函数计算",
                    aggregation=table.node.get("aggregation")[:40])


@_rule("table-shape")
def table_shape(table: Table) -> Drafts:
    """A short row is half a condition; a comment or an annotation breaks the reading."""
    named = table.node.get("id") or ""
    if any(local(node) not in {"input", "output", "rule"} for node in table.node):
        yield error(named, "决策表中有引擎不认识的内容（批注或扩展），请删去")
    if not table.outputs or not table.rows:
        yield error(named, "决策表须至少有一列输出和一行规则，请补上")
    if any(not node.get("id") for node in table.node.iter() if local(node) in
           {"decisionTable", "input", "output", "rule", "inputEntry", "outputEntry"}):
        yield error(named, "决策表的每个部分都须有编号（id），请用建模工具重新保存")
    for number, row in enumerate(table.rows, 1):
        entries = [sum(local(node) == tag for node in row) for tag in ("inputEntry", "outputEntry")]
        if entries != [len(table.inputs), len(table.outputs)]:
            yield error(row.get("id") or "", "第 {row} 行的格数与列数不符，请用建模工具重新保存", row=number)


@_rule("input-expression")
def input_expression(table: Table) -> Drafts:
    for node in table.inputs:
        said = _input(node)
        try:
            cells.check_value(said)
        except ExprError as problem:
            yield error(node.get("id") or "", "输入列“{label}”的表达式有误：{problem}，请改正",
                        label=(node.get("label") or said)[:60], problem=problem)


@_rule("output-name")
def output_name(table: Table) -> Drafts:
    named = [node.get("name") or node.get("label") or "" for node in table.outputs]
    for node, name in zip(table.outputs, named, strict=True):
        if not _NAME.fullmatch(name) or named.count(name) > 1:
            yield error(node.get("id") or "", "输出列须有互不相同的名称（name），作为流程数据的名字，现为“{name}”，请改正", name=name[:60])


@_rule("cell")
def cell(table: Table) -> Drafts:
    for number, row in enumerate(table.rows, 1):
        entries = [node for node in row if local(node) == "inputEntry"]
        for column, entry in zip(table.inputs, entries, strict=False):
            problem = cells.input_problem(_input(column), _text(entry))
            if problem is not None:
                yield error(entry.get("id") or "", "第 {row} 行输入格“{cell}”须改正：{problem}",
                            row=number, cell=(_text(entry) or "")[:60], problem=problem)
        for entry in (node for node in row if local(node) == "outputEntry"):
            said = _text(entry) or ""
            if not said:
                continue
            try:
                cells.check_value(said)
            except ExprError as wrong:
                yield error(entry.get("id") or "", "第 {row} 行输出格“{cell}”有误：{problem}，文字请加引号", row=number,
                            cell=said[:60], problem=wrong)


@_rule("no-else")
def no_else(table: Table) -> Drafts:
    """Without a row that always fits, an unforeseen case leaves the outputs unset."""
    last = table.rows[-1] if table.rows else None
    if table.policy == "FIRST" and last is not None:
        entries = [_text(node) for node in last if local(node) == "inputEntry"]
        if any(text not in {None, "", "-"} for text in entries):
            yield warning(last.get("id") or "", "最后一行不是兜底行（各格为 -），都不符合时没有结果，请加上一行")


def _input(node: Any) -> str:
    found = next((n for n in node if local(n) == "inputExpression"), None)
    return "" if found is None else (_text(found) or "")


def _text(node: Any) -> str | None:
    """What SpiffWorkflow reads: the text of the child `text`, as it stands."""
    return next((n.text for n in node if local(n) == "text"), None)


