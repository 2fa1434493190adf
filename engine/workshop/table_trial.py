"""A decision table tried with values: what it is asked, which rows match, what comes of it. Nothing is stored."""
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.calendar import TIMER_FUNCTIONS
from engine.dmn import domains, names, reading, values
from engine.dmn.deciding import decide
from engine.dmn.ready import Ready, ready
from engine.dmn.unary import Tests
from engine.expressions import ExprError, evaluate
from engine.expressions.errors import ExprLimit
from engine.xml_guard import XmlRefused

LONGEST = 1_000
PATIENCE = 0.6
_COLUMN = "dmncolumn"


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `key` is the column's expression, or a path of the data that cells read beside the columns."""

    key: str
    label: str
    kind: str
    choices: tuple[str, ...] = ()
    beside: bool = False


@dataclass(frozen=True)
class Tried:
    """Numbers of the rows that match and of those that count; the outputs as data, and by (label, name, value)."""

    matched: tuple[int, ...] = ()
    counted: tuple[int, ...] = ()
    outputs: Mapping[str, Any] | None = None
    told: tuple[tuple[str, str, str], ...] = ()
    wrong: ExprError | None = None


def read(content: bytes) -> Ready:
    """The table, ready to decide.

    Raises:
        ExprError: it cannot be read, in words.
    """
    try:
        return ready(reading.read(content))
    except XmlRefused as refusal:
        raise ExprError(refusal.text, **refusal.params) from None


def fields(table: Ready) -> list[Field]:
    """What a person fills in to try the table: each column once, then the rest."""
    found: dict[str, Field] = {}
    for at, column in enumerate(table.table.inputs):
        choices = () if column.kind != "text" else _choices([line.tests[at] for line in table.lines])
        found.setdefault(column.expression, Field(column.expression, column.title, column.kind, choices))
    for path in names.asked_beside(table):
        found.setdefault(path, Field(path, path, "", beside=True))
    return list(found.values())


def _choices(cells: list[Tests]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in domains.literals(cells) if isinstance(value, str) and value))[:50]


class Patience:
    """Evaluates until a time has passed: whoever waits for a page waits for no table."""

    def __init__(self, seconds: float = PATIENCE) -> None:
        self.until = time.monotonic() + seconds

    def __call__(self, source: str, names: Mapping[str, Any]) -> Any:
        if time.monotonic() > self.until:
            raise ExprLimit("算得太久，已停止，请简化表中的条件")
        return evaluate(source, names, TIMER_FUNCTIONS)


def try_it(table: Ready, given: Mapping[str, Any], ask: Patience | None = None, asked: list[Field] | None = None) -> Tried:
    """Decide on what a person typed; nothing typed is nothing filled in. What goes wrong is told, not raised.

    Args:
        ask, asked: for several tries of one table: they share their patience, and the fields are found once.
    """
    try:
        data = _data(table, fields(table) if asked is None else asked, given)
        apart = replace(table, asked=tuple(f"{_COLUMN}{at}" for at in range(len(table.asked))))
        found = decide(apart, data, ask or Patience())
    except ExprError as problem:
        return Tried(wrong=problem)
    told = tuple((column.title, column.name, values.shown(_at(found.outputs, column.name))) for column in table.table.outputs)
    return Tried(found.matched, found.counted, found.outputs, told)


def _data(table: Ready, asked: list[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in asked:
        value = typed(field, given.get(field.key))
        if field.beside or field.key.replace(".", "").replace("_", "").isalnum():
            _put(data, field.key, value)
    for at, column in enumerate(table.table.inputs):
        data[f"{_COLUMN}{at}"] = typed(Field(column.expression, column.title, column.kind), given.get(column.expression))
    return data


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    here = data
    for part in above:
        inner = here.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        here = inner
    if not isinstance(here.get(last), dict):
        here[last] = value


def typed(field: Field, said: Any) -> Any:
    """The value of what was typed in a field.

    Raises:
        ExprError: it is none of the field's kind.
    """
    text = said.strip() if isinstance(said, str) else ""
    if not text or len(text) > LONGEST:
        return None if not text else _refuse(field, text)
    if field.kind == "text":
        return "" if text == '""' else text
    if field.kind == "date":
        return values.fitting(text, "date")
    if field.kind == "boolean":
        return {"true": True, "false": False}[text.lower()] if text.lower() in ("true", "false") else _refuse(field, text)
    return _number(field, text) if field.kind else _anything(text)


def _number(field: Field, text: str) -> Any:
    try:
        number = float(text) if "." in text or "e" in text.lower() else int(text)
        return evaluate("number", {"number": number})
    except (ValueError, OverflowError, ExprError):
        return _refuse(field, text)


def _anything(text: str) -> Any:
    """A literal when it is one, else the text itself."""
    lower = {"true": True, "false": False, "null": None}
    if text.lower() in lower:
        return lower[text.lower()]
    try:
        found = values.of_source(text)
    except ExprError:
        return text
    return found.value if found.known else text


def _refuse(field: Field, text: str) -> Any:
    raise ExprError("“{column}”填的 {value} 不对，请改正", column=field.label, value=text)


def _at(outputs: Mapping[str, Any], path: str) -> Any:
    here: Any = outputs
    for part in path.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here
