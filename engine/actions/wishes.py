"""申请: what somebody who can no longer take a step or a case back has asked of those who have it now."""
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from data_model.actor import Actor
from data_model.process import HistoryEvent, InstanceStatus, ProcessInstance, Task, TaskStatus
from engine import rights
from engine.actions.cancelling import may_cancel
from engine.actions.withdrawing import can_withdraw
from engine.history import Action


class Wish(StrEnum):
    RETURN = "return"
    CANCEL = "cancel"


_ANSWERS = (Action.COMPLETE, Action.RETURN, Action.WITHDRAW, Action.REJECT, Action.CANCEL)


def pending(session: Session, instance_id: int) -> HistoryEvent | None:
    """The last request that nobody has answered by going on, sending back or ending; its `outcome` is the wish."""
    later = aliased(HistoryEvent)
    return session.scalars(
        select(HistoryEvent).where(
            HistoryEvent.instance_id == instance_id, HistoryEvent.action == Action.REQUEST,
            ~exists().where(later.instance_id == instance_id, later.seq > HistoryEvent.seq, later.action.in_(_ANSWERS)))
        .order_by(HistoryEvent.seq.desc()).limit(1)).first()


def offered(session: Session, actor: Actor, instance: ProcessInstance) -> set[Wish]:
    """What the person may ask for: somebody else has the case, and they cannot do it themselves any more."""
    if instance.status != InstanceStatus.RUNNING or not _with_others(session, actor, instance):
        return set()
    found = {Wish.CANCEL} if instance.starter_id == actor.user_id and not may_cancel(session, actor, instance) else set()
    took_part = select(Task.id).where(Task.instance_id == instance.id, Task.completed_by == actor.user_id, Task.status == TaskStatus.DONE)
    if session.scalars(took_part.limit(1)).first() is not None and can_withdraw(session, actor, instance.id) is None:
        found.add(Wish.RETURN)
    return found


def _with_others(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    open_tasks = session.scalars(select(Task).where(Task.instance_id == instance.id, Task.status == TaskStatus.OPEN)).all()
    return bool(open_tasks) and not any(rights.may_act(session, actor, task) for task in open_tasks)
