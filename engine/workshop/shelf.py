"""Every process definition at a glance, and every version of one: for the pages of the process owner."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model.organisation import User
from data_model.process import DecisionTable, DefinitionStatus, Incident, InstanceStatus, ProcessDefinition, ProcessInstance
from data_model.scope import EVERYWHERE
from data_model.workshop import FormDesign, Kind, ReleaseRequest
from engine.workshop import drafts
from engine.workshop.drafts import Listed


@dataclass(frozen=True)
class Version:
    """One version of a diagram, a table or a form."""

    id: int
    number: int
    name: str
    status: str
    source: str
    by: str  # '' for the system
    at: datetime
    note: str
    running: int = 0


@dataclass(frozen=True)
class Shelved:
    """One thing in the list. `version` is None when nothing of it runs: a new drawing, or one out of use."""

    kind: Kind
    key: str
    name: str
    category: str
    version: Version | None
    running: int
    incidents: int
    draft: Listed | None
    waits: bool  # a release request
    starters: tuple[str, ...] = ()
    files: int = 0  # versions from files that wait for a look


def processes(session: Session, key: str = "") -> list[Shelved]:
    """Every process, running, retired or only drawn, by category and name; or that of one key alone."""
    query = select(ProcessDefinition).order_by(ProcessDefinition.key, ProcessDefinition.version)
    rows = session.scalars(query.where(ProcessDefinition.key == key) if key else query).all()
    people, running, broken = _names(session, rows), _running(session, key), _broken(session, key)
    waits = {request.key for request in session.scalars(select(ReleaseRequest).where(ReleaseRequest.verdict == ""))}
    drawn = {draft.key: draft for draft in drafts.listing(session) if draft.kind is Kind.DIAGRAM and key in ("", draft.key)}
    return sorted((_process(name, [row for row in rows if row.key == name], people, running, broken, drawn.get(name), name in waits)
                   for name in dict.fromkeys([*(row.key for row in rows), *drawn])),
                  key=lambda one: (one.category == "", one.category, one.name))


def _process(key: str, mine: list[ProcessDefinition], people: dict[int, str], running: dict[int, int], broken: dict[str, int],
             draft: Listed | None, waits: bool) -> Shelved:
    now = next((row for row in mine if row.status == DefinitionStatus.EFFECTIVE), None)
    last = now or (mine[-1] if mine else None)
    return Shelved(
        Kind.DIAGRAM, key, last.name if last else draft.name if draft else key, last.category if last else "",
        _version(now, people) if now else None, sum(running.get(row.id, 0) for row in mine), broken.get(key, 0), draft, waits,
        tuple(now.starters) if now else (), sum(row.status == DefinitionStatus.DRAFT for row in mine))


def parts(session: Session, kind: Kind) -> list[Shelved]:
    """Every decision table, or every designed form, by name."""
    model: Any = DecisionTable if kind is Kind.TABLE else FormDesign
    newest = {row.key: row for row in session.scalars(select(model).order_by(model.version))}
    people = _names(session, newest.values())
    waits = {name for request in session.scalars(select(ReleaseRequest).where(ReleaseRequest.verdict == "")) for name in request.files}
    drawn = {draft.key: draft for draft in drafts.listing(session) if draft.kind is kind}
    found = [Shelved(kind, key, newest[key].name if key in newest else drawn[key].name, "",
                     _version(newest[key], people) if key in newest else None, 0, 0, drawn.get(key), f"{key}.{kind}" in waits)
             for key in {*newest, *drawn}]
    return sorted(found, key=lambda one: (one.name, one.key))


def versions(session: Session, kind: Kind, key: str) -> list[Version]:
    """The newest first."""
    model: Any = {Kind.DIAGRAM: ProcessDefinition, Kind.TABLE: DecisionTable, Kind.FORM: FormDesign}[kind]
    rows = session.scalars(select(model).where(model.key == key).order_by(model.version.desc())).all()
    people = _names(session, rows)
    running = _running(session, key) if kind is Kind.DIAGRAM else {}
    return [_version(row, people, running.get(row.id, 0)) for row in rows]


def users_of(session: Session, kind: Kind, key: str) -> list[ProcessDefinition]:
    """Running definitions that decide by the table, or ask the form."""
    pin = "dmn" if kind is Kind.TABLE else "forms"
    rows = session.scalars(select(ProcessDefinition).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE).order_by(ProcessDefinition.key))
    return [row for row in rows if key in row.pins.get(pin, {})]


def parts_of(session: Session, definition: ProcessDefinition) -> list[tuple[Kind, Any]]:
    """The rows of tables and forms that a version runs with."""
    tables = session.scalars(select(DecisionTable).where(DecisionTable.id.in_(definition.pins.get("dmn", {}).values()))).all()
    forms = session.scalars(select(FormDesign).where(FormDesign.id.in_(definition.pins.get("forms", {}).values()))).all()
    return [*((Kind.TABLE, row) for row in tables), *((Kind.FORM, row) for row in forms)]


def _version(row: Any, people: dict[int, str], running: int = 0) -> Version:
    return Version(row.id, row.version, row.name, getattr(row, "status", ""), row.source, people.get(row.deployed_by, ""), row.deployed_at,
                   row.note, running)


def _names(session: Session, rows: Iterable[Any]) -> dict[int, str]:
    ids = {row.deployed_by for row in rows if row.deployed_by}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))} if ids else {}


def _running(session: Session, key: str = "") -> dict[int, int]:
    """How many cases run on each version."""
    query = select(ProcessInstance.definition_id, func.count()).where(ProcessInstance.status == InstanceStatus.RUNNING)
    rows = session.execute((query.where(ProcessInstance.key == key) if key else query).group_by(ProcessInstance.definition_id),
                           execution_options=EVERYWHERE)
    return {row[0]: row[1] for row in rows}


def _broken(session: Session, key: str = "") -> dict[str, int]:
    """Open incidents of each process, or of one."""
    query = select(ProcessInstance.key, func.count()).join(Incident, Incident.instance_id == ProcessInstance.id).where(Incident.resolved_at.is_(None))
    rows = session.execute((query.where(ProcessInstance.key == key) if key else query).group_by(ProcessInstance.key), execution_options=EVERYWHERE)
    return {row[0]: row[1] for row in rows}
