"""When a field of a designed form is hidden: a small part of FEEL, read once into a tree that server and browser evaluate alike.

`=level = "重大" and not(list contains(causes, "人"))` becomes ["and", ["=", ["field", "level"], …], …]; web/assets/_designed/when.js
is the same evaluator. Names are fields of the form; a name with dots is what an earlier step said (`confirm.level`), put in by the
server. Whatever is missing, or of another type than its partner, makes a comparison false: nothing in it can fail or run long.
"""
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

Tree = list[Any]
LONGEST, DEEPEST = 500, 12
_TOKEN = re.compile(r'\s*(?:(?P<number>\d{1,15}(?:\.\d{1,9})?)|"(?P<text>[^"\\]*)"|(?P<name>list contains|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)'
                    r'|(?P<sign><=|>=|!=|[=<>(),\[\]-]))', re.ASCII)
_CONSTANTS = {"true": True, "false": False, "null": None}
_FUNCTIONS = {"not": 1, "list contains": 2, "contains": 2, "count": 1}
_COMPARE = ("=", "!=", "<", "<=", ">", ">=")


class BadCondition(ValueError):
    """It cannot be read; the text says where."""


def parse(source: str) -> Tree:
    """The tree of a condition, with or without FEEL's leading '='.

    Raises:
        BadCondition: it is longer, deeper or richer than this part of FEEL.
    """
    text = source.strip().removeprefix("=").strip()
    if not text or len(text) > LONGEST:
        raise BadCondition(text[:30])
    reader = _Reader(list(_tokens(text)))
    tree = reader.either(0)
    if reader.here is not None:
        raise BadCondition(str(reader.here[1]))
    return tree


def names(tree: Tree) -> set[str]:
    """The fields a condition looks at."""
    return {tree[1]} if tree[0] == "field" else {name for part in tree[1:] if isinstance(part, list) for name in names(part)}


def bound(tree: Tree, said: Callable[[str], Any], fixed: Mapping[str, Any] = MappingProxyType({})) -> Tree:
    """The tree with what earlier steps said in its places; a part that looks at no field becomes its value, so no data goes out.

    Args:
        fixed: fields that cannot change while the form is filled in; the browser has no control for them.
    """
    return _folded(_filled(tree, said, fixed))


def value(tree: Tree, fields: Mapping[str, Any]) -> Any:
    """What it gives; `fields` are JSON values by key."""
    word, parts = tree[0], tree[1:]
    if word in ("value", "field"):
        return parts[0] if word == "value" else fields.get(parts[0])
    if word in ("and", "or"):
        return (all if word == "and" else any)(value(part, fields) is True for part in parts)
    given = [value(part, fields) for part in parts]
    if word == "not":
        return given[0] is not True
    if word == "list":
        return given
    if word == "count":
        return len(given[0]) if isinstance(given[0], list) else 0
    if word == "contains":
        return _contains(given[0], given[1])
    return _compared(word, given[0], given[1])


def holds(tree: Tree | None, fields: Mapping[str, Any]) -> bool:
    return tree is not None and value(tree, fields) is True


def _compared(sign: str, one: Any, other: Any) -> bool:
    if sign in ("=", "!="):
        return _same(one, other) == (sign == "=")
    if not ((_is_number(one) and _is_number(other)) or (isinstance(one, str) and isinstance(other, str))):
        return False
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) or isinstance(other, list):
        return False
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _is_number(one: Any) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool)


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(whole, list):
        return any(_same(one, part) for one in whole)
    return isinstance(whole, str) and isinstance(part, str) and part in whole


def _filled(tree: Tree, said: Callable[[str], Any], fixed: Mapping[str, Any]) -> Tree:
    if tree[0] == "data":
        found = said(tree[1])
        return ["value", found if isinstance(found, str | int | float | bool | None) else None]
    if tree[0] == "field":
        return ["value", fixed[tree[1]]] if tree[1] in fixed else tree
    return [tree[0], *(_filled(part, said, fixed) if isinstance(part, list) else part for part in tree[1:])] if tree[0] != "value" else tree


def _folded(tree: Tree) -> Tree:
    if tree[0] in ("value", "field"):
        return tree
    if not names(tree):
        return ["value", value(tree, {})]
    return [tree[0], *(_folded(part) for part in tree[1:])]


def _tokens(text: str) -> Iterator[tuple[str, Any]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            raise BadCondition(text[at:at + 20])
        kind = found.lastgroup or ""
        yield kind, found[kind]
        at = found.end()


class _Reader:
    """Reads by descent: or, and, comparison, the rest."""

    def __init__(self, tokens: list[tuple[str, Any]]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def here(self) -> tuple[str, Any] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def took(self, *words: str) -> str:
        """The word, when it is the next one."""
        if self.here is not None and self.here[0] != "text" and self.here[1] in words:
            self.at += 1
            return str(self.tokens[self.at - 1][1])
        return ""

    def want(self, word: str) -> None:
        if not self.took(word):
            raise BadCondition(str(self.here[1]) if self.here else word)

    def either(self, deep: int) -> Tree:
        if deep > DEEPEST:
            raise BadCondition("(")
        return self._chain("or", lambda: self._chain("and", lambda: self._comparison(deep)))

    def _chain(self, word: str, part: Callable[[], Tree]) -> Tree:
        parts = [part()]
        while self.took(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else [word, *parts]

    def _comparison(self, deep: int) -> Tree:
        left = self._single(deep)
        if self.took("in"):
            return ["contains", self._single(deep), left]
        sign = self.took(*_COMPARE)
        return [sign, left, self._single(deep)] if sign else left

    def _single(self, deep: int) -> Tree:
        if self.took("("):
            return self._closed(deep)
        if self.took("["):
            return self._list(deep)
        if self.took("-"):
            return ["value", -self._number()]
        kind, said = self.here or ("", "")
        if kind == "name" and said in _FUNCTIONS:
            return self._call(said, deep)
        if kind not in ("number", "text", "name") or said in ("and", "or", "in"):
            raise BadCondition(str(said))
        if kind == "number":
            return ["value", self._number()]
        self.at += 1
        if kind == "text":
            return ["value", said]
        if said in _CONSTANTS:
            return ["value", _CONSTANTS[said]]
        return ["data" if "." in said else "field", said]

    def _closed(self, deep: int) -> Tree:
        tree = self.either(deep + 1)
        self.want(")")
        return tree

    def _list(self, deep: int) -> Tree:
        parts: list[Tree] = []
        while not self.took("]"):
            if parts:
                self.want(",")
            parts.append(self.either(deep + 1))
        return ["list", *parts]

    def _call(self, name: str, deep: int) -> Tree:
        self.at += 1
        self.want("(")
        parts = [self.either(deep + 1)]
        while self.took(","):
            parts.append(self.either(deep + 1))
        self.want(")")
        if len(parts) != _FUNCTIONS[name]:
            raise BadCondition(name)
        return ["contains" if name == "list contains" else name, *parts]

    def _number(self) -> int | float:
        kind, said = self.here or ("", "")
        if kind != "number":
            raise BadCondition(str(said))
        self.at += 1
        return float(said) if "." in said else int(said)
