"""The functions every expression may call. Dates are ISO text, as in the data."""
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from data_model import clock
from engine.expressions.errors import ExprError
from engine.expressions.values import is_number, number

_DIGITS = 12
_NUMERAL_CHARS = 40


def _len(value: Any) -> int:
    if type(value) not in (str, list, dict):
        raise ExprError("len 只能用于文字、列表或字典")
    return len(value)


def _sum(values: Any) -> Any:
    if type(values) is not list or not all(is_number(v) for v in values):
        raise ExprError("sum 需要一列数")
    return number(sum(values))


def _least(choose: Callable[[Any], Any]) -> Callable[..., Any]:
    def pick(*values: Any) -> Any:
        items = values[0] if len(values) == 1 else list(values)
        if type(items) is not list or not items:
            raise ExprError("min 和 max 需要至少一个值")
        if not (all(is_number(v) for v in items) or all(type(v) is str for v in items)):
            raise ExprError("min 和 max 只比较数或文字")
        return choose(items)

    return pick


def _all_or_any(ask: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def answer(values: Any) -> bool:
        if type(values) is not list:
            raise ExprError("any 和 all 需要列表")
        return ask(values)

    return answer


def _abs(value: Any) -> Any:
    return abs(_number(value))


def _round(value: Any, *digits: Any) -> Any:
    if digits and (len(digits) > 1 or type(digits[0]) is not int or not -_DIGITS <= digits[0] <= _DIGITS):
        raise ExprError("round 的位数须是 -12 到 12 的整数")
    return number(round(_number(value), *digits))


def _number(value: Any) -> Any:
    if not is_number(value):
        raise ExprError("需要数")
    return value


def _numeral(value: Any) -> Any:
    """A number, or text short enough to be one."""
    if is_number(value) or (type(value) is str and len(value) <= _NUMERAL_CHARS):
        return value
    raise ExprError("这不是数")


def _int(value: Any) -> int:
    return number(int(_numeral(value)))


def _float(value: Any) -> float:
    return number(float(_numeral(value)))


def text(value: Any) -> str:
    """What `str()` and the places of an f-string write."""
    if type(value) is str:
        return value
    if value is None or is_number(value):
        return str(value)
    raise ExprError("只有文字和数能写成文字")


def _get(holder: Any, key: Any, default: Any = None) -> Any:
    if type(holder) is not dict or type(key) not in (str, int):
        raise ExprError("get 的用法：get(字典, 键, 缺省值)")
    return holder.get(key, default)


def _date(value: Any) -> str:
    return _day(value).isoformat()


def _day(value: Any) -> date:
    """The calendar day of an ISO date or moment; a moment with a zone is read on the company's clock."""
    if type(value) is not str or len(value) > _NUMERAL_CHARS:
        raise ExprError("需要日期")
    try:
        moment = datetime.fromisoformat(value)
        return (clock.local(moment) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        raise ExprError("不是日期：{value}", value=value) from None


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "len": _len, "sum": _sum, "min": _least(min), "max": _least(max), "abs": _abs, "round": _round,
    "int": _int, "float": _float, "str": text, "bool": bool, "any": _all_or_any(any), "all": _all_or_any(all), "get": _get,
    "date": _date, "days_between": lambda first, last: (_day(last) - _day(first)).days,
    "today": lambda: clock.today().isoformat(),
    "now": lambda: clock.local(clock.now()).isoformat(timespec="seconds"),
}
FUNCTION_NAMES = frozenset(FUNCTIONS)

# These look at every item, so their arguments are weighed first; a generator may stand in them alone.
WALKERS = frozenset({"sum", "min", "max", "any", "all"})
CALENDAR = frozenset({"date", "days_between", "today", "now"})

TEXT_METHODS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "lower": (0, str.lower), "upper": (0, str.upper), "strip": (0, str.strip),
    "startswith": (1, str.startswith), "endswith": (1, str.endswith),
}
