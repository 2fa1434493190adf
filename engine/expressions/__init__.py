"""The closed language of diagrams: Python's syntax, JSON's values, and no way out.

`a.b` reads a key of a dictionary, never an attribute. An expression has a value or raises ExprError; where Python has a
JSON value for the same text too, both are equal, except that
- tuples are lists; a set stands only to the right of `in`; a generator only in sum, min, max, any, all, which take it whole;
- texts have no `*` and no `%`, `for` does not run over a text, an f-string writes numbers and texts only;
- a script's assignment stores a copy, so two names never share a list;
- work is bounded (limits.py): too long, too deep, too large is an error.
"""
from collections.abc import Mapping
from typing import Any

from engine.expressions.errors import ExprError, ExprLimit, ExprSyntaxError
from engine.expressions.functions import FUNCTION_NAMES
from engine.expressions.interpreter import Functions, Interpreter
from engine.expressions.statements import Script
from engine.expressions.syntax import compile_expr, compile_script
from engine.expressions.values import json_safe

__all__ = [
    "FUNCTION_NAMES", "ExprError", "ExprLimit", "ExprSyntaxError", "Functions", "compile_expr", "compile_script", "evaluate",
    "execute", "json_safe",
]


def evaluate(source: str, names: Mapping[str, Any], functions: Functions | None = None) -> Any:
    """The value of an expression, safe to store as JSON.

    Args:
        source: the expression.
        names: the data it may read.
        functions: lent by the caller for this once, besides FUNCTION_NAMES; what they raise as EngineError passes through.

    Raises:
        ExprError: with the place and the reason.
    """
    lent = functions or {}
    tree = compile_expr(source, frozenset(lent))
    try:
        value = Interpreter(names, lent).value(tree)
    except RecursionError:
        raise ExprLimit("嵌套太深") from None
    return value if type(value) is bool else json_safe(value)


def execute(source: str, names: Mapping[str, Any], functions: Functions | None = None) -> dict[str, Any]:
    """The data as the script leaves it: a JSON-safe copy of `names` with what was assigned; all or nothing.

    Raises:
        ExprError: with the place and the reason; `names` are untouched in any case.
    """
    lent = functions or {}
    body = compile_script(source, frozenset(lent))
    script = Script(json_safe(dict(names)), lent)
    try:
        script.run(body)
    except RecursionError:
        raise ExprLimit("嵌套太深") from None
    return dict(json_safe(script.data))
