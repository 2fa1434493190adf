"""Taking a case back: by its starter while nobody has acted, by the process owner at any time."""
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM, Actor
from data_model.process import UNFINISHED, HistoryEvent, InstanceStatus, ProcessInstance
from engine import commands, locks
from engine.actions.answer import Answer
from engine.actions.ending import end
from engine.errors import EngineError, NotYours, TooLate
from engine.history import Action, Event


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
    if instance.status not in UNFINISHED:
        raise _over(session, instance)
    if not may_cancel(session, actor, instance):
        raise NotYours("您不能撤销此流程")
    if not reason.strip():
        raise EngineError("请填写撤销原因", field="reason")
    end(session, actor, instance, InstanceStatus.CANCELLED, Event(Action.CANCEL, opinion=reason))
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def _over(session: Session, instance: ProcessInstance) -> TooLate:
    """Who was first, and when."""
    last = session.scalars(select(HistoryEvent).where(HistoryEvent.instance_id == instance.id, HistoryEvent.actor_id != SYSTEM.user_id)
                           .order_by(HistoryEvent.seq.desc()).limit(1)).first()
    if last is None:
        return TooLate("流程已结束，不能撤销")
    return TooLate("{who} 已于 {when} 结束流程，不能撤销", who=last.actor_name, when=clock.local(last.at).strftime("%m-%d %H:%M"))


def may_cancel(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    """The starter before the first human action; whoever has the permission there at any time."""
    if actor.can_at("process.cancel", instance.org_path):
        return True
    return instance.starter_id == actor.user_id and session.scalars(
        select(HistoryEvent.id).where(HistoryEvent.instance_id == instance.id, HistoryEvent.action == Action.COMPLETE).limit(1)
    ).first() is None
