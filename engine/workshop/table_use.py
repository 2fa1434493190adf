"""What a decision table asks for, and whether the diagrams that use it have such data."""
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from data_model.process import DecisionTable, DefinitionStatus, ProcessDefinition
from data_model.workshop import Draft, Kind
from engine import bpmn_xml, xml_guard
from engine.dmn import names
from engine.dmn.ready import Ready
from engine.lint import Finding, Severity
from engine.workshop import completion, vocabulary
from engine.workshop.offers import FieldsOf


def content(session: Session, key: str, version: int) -> str | None:
    return session.scalars(select(DecisionTable.xml).where(DecisionTable.key == key, DecisionTable.version == version)).one_or_none()


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
