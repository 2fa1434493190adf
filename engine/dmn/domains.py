"""What a column can be asked about, cut into the smallest parts its cells can tell apart: each cell is a set of them (bits).

Numbers and dates: the points named and the stretches between. Texts: the values named, and all others. Nothing filled in is a
part only where some cell asks for null.
"""
import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.dmn import unary, values
from engine.dmn.unary import Equal, Free, Range, Tests
from engine.expressions import ExprError


@dataclass(frozen=True)
class Domain:
    """`points` in order; `ordered`: with stretches between them, else with one part for all others; then the null part."""

    points: tuple[Any, ...]
    ordered: bool
    null: bool
    kind: str
    full: int = 0

    @property
    def nothing(self) -> int:
        """The bit of null."""
        return 1 << (2 * len(self.points) + 1 if self.ordered else len(self.points) + 1)

    def mask(self, tests: Tests) -> int | None:
        """The parts a cell accepts; None when that cannot be known without the data."""
        if not tests.tests:
            return self.full
        if not tests.known or not self._comparable(tests):
            return None
        found, above = 0, False
        for test in tests.tests:
            if isinstance(test, Free):
                return None
            found |= self._equal(test) if isinstance(test, Equal) else self._range(test)
            above = above or isinstance(test, Range)
        if tests.negated:
            found = ~found & ~(self.nothing if above else 0)
        return found & self.full

    def _comparable(self, tests: Tests) -> bool:
        return all(value is None or values.kind_of(value) == self.kind for value in literals([tests]))

    def _equal(self, test: Equal) -> int:
        bit = self.nothing if test.end.value is None else 1 << self._place(test.end.value)
        return ~bit if test.other else bit

    def _place(self, value: Any) -> int:
        at = bisect_left(self.points, value)
        return 2 * at + 1 if self.ordered else at

    def _range(self, test: Range) -> int:
        first = 0 if test.low is None else self._place(test.low.value) + test.low_open
        last = 2 * len(self.points) if test.high is None else self._place(test.high.value) - test.high_open
        return ((1 << (last + 1)) - 1) & ~((1 << first) - 1) if last >= first else 0

    def words(self, mask: int) -> str:
        """The parts as one would write them in a cell."""
        parts = list(self._stretches(mask)) if self.ordered else self._members(mask)
        return ", ".join([*parts, *(["null"] if self.null and mask & self.nothing else [])])

    def _members(self, mask: int) -> list[str]:
        others = 1 << len(self.points)
        named = [values.shown(value) for at, value in enumerate(self.points) if bool(mask >> at & 1) is not bool(mask & others)]
        if not mask & others:
            return named
        return [f"not({', '.join(named)})"] if named else ["-"]

    def _stretches(self, mask: int) -> Iterator[str]:
        at, last = 0, 2 * len(self.points)
        while at <= last:
            if not mask >> at & 1:
                at += 1
                continue
            end = at
            while end < last and mask >> (end + 1) & 1:
                end += 1
            yield self._stretch(at, end, last)
            at = end + 1

    def _stretch(self, first: int, end: int, last: int) -> str:
        low, high = (values.shown(self.points[at]) if 0 <= at < len(self.points) else "" for at in (_before(first), end // 2))
        if first == end and first % 2:
            return low
        if first == 0 and end == last:
            return "-"
        if first == 0:
            return f"<= {values.shown(self.points[end // 2])}" if end % 2 else f"< {high}"
        if end == last:
            return f">= {low}" if first % 2 else f"> {low}"
        return f"{'[' if first % 2 else ']'}{low}..{high}{']' if end % 2 else '['}"


def _before(at: int) -> int:
    return at // 2 if at % 2 else at // 2 - 1


def domain(cells: list[Tests], kind: str, declared: str = "") -> Domain:
    """The parts of a column; with values declared, only what they allow can occur."""
    allowed = _declared(declared, kind)
    asked = [*cells, *([allowed] if allowed else [])]
    found = list(literals(asked))
    named = _named(found, kind)
    ordered = named in ("number", "date") or any(isinstance(test, Range) for cell in asked for test in cell.tests)
    sort = "text" if named == "date" else named
    points = sorted({value for value in found if value is not None and values.kind_of(value) == sort})
    if named == "boolean":
        points, ordered = [False, True], False
    made = Domain(tuple(points), ordered, any(value is None for value in found), sort)
    everything = _everything(made, named, kind)
    made = Domain(made.points, ordered, made.null, sort, everything)
    return made if allowed is None else Domain(made.points, ordered, made.null, sort, made.mask(allowed) or everything)


def _everything(made: Domain, named: str, kind: str) -> int:
    count = len(made.points)
    full = (1 << (2 * count + 1 if made.ordered else count + (named != "boolean"))) - 1
    if made.ordered and (kind == "integer" or named == "date"):
        for at in range(1, count):
            if not _anything_between(made.points[at - 1], made.points[at], named):
                full &= ~(1 << 2 * at)
    return full | (made.nothing if made.null else 0)


def _anything_between(low: Any, high: Any, named: str) -> bool:
    if named == "date":
        return (date.fromisoformat(high) - date.fromisoformat(low)).days > 1
    return bool(math.floor(low) + 1 < high)


def _named(found: list[Any], kind: str) -> str:
    if kind:
        return "number" if kind == "integer" else kind
    kinds = {values.kind_of(value) for value in found if value is not None}
    return kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "text"


def _declared(text: str, kind: str) -> Tests | None:
    try:
        found = unary.parse(text, kind)
    except ExprError:
        return None
    return found if found.tests and found.known else None


def literals(cells: Iterable[Tests]) -> Iterator[Any]:
    """Every literal value that cells name."""
    for cell in cells:
        for test in cell.tests:
            ends = () if isinstance(test, Free) else (test.end,) if isinstance(test, Equal) else (test.low, test.high)
            yield from (end.value for end in ends if end is not None and end.known)
