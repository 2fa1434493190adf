"""The engine behind `anlan evaluate --stdin`: a JSON object a line in, one line out, whatever the line holds."""
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from engine.calendar import TIMER_FUNCTIONS
from engine.expressions import limits
from engine.expressions.errors import ExprError, ExprLimit
from engine.expressions.interpreter import Interpreter
from engine.expressions.statements import Script
from engine.expressions.syntax import parse_expr, parse_script
from engine.expressions.values import json_safe

_KNOWN = frozenset(TIMER_FUNCTIONS)


def answers(stream: BinaryIO) -> Iterator[str]:
    """One answer a line; never holds more of the stream than one line may be long."""
    while line := stream.readline(limits.LINE_BYTES + 2):
        whole = line.endswith(b"\n")
        while not whole and (more := stream.readline(limits.LINE_BYTES)):
            whole = more.endswith(b"\n")
            line = line.ljust(limits.LINE_BYTES + 1)
        yield answer(line.rstrip(b"\r\n"))


def answer(line: str | bytes) -> str:
    """`{"value": …}`, for a script the whole data it leaves, or `{"error": …}`; ASCII, on one line.

    Nothing is kept from one line to the next, so that a million of them need no more memory than one.
    """
    try:
        return json.dumps({"value": _result(_read(line))})
    except ExprError as error:
        return json.dumps({"error": str(error)})
    except RecursionError:
        return json.dumps({"error": "嵌套太深"})


def result(kind: str, source: Any, data: Any) -> Any:
    """The value of an expression, or the data a script leaves.

    Raises:
        ExprError: with the place and the reason.
    """
    if type(data) is not dict:
        raise ExprError("data 须是 JSON 对象")
    names = json_safe(data)
    if kind == "expr":
        return json_safe(Interpreter(names, TIMER_FUNCTIONS).value(parse_expr(source, _KNOWN)))
    if kind == "script":
        script = Script(names, TIMER_FUNCTIONS)
        script.run(parse_script(source, _KNOWN))
        return json_safe(script.data)
    raise ExprError("kind 须是 expr 或 script")


def _result(asked: dict[str, Any]) -> Any:
    return result(asked.get("kind", ""), asked.get("source"), asked.get("data", {}))


def _read(line: str | bytes) -> dict[str, Any]:
    raw = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
    if len(raw) > limits.LINE_BYTES:
        raise ExprLimit("一行不能超过 64 KB")
    try:
        asked = json.loads(raw.decode("utf-8"), parse_constant=_no_number)
    except RecursionError:
        raise ExprLimit("嵌套太深") from None
    except ValueError:
        raise ExprError("不是合法的 JSON") from None
    if type(asked) is not dict:
        raise ExprError("每行须是一个 JSON 对象")
    return asked


def _no_number(word: str) -> float:
    raise ValueError(word)
