"""What no user can mend: written down for the process owner, who retries once the cause is gone."""
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM, Actor
from data_model.process import Incident, InstanceStatus, ProcessInstance
from data_model.scope import EVERYWHERE
from engine import history, locks
from engine.broken import EngineBroken
from engine.history import Action, Event


@dataclass(frozen=True)
class OpenIncident:
    """One line of the incident list."""

    incident: Incident
    instance: ProcessInstance


def record_broken(open_unit: Callable[[], AbstractContextManager[Session]], broken: EngineBroken) -> int | None:
    """Write the incident of a move that was rolled back, in a unit of work of its own; its id.

    The door calls this after the failing unit of work is closed. An instance that never came to be has no incident.
    """
    if broken.instance_id is None:
        return None
    with open_unit() as session:
        instance = locks.instance(session, broken.instance_id)
        known = session.scalars(select(Incident).where(
            Incident.instance_id == instance.id, Incident.resolved_at.is_(None), Incident.token_id == "",
            Incident.reason == broken.reason[:500])).first()
        if known is not None:
            known.at, known.detail = clock.now(), broken.detail
            return known.id
        row = Incident(instance_id=instance.id, element_id=broken.element, reason=broken.reason[:500], detail=broken.detail)
        session.add(row)
        instance.events += 1
        session.flush()
        history.write(session.connection(), instance, SYSTEM, [Event(Action.INCIDENT, broken.element, opinion=broken.reason)],
                      instance.events, instance.round)
        return row.id


def open_incidents(session: Session, actor: Actor, limit: int = 200) -> list[OpenIncident]:
    """Unresolved ones of running instances below the places where the person may retry, the latest first."""
    chosen = (select(Incident, ProcessInstance).join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
              .where(Incident.resolved_at.is_(None), ProcessInstance.status == InstanceStatus.RUNNING)
              .order_by(Incident.id.desc()).limit(limit))
    places = actor.places("incident.retry")
    rows = session.execute(chosen, execution_options=EVERYWHERE).all() if places else []
    return [OpenIncident(incident, instance) for incident, instance in rows
            if any(instance.org_path.startswith(place) for place in places)]
