"""Decision tables: what would be decided wrongly, or not at all, is refused before it is deployed."""
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.bpmn_xml import local
from engine.dmn import model, reading, unary
from engine.dmn.model import Input, Output, Row
from engine.dmn.ready import answer, declared, expression, policy_problem, ready
from engine.dmn.values import same, shown
from engine.expressions import ExprError
from engine.lint import overall
from engine.lint.finding import Draft, Drafts, Finding, Severity, error, warning

NAMESPACES = {"http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
              "https://www.omg.org/spec/DMN/20191111/MODEL/"}
MAX_CELLS = 6_000
MAX_TEXT = 250_000
MAX_FREE = 300  # each may take some milliseconds of a running case
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_PARTS = {"decisionTable", "input", "output", "rule", "inputEntry", "outputEntry"}


@dataclass(frozen=True)
class Table:
    """The one table of a file: as it is read, and its XML for what reading passes over."""

    node: Any
    read: model.Table


_RULES: dict[str, Callable[[Table], Drafts]] = {}


def _rule(name: str) -> Callable[[Callable[[Table], Drafts]], Callable[[Table], Drafts]]:
    def listed(function: Callable[[Table], Drafts]) -> Callable[[Table], Drafts]:
        _RULES[name] = function
        return function
    return listed


def is_dmn(root: Any) -> bool:
    return str(root.tag).rpartition("}")[0][1:] in NAMESPACES


def findings(root: Any) -> Iterator[Finding]:
    """Everything wrong with a DMN file. What it says as a whole is looked over once every cell can be read."""
    whole = list(_file(root))
    yield from (_finding("dmn-file", draft) for draft in whole)
    if whole:
        return
    table = Table(next(node for node in root.iter() if local(node) == "decisionTable"), reading.of_root(root))
    too_large = list(_size(table.read))
    yield from (_finding("table-size", draft) for draft in too_large)
    bad = bool(too_large)
    for name, function in _RULES.items() if not bad else ():
        for draft in function(table):
            bad = bad or draft.severity == Severity.ERROR
            yield _finding(name, draft)
    if not bad:
        yield from (_finding(name, draft) for name, draft in overall.drafts(ready(table.read)))


def _finding(name: str, draft: Draft) -> Finding:
    return Finding(draft.element, name, draft.severity, draft.text, draft.params)


def _file(root: Any) -> Drafts:
    """One decision with one table."""
    if not is_dmn(root) or local(root) != "definitions":
        yield error("", "这不是 DMN 1.1 至 1.3 文件（根元素是 {tag}），请选择建模工具导出的 .dmn 文件", tag=local(root)[:40])
        return
    decided = [node for node in root.iter() if local(node) == "decision"]
    if len(decided) != 1 or decided[0].getparent() is not root:
        yield error("", "文件中须恰好有一个决策，现有 {count} 个，请拆成几个文件", count=len(decided))
        return
    tables = [node for node in decided[0] if local(node) == "decisionTable"]
    if len(tables) != 1:
        yield error(decided[0].get("id") or "", "决策「{element}」须恰好有一张决策表（不支持文字表达式），请改正")


def _size(read: model.Table) -> Drafts:
    """Reading every cell of a larger one would keep everyone waiting."""
    if sum(len(row.inputs) + len(row.outputs) for row in read.rows) > MAX_CELLS:
        yield error(read.id, "决策表超过 {limit} 格，请拆成几张表", limit=MAX_CELLS)
    elif sum(len(cell.text) for row in read.rows for cell in (*row.inputs, *row.outputs)) > MAX_TEXT:
        yield error(read.id, "决策表各格的文字超过 {limit} 个字符，请拆成几张表", limit=MAX_TEXT)


@_rule("decision-key")
def decision_key(table: Table) -> Drafts:
    if not _KEY.fullmatch(table.read.key):
        yield error(table.read.key, "决策编号「{element}」须由英文字母、数字、下划线组成，以字母开头，请修改")
    if len(table.read.name) > 100:
        yield error(table.read.key, "决策「{element}」的名称超过 {limit} 个字，请缩短", limit=100)


@_rule("hit-policy")
def hit_policy(table: Table) -> Drafts:
    problem = policy_problem(table.read, any(column.values for column in table.read.outputs))
    if problem is not None:
        yield error(table.read.id, "命中策略须改正：{problem}", problem=problem)


@_rule("table-shape")
def table_shape(table: Table) -> Drafts:
    """A short row is half a condition; findings and editors point at ids."""
    read = table.read
    if not read.outputs or not read.rows:
        yield error(read.id, "决策表须至少有一列输出和一行规则，请补上")
    if any(not node.get("id") for node in table.node.iter() if local(node) in _PARTS):
        yield error(read.id, "决策表的每个部分都须有编号（id），请用建模工具重新保存")
    for row in read.rows:
        if (len(row.inputs), len(row.outputs)) != (len(read.inputs), len(read.outputs)):
            yield error(row.id, "第 {row} 行的格数与列数不符，请用建模工具重新保存", row=row.number)


