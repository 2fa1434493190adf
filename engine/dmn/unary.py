"""An input cell: S-FEEL's unary tests and the house's own conditions, translated to tests over the closed language.

`-`, `5`, `"a","b"`, `not("a")`, `>= 5`, `[1..10]`, `]1..10[`, `date("2026-01-01")`, `true`, `null`; and with `?` for the
value of the column any condition of the closed language, such as `1 <= ? <= 10` or `"泵" in ?`.
"""
import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.dmn import scanning, values
from engine.dmn.scanning import ASKED
from engine.dmn.values import Value
from engine.expressions import ExprError, compile_expr
from engine.expressions.errors import ExprLimit

MAX_CELL = 500
_OPERATOR = re.compile(r"(<=|>=|==|!=|<|>|=)(?!=)")
_OPS: dict[type[ast.cmpop], str] = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_UNSUPPORTED = re.compile(r"\b(date and time|time|duration)\s*\(")


@dataclass(frozen=True)
class Equal:
    """Is it this value; or, with `other`, anything but it."""

    end: Value
    other: bool = False


@dataclass(frozen=True)
class Range:
    """Does it lie between the ends; None is no end on that side."""

    low: Value | None = None
    high: Value | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True)
class Free:
    """A condition of the closed language, in which ASKED is the value."""

    source: str


Test = Equal | Range | Free


@dataclass(frozen=True)
class Tests:
    """A whole cell: one of the tests must hold, or with `negated` none. Without tests anything fits."""

    tests: tuple[Test, ...] = ()
    negated: bool = False

    @property
    def known(self) -> bool:
        """Whether it can be reasoned about without the data."""
        ends = [end for test in self.tests if not isinstance(test, Free)
                for end in ((test.end,) if isinstance(test, Equal) else (test.low, test.high)) if end is not None]
        return not any(isinstance(test, Free) for test in self.tests) and all(end.known for end in ends)


@lru_cache(maxsize=8_192)
def parse(text: str, kind: str = "") -> Tests:
    """The tests of a cell in a column of that kind.

    Raises:
        ExprError: in words, what is wrong with it.
    """
    if text in ("", "-"):
        return Tests()
    if len(text) > MAX_CELL:
        raise ExprLimit("太长，请拆成几列")
    if _UNSUPPORTED.search(text):
        raise ExprError("不支持时刻和时长，日期请写成 date(\"2026-01-01\")")
    source, asked = scanning.translated(text)
    if asked:
        return _fitted(_condition(source), kind)
    inner = scanning.negated(source)
    return _fitted(Tests(tuple(_list(source if inner is None else inner)), negated=inner is not None), kind)


def _list(source: str) -> list[Test]:
    """Tests with commas between them."""
    found, at = [], 0
    while at <= len(source):
        at += len(source[at:]) - len(source[at:].lstrip())
        test, at = _interval(source, at) or _single(source, at)
        found.append(test)
    return found


def _interval(source: str, at: int) -> tuple[Test, int] | None:
    if source[at:at + 1] not in ("[", "(", "]"):
        return None
    found = scanning.interval_end(source, at)
    if found is None:
        return None
    dots, last = found
    rest = source[last + 1:].lstrip()
    if rest and not rest.startswith(","):
        raise ExprError("区间后面只能是逗号：{rest}", rest=rest)
    low, high = (values.of_source(part.strip()) for part in (source[at + 1:dots], source[dots + 2:last]))
    after = len(source) - len(rest) + 1
    return Range(low, high, low_open=source[at] != "[", high_open=source[last] != "]"), after


def _single(source: str, at: int) -> tuple[Test, int]:
    end = scanning.comma(source, at)
    said = source[at:end].strip()
    if not said or said == "-":
        raise ExprError("逗号之间须有值")
    if scanning.has_dots(said):
        raise ExprError("区间须写上括号，如 [1..10] 或 ]1..10[")
    operator = _OPERATOR.match(said)
    if operator:
        return _compared("==" if operator[1] == "=" else operator[1], said[operator.end():].strip()), end + 1
    if re.match(r"(not\s+)?in\b", said):
        raise ExprError("请用 ? 代表输入，如 ? in [1, 2]，或用逗号隔开各个值")
    return Equal(_value(said)), end + 1


def _value(said: str) -> Value:
    """A value to equal; a condition or a list would never be equal to anything."""
    found = values.of_source(said)
    if found.known and not isinstance(found.value, list):
        return found
    tree = compile_expr(said, values.TIMERS)
    if isinstance(tree, ast.Tuple | ast.List | ast.Set | ast.Dict):
        raise ExprError("列表永远不会匹配，请用逗号隔开各个值，如 5, 6")
    if isinstance(tree, ast.Compare | ast.BoolOp) or isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        raise ExprError("条件会被当作值来比较、永远不会匹配，请用 ? 代表输入，如 ? != 5")
    return found


