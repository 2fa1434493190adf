"""What + and < mean: Python's arithmetic on numbers, joining of texts and lists, order of like with like."""
import ast
import operator
from collections.abc import Callable
from typing import Any

from engine.expressions import limits
from engine.expressions.errors import ExprError, ExprLimit
from engine.expressions.values import is_number, number, weight

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}
_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}
_SAME: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}
_SHORT_PATTERN = 100  # below that, searching a text may look at each place that often


def calculate(op: ast.operator, left: Any, right: Any) -> Any:
    """The result of an arithmetic operator.

    Raises:
        ExprError: the values do not fit, or division by zero.
        ExprLimit: the result is too large.
    """
    if is_number(left) and is_number(right):
        try:
            return number(_ARITHMETIC[type(op)](left, right))
        except ZeroDivisionError:
            raise ExprError("不能除以零") from None
        except ArithmeticError:
            raise ExprLimit("不是有限的数") from None
    if isinstance(op, ast.Add) and type(left) is type(right) and type(left) in (str, list):
        if len(left) + len(right) > (limits.TEXT_CHARS if type(left) is str else limits.LIST_ITEMS):
            raise ExprLimit("文字或列表太长")
        return left + right
    raise ExprError("这些值不能这样运算")


def compare(op: ast.cmpop, left: Any, right: Any) -> bool:
    """Whether the comparison holds.

    Raises:
        ExprError: the values cannot be compared this way.
    """
    kind = type(op)
    if kind in _SAME:
        return _SAME[kind](left, right)
    if kind is ast.In:
        return _within(left, right)
    if kind is ast.NotIn:
        return not _within(left, right)
    if (is_number(left) and is_number(right)) or (type(left) is str and type(right) is str):
        return _ORDER[kind](left, right)
    raise ExprError("这些值不能比较大小")


def _within(left: Any, right: Any) -> bool:
    kind = type(right)
    if kind is str:
        if type(left) is not str:
            raise ExprError("只能在文字里找文字")
    elif kind is dict:
        if type(left) in (list, dict):
            raise ExprError("键必须是文字")
    elif kind is not list:
        raise ExprError("in 的右边须是列表、字典或文字")
    return left in right


def effort(op: ast.cmpop, left: Any, right: Any) -> int:
    """Steps a comparison may take, known before it is made."""
    kind = type(right)
    if kind is str:
        if isinstance(op, ast.In | ast.NotIn) and type(left) is str:
            return len(right) * min(len(left), _SHORT_PATTERN) >> 11
        return len(right) >> 7
    if kind is dict and isinstance(op, ast.In | ast.NotIn):
        return 0
    return weight(right) if kind in (list, dict) else 0
