"""A message or signal reaches an instance that waits for it, or starts a process that begins with it."""
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import SYSTEM
from data_model.organisation import OrgUnit
from data_model.process import InstanceStatus, ProcessInstance
from data_model.scope import EVERYWHERE
from engine import catalog, event_definitions, locks, runner, start_timers, trace
from engine.actions.breaking import breaking
from engine.actions.starting import start_by_event, start_child
from engine.case import Case
from engine.history import Action, Event
from engine.settle import settle


def hear(
    session: Session, instance_id: int, token_id: str, kind: str, name: str, payload: dict[str, Any], correlation: dict[str, Any],
) -> bool:
    """Let one waiting element catch it; False when it waits no more, or not for this one."""
    instance = locks.instance(session, instance_id)
    if instance.status != InstanceStatus.RUNNING:
        return False
    flow = catalog.flow(session, instance.definition_id)
    case = Case(session, SYSTEM, instance, False, start_child)
    with breaking(instance):
        run = runner.wake(flow, case, instance.state)
        token = run.hear(token_id, event_definitions.event(kind, name, payload, correlation))
        if token is None:
            return False
        run.advance()
        element = token.task_spec.bpmn_id
        settle(run, [Event(Action(kind), element, flow.name_of(element), data={"name": name}, path=trace.path(run))])
    return True


def start_by(
    session: Session, key: str, kind: str, name: str, payload: dict[str, Any], correlation: dict[str, Any], source_id: int | None,
) -> int:
    """Start the process that begins with it, in the name of the system.

    It belongs to the place that the message says (`unit_id`), else to that of the instance that threw it, else to the one that the
    process names (start_timers.place). `name` is the message or signal, or the start event that the clock has reached.
    """
    definition = catalog.effective(session, key)
    unit_id = _told(session, payload) or _of(session, source_id) or start_timers.place(session, catalog.flow(session, definition.id).diagram)
    if kind == start_timers.KIND:
        return start_by_event(session, SYSTEM, key, None, unit_id, name)
    return start_by_event(session, SYSTEM, key, event_definitions.event(kind, name, payload, correlation), unit_id)


def _told(session: Session, payload: Any) -> int | None:
    said = payload.get("unit_id") if isinstance(payload, dict) else None
    return said if type(said) is int and session.get(OrgUnit, said) is not None else None


def _of(session: Session, source_id: int | None) -> int | None:
    source = session.get(ProcessInstance, source_id, execution_options=EVERYWHERE) if source_id else None
    return source.unit_id if source is not None else None
