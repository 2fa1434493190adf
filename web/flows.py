"""The flows by name, for filters: a filter holds across versions, since it asks for the key."""
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.process import DefinitionStatus, ProcessDefinition


def flow_names(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(ProcessDefinition.key, ProcessDefinition.name)
                           .where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE).order_by(ProcessDefinition.name))
    return [(row.key, row.name) for row in rows]
