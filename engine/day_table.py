"""Special days as the rows of a table somebody made: read whole, with every bad cell named, or not at all."""
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from data_model.work_calendar import DayKind
from engine.errors import EngineError

MOST_ROWS = 1_000
FIRST_YEAR, LAST_YEAR = 2000, 2100
COLUMNS = ("日期", "类型", "名称", "备注")
_HEADINGS = {
    "日期": 0, "date": 0, "day": 0, "类型": 1, "type": 1, "kind": 1, "名称": 2, "name": 2, "holiday": 2, "备注": 3, "note": 3,
}
_KINDS = {
    "休": DayKind.HOLIDAY, "放假": DayKind.HOLIDAY, "holiday": DayKind.HOLIDAY, "day off": DayKind.HOLIDAY, "off": DayKind.HOLIDAY,
    "班": DayKind.WORKDAY, "上班": DayKind.WORKDAY, "调休上班": DayKind.WORKDAY, "workday": DayKind.WORKDAY, "work": DayKind.WORKDAY,
}
_LENGTHS = {2: 40, 3: 200}
_DATE = re.compile(r"(\d{4})\s*[-/.\u5e74]\s*(\d{1,2})\s*[-/.\u6708]\s*(\d{1,2})\s*\u65e5?")  # 2026-10-01, 2026/10/1, 年月日


@dataclass(frozen=True)
class NewDay:
    """One special day, not yet written."""

    day: date
    kind: DayKind
    name: str
    note: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell: a message id with parameters; column '' means the row or the table."""

    row: int  # as a spreadsheet counts, from 1
    column: str
    text: str
    params: Mapping[str, Any]


class BadRows(EngineError):
    """The table was not taken; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("表格有 {count} 处错误，没有导入任何一行", "file", count=len(problems))
        self.problems = tuple(problems)


def read(rows: Iterable[Sequence[Any]]) -> list[NewDay]:
    """The days of a table: texts or dates in cells, the first row naming the columns in any order, empty rows left out.

    Raises:
        BadRows: naming each bad row and cell.
    """
    table = iter(rows)
    places, problems = _places(next(table, ()))
    days: dict[date, int] = {}
    found: list[NewDay] = []
    if not problems:
        for number, cells in enumerate(table, 2):
            if len(found) >= MOST_ROWS:
                problems.append(Problem(number, "", "一次最多导入 {most} 行", {"most": MOST_ROWS}))
                break
            texts = [cells[place] if place is not None and place < len(cells) else "" for place in places]
            if any(_text(cell) for cell in texts):
                wrong = list(_wrong(number, texts, days))
                problems += wrong
                if not wrong:
                    found.append(NewDay(_day(texts[0]), _KINDS[_text(texts[1]).lower()], _text(texts[2]), _text(texts[3])))
        if not found and not problems:
            problems.append(Problem(2, "", "表格里没有日期", {}))
    if problems:
        raise BadRows(problems)
    return found


def _places(heading: Sequence[Any]) -> tuple[list[int | None], list[Problem]]:
    """Where each of the four columns stands."""
    named = {_HEADINGS[word]: place for place, cell in enumerate(heading) if (word := _text(cell).lower()) in _HEADINGS}
    missing = [COLUMNS[column] for column in (0, 1) if column not in named]
    return [named.get(column) for column in range(4)], [
        Problem(1, column, "第一行缺少“{column}”一列", {"column": column}) for column in missing]


def _wrong(number: int, cells: Sequence[Any], days: dict[date, int]) -> Iterator[Problem]:
    try:
        day = _day(cells[0])
        if days.setdefault(day, number) != number:
            yield Problem(number, COLUMNS[0], "{day} 与第 {row} 行重复", {"day": day.isoformat(), "row": days[day]})
    except ValueError:
        yield Problem(number, COLUMNS[0], "“{value}”不是 2000 至 2100 年间的日期，请写成 2026-10-01", {"value": _text(cells[0])[:40]})
    if _text(cells[1]).lower() not in _KINDS:
        yield Problem(number, COLUMNS[1], "“{value}”不是“休”或“班”", {"value": _text(cells[1])[:40]})
    for column, longest in _LENGTHS.items():
        words = _text(cells[column])
        if len(words) > longest:
            yield Problem(number, COLUMNS[column], "最多 {max} 个字，现有 {length} 个字", {"max": longest, "length": len(words)})
        elif any(unicodedata.category(letter) == "Cc" for letter in words):
            yield Problem(number, COLUMNS[column], "含有看不见的控制字符", {})


def _day(cell: Any) -> date:
    """The day in a cell.

    Raises:
        ValueError: there is none, or not of a year of ours.
    """
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    else:
        parts = _DATE.fullmatch(_text(cell))
        if parts is None:
            raise ValueError(cell)
        found = date(int(parts[1]), int(parts[2]), int(parts[3]))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(cell)
    return found


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
