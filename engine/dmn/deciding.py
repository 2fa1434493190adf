"""What a table says about data: which rows match, and what comes of it under the hit policy."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.dmn import values
from engine.dmn.ready import Line, Ready, TableError, answering, located
from engine.dmn.scanning import ASKED
from engine.dmn.unary import Equal, Free, Range, Test, Tests
from engine.dmn.values import Value

Ask = Callable[[str, Mapping[str, Any]], Any]
"""Evaluates an expression of the closed language over names."""


@dataclass(frozen=True)
class Decided:
    """The rows whose inputs fit (of FIRST the first alone), those that count, in their order, and the outputs by name."""

    matched: tuple[int, ...]
    counted: tuple[int, ...]
    outputs: Mapping[str, Any]


def decide(table: Ready, data: Mapping[str, Any], ask: Ask) -> Decided:
    """Raises TableError: naming row and column, when a value does not fit or the hit policy is broken."""
    asking = _Asking(table, data, ask)
    matched: list[Line] = []
    for line in table.lines:
        if asking.fits(line):
            matched.append(line)
            if table.table.policy == "FIRST":
                break
    rows = [(line.row.number, asking.answers(line)) for line in matched]
    counted = _POLICIES[table.table.policy](table, rows)
    return Decided(tuple(line.row.number for line in matched), tuple(number for number, _ in counted),
                   _result(table, [answers for _, answers in counted]))


class _Asking:
    """One decision: each column is asked once, and not before a cell wants to know."""

    def __init__(self, table: Ready, data: Mapping[str, Any], ask: Ask) -> None:
        self.table, self.data, self.ask = table, data, ask
        self._asked: dict[int, Any] = {}

    def fits(self, line: Line) -> bool:
        return all(not tests.tests or self._cell(line, at, tests) for at, tests in enumerate(line.tests))

    def _cell(self, line: Line, at: int, tests: Tests) -> bool:
        column = self.table.table.inputs[at]
        return located(self.table.table, line.row, column.title, self._holds, tests, at)

    def _value(self, at: int) -> Any:
        if at not in self._asked:
            self._asked[at] = values.fitting(self.ask(self.table.asked[at], self.data), self.table.table.inputs[at].kind)
        return self._asked[at]

    def _holds(self, tests: Tests, at: int) -> bool:
        value = self._value(at)
        found = [self._test(test, value) for test in tests.tests]
        if not tests.negated:
            return any(found)
        return not any(found) and None not in found

    def _test(self, test: Test, value: Any) -> bool | None:
        """None: nothing was filled in, so it is neither above nor below."""
        if isinstance(test, Free):
            return bool(self.ask(test.source, {**self.data, ASKED: value}))
        if isinstance(test, Equal):
            other = self._end(test.end)
            return values.same(_like(value, test.end), other) is not test.other
        return self._within(test, value)

    def _within(self, test: Range, value: Any) -> bool | None:
        if value is None:
            return None
        for end, is_open, low in ((test.low, test.low_open, True), (test.high, test.high_open, False)):
            if end is None:
                continue
            bound, here = self._end(end), _like(value, end)
            if bound is None:
                return None
            beyond = values.before(here, bound) if low else values.before(bound, here)
            if beyond or (is_open and here == bound):
                return False
        return True

    def _end(self, end: Value) -> Any:
        return end.value if end.known else _day(self.ask(end.source, self.data), end)

    def answers(self, line: Line) -> list[Any]:
        table = self.table.table
        return [located(table, line.row, column.title, self._answer, value, column.kind)
                for column, value in zip(table.outputs, line.answers, strict=True)]

    def _answer(self, value: Value, kind: str) -> Any:
        return value.value if value.known else answering(self.ask(value.source, self.data), kind)


def _like(value: Any, end: Value) -> Any:
    """What stands against a date is read as its day."""
    return _day(value, end)


def _day(value: Any, end: Value) -> Any:
    return values.fitting(value, "date") if end.day else value


Rows = list[tuple[int, list[Any]]]


def _unique(table: Ready, rows: Rows) -> Rows:
    if len(rows) > 1:
        raise TableError("决策表“{table}”要求至多一行符合，但第 {rows} 行同时符合", table=table.table.title, rows=_numbers(rows))
    return rows


def _any(table: Ready, rows: Rows) -> Rows:
    if any(not _alike(answers, rows[0][1]) for _, answers in rows[1:]):
        raise TableError("决策表“{table}”要求符合的各行结果相同，但第 {rows} 行的结果不同", table=table.table.title, rows=_numbers(rows))
    return rows[:1]


def _alike(left: list[Any], right: list[Any]) -> bool:
    return all(values.same(one, other) for one, other in zip(left, right, strict=True))


def _ordered(table: Ready, rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: _rank(table, *row))


def _rank(table: Ready, number: int, answers: list[Any]) -> list[int]:
    """The places of the answers among the declared values, column by column."""
    ranks = []
    for column, order, given in zip(table.table.outputs, table.orders, answers, strict=True):
        if order:
            place = next((at for at, known in enumerate(order) if values.same(known.value, given)), None)
            if place is None:
                raise TableError("决策表“{table}”第 {row} 行“{column}”列的 {value} 不在声明的值中", table=table.table.title, row=number,
                                 column=column.title, value=values.shown(given))
            ranks.append(place)
    return ranks


def _numbers(rows: Rows) -> str:
    return "、".join(str(number) for number, _ in rows)


def _all(_table: Ready, rows: Rows) -> Rows:
    return rows


_POLICIES: Mapping[str, Callable[[Ready, Rows], Rows]] = {
    "UNIQUE": _unique, "ANY": _any, "FIRST": _all, "PRIORITY": lambda table, rows: _ordered(table, rows)[:1],
    "COLLECT": _all, "RULE ORDER": _all, "OUTPUT ORDER": _ordered,
}


def _result(table: Ready, answers: list[list[Any]]) -> dict[str, Any]:
    names = [column.name for column in table.table.outputs]
    if table.table.aggregation:
        return _nested({names[0]: _aggregated(table, [row[0] for row in answers])})
    if table.table.policy not in ("UNIQUE", "FIRST", "ANY", "PRIORITY"):
        return _nested({name: [row[at] for row in answers] for at, name in enumerate(names)})
    chosen = answers[0] if answers else [default.value for default in table.defaults]
    return _nested(dict(zip(names, chosen, strict=True)))


def _aggregated(table: Ready, found: list[Any]) -> Any:
    """Of nothing the count is 0, and there is no sum, least or largest."""
    how = table.table.aggregation
    if how == "COUNT":
        return len(found)
    if any(values.kind_of(value) != "number" for value in found):
        raise TableError("决策表“{table}”的聚合 {how} 只能用于数", table=table.table.title, how=how)
    if not found:
        return None
    return sum(found) if how == "SUM" else min(found) if how == "MIN" else max(found)


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """A dotted name is a field inside a field."""
    whole: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        here = whole
        for part in path:
            here = here.setdefault(part, {})
        here[last] = value
    return whole
