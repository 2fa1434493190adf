"""Taking a case back: by its starter while nobody has acted, by the process owner at any time."""
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import HistoryEvent, Incident, InstanceStatus, ProcessInstance, Subscription, Task, TaskStatus, TimerRow
from engine import commands, history, inbox, locks, store
from engine.actions.answer import Answer
from engine.actions.starting import start_child
from engine.case import Case
from engine.errors import EngineError, NotYours, TooLate
from engine.history import Action, Event
from engine.settle import close_tasks, write_instance


def cancel(session: Session, actor: Actor, instance_id: int, reason: str, *, idem_key: str) -> Answer:
    """End a running case; its open tasks, timers and subscriptions go, its history stays.

    A flow whose record must know has a function `cancelled(case, data)` among its handlers.

    Raises:
        NotYours: the person may not, or somebody has acted already.
        TooLate: the case is over.
    """
    stored = commands.once(session, actor, idem_key, ["cancel", instance_id, reason])
    if stored is not None:
        return Answer(**stored)
    instance = locks.instance(session, instance_id)
    if instance.status != InstanceStatus.RUNNING:
        raise TooLate("流程已结束，不能撤销")
    if not may_cancel(session, actor, instance):
        raise NotYours("您不能撤销此流程")
    if not reason.strip():
        raise EngineError("请填写撤销原因", field="reason")
    _tell_flow(Case(session, actor, instance, True, start_child))
    _end(session, actor, instance, reason)
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def may_cancel(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    """The starter before the first human action; whoever has the permission there at any time."""
    if actor.can_at("process.cancel", instance.org_path):
        return True
    return instance.starter_id == actor.user_id and session.scalars(
        select(HistoryEvent.id).where(HistoryEvent.instance_id == instance.id, HistoryEvent.action == Action.COMPLETE).limit(1)
    ).first() is None


def _tell_flow(case: Case) -> None:
    name = f"engine.handlers.{case.instance.key}"
    heard: Any = getattr(import_module(name), "cancelled", None) if find_spec(name) else None
    if heard is not None:
        heard(case, {})


def _end(session: Session, actor: Actor, instance: ProcessInstance, reason: str) -> None:
    session.flush()
    connection, now = session.connection(), clock.now()
    open_ids = list(session.scalars(select(Task.id).where(Task.instance_id == instance.id, Task.status == TaskStatus.OPEN)))
    close_tasks(connection, open_ids, now)
    inbox.remove(session, open_ids)
    for table in (TimerRow, Subscription):
        session.execute(delete(table).where(table.instance_id == instance.id))
    for incident in session.scalars(select(Incident).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))):
        incident.resolved_at, incident.resolved_by = now, actor.user_id
    seq, version = instance.events + 1, instance.version
    write_instance(connection, instance, store.dump_data({}), {
        "version": version + 1, "events": seq, "status": InstanceStatus.CANCELLED, "ended_at": now})
    history.write(connection, instance, actor, [Event(Action.CANCEL, opinion=reason)], seq, instance.round)
