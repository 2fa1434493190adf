"""JUEL (`${…}`) and FEEL (`=…`) in the closed language, as far as both mean the same."""
import json
import keyword
from collections.abc import Mapping
from dataclasses import dataclass

from engine.calendar import TIMER_FUNCTIONS
from engine.expressions import FUNCTION_NAMES, ExprError, compile_expr
from engine.workshop.imports import calls
from engine.workshop.imports.tokens import END, Token, Untold, tokens

_DEEP = 30
_JUEL = {"||": "or", "or": "or", "&&": "and", "and": "and", "==": "==", "eq": "==", "!=": "!=", "ne": "!=", "<": "<", "lt": "<", ">": ">",
         "gt": ">", "<=": "<=", "le": "<=", ">=": ">=", "ge": ">=", "+": "+", "-": "-", "*": "*", "/": "/", "div": "/", "%": "%", "mod": "%"}
_FEEL = {"or": "or", "and": "and", "=": "==", "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "+": "+", "-": "-",
         "*": "*", "/": "/", "in": "in", "between": "in"}
_LEVEL = {"or": 1, "and": 2, "==": 4, "!=": 4, "<": 4, ">": 4, "<=": 4, ">=": 4, "in": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_CHOICE, _NOT, _COMPARE, _SIGN, _ATOM = 0, 3, 4, 7, 9
_VALUES = {"true": "True", "false": "False", "null": "None"}
_COUNTS = {"nrOfInstances": "numberOfInstances", "nrOfCompletedInstances": "numberOfCompletedInstances",
           "nrOfActiveInstances": "numberOfActiveInstances"}
Said = tuple[str, int]  # text and how strongly it holds together


@dataclass(frozen=True)
class Ours:
    """An expression of ours, and the data it reads."""

    source: str
    names: frozenset[str]


def is_marked(text: str) -> bool:
    """Whether the text says of itself that it is an expression."""
    text = text.strip()
    return text.startswith("=") or (text[:2] in ("${", "#{") and text.endswith("}"))


def translated(text: str, renamed: Mapping[str, str] | None = None) -> Ours:
    """The same in our language.

    Args:
        renamed: what a variable of the file is called here, such as {"approved": "check.approved"}.

    Raises:
        Untold: it cannot be said.
    """
    text = text.strip()
    if text.startswith("=") or not is_marked(text):
        reader = Reader(text.removeprefix("="), True, renamed or {})
    else:
        reader = Reader(text[2:-1], False, renamed or {})
    source = reader.whole()
    if "duration" in reader.called and not source.startswith('"'):
        raise Untold("日期与时长不能直接相加减")
    try:
        compile_expr(source, frozenset(TIMER_FUNCTIONS))
    except ExprError as problem:
        raise Untold(problem.text, **problem.params) from None
    return Ours(source, frozenset(reader.names))


class Reader:
    """One reading from left to right."""

    def __init__(self, source: str, feel: bool, renamed: Mapping[str, str]) -> None:
        self.tokens, self.at, self.deep = tokens(source, feel), 0, 0
        self.feel, self.renamed, self.names, self.bound = feel, renamed, set[str](), set[str]()
        self.called = set[str]()
        self.operators = _FEEL if feel else _JUEL

    def whole(self) -> str:
        said = self.expression()
        if self.next is not END:
            raise Untold("读不懂“{word}”之后的部分", word=self.next.word)
        return said

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def taken(self, *words: str) -> bool:
        found = self.next.kind in ("op", "name") and self.next.word in words
        self.at += found
        return found

    def expect(self, word: str) -> None:
        if not self.taken(word):
            raise Untold("此处应有 {word}", word=word)

    def expression(self, least: int = _CHOICE) -> str:
        """Text that holds together at least so strongly."""
        self.deep += 1
        if self.deep > _DEEP:
            raise Untold("嵌套太深")
        said, level = self._choice()
        self.deep -= 1
        return said if level >= least else f"({said})"

    def _choice(self) -> Said:
        if self.feel and self.taken("if"):
            condition = self.expression()
            self.expect("then")
            one = self.expression(1)
            self.expect("else")
            return f"{one} if {_held(condition)} else {self.expression()}", _CHOICE
        said = self._binary(self._unary(), 1)
        if not self.feel and self.taken("?"):
            one = self.expression(1)
            self.expect(":")
            return f"{one} if {_wrapped(said, 1)} else {self.expression()}", _CHOICE
        return said

    def _binary(self, left: Said, least: int) -> Said:
        """Operators by strength."""
        while (ours := self.operators.get(self.next.word) if self.next.kind in ("op", "name") else None) and _LEVEL[ours] >= least:
            level, word = _LEVEL[ours], self.next.word
            self.at += 1
            if ours == "in":
                left = self._among(_wrapped(left, level + 1), word == "between")
                continue
            right = self._unary()
            while (after := self.operators.get(self.next.word) if self.next.kind in ("op", "name") else None) and _LEVEL[after] > level:
                right = self._binary(right, _LEVEL[after])
            left = f"{_wrapped(left, level + (level == _COMPARE))} {ours} {_wrapped(right, level + 1)}", level
        return left

    def _among(self, left: str, between: bool) -> Said:
        """`x in [1..5]`, `x in (1, 2)`, `x between 1 and 5`."""
        if between:
            low = self.expression_below_and()
            self.expect("and")
            return f"{low} <= {left} <= {self.expression_below_and()}", _COMPARE
        if not (self.next.kind == "op" and self.next.word in "[("):
            return f"{left} in {_wrapped(self._unary(), 5)}", _COMPARE
        low_sign = "<=" if self.next.word == "[" else "<"
        self.at += 1
        items = [self.expression(5)]
        if self.taken(".."):
            high = self.expression(5)
            high_sign = "<=" if self.next.word == "]" else "<"
            if not self.taken("]", ")", "["):
                raise Untold("此处应有 {word}", word="]")
            return f"{items[0]} {low_sign} {left} {high_sign} {high}", _COMPARE
        items += self._more("]" if low_sign == "<=" else ")")
        return f"{left} in [{', '.join(items)}]", _COMPARE

    def expression_below_and(self) -> str:
        return _wrapped(self._binary(self._unary(), 5), 5)

    def _unary(self) -> Said:
        self.deep += 1
        if self.deep > _DEEP:
            raise Untold("嵌套太深")
        try:
            if not self.feel and self.taken("!", "not"):
                return f"not {_wrapped(self._unary(), _COMPARE)}", _NOT
            if not self.feel and self.taken("empty"):
                return f"not {_wrapped(self._unary(), _COMPARE)}", _NOT
            if self.taken("-"):
                return f"-{_wrapped(self._unary(), _SIGN)}", _SIGN
            return self._after(self._atom()), _ATOM
        finally:
            self.deep -= 1

    def _after(self, said: str) -> str:
        """Keys, entries and calls that follow a value."""
        while True:
            if self.taken("."):
                name = self._name()
                said = calls.method(self._bare(said), name, self._arguments()) if not self.feel and self.taken("(") else f"{said}.{_fit(name)}"
                if said.isidentifier() and said not in _VALUES.values():  # execution.getVariable("x") is x
                    said = self._known(said)
            elif not self.feel and self.taken("["):
                said = f"{said}[{self.expression()}]"
                self.expect("]")
            elif self.next.word in ("[", "("):
                raise Untold("用了本系统没有的写法 {word}", word=self.next.word)
            else:
                return said

    def _bare(self, said: str) -> str:
        if said == "execution":
            self.names.discard("execution")
        return said

    def _atom(self) -> str:
        token = self.next
        self.at += 1
        if token.kind == "number":
            return token.word.lstrip("0") or "0" if "." not in token.word else token.word
        if token.kind == "text":
            return _quoted(token.word)
        if token.kind == "name":
            return self._named(token.word)
        if token.word == "(":
            said = self.expression()
            self.expect(")")
            return f"({said})"
        if token.word == "[":
            return f"[{', '.join(self._list())}]"
        raise Untold("读不懂“{word}”", word=token.word or "…")

    def _named(self, name: str) -> str:
        if name in _VALUES:
            return _VALUES[name]
        if self.feel and name in ("some", "every") and self.next.kind == "name":
            return self._quantified("any" if name == "some" else "all")
        if self.next.word == "(" and self.next.kind == "op":
            if not self.feel:
                raise Untold("调用了本系统没有的 {name}()", name=name)
            self.at += 1
            self.called.add(name)
            return calls.function(name, self._arguments())
        return self._known(name)

    def _quantified(self, ours: str) -> str:
        name = _fit(self._name())
        self.expect("in")
        over = self.expression(5)
        self.expect("satisfies")
        self.bound.add(name)
        said = f"{ours}({self.expression(1)} for {name} in {over})"
        self.bound.discard(name)
        return said

    def _known(self, name: str) -> str:
        """A variable, by what it is called here."""
        if name in self.bound:
            return name
        if name in _COUNTS or name in _COUNTS.values():
            return _COUNTS.get(name, name)
        if name in self.renamed:
            return self.renamed[name]
        self.names.add(_fit(name))
        return name

    def _name(self) -> str:
        if self.next.kind != "name":
            raise Untold("读不懂“{word}”", word=self.next.word)
        self.at += 1
        return self.tokens[self.at - 1].word

    def _arguments(self) -> list[str]:
        return [] if self.taken(")") else [self.expression(5), *self._more(")")]

    def _list(self) -> list[str]:
        return [] if self.taken("]") else [self.expression(1), *self._more("]")]

    def _more(self, closing: str) -> list[str]:
        found = []
        while self.taken(","):
            found.append(self.expression(1))
        self.expect(closing)
        return found


def _held(said: str) -> str:
    return f"({said})" if " if " in said else said


def _wrapped(said: Said, least: int) -> str:
    return said[0] if said[1] >= least else f"({said[0]})"


def _fit(name: str) -> str:
    """A name that data may have here."""
    if name.startswith("_") or keyword.iskeyword(name) or name in FUNCTION_NAMES:
        raise Untold("名称“{name}”在本系统另有用途", name=name)
    return name


def _quoted(word: str) -> str:
    """A text as our language writes it."""
    inner, out, at = word[1:-1], "", 0
    while at < len(inner):
        escaped = inner[at] == "\\" and at + 1 < len(inner)
        letter = inner[at + 1] if escaped else inner[at]
        out += {"n": "\n", "t": "\t"}.get(letter, letter) if escaped else letter
        at += 2 if escaped else 1
    return json.dumps(out, ensure_ascii=False)
