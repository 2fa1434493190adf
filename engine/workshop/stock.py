"""What runs now: the effective diagram, the newest table or form of a key."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from data_model.process import DecisionTable, DefinitionStatus, ProcessDefinition
from data_model.workshop import FormDesign, Kind


@dataclass(frozen=True)
class Running:
    """One version that is in force."""

    id: int
    kind: Kind
    key: str
    version: int
    name: str
    content: str
    at: datetime


_CONTENT: dict[Kind, Any] = {Kind.DIAGRAM: ProcessDefinition.xml, Kind.TABLE: DecisionTable.xml, Kind.FORM: FormDesign.schema}


def running(session: Session, kind: Kind, key: str) -> Running | None:
    """What new cases run with; None when there is none yet, or it is retired."""
    model: Any = _CONTENT[kind].class_
    query = select(model).where(model.key == key).options(undefer(_CONTENT[kind])).order_by(model.version.desc()).limit(1)
    if kind is Kind.DIAGRAM:
        query = query.where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)
    row = session.scalars(query).first()
    return row and _told(kind, row)


def all_running(session: Session) -> Iterator[Running]:
    """Everything in force, tables and forms before the diagrams that use them."""
    for kind in (Kind.TABLE, Kind.FORM, Kind.DIAGRAM):
        model: Any = _CONTENT[kind].class_
        query = select(model).options(undefer(_CONTENT[kind])).order_by(model.key)
        if kind is Kind.DIAGRAM:
            query = query.where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)
        else:
            query = query.where(model.id.in_(select(func.max(model.id)).group_by(model.key)))
        yield from (_told(kind, row) for row in session.scalars(query))


def keys(session: Session, kind: Kind) -> frozenset[str]:
    """The keys in force."""
    if kind is Kind.DIAGRAM:
        return frozenset(session.scalars(select(ProcessDefinition.key).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)))
    return frozenset(session.scalars(select(_CONTENT[kind].class_.key).distinct()))


def _told(kind: Kind, row: Any) -> Running:
    return Running(row.id, kind, row.key, row.version, row.name, getattr(row, _CONTENT[kind].key), row.deployed_at)
