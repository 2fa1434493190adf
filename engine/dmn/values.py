"""Values in tables: what kind each is, whether two are the same, which comes first. Stricter than the closed language: a
truth value is no number, and a text is never compared with one."""
import ast
import re
from dataclasses import dataclass
from typing import Any

from engine.calendar import TIMER_FUNCTIONS
from engine.expressions import ExprError, compile_expr, evaluate

TIMERS = frozenset(TIMER_FUNCTIONS)
_WRONG = {
    "number": "需要数，现为 {value}", "integer": "需要整数，现为 {value}", "text": "需要文字，现为 {value}",
    "boolean": "需要 true 或 false，现为 {value}", "date": "需要日期，现为 {value}",
}


@dataclass(frozen=True)
class Value:
    """An expression of the closed language in a cell; `known`: it is a literal, and `value` is what it says."""

    source: str
    known: bool = False
    value: Any = None
    day: bool = False


_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_TEXT = re.compile(r'"[^"\\\n\r\x00]{0,400}"')


def of_source(source: str) -> Value:
    """Raises ExprError when it is not in the language. What most cells hold is read without Python's parser."""
    if _WHOLE.fullmatch(source):
        return Value(source, True, int(source))
    if _TEXT.fullmatch(source):
        return Value(source, True, source[1:-1])
    tree = compile_expr(source, TIMERS)
    day = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "date"
    inner = tree.args[0] if day and isinstance(tree, ast.Call) and tree.args else tree
    if isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.USub | ast.UAdd):
        inner = inner.operand
    known = isinstance(inner, ast.Constant) or (isinstance(inner, ast.List) and all(isinstance(i, ast.Constant) for i in inner.elts))
    return Value(source, known, evaluate(source, {}) if known else None, day)


def kind_of(value: Any) -> str:
    """'number', 'text', 'boolean', 'null' or 'other'."""
    found = {bool: "boolean", int: "number", float: "number", str: "text", type(None): "null"}
    return found.get(type(value), "other")


def fitting(value: Any, kind: str) -> Any:
    """The value as a column of that kind holds it: a moment becomes its day; nothing filled in stays nothing.

    Raises:
        ExprError: it is of another kind.
    """
    if value is None or not kind:
        return value
    if kind == "date":
        return _day(value)
    whole = kind == "integer"
    if kind_of(value) != ("number" if whole else kind) or (whole and value != int(value)):
        raise ExprError(_WRONG[kind], value=shown(value))
    return value


def _day(value: Any) -> str:
    try:
        return str(evaluate("date(day)", {"day": value}))
    except ExprError:
        raise ExprError(_WRONG["date"], value=shown(value)) from None


def same(left: Any, right: Any) -> bool:
    return kind_of(left) == kind_of(right) and bool(left == right)


def before(left: Any, right: Any) -> bool:
    """Whether left < right.

    Raises:
        ExprError: they cannot be compared.
    """
    if kind_of(left) != kind_of(right) or kind_of(left) not in ("number", "text"):
        raise ExprError("{left} 与 {right} 不能比较大小", left=shown(left), right=shown(right))
    return bool(left < right)


def shown(value: Any) -> str:
    """As one would write it in a cell."""
    if value is None or type(value) is bool:
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)
