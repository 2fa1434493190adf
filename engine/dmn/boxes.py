"""Rows as boxes: one set of parts (bits) a column. Where do two meet, and what do they leave uncovered? Bounded work, always."""
from collections.abc import Iterator, Sequence

Box = tuple[int, ...]


class TooMuch(Exception):
    """The question would take too long; nobody guesses instead."""


class Budget:
    """How much may still be looked at, in pairs of parts."""

    def __init__(self, work: int) -> None:
        self.left = work

    def spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise TooMuch


def uncovered(box: Box, rows: Sequence[Box], budget: Budget) -> Iterator[Box]:
    """Parts of the box that lie in none of the rows; they do not overlap.

    Raises:
        TooMuch: the budget is spent.
    """
    waiting: list[tuple[Box, Sequence[Box]]] = [(box, rows)]
    while waiting:
        here, others = waiting.pop()
        budget.spend((len(others) + 1) * (len(here) + 1))
        near = [row for row in others if all(a & b for a, b in zip(here, row, strict=True))]
        if not near:
            yield here
            continue
        row = min(near, key=lambda r: sum(1 for a, b in zip(here, r, strict=True) if a & ~b))
        rest = [other for other in near if other is not row]
        waiting.extend((piece, rest) for piece in reversed(_pieces(here, row)))


def _pieces(box: Box, row: Box) -> list[Box]:
    """The box without the row, as boxes that do not overlap."""
    pieces, here = [], list(box)
    for at, part in enumerate(row):
        if box[at] & ~part:
            pieces.append((*here[:at], box[at] & ~part, *here[at + 1:]))
            here[at] = box[at] & part
    return pieces
