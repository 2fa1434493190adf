"""Two versions of a decision table compared: columns, hit policy, and rule by rule."""
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.dmn.model import Input, Output, Row, Table


class How(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Cell:
    """One cell, or one property of the table or of a column, before and after."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """One rule: numbers are 0 where it is not there. `cells` are those that differ, or all of a row that came or went."""

    how: How
    before: int
    after: int
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Changes:
    head: tuple[Cell, ...]
    rows: tuple[RowChange, ...]


def changes(old: Table, new: Table) -> Changes:
    return Changes(tuple(_head(old, new)), tuple(_rows(old, new)))


def _head(old: Table, new: Table) -> Iterator[Cell]:
    for title, before, after in (("名称", old.name, new.name), ("命中策略", _policy(old), _policy(new))):
        if before != after:
            yield Cell(title, before, after)
    was, now = _columns(old), _columns(new)
    for id in {**was, **now}:
        before, after = (_said(columns[id]) if id in columns else "" for columns in (was, now))
        if before != after:
            yield Cell("输入列" if isinstance(now.get(id) or was.get(id), Input) else "输出列", before, after)


def _policy(table: Table) -> str:
    return f"{table.policy} {table.aggregation}".strip()


def _columns(table: Table) -> dict[str, Input | Output]:
    found: dict[str, Input | Output] = {column.id: column for column in table.inputs}
    return found | {column.id: column for column in table.outputs}


def _said(column: Input | Output) -> str:
    named = column.expression if isinstance(column, Input) else column.name
    return " · ".join(part for part in (column.label, named, column.type_ref, column.values) if part)


def _rows(old: Table, new: Table) -> Iterator[RowChange]:
    pairs = _pairs(old, new)
    gone = [row for row in old.rows if row.id not in {before.id for before, _ in pairs}]
    partner = {after.id: before for before, after in pairs}
    stay = _in_order([(before.number, after.number) for before, after in pairs])
    yield from (RowChange(How.REMOVED, row.number, 0, row.note, tuple(_all(old, row, before=True))) for row in gone)
    for row in new.rows:
        before = partner.get(row.id)
        if before is None:
            yield RowChange(How.ADDED, 0, row.number, row.note, tuple(_all(new, row, before=False)))
            continue
        cells = tuple(_differing(old, before, new, row))
        if cells or row.number not in stay:
            yield RowChange(How.CHANGED if cells else How.MOVED, before.number, row.number, row.note, cells)


def _pairs(old: Table, new: Table) -> list[tuple[Row, Row]]:
    """The same rule in both: by its id, else by what it says."""
    was = {row.id: row for row in old.rows}
    pairs = [(was[row.id], row) for row in new.rows if row.id in was]
    left = [row for row in old.rows if row.id not in {before.id for before, _ in pairs}]
    for row in (row for row in new.rows if row.id not in was):
        twin = next((other for other in left if _texts(other) == _texts(row)), None)
        if twin is not None:
            left.remove(twin)
            pairs.append((twin, row))
    return sorted(pairs, key=lambda pair: pair[1].number)


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(cell.text for cell in (*row.inputs, *row.outputs))


def _in_order(pairs: list[tuple[int, int]]) -> set[int]:
    """New numbers of the longest run of rules that kept their order; the others have moved."""
    best: list[list[int]] = []
    for at, (before, _) in enumerate(pairs):
        longest = max((best[i] for i in range(at) if pairs[i][0] < before), key=len, default=[])
        best.append([*longest, at])
    return {pairs[at][1] for at in max(best, key=len, default=[])}


def _cells(table: Table, row: Row) -> dict[str, tuple[str, str]]:
    """(title, text) by the column's id, and the note."""
    inputs = {column.id: (column.title, cell.text or "-") for column, cell in zip(table.inputs, row.inputs, strict=False)}
    outputs = {column.id: (column.title, cell.text) for column, cell in zip(table.outputs, row.outputs, strict=False)}
    return inputs | outputs | {"": ("批注", row.note)}


def _differing(old: Table, before: Row, new: Table, after: Row) -> Iterator[Cell]:
    was, now = _cells(old, before), _cells(new, after)
    for id in {**was, **now}:
        title = (now.get(id) or was[id])[0]
        one, other = was.get(id, ("", ""))[1], now.get(id, ("", ""))[1]
        if one != other:
            yield Cell(title, one, other)


def _all(table: Table, row: Row, before: bool) -> Iterator[Cell]:
    for title, text in _cells(table, row).values():
        if text and text != "-":
            yield Cell(title, text if before else "", "" if before else text)
