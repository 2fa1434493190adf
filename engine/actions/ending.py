"""How a case ends before its diagram does: nothing of it waits any more, and the cases it has started end with it or go on alone."""
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import UNFINISHED, WAITING, Incident, InstanceStatus, ProcessInstance, Subscription, TimerRow
from data_model.scope import EVERYWHERE
from engine import catalog, helping, history, inbox, locks, notify, store
from engine.actions.starting import start_child
from engine.case import Case
from engine.history import Action, Event
from engine.settle import close_tasks, write_instance

CLOSED = "{who} 已结束流程，您的待办「{task}」已关闭（{title}）"
_HOOKS = {InstanceStatus.CANCELLED: "cancelled", InstanceStatus.REJECTED: "rejected"}


def end(session: Session, actor: Actor, instance: ProcessInstance, status: InstanceStatus, line: Event, but: int = 0) -> None:
    """End a running case, which is locked.

    A flow whose record must know has a function `cancelled(case, data)` or `rejected(case, data)` among its handlers.

    Args:
        line: what is told in its history.
        but: a task whose row is closed by the caller.
    """
    case = Case(session, actor, instance, True, start_child)
    _tell_flow(case, _HOOKS[status])
    session.flush()
    connection, now = session.connection(), clock.now()
    rows = [row for row in helping.of_case(session, instance) if row.status in WAITING and row.id != but]
    helping.tell_closed(case, rows, CLOSED)
    close_tasks(connection, [row.id for row in rows], now, actor.name)
    inbox.remove(session, [row.id for row in rows])
    for table in (TimerRow, Subscription):
        session.execute(delete(table).where(table.instance_id == instance.id))
    for incident in session.scalars(select(Incident).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))):
        incident.resolved_at, incident.resolved_by = now, actor.user_id
    events = [line, *case.events]
    first, version = instance.events + 1, instance.version
    write_instance(connection, instance, store.dump_data({}), {
        "version": version + 1, "events": instance.events + len(events), "status": status, "ended_at": now})
    history.write(connection, instance, actor, events, first, instance.round)
    notify.tell(connection, case, [], over=status == InstanceStatus.REJECTED)
    _end_children(session, actor, instance)


def _tell_flow(case: Case, hook: str) -> None:
    name = f"engine.handlers.{case.instance.key}"
    heard: Any = getattr(import_module(name), hook, None) if find_spec(name) else None
    if heard is not None:
        heard(case, {})


def _end_children(session: Session, actor: Actor, parent: ProcessInstance) -> None:
    """Their starters hear of it in the history; a flow that stands on its own (`when_parent_ends` = stay) is only told."""
    ids = session.scalars(select(ProcessInstance.id).where(
        ProcessInstance.parent_id == parent.id, ProcessInstance.status.in_(UNFINISHED)).order_by(ProcessInstance.id),
        execution_options=EVERYWHERE).all()
    for child_id in ids:
        child = locks.instance(session, child_id)
        if child.status not in UNFINISHED:
            continue
        told = {"parent": parent.id, "title": parent.title, "status": parent.status}
        if stays(session, child):
            child.events += 1
            session.flush()
            history.write(session.connection(), child, actor, [Event(Action.PARENT_END, data=told)], child.events, child.round)
        else:
            end(session, actor, child, InstanceStatus.CANCELLED, Event(Action.CANCEL, opinion="上级流程已结束", data=told))


def stays(session: Session, child: ProcessInstance) -> bool:
    """Whether the flow stands on its own when the case that started it stops or ends."""
    flow = catalog.flow(session, child.definition_id)
    return flow.diagram.process.properties.get("when_parent_ends", "end") == "stay"
