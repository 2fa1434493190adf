"""指派: what waits in the process owner's queue, because nobody else was left, goes to somebody who can do it."""
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import OrgUnit, Role, User
from data_model.process import ProcessInstance, Task, TaskStatus
from engine import commands, locks, places, rights
from engine.actions.answer import Answer
from engine.actions.holding import kept, said
from engine.actions.operating import check_operates
from engine.candidates import Why
from engine.case import Notice
from engine.errors import EngineError
from engine.history import Action, Event
from engine.principals import user_principal


def is_queued(task: Task) -> bool:
    """Whether it waits for the process owner to name somebody."""
    return task.status == TaskStatus.OPEN and any(address.startswith(f"{Role.PROCESS_OWNER}@") for address in task.candidates)


def reassign(session: Session, actor: Actor, task_id: int, to_user_id: int, reason: str, *, idem_key: str) -> Answer:
    """Give a task of the queue to one person; nothing is decided by that.

    Raises:
        NotYours: the person may not operate the case.
        TooLate: somebody was first, or the case is suspended.
        EngineError: the task is not in the queue, or the taker may not have it.
    """
    stored = commands.once(session, actor, idem_key, ["reassign", task_id, to_user_id, reason])
    if stored is not None:
        return Answer(**stored)
    instance, task = locks.instance_of_task(session, task_id)
    check_operates(actor, instance)
    rights.check_open(task)
    if not is_queued(task):
        raise EngineError("此任务有人可以办理，不需要指派")
    words, user = said(reason), _taker(session, actor, instance, task, to_user_id)
    before = list(task.candidates)
    task.candidates, task.assignee_id, task.owner_id = [user_principal(user.id)], None, None
    task.from_id, task.from_name = actor.user_id, actor.name
    task.why = [Why(user_principal(user.id), "{who} 指派给您：{reason}", {"who": actor.name, "reason": words}).plain()]
    event = Event(Action.REASSIGN, task.element_id, task.name, task.id, opinion=words, data={
        "to": {"id": user.id, "name": user.name}, "before": before, "after": list(task.candidates)})
    notice = Notice("N-01", (user.id,), "{who} 将待办指派给您：{task}（{title}）",
                    {"who": actor.name, "task": task.name, "title": task.title or task.process_name}, f"/tasks/{task.id}",
                    f"reassign:{instance.id}:{instance.events + 1}")
    kept(session, actor, instance, [event], [task], [notice])
    answer = Answer(instance.id, task.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def _taker(session: Session, actor: Actor, instance: ProcessInstance, task: Task, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise EngineError("此人不存在或账号已停用，不能接收任务", field="to")
    if user.id == actor.user_id:
        raise EngineError("流程管理员不能把任务指派给自己", field="to")
    if user.id in task.excluded:
        raise EngineError("{name} 须回避此步骤，不能接收任务", field="to", name=user.name)
    home = session.get_one(OrgUnit, user.unit_id)
    if not home.path.startswith(places.company_of(session, instance.org_path)):
        raise EngineError("{name} 不在本公司，不能接收任务", field="to", name=user.name)
    others = session.scalars(select(Task).where(
        Task.instance_id == task.instance_id, Task.element_id == task.element_id, Task.id != task.id, Task.round == task.round,
        or_(Task.status == TaskStatus.OPEN, Task.status == TaskStatus.DONE)))
    if any(user_principal(user.id) in other.candidates or other.completed_by == user.id for other in others):
        raise EngineError("{name} 已在此步骤会签，不能重复接收", field="to", name=user.name)
    return user
