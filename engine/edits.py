"""Which deeds that change the way of a case a task offers: what the diagram allows and the task's state lets be done."""
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import WAITING, Task, TaskStatus
from engine import returns
from engine.actions.withdrawing import can_withdraw
from engine.properties import TaskRules


def on_open(session: Session, actor: Actor, task: Task, rules: TaskRules) -> set[str]:
    """Of one who may complete the task: return, reject, add_signer; remove_signer when they have added somebody here."""
    found = {"add_signer"} if rules.allows("add_signer") else set()
    if not task.helps:
        found |= {"return"} if returns.named(rules) else set()
        found |= {"reject"} if rules.allows("reject") else set()
    return found | _may_remove(session, actor, task)


def on_closed(session: Session, actor: Actor, task: Task, rules: TaskRules) -> set[str]:
    """Of a task that is not open: withdraw by who did it last; remove_signer while it is held up."""
    if task.status == TaskStatus.HELD:
        return _may_remove(session, actor, task)
    if task.status != TaskStatus.DONE or task.completed_by != actor.user_id or not rules.allows("withdraw"):
        return set()
    last = can_withdraw(session, actor, task.instance_id)
    return {"withdraw"} if last is not None and last.task_id == task.id else set()


def _may_remove(session: Session, actor: Actor, task: Task) -> set[str]:
    added = session.scalars(select(Task.id).where(
        Task.instance_id == task.instance_id, Task.element_id == task.element_id, Task.added_by == actor.user_id,
        Task.status.in_(WAITING)).limit(1)).first()
    return {"remove_signer"} if added is not None else set()
