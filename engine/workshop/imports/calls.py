"""Functions and methods of JUEL and FEEL that the closed language has too, by other names."""
from collections.abc import Callable, Mapping, Sequence

from engine.workshop.imports.tokens import Untold

Way = tuple[int, Callable[..., str]]  # how many arguments, and what becomes of them

_METHODS: Mapping[str, Way] = {
    "equals": (1, lambda of, a: f"({of} == {a})"), "contains": (1, lambda of, a: f"({a} in {of})"),
    "startsWith": (1, lambda of, a: f"{of}.startswith({a})"), "endsWith": (1, lambda of, a: f"{of}.endswith({a})"),
    "size": (0, lambda of: f"len({of})"), "length": (0, lambda of: f"len({of})"), "isEmpty": (0, lambda of: f"(not {of})"),
    "toLowerCase": (0, lambda of: f"{of}.lower()"), "toUpperCase": (0, lambda of: f"{of}.upper()"), "trim": (0, lambda of: f"{of}.strip()"),
    "toString": (0, lambda of: f"str({of})"), "get": (1, lambda of, a: f"get({of}, {a})"),
}
_FUNCTIONS: Mapping[str, Way] = {
    "not": (1, lambda a: f"(not {a})"), "count": (1, lambda a: f"len({a})"), "sum": (1, lambda a: f"sum({a})"),
    "min": (1, lambda a: f"min({a})"), "max": (1, lambda a: f"max({a})"), "abs": (1, lambda a: f"abs({a})"),
    "string": (1, lambda a: f"str({a})"), "number": (1, lambda a: f"float({a})"), "string_length": (1, lambda a: f"len({a})"),
    "contains": (2, lambda a, b: f"({b} in {a})"), "list_contains": (2, lambda a, b: f"({b} in {a})"),
    "starts_with": (2, lambda a, b: f"{a}.startswith({b})"), "ends_with": (2, lambda a, b: f"{a}.endswith({b})"),
    "lower_case": (1, lambda a: f"{a}.lower()"), "upper_case": (1, lambda a: f"{a}.upper()"),
    "now": (0, lambda: "now()"), "today": (0, lambda: "today()"), "date": (1, lambda a: f"date({a})"),
    "date_and_time": (1, lambda a: a), "duration": (1, lambda a: a), "all": (1, lambda a: f"all({a})"), "any": (1, lambda a: f"any({a})"),
}
_VARIABLE = {"getVariable", "getVariableLocal"}


def function(name: str, arguments: Sequence[str]) -> str:
    """A FEEL function in our words.

    Raises:
        Untold: we have none like it.
    """
    return _said(_FUNCTIONS, name, arguments)


def method(of: str, name: str, arguments: Sequence[str]) -> str:
    """A method that JUEL calls, in our words; Java objects are not here.

    Raises:
        Untold: we have none like it.
    """
    if of == "execution" and name in _VARIABLE and len(arguments) == 1:
        plain = arguments[0][1:-1]
        if plain.isidentifier() and not plain.startswith("_"):
            return plain
    return _said(_METHODS, name, arguments, of)


def _said(ways: Mapping[str, Way], name: str, arguments: Sequence[str], *of: str) -> str:
    count, way = ways.get(name, (-1, None))
    if way is None or count != len(arguments):
        raise Untold("调用了本系统没有的 {name}()", name=name)
    return way(*of, *arguments)
