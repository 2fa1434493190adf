"""A register is told, not written: what sets one ledger apart from the next, as a frozen value."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Integer, Numeric, inspect
from sqlalchemy.ext.hybrid import HybridExtensionType

from data_model.base import HasAttachments, OrgOwned
from data_model.permissions import MATRIX

REGISTERS = Path(__file__).parent.parent / "registers"


class Kind(StrEnum):
    """How a column is filtered, shown and exported; worked out from the table, never told."""

    TEXT = "text"
    CHOICE = "choice"
    BOOL = "bool"
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    MOMENT = "moment"
    PERSON = "person"
    UNIT = "unit"


@dataclass(frozen=True)
class Column:
    """One column or computed word of the table, as the ledger uses it."""

    name: str
    label: str
    kind: Kind
    choices: tuple[str, ...]
    nullable: bool
    model: Any

    @property
    def sql(self) -> Any:
        """What SQLAlchemy compares and sorts by; asked anew each time, because a computed one may speak of today."""
        return getattr(self.model, self.name)


@dataclass(frozen=True)
class Section:
    """A titled group of columns on the detail page, and the photos that belong to it: attachment stage → caption."""

    title: str
    columns: tuple[str, ...]
    photos: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Register:
    """What sets one ledger apart. Everything else is the same for all.

    Attributes:
        model: the table.
        title: the ledger's name, a message id.
        empty, empty_hint: what the page says while there is no row, and how one comes to be.
        columns: shown in the list and in the Excel sheet's first columns, in this order; the first one leads to the detail page.
        sections: the detail page.
        heading: the column that says in words what a row is about; the title of its card and page.
        search: columns the search box looks into.
        filters: columns and computed booleans that can be filtered by, each by its kind.
        sort: columns the list may be sorted by.
        order: the order without a wish; a leading '-' means downward.
        chips: a choice column counted on top of the list.
        colours: word → Tabler colour of its badge.
        labels: names of computed yes-or-no columns, which have no `info` of their own.
        alarms: column → the computed column that turns it red.
        export: columns of the Excel sheet; empty: no export.
        related: ledgers whose rows point at a row of this one: (its key, the column there, caption).

    Who may see it holds the permission '<table>.view', who may take the sheet away '<table>.export'.
    """

    model: Any
    title: str
    columns: tuple[str, ...]
    sections: tuple[Section, ...]
    heading: str
    empty: str = "还没有记录"
    empty_hint: str = ""
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    sort: tuple[str, ...] = ("id",)
    order: str = "-id"
    chips: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    alarms: Mapping[str, str] = field(default_factory=dict)
    export: tuple[str, ...] = ()
    related: tuple[tuple[str, str, str], ...] = ()

    @property
    def key(self) -> str:
        return str(self.model.__tablename__)

    def permission(self, deed: str) -> str:
        return f"{self.key}.{deed}"

    def column(self, name: str) -> Column:
        return self.told[name]

    def shown(self, names: tuple[str, ...]) -> list[Column]:
        return [self.told[name] for name in names]

    @cached_property
    def told(self) -> dict[str, Column]:
        """Every column of the table, and every computed one that has a label."""
        mapper = inspect(self.model)
        found = {name: _column(self.model, name, attribute.columns[0])
                 for name, attribute in mapper.column_attrs.items()}
        hybrids = {name for name, thing in mapper.all_orm_descriptors.items()
                   if thing.extension_type is HybridExtensionType.HYBRID_PROPERTY}
        found |= {name: Column(name, label, Kind.BOOL, (), False, self.model)
                  for name, label in self.labels.items() if name in hybrids}
        return found

    def check(self) -> None:
        """Fail at start-up, not on the first click, when a name is wrong."""
        named = {*self.columns, *self.search, *self.filters, *self.sort, self.order.lstrip("-"), self.heading, *self.export,
                 *self.labels, *self.alarms, *self.alarms.values(), *(name for section in self.sections for name in section.columns)}
        named |= {self.chips} - {""}
        if wrong := named - set(self.told):
            raise LookupError(f"register {self.key}: no such columns {sorted(wrong)}")
        if unlabelled := {name for name in named if self.told[name].label == name != "id"}:
            raise LookupError(f"register {self.key}: no label for {sorted(unlabelled)}")
        if self.order.lstrip("-") not in self.sort:
            raise LookupError(f"register {self.key}: its own order {self.order} is not among {self.sort}")
        if not issubclass(self.model, OrgOwned):
            raise LookupError(f"register {self.key}: the table stands outside the organisation wall")
        if any(section.photos for section in self.sections) and not issubclass(self.model, HasAttachments):
            raise LookupError(f"register {self.key}: its table carries no files")
        deeds = {"view"} | ({"export"} if self.export else set())
        if missing := {self.permission(deed) for deed in deeds} - set(MATRIX):
            raise LookupError(f"register {self.key}: no such permissions {sorted(missing)}")


def _column(model: Any, name: str, column: Any) -> Column:
    choices = tuple(str(word) for word in column.info.get("choices", ()))
    return Column(name, column.info.get("label", name), _kind(column, choices), choices, bool(column.nullable), model)


def _kind(column: Any, choices: tuple[str, ...]) -> Kind:
    if of := column.info.get("of"):
        return Kind(of)
    if choices:
        return Kind.CHOICE
    if isinstance(column.type, Boolean):
        return Kind.BOOL
    if isinstance(column.type, (Integer, Numeric)):
        return Kind.NUMBER if isinstance(column.type, Integer) else Kind.AMOUNT
    told = column.type.python_type if not hasattr(column.type, "impl_instance") else datetime
    return {datetime: Kind.MOMENT, date: Kind.DATE}.get(told, Kind.TEXT)


@cache
def all_registers() -> dict[str, Register]:
    """Every ledger, found by file name; each is checked."""
    modules = [import_module(f"web.registers.{path.stem}") for path in sorted(REGISTERS.glob("[!_]*.py"))]
    found = {register.key: register for module in modules for register in module.REGISTERS}
    for register in found.values():
        register.check()
        if strangers := {key for key, _, _ in register.related} - set(found):
            raise LookupError(f"register {register.key}: related to no ledger {sorted(strangers)}")
    return found
