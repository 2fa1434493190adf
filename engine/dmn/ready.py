"""A table whose cells are translated, ready to decide: made once, when the diagram that uses it is parsed."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.dmn import scanning, unary, values
from engine.dmn.model import Row, Table
from engine.dmn.unary import Tests
from engine.dmn.values import Value
from engine.expressions import ExprError

SINGLE = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
SEVERAL = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})
ORDERED = frozenset({"PRIORITY", "OUTPUT ORDER"})
AGGREGATIONS = frozenset({"SUM", "COUNT", "MIN", "MAX"})
T = TypeVar("T")
NOTHING = Value("None", True, None)


class TableError(ExprError):
    """What is wrong, with the table, the row and the column it is wrong in."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text, **params)
        if isinstance(params.get("problem"), ExprError):
            self.params["problem"] = params["problem"]  # words of its own, to be translated


@dataclass(frozen=True)
class Line:
    """A row with its cells translated."""

    row: Row
    tests: tuple[Tests, ...]
    answers: tuple[Value, ...]


@dataclass(frozen=True)
class Ready:
    table: Table
    lines: tuple[Line, ...]
    asked: tuple[str, ...]  # the expressions of the input columns
    orders: tuple[tuple[Value, ...], ...]  # declared values of each output column, the first comes first; may be empty
    defaults: tuple[Value, ...]


def ready(table: Table) -> Ready:
    """Translate a table.

    Raises:
        TableError: for the first cell that cannot be.
    """
    lines = tuple(_line(table, row) for row in table.rows)
    asked = tuple(located(table, None, column.title, expression, column.expression).source for column in table.inputs)
    orders = tuple(located(table, None, column.title, declared, column.values, column.kind) for column in table.outputs)
    defaults = tuple(located(table, None, column.title, answer, column.default, column.kind) for column in table.outputs)
    _check_policy(table, orders)
    return Ready(table, lines, asked, orders, defaults)


def _line(table: Table, row: Row) -> Line:
    if (len(row.inputs), len(row.outputs)) != (len(table.inputs), len(table.outputs)):
        raise TableError("决策表“{table}”第 {row} 行的格数与列数不符", table=table.title, row=row.number)
    tests = tuple(located(table, row, column.title, unary.parse, cell.text, column.kind)
                  for column, cell in zip(table.inputs, row.inputs, strict=True))
    answers = tuple(located(table, row, column.title, answer, cell.text, column.kind)
                    for column, cell in zip(table.outputs, row.outputs, strict=True))
    return Line(row, tests, answers)


def expression(text: str) -> Value:
    return values.of_source(scanning.translated(text)[0])


def answer(text: str, kind: str) -> Value:
    """An output cell: an expression, or nothing. A literal is looked at here, the rest when it has a value."""
    if not text:
        return NOTHING
    found = expression(text)
    return Value(found.source, True, answering(found.value, kind)) if found.known else found


def answering(value: object, kind: str) -> object:
    """An answer as its column holds it; a list holds several of the column's kind."""
    if isinstance(value, list):
        return [values.fitting(item, kind) for item in value]
    return values.fitting(value, kind)


def declared(text: str, kind: str) -> tuple[Value, ...]:
    """The values an output column may take, the most important first."""
    if not text:
        return ()
    found = unary.parse(text, kind)
    if found.negated or not found.known or any(not isinstance(test, unary.Equal) or test.other for test in found.tests):
        raise ExprError("声明的值须是用逗号隔开的值")
    return tuple(test.end for test in found.tests if isinstance(test, unary.Equal))


def _check_policy(table: Table, orders: tuple[tuple[Value, ...], ...]) -> None:
    problem = policy_problem(table, any(orders))
    if problem is not None:
        raise TableError("决策表“{table}”：{problem}", table=table.title, problem=problem)


def policy_problem(table: Table, ordered: bool) -> ExprError | None:
    """Why the table cannot be decided under its hit policy."""
    if table.policy not in SINGLE | SEVERAL:
        return ExprError("没有命中策略 {policy}", policy=table.policy)
    if table.aggregation and (table.policy != "COLLECT" or table.aggregation not in AGGREGATIONS):
        return ExprError("命中策略 {policy} 不能用聚合 {aggregation}", policy=table.policy, aggregation=table.aggregation)
    if table.aggregation and len(table.outputs) != 1:
        return ExprError("聚合只能用于一列输出，现有 {count} 列", count=len(table.outputs))
    if table.policy in ORDERED and not ordered:
        return ExprError("命中策略 {policy} 按输出值的先后取舍，请在输出列声明各个值，先写优先的", policy=table.policy)
    return None


def located(table: Table, row: Row | None, column: str, work: Callable[..., T], *given: Any) -> T:
    """The work's value; what is wrong with it gets the place it was found in."""
    try:
        return work(*given)
    except ExprError as problem:
        if row is None:
            raise TableError("决策表“{table}”“{column}”列：{problem}", table=table.title, column=column, problem=problem) from problem
        raise TableError("决策表“{table}”第 {row} 行“{column}”列：{problem}", table=table.title, row=row.number, column=column,
                         problem=problem) from problem
