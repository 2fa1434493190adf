"""What an analysis looks at: one flow, a stretch of time, a place, a version; and no case beyond the wall."""
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.base import subtree
from data_model.organisation import OrgUnit
from data_model.process import HistoryEvent, ProcessInstance, Task

ANALYSE = "process.analyse"
USUAL = timedelta(days=90)


@dataclass(frozen=True)
class Scope:
    """Both days are counted in; 0 and '' mean all."""

    key: str = ""
    since: date | None = None
    until: date | None = None
    unit_id: int = 0
    definition_id: int = 0

    def span(self) -> tuple[datetime, datetime]:
        """The moments between which something must have happened, the second one excluded."""
        until = self.until or clock.today()
        since = self.since or until - USUAL
        return clock.day_start(since), clock.day_start(until + timedelta(days=1))


def cases(session: Session, actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """Which process instances count: those the person may analyse, narrowed by place, flow and version."""
    here = ProcessInstance
    found = or_(false(), *(subtree(here.org_path, place) for place in actor.places(ANALYSE)))
    if scope.key:
        found = and_(found, here.key == scope.key)
    if scope.unit_id:
        unit = session.get(OrgUnit, scope.unit_id)
        found = and_(found, subtree(here.org_path, unit.path) if unit else false())
    return and_(found, here.definition_id == scope.definition_id) if scope.definition_id else found


def tasks(session: Session, actor: Actor, scope: Scope, chosen: Any) -> Any:
    """A statement on tasks, narrowed to those that were opened in the time looked at."""
    since, until = scope.span()
    if scope.key:
        chosen = chosen.where(Task.process_key == scope.key)
    return chosen.join(ProcessInstance, ProcessInstance.id == Task.instance_id).where(
        Task.opened_at >= since, Task.opened_at < until, cases(session, actor, scope))


def events(session: Session, actor: Actor, scope: Scope, chosen: Any) -> Any:
    """A statement on history events, narrowed to those of the time looked at."""
    since, until = scope.span()
    return chosen.join(ProcessInstance, ProcessInstance.id == HistoryEvent.instance_id).where(
        HistoryEvent.at >= since, HistoryEvent.at < until, cases(session, actor, scope))
