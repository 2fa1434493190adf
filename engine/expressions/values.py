"""What values there are: the ones JSON knows, finite and bounded."""
import math
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from engine.expressions import limits
from engine.expressions.errors import ExprError, ExprLimit

NUMBERS = frozenset({int, float, bool})
PLAIN = frozenset({str, int, float, bool, type(None), list, dict})


def is_number(value: Any) -> bool:
    return type(value) in NUMBERS


def number(value: Any) -> Any:
    """The number itself, when every JSON reader agrees on it."""
    kind = type(value)
    if kind is int and not -limits.INTEGER <= value <= limits.INTEGER:
        raise ExprLimit("整数超出范围")
    if kind is float and not math.isfinite(value):
        raise ExprLimit("不是有限的数")
    return value


def weight(value: Any, cap: int = limits.STEPS) -> int:
    """Steps it takes to walk through a value, counted no further than just above `cap`.

    Shared parts count each time they are met, as a comparison meets them.
    """
    total, stack = 0, [value]
    while stack and total <= cap:
        item = stack.pop()
        total += 1
        kind = type(item)
        if kind is str:
            total += len(item) >> 7
        elif kind is list:
            total += len(item) >> 3
            stack.extend(item if len(item) <= cap else item[:cap + 1])
        elif kind is dict:
            stack.extend(item.values())
    return total


def json_safe(value: Any) -> Any:
    """A copy that may enter workflow data: finite, bounded, storable as JSON text in any database.

    Dates become ISO text, decimals become text, members of enumerations their value, tuples lists, integer keys text.

    Raises:
        ExprError: for anything else, broken text, or too much of it.
    """
    return copied(value, limits.STORED_NODES)[0]


def copied(value: Any, room: int) -> tuple[Any, int]:
    """The JSON-safe copy and how much of `room` it took."""
    left = [room]
    try:
        copy = _copy(value, 0, left)
    except RecursionError:
        raise ExprLimit("嵌套太深") from None
    return copy, room - left[0]


def _copy(value: Any, depth: int, left: list[int]) -> Any:
    kind = type(value)
    if kind is list or kind is tuple or isinstance(value, dict):
        return _copy_items(value, depth, left)
    left[0] -= 1
    if left[0] < 0:
        raise ExprLimit("数据太大")
    if kind is str:
        return _text(value, left)
    if value is None or kind is bool:
        return value
    if kind is int or kind is float:
        return number(value)
    return _foreign(value, depth, left)


def _copy_items(value: Any, depth: int, left: list[int]) -> Any:
    """Charged before anything is copied; the flattest and commonest lists go without a call an item."""
    keyed = isinstance(value, dict)
    left[0] -= 1 + len(value) * keyed
    if depth >= limits.STORED_DEPTH:
        raise ExprLimit("嵌套太深")
    if left[0] < len(value):
        raise ExprLimit("数据太大")
    if keyed:
        return {_key(key, left): _copy(item, depth + 1, left) for key, item in value.items()}
    if all(type(item) is int and -limits.INTEGER <= item <= limits.INTEGER for item in value):
        left[0] -= len(value)
        return list(value)
    return [_copy(item, depth + 1, left) for item in value]


def _foreign(value: Any, depth: int, left: list[int]) -> Any:
    """What handlers hand over besides JSON's own kinds."""
    if isinstance(value, Enum):
        return _copy(value.value, depth + 1, left)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise ExprError("这种值不能保存：{kind}", kind=type(value).__name__)


def _key(key: Any, left: list[int]) -> str:
    if type(key) is str:
        return _text(key, left)
    if type(key) is int:
        return str(number(key))
    if isinstance(key, Enum) and isinstance(key.value, str):
        return key.value
    raise ExprError("键必须是文字")


def _text(text: str, left: list[int]) -> str:
    left[0] -= len(text) // limits.CHARS_A_NODE
    if left[0] < 0:
        raise ExprLimit("数据太大")
    if "\x00" in text:
        raise ExprError("文字中有空字符")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise ExprError("文字编码有误") from None
    return text
