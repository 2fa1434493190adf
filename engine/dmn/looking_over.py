"""A whole table looked over: rows that fit at once, rows that never get their turn, rows written twice, cases nobody thought of."""
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from engine.dmn.boxes import Box, Budget, TooMuch, uncovered
from engine.dmn.domains import Domain, domain
from engine.dmn.ready import Ready

WORK = 600_000  # at most about a second
BITS = 40_000_000  # at most five megabytes of sets
MOST = 10  # of each sort; who mends them finds the next


@dataclass
class Overview:
    """What was found. Row numbers as people count; `where` is written as cells are."""

    overlaps: list[tuple[int, int, str]] = field(default_factory=list)
    unsure: list[tuple[int, int]] = field(default_factory=list)  # they may overlap: a free condition stands between
    shadowed: list[int] = field(default_factory=list)
    twins: list[tuple[int, int]] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    free: list[int] = field(default_factory=list)  # rows with a condition that only the data can answer
    unchecked: bool = False  # too large to look over in full


def look_over(table: Ready) -> Overview:
    """Never more than a bounded amount of work; what was left out is said."""
    found = Overview()
    found.twins = list(islice(_twins(table), MOST))
    domains, boxes = _boxes(table)
    if boxes is None:
        found.unchecked = True
        return found
    found.free = [number for number, box in enumerate(boxes, 1) if None in box]
    budget = Budget(WORK)
    for look in (_overlaps, _shadowed, _gaps):
        try:
            look(table, domains, boxes, budget, found)
        except TooMuch:
            found.unchecked = True
            budget = Budget(WORK // 4)
    return found


_MaybeBox = tuple[int | None, ...]


def _boxes(table: Ready) -> tuple[list[Domain], list[_MaybeBox] | None]:
    domains: list[Domain] = []
    for at, column in enumerate(table.table.inputs):
        domains.append(domain([line.tests[at] for line in table.lines], column.kind, column.values))
    size = sum(2 * len(found.points) + 2 for found in domains) * len(table.lines)
    if size > BITS:
        return domains, None
    return domains, [tuple(found.mask(tests) for found, tests in zip(domains, line.tests, strict=True)) for line in table.lines]


def _twins(table: Ready) -> Iterator[tuple[int, int]]:
    """Rows whose inputs are the same, word for word in what they mean."""
    seen: dict[object, int] = {}
    for line in table.lines:
        first = seen.setdefault(line.tests, line.row.number)
        if first != line.row.number:
            yield first, line.row.number


def _overlaps(table: Ready, domains: list[Domain], boxes: list[_MaybeBox], budget: Budget, found: Overview) -> None:
    if table.table.policy not in ("UNIQUE", "ANY"):
        return
    for second, box in enumerate(boxes):
        for first in range(second):
            budget.spend(len(box) + 1)
            common = _common(boxes[first], box)
            if common is None or _agree(table, first, second):
                continue
            if None in common:
                found.unsure.append((first + 1, second + 1))
            else:
                found.overlaps.append((first + 1, second + 1, _where(table, domains, common)))
        if len(found.overlaps) >= MOST:
            return


def _agree(table: Ready, first: int, second: int) -> bool:
    """Under ANY rows may overlap when they say the same."""
    return table.table.policy == "ANY" and table.lines[first].answers == table.lines[second].answers


def _common(one: _MaybeBox, other: _MaybeBox) -> _MaybeBox | None:
    parts = tuple(None if a is None or b is None else a & b for a, b in zip(one, other, strict=True))
    return None if 0 in parts else parts


def _shadowed(table: Ready, domains: list[Domain], boxes: list[_MaybeBox], budget: Budget, found: Overview) -> None:
    """Under FIRST: everything the row fits was taken by rows above it."""
    if table.table.policy != "FIRST":
        return
    twins = {second for _, second in found.twins}
    above: list[Box] = []
    for number, box in enumerate(boxes, 1):
        whole = tuple(there.full if part is None else part for part, there in zip(box, domains, strict=True))
        if number not in twins and next(uncovered(whole, above, budget), None) is None:
            found.shadowed.append(number)
            if len(found.shadowed) >= MOST:
                return
        if None not in box:
            above.append(whole)


def _gaps(table: Ready, domains: list[Domain], boxes: list[_MaybeBox], budget: Budget, found: Overview) -> None:
    if table.table.policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER") or any(column.default for column in table.table.outputs):
        return
    whole = tuple(there.full for there in domains)
    sure = [tuple(part for part in box if part is not None) for box in boxes if None not in box]
    if found.free and next(uncovered(whole, sure, budget), None) is not None:
        return  # what seems uncovered may be covered by a row that only the data can answer
    for gap in islice(uncovered(whole, sure, budget), MOST):
        found.gaps.append(_where(table, domains, gap))


def gaps_unknown(table: Ready, found: Overview) -> bool:
    """Whether rows with free conditions keep us from saying that everything is covered."""
    return bool(found.free) and table.table.policy in ("UNIQUE", "FIRST", "ANY", "PRIORITY") and not any(
        not any(tests.tests for tests in line.tests) for line in table.lines)


def _where(table: Ready, domains: list[Domain], box: _MaybeBox) -> str:
    """The columns that matter, and what stands in them."""
    said = [f"{column.title} {there.words(part)}" for column, there, part in zip(table.table.inputs, domains, box, strict=True)
            if part is not None and part != there.full]
    return "；".join(said[:6])[:200] or "-"

