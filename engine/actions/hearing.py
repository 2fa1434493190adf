"""A message or signal reaches an instance that waits for it, or starts a process that begins with it."""
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import SYSTEM
from data_model.process import InstanceStatus, ProcessInstance
from data_model.scope import EVERYWHERE
from engine import catalog, event_definitions, locks, runner, trace
from engine.actions.breaking import breaking
from engine.actions.starting import start_by_event, start_child
from engine.case import Case
from engine.errors import EngineError
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
    """Start the process that begins with it, at the place of the instance that threw it."""
    source = session.get(ProcessInstance, source_id, execution_options=EVERYWHERE) if source_id else None
    if source is None:
        raise EngineError("没有这个单位")
    event = event_definitions.event(kind, name, payload, correlation)
    return start_by_event(session, SYSTEM, key, event, source.unit_id)
