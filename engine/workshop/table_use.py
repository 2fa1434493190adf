"""Who uses a decision table: the diagrams that pin a version of it, the cases that run on them, and the data they have for it."""
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from data_model.organisation import User
from data_model.process import DecisionTable, DefinitionStatus, InstanceStatus, ProcessDefinition, ProcessInstance
from data_model.scope import EVERYWHERE
from data_model.workshop import Draft, Kind
from engine import bpmn_xml, xml_guard
from engine.dmn import names
from engine.dmn.ready import Ready
from engine.lint import Finding, Severity
from engine.workshop import completion, vocabulary
from engine.workshop.offers import FieldsOf


@dataclass(frozen=True)
class Use:
    """One version of a diagram that runs with a version of the table; `cases` of it are under way."""

    key: str
    name: str
    version: int
    effective: bool
    cases: int


@dataclass(frozen=True)
class Version:
    """One version of a table, and who uses it: effective diagrams, and old ones that still have cases."""

    id: int
    version: int
    name: str
    at: datetime
    by: str
    note: str
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Listed:
    """A table in the list: its newest version (None: only drawn), its draft, the effective diagrams that use it."""

    key: str
    name: str
    version: int | None
    at: datetime | None
    draft: Draft | None
    uses: tuple[Use, ...]


def listing(session: Session) -> list[Listed]:
    """Every table there is or that is being drawn."""
    newest = {row.key: row for row in session.scalars(select(DecisionTable).order_by(DecisionTable.version))}
    drawn = {row.key: row for row in session.scalars(select(Draft).where(Draft.kind == Kind.TABLE))}
    uses = _uses(session)
    found = []
    for key in sorted({**newest, **drawn}):
        row, draft = newest.get(key), drawn.get(key)
        used = uses.get(row.id, ()) if row else ()
        name = row.name if row else draft.name if draft else key
        found.append(Listed(key, name, row.version if row else None, row.deployed_at if row else None, draft,
                            tuple(use for use in used if use.effective)))
    return found


def versions(session: Session, key: str) -> list[Version]:
    """Of one table, the newest first."""
    uses = _uses(session)
    rows = session.scalars(select(DecisionTable).where(DecisionTable.key == key).order_by(DecisionTable.version.desc())).all()
    people = dict(session.execute(select(User.id, User.name).where(User.id.in_({row.deployed_by for row in rows})),
                                  execution_options=EVERYWHERE).all())
    return [Version(row.id, row.version, row.name, row.deployed_at, people.get(row.deployed_by, ""), row.note, tuple(uses.get(row.id, ())))
            for row in rows]


def content(session: Session, key: str, version: int) -> str | None:
    return session.scalars(select(DecisionTable.xml).where(DecisionTable.key == key, DecisionTable.version == version)).one_or_none()


def _uses(session: Session) -> dict[int, list[Use]]:
    """By the id of the table's version."""
    cases = dict(session.execute(
        select(ProcessInstance.definition_id, func.count()).where(ProcessInstance.status == InstanceStatus.RUNNING)
        .group_by(ProcessInstance.definition_id), execution_options=EVERYWHERE).all())
    found: dict[int, list[Use]] = defaultdict(list)
    rows = session.scalars(select(ProcessDefinition).where(ProcessDefinition.status != DefinitionStatus.DRAFT)
                           .order_by(ProcessDefinition.key, ProcessDefinition.version.desc())).all()
    for row in rows:
        effective, count = row.status == DefinitionStatus.EFFECTIVE, cases.get(row.id, 0)
        if effective or count:
            for table_id in row.pins.get("dmn", {}).values():
                found[table_id].append(Use(row.key, row.name, row.version, effective, count))
    return found


def unknown(session: Session, table: Ready, fields_of: FieldsOf) -> Iterator[Finding]:
    """Data the table asks for that a diagram which uses it does not have at that step."""
    asked = names.asked(table)
    for name, xml in _diagrams(session).items():
        if table.table.key not in xml:
            continue
        try:
            diagram = bpmn_xml.read(xml.encode())
        except xml_guard.XmlRefused:
            continue
        for element in diagram.tagged("businessRuleTask"):
            if element.decision == table.table.key:
                offers = completion.available(diagram, element.id, fields_of, lambda key: vocabulary.outputs(session, key))
                have = {offer.path for offer in offers}
                yield from (_missing(path, column, name, element.name or element.id) for path, column in asked if not _known(path, have))


def _known(path: str, have: set[str]) -> bool:
    """The path itself, a part of it, or something inside it is there."""
    return any(path == one or path.startswith(one + ".") or one.startswith(path + ".") for one in have)


def _missing(path: str, column: str, diagram: str, step: str) -> Finding:
    return Finding(column, "unknown-input", Severity.WARNING, "流程“{diagram}”到“{step}”时没有数据 {path}，请核对名称",
                   {"path": path[:60], "diagram": diagram, "step": step[:60]})


def _diagrams(session: Session) -> dict[str, str]:
    """By name: what is being drawn, else what runs."""
    drawn = {row.key: (row.name, row.content) for row in session.scalars(
        select(Draft).where(Draft.kind == Kind.DIAGRAM).options(undefer(Draft.content)))}
    rows = session.scalars(select(ProcessDefinition).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)
                           .options(undefer(ProcessDefinition.xml)))
    running = {row.key: (row.name, row.xml) for row in rows}
    return dict({**running, **drawn}.values())
