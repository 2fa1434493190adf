"""What the modeler may suggest: a field of a form, an output of a table, and the data known at an element."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Type(StrEnum):
    """What an entry of the data holds."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "bool"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    PERSON = "person"
    PEOPLE = "people"
    UNIT = "unit"
    LIST = "list"
    ANY = "any"


@dataclass(frozen=True)
class FormField:
    """One question of a form, as far as diagrams speak of it."""

    key: str
    label: str
    type: str = Type.TEXT
    choices: tuple[tuple[str, str], ...] = ()  # (value, label)


FieldsOf = Callable[[str], Sequence[FormField] | None]
"""The fields of a form by name; None: there is no such form."""


@dataclass(frozen=True)
class Offer:
    """One entry of the data that is there when a token comes to an element."""

    path: str  # as expressions write it: confirm.level
    label: str
    type: str
    source: str  # id of the element that leaves it
    choices: tuple[tuple[str, str], ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        return {"path": self.path, "label": self.label, "type": str(self.type), "source": self.source,
                "choices": [{"value": value, "label": label} for value, label in self.choices]}
