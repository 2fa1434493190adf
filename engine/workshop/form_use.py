"""Designed forms at a glance: each with its newest version, its draft, and the diagrams that ask it."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model.organisation import User
from data_model.process import DefinitionStatus, InstanceStatus, ProcessDefinition, ProcessInstance
from data_model.scope import EVERYWHERE
from data_model.workshop import Draft, FormDesign, Kind


@dataclass(frozen=True)
class Use:
    """One version of a diagram that asks a version of the form; `cases` of it are under way."""

    key: str
    name: str
    version: int
    effective: bool
    cases: int


@dataclass(frozen=True)
class Version:
    """One version of a form, and who asks it: effective diagrams, and old ones that still have cases."""

    version: int
    name: str
    at: datetime
    by: str
    note: str
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Listed:
    """A form in the list; version None: only drawn."""

    key: str
    name: str
    version: int | None
    at: datetime | None
    draft: Draft | None
    uses: tuple[Use, ...]


def listing(session: Session) -> list[Listed]:
    """Every form that there is or that is being drawn."""
    newest = {row.key: row for row in session.scalars(select(FormDesign).order_by(FormDesign.version))}
    drawn = {row.key: row for row in session.scalars(select(Draft).where(Draft.kind == Kind.FORM))}
    uses = _uses(session)
    found = []
    for key in sorted({*newest, *drawn}):
        row, draft = newest.get(key), drawn.get(key)
        name = draft.name if draft else row.name if row else key
        asking = tuple(use for use in uses.get(row.id, ()) if use.effective) if row else ()
        found.append(Listed(key, name, row.version if row else None, row.deployed_at if row else None, draft, asking))
    return found


def versions(session: Session, key: str) -> list[Version]:
    """Of one form, the newest first."""
    rows = session.scalars(select(FormDesign).where(FormDesign.key == key).order_by(FormDesign.version.desc())).all()
    uses, people = _uses(session), _people(session, rows)
    return [Version(row.version, row.name, row.deployed_at, people.get(row.deployed_by, ""), row.note, tuple(uses.get(row.id, ())))
            for row in rows]


def _people(session: Session, rows: Iterable[FormDesign]) -> dict[int, str]:
    ids = {row.deployed_by for row in rows}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)), execution_options=EVERYWHERE)}


def _uses(session: Session) -> dict[int, list[Use]]:
    """By the row of a form."""
    running: dict[int, int] = {row[0]: row[1] for row in session.execute(
        select(ProcessInstance.definition_id, func.count()).where(ProcessInstance.status == InstanceStatus.RUNNING)
        .group_by(ProcessInstance.definition_id), execution_options=EVERYWHERE)}
    found: dict[int, list[Use]] = {}
    for row in session.scalars(select(ProcessDefinition).order_by(ProcessDefinition.key, ProcessDefinition.version.desc())):
        effective, pins = row.status == DefinitionStatus.EFFECTIVE, _pins(row.pins)
        for form_id in pins if effective or running.get(row.id) else ():
            found.setdefault(form_id, []).append(Use(row.key, row.name, row.version, effective, running.get(row.id, 0)))
    return found


def _pins(pins: dict[str, Any]) -> list[int]:
    return list(pins.get("forms", {}).values())
