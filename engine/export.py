"""Diagrams, decision tables and designed forms as files again, for git."""
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from data_model.process import DecisionTable, DefinitionStatus, ProcessDefinition
from engine import form_versions


def files(session: Session) -> dict[str, bytes]:
    """What is effective now, by file name: the newest decision tables and forms, and the diagrams."""
    newest = select(func.max(DecisionTable.id)).group_by(DecisionTable.key)
    tables = session.scalars(select(DecisionTable).where(DecisionTable.id.in_(newest)).options(undefer(DecisionTable.xml)))
    effective = select(ProcessDefinition).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)
    diagrams = session.scalars(effective.options(undefer(ProcessDefinition.xml)))
    found = {f"{row.key}.dmn": row.xml for row in tables} | {f"{row.key}.bpmn": row.xml for row in diagrams}
    found |= {f"{row.key}.form": row.schema for row in form_versions.newest(session)}
    return {name: found[name].encode() for name in sorted(found)}