@_rule("column-type")
def column_type(table: Table) -> Drafts:
    columns: list[Input | Output] = [*table.read.inputs, *table.read.outputs]
    for column in columns:
        if column.type_ref.lower() not in model.KINDS:
            yield error(column.id, "“{column}”列的类型 {type} 不受支持，请选择文字、数、是否或日期", column=column.title[:60],
                        type=column.type_ref[:40])


@_rule("expression-language")
def expression_language(table: Table) -> Drafts:
    """What is written in another language would be read as ours."""
    for node in (table.node, *table.node.iterdescendants()):
        said = node.get("expressionLanguage") if isinstance(node.tag, str) else None
        if said and "feel" not in said.lower():
            yield error(node.get("id") or table.read.id, "表达式语言 {language} 不受支持，请改用 FEEL", language=said[:40])


@_rule("input-expression")
def input_expression(table: Table) -> Drafts:
    for column in table.read.inputs:
        problem = _problem(expression, column.expression)
        if problem is not None:
            yield error(column.id, "输入列“{label}”的表达式有误：{problem}，请改正", label=column.title[:60], problem=problem)


@_rule("output-name")
def output_name(table: Table) -> Drafts:
    named = [column.name for column in table.read.outputs]
    for column in table.read.outputs:
        inside = any(other.startswith(column.name + ".") for other in named)
        if not _NAME.fullmatch(column.name) or named.count(column.name) > 1 or inside:
            yield error(column.id, "输出列须有互不相同的名称（name），作为流程数据的名字，现为“{name}”，请改正", name=column.name[:60])


@_rule("cell")
def cell(table: Table) -> Drafts:
    """Every cell by itself."""
    for row in table.read.rows:
        for column, entry in zip(table.read.inputs, row.inputs, strict=False):
            problem = _problem(unary.parse, entry.text, column.kind)
            if problem is not None:
                yield error(entry.id, "第 {row} 行“{column}”列的“{cell}”须改正：{problem}", row=row.number, column=column.title[:60],
                            cell=entry.text[:60], problem=problem)
        for output, entry in zip(table.read.outputs, row.outputs, strict=False):
            yield from _answer(table.read, row, output, entry)


def _answer(read: model.Table, row: Row, column: Output, entry: model.Cell) -> Drafts:
    problem = _problem(answer, entry.text, column.kind)
    if problem is not None:
        yield error(entry.id, "第 {row} 行“{column}”列的输出“{cell}”有误：{problem}，文字请加引号", row=row.number,
                    column=column.title[:60], cell=entry.text[:60], problem=problem)
    elif not entry.text:
        bad = error if read.aggregation in ("SUM", "MIN", "MAX") else warning
        yield bad(entry.id, "第 {row} 行“{column}”列没有输出，结果将是空的，请填写", row=row.number, column=column.title[:60])


@_rule("free-cells")
def free_cells(table: Table) -> Drafts:
    """Conditions that only the data can answer cost time whenever the table is asked."""
    free = 0
    for row in table.read.rows:
        for column, entry in zip(table.read.inputs, row.inputs, strict=False):
            free += _problem(unary.parse, entry.text, column.kind) is None and not unary.parse(entry.text, column.kind).known
    if free > MAX_FREE:
        yield error(table.read.id, "自由写的条件有 {count} 格，超过 {limit} 格，请改用值和区间，或在流程中先算好", count=free, limit=MAX_FREE)


@_rule("declared-values")
def declared_values(table: Table) -> Drafts:
    """What was declared can be read, and no output lies outside of it."""
    for column in table.read.inputs:
        problem = _problem(_allowed, column)
        if problem is not None:
            yield error(column.id, "“{column}”列声明的值有误：{problem}", column=column.title[:60], problem=problem)
    for at, output in enumerate(table.read.outputs):
        problem = _problem(declared, output.values, output.kind) or _problem(answer, output.default, output.kind)
        if problem is not None:
            yield error(output.id, "“{column}”列声明的值有误：{problem}", column=output.title[:60], problem=problem)
        elif output.values:
            yield from _outside(table.read, at, output)


def _allowed(column: Input) -> None:
    if column.values and not unary.parse(column.values, column.kind).known:
        raise ExprError("声明的值须是用逗号隔开的值")


def _outside(read: model.Table, at: int, column: Output) -> Drafts:
    allowed = declared(column.values, column.kind)
    for row in read.rows:
        entry = row.outputs[at] if at < len(row.outputs) else None
        if entry is None or not entry.text or _problem(answer, entry.text, column.kind) is not None:
            continue
        given = answer(entry.text, column.kind)
        if given.known and not any(same(end.value, given.value) for end in allowed):
            yield error(entry.id, "第 {row} 行“{column}”列的 {cell} 不在声明的值 {values} 中，请改正这一格，或把它加进声明的值",
                        row=row.number, column=column.title[:60], cell=shown(given.value)[:60], values=column.values[:60])


def _problem(read: Callable[..., object], *given: object) -> ExprError | None:
    try:
        read(*given)
    except ExprError as problem:
        return problem
    return None
