"""A ledger's rows, filters and changes made ready for the page, so that templates only print."""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from data_model.attachment import Attachment
from data_model.audit import AuditEntry
from data_model.organisation import OrgUnit
from web.ledger.query import Question
from web.ledger.register import Column, Kind, Register
from web.ledger.words import NOTHING, Names, shown

TRANSLATED = (Kind.CHOICE, Kind.BOOL)
LONG = 30  # characters from which a text takes the whole width
DEEDS = {"create": "新建", "change": "修改", "delete": "删除"}


@dataclass(frozen=True)
class Cell:
    """One value on a page. `is_data`: written by people, so no language switch translates it."""

    name: str
    label: str
    text: str
    kind: Kind
    colour: str = ""
    alarm: str = ""
    is_data: bool = True

    @property
    def is_long(self) -> bool:
        return self.kind is Kind.TEXT and len(self.text) > LONG


@dataclass(frozen=True)
class Option:
    """One choice of a filter, or one chip above the list."""

    value: str
    label: str
    chosen: bool = False
    group: str = ""
    count: int = 0
    colour: str = "secondary"
    is_data: bool = False


@dataclass(frozen=True)
class Filter:
    """One filter of the form."""

    name: str
    label: str
    kind: Kind
    options: tuple[Option, ...] = ()
    since: str = ""
    until: str = ""


def cell(register: Register, row: Any, column: Column, names: Names) -> Cell:
    value = getattr(row, column.name)
    flag = register.alarms.get(column.name)
    alarm = _(register.column(flag).label) if flag and getattr(row, flag) else ""
    colour = register.colours.get(value, "secondary") if column.kind is Kind.CHOICE and value else ""
    if column.kind is Kind.BOOL and value and column.name in register.labels:
        colour = "red"
    return Cell(column.name, _(column.label), shown(column, value, names), column.kind, colour, alarm, column.kind not in TRANSLATED)


@dataclass(frozen=True)
class Shown:
    """One section of the detail page: what is filled in, and its photos by caption."""

    title: str
    said: tuple[Cell, ...]
    photos: tuple[tuple[str, Sequence[Attachment]], ...]


def sections(register: Register, cells: Mapping[str, Cell], files: Mapping[str, Sequence[Attachment]]) -> list[Shown]:
    """The detail page. Files of a stage that no section names go to the first one: nothing that hangs on a row is hidden."""
    named = {stage for section in register.sections for stage in section.photos}
    rest = tuple(("附件", found) for stage, found in files.items() if stage not in named)
    return [Shown(section.title, tuple(cells[name] for name in section.columns if cells[name].text != NOTHING),
                  tuple((caption, files[stage]) for stage, caption in section.photos.items() if stage in files) + (rest if first else ()))
            for first, section in ((section is register.sections[0], section) for section in register.sections)]


def chips(register: Register, question: Question, counts: Mapping[str, int]) -> list[Option]:
    """The choices that occur, in the order the table gives them, with how many rows each has."""
    column = register.column(register.chips)
    chosen = question.choices.get(register.chips, ())
    return [Option(value, _(value), value in chosen, "", counts.get(value, 0), register.colours.get(value, "secondary"))
            for value in column.choices if counts.get(value) or value in chosen]


def filters(session: Session, register: Register, question: Question) -> list[Filter]:
    """The filter form; one statement for each filter that lists places."""
    return [_filter(session, register, column, question) for column in register.shown(register.filters)]


def active(register: Register, shown_filters: Iterable[Filter]) -> list[tuple[str, str, dict[str, str]]]:
    """What narrows the list now beside search box and chips: label, words, and what to ask to be rid of it."""
    found = []
    for one in shown_filters:
        if one.name == register.chips or one.name in register.labels:
            continue
        if one.since or one.until:
            found.append((one.label, f"{one.since} – {one.until}", {f"{one.name}_from": "", f"{one.name}_to": ""}))
        elif words := _("、").join(option.label for option in one.options if option.chosen):
            found.append((one.label, words, {one.name: ""}))
    return found


def _filter(session: Session, register: Register, column: Column, question: Question) -> Filter:
    chosen = question.choices.get(column.name, ())
    if column.kind in (Kind.DATE, Kind.MOMENT):
        since, until = question.spans.get(column.name, (None, None))
        return Filter(column.name, _(column.label), column.kind, since=str(since or ""), until=str(until or ""))
    if column.kind is Kind.UNIT:
        options = tuple(Option(str(unit), name, str(unit) in chosen, above or "", is_data=True)
                        for unit, name, above in _places(session, register, column))
    elif column.kind is Kind.BOOL:
        options = tuple(Option(value, _(word), value in chosen) for value, word in (("yes", "是"), ("no", "否")))
    else:
        options = tuple(Option(value, _(value), value in chosen) for value in column.choices)
    return Filter(column.name, _(column.label), column.kind, options)


def _places(session: Session, register: Register, column: Column) -> Iterable[tuple[int, str, str | None]]:
    """Only places that occur among the rows the actor may see, with the place above each."""
    above = aliased(OrgUnit)
    occurring = select(column.sql).distinct()
    return [(row[0], row[1], row[2]) for row in session.execute(
        select(OrgUnit.id, OrgUnit.name, above.name).outerjoin(above, above.id == OrgUnit.parent_id)
        .where(OrgUnit.id.in_(occurring)).order_by(OrgUnit.path))]


@dataclass(frozen=True)
class Change:
    """One line of a row's history: who did what when, and old → new by field."""

    at: Any
    who: str
    deed: str
    fields: Sequence[tuple[str, str, str, bool]]  # label, old, new, is_data


def changes(session: Session, register: Register, row_id: int, most: int = 100) -> Sequence[AuditEntry]:
    """What happened to the row, the latest first."""
    return session.scalars(select(AuditEntry).where(AuditEntry.kind == register.key, AuditEntry.row_id == row_id)
                           .order_by(AuditEntry.id.desc()).limit(most)).all()


def cells_of(register: Register, entries: Iterable[AuditEntry]) -> Iterable[tuple[Column, Any]]:
    """Every old and new value in some audit entries, for looking names up."""
    for entry in entries:
        for name, pair in entry.changes.items():
            if name in register.told:
                yield from ((register.column(name), value) for value in pair)


def history(register: Register, entries: Sequence[AuditEntry], names: Names) -> list[Change]:
    return [Change(entry.at, names.people.get(entry.actor_id, _("系统")), _(DEEDS[entry.deed]), _fields(register, entry, names))
            for entry in entries]


def _fields(register: Register, entry: AuditEntry, names: Names) -> list[tuple[str, str, str, bool]]:
    """Only what the page names; of a new row only that it is new."""
    if entry.deed != "change":
        return []
    told = [register.told[name] for name in entry.changes if name in register.told and register.told[name].label != name]
    lines = [(_(c.label), *(shown(c, value, names) for value in entry.changes[c.name]), c.kind not in TRANSLATED) for c in told]
    return [(label, old, new, is_data) for label, old, new, is_data in lines if old != new]
