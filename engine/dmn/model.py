"""A decision table as it is drawn: columns, rows, cells as text. Cells are translated in `ready`."""
from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS: Mapping[str, str] = {
    "": "", "any": "", "string": "text", "boolean": "boolean", "date": "date", "number": "number", "double": "number",
    "integer": "integer", "int": "integer", "long": "integer",
}
"""What a column's typeRef means to us; other types are refused by lint."""


@dataclass(frozen=True)
class Input:
    """A column that asks: an expression, its kind, and the values it was declared to take."""

    id: str
    label: str
    expression: str
    type_ref: str = ""
    values: str = ""

    @property
    def kind(self) -> str:
        return KINDS.get(self.type_ref.lower(), "")

    @property
    def title(self) -> str:
        return self.label or self.expression


@dataclass(frozen=True)
class Output:
    """A column that answers, under a name of the flow's data."""

    id: str
    label: str
    name: str
    type_ref: str = ""
    values: str = ""
    default: str = ""

    @property
    def kind(self) -> str:
        return KINDS.get(self.type_ref.lower(), "")

    @property
    def title(self) -> str:
        return self.label or self.name


@dataclass(frozen=True)
class Cell:
    id: str
    text: str


@dataclass(frozen=True)
class Row:
    """One rule; number as people count, from 1."""

    id: str
    number: int
    inputs: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    note: str = ""


@dataclass(frozen=True)
class Table:
    """The one table of a file."""

    key: str
    name: str
    id: str
    policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...] = field(default=())

    @property
    def title(self) -> str:
        return self.name or self.key