def _compared(op: str, said: str) -> Test:
    """An operator and what follows it. `> 3 or y` is a condition of its own, as Python reads it."""
    whole = f"{ASKED} {op} {said}"
    tree = compile_expr(whole, values.TIMERS)
    if isinstance(tree, ast.BoolOp) or (isinstance(tree, ast.Compare) and len(tree.ops) > 1):
        return Free(whole)
    if not isinstance(tree, ast.Compare):
        raise ExprError("不是一个条件，请写成 >= 5 或 [1..10]")
    return _test(op, values.of_source(said))


def _test(op: str, end: Value) -> Test:
    if op in ("==", "!="):
        return Equal(end, other=op == "!=")
    return Range(low=end, low_open=op == ">") if op.startswith(">") else Range(high=end, high_open=op == "<")


def _condition(source: str) -> Tests:
    """A condition with `?`: a plain comparison with literals becomes a test that can be reasoned about."""
    tree = compile_expr(source, values.TIMERS)
    if isinstance(tree, ast.Compare):
        parts = [tree.left, *tree.comparators]
        here = [at for at, part in enumerate(parts) if isinstance(part, ast.Name) and part.id == ASKED]
        if len(here) == 1:
            return _plain(tree, parts, here[0]) or Tests((Free(source),))
    return Tests((Free(source),))


def _plain(tree: ast.Compare, parts: list[ast.expr], here: int) -> Tests | None:
    if here == 0 and len(parts) == 2 and isinstance(tree.ops[0], ast.In | ast.NotIn):
        members = parts[1].elts if isinstance(parts[1], ast.List | ast.Tuple | ast.Set) else []
        listed = [_literal(member) for member in members]
        if not listed or not all(listed):
            return None
        return Tests(tuple(Equal(end) for end in listed if end), negated=isinstance(tree.ops[0], ast.NotIn))
    ops = [_OPS.get(type(op)) for op in tree.ops]
    ends = [_literal(part) for at, part in enumerate(parts) if at != here]
    if None in ops or not all(ends) or abs(here - 1) > (len(parts) == 2):
        return None
    tests = [_test(str(op) if at == here else _TURNED[str(op)], end) for at, (op, end) in enumerate(zip(ops, ends, strict=True)) if end]
    if len(tests) == 1:
        return Tests(tuple(tests))
    first, second = tests
    if not (isinstance(first, Range) and isinstance(second, Range)) or (first.low is None) == (second.low is None):
        return None
    low, high = (first, second) if first.low else (second, first)
    return Tests((Range(low.low, high.high, low.low_open, high.high_open),))


def _literal(node: ast.expr) -> Value | None:
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    inner = node.operand if negative and isinstance(node, ast.UnaryOp) else node
    if not isinstance(inner, ast.Constant) or (negative and values.kind_of(inner.value) != "number"):
        return None
    value: Any = -inner.value if negative else inner.value  # type: ignore[operator]
    return Value(repr(value), True, value)


def _fitted(tests: Tests, kind: str) -> Tests:
    """Every literal suits the column, and every range can hold something."""
    return Tests(tuple(_suited(test, kind) for test in tests.tests), tests.negated)


def _suited(test: Test, kind: str) -> Test:
    if isinstance(test, Free):
        return test
    if isinstance(test, Equal):
        return Equal(_end(test.end, kind), test.other)
    low, high = (None if end is None else _end(end, kind) for end in (test.low, test.high))
    for end in (low, high):
        if end is not None and end.known and values.kind_of(end.value) not in ("number", "text"):
            raise ExprError("{value} 不能比较大小", value=values.shown(end.value))
    if low and high and low.known and high.known:
        empty = not values.before(low.value, high.value)
        if empty and (test.low_open or test.high_open or low.value != high.value):
            raise ExprError("区间从 {low} 到 {high}，什么也容不下", low=values.shown(low.value), high=values.shown(high.value))
    return Range(low, high, test.low_open, test.high_open)


def _end(end: Value, kind: str) -> Value:
    if not end.known:
        return Value(end.source, day=end.day or kind == "date")
    if kind == "integer" and values.kind_of(end.value) == "number":
        return end  # a threshold may lie between two whole numbers
    return Value(end.source, True, values.fitting(end.value, kind), end.day or kind == "date")
