"""Decision tables and drawn forms at a glance: each with its newest version, its draft, and the diagrams that use it."""
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model.organisation import User
from data_model.process import UNFINISHED, DecisionTable, DefinitionStatus, ProcessDefinition, ProcessInstance
from data_model.scope import EVERYWHERE
from data_model.workshop import Draft, FormDesign, Kind

_MODELS: dict[Kind, Any] = {Kind.TABLE: DecisionTable, Kind.FORM: FormDesign}
_PINS = {Kind.TABLE: "dmn", Kind.FORM: "forms"}


@dataclass(frozen=True)
class Use:
    """One version of a diagram that runs with a version of the part; `cases` of it are under way."""

    key: str
    name: str
    version: int
    effective: bool
    cases: int


@dataclass(frozen=True)
class Version:
    """One version of a table or form, and who uses it: effective diagrams, and old ones that still have cases."""

    id: int
    version: int
    name: str
    at: datetime
    by: str
    note: str
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Listed:
    """A table or form in the list: its newest version (None: only drawn), its draft, the effective diagrams that use it."""

    key: str
    name: str
    version: int | None
    at: datetime | None
    draft: Draft | None
    uses: tuple[Use, ...]


def listing(session: Session, kind: Kind) -> list[Listed]:
    """Every one that there is or that is being drawn. Four statements."""
    model = _MODELS[kind]
    newest = {row.key: row for row in session.scalars(select(model).order_by(model.version))}
    drawn = {row.key: row for row in session.scalars(select(Draft).where(Draft.kind == kind))}
    uses = _uses(session, kind)
    found = []
    for key in sorted({*newest, *drawn}):
        row, draft = newest.get(key), drawn.get(key)
        using = tuple(use for use in uses.get(row.id, ()) if use.effective) if row else ()
        name = (draft.name if draft else "") or (row.name if row else key)
        found.append(Listed(key, name, row.version if row else None, row.deployed_at if row else None, draft, using))
    return found


def versions(session: Session, kind: Kind, key: str) -> list[Version]:
    """Of one table or form, the newest first. Four statements."""
    model = _MODELS[kind]
    rows = session.scalars(select(model).where(model.key == key).order_by(model.version.desc())).all()
    people = {row.id: row.name for row in session.execute(
        select(User.id, User.name).where(User.id.in_({row.deployed_by for row in rows})), execution_options=EVERYWHERE)}
    uses = _uses(session, kind)
    return [Version(row.id, row.version, row.name, row.deployed_at, people.get(row.deployed_by, ""), row.note, tuple(uses.get(row.id, ())))
            for row in rows]


def _uses(session: Session, kind: Kind) -> dict[int, list[Use]]:
    """By the id of the part's version."""
    running = {row[0]: row[1] for row in session.execute(
        select(ProcessInstance.definition_id, func.count()).where(ProcessInstance.status.in_(UNFINISHED))
        .group_by(ProcessInstance.definition_id), execution_options=EVERYWHERE)}
    found: dict[int, list[Use]] = {}
    for row in session.scalars(select(ProcessDefinition).where(ProcessDefinition.status != DefinitionStatus.DRAFT)
                               .order_by(ProcessDefinition.key, ProcessDefinition.version.desc())):
        effective, cases = row.status == DefinitionStatus.EFFECTIVE, running.get(row.id, 0)
        for part_id in row.pins.get(_PINS[kind], {}).values() if effective or cases else ():
            found.setdefault(part_id, []).append(Use(row.key, row.name, row.version, effective, cases))
    return found
