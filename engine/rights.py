"""Whether this task is this person's: candidates, exclusions, and who has claimed it."""
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import Task, TaskStatus
from engine import inbox
from engine.errors import NotYours, TooLate


def is_candidate(session: Session, actor: Actor, task: Task) -> bool:
    """Whether the open task is listed at one of the person's addresses, claimed or not, and they are not barred from it."""
    if actor.user_id in task.excluded:
        return False
    return bool(set(actor.principals) & set(inbox.spread(session, task.candidates)))


def may_act(session: Session, actor: Actor, task: Task) -> bool:
    """Whether the person may complete the open task now."""
    if actor.user_id in task.excluded:
        return False
    if task.assignee_id is not None:
        return task.assignee_id == actor.user_id
    return is_candidate(session, actor, task)


def check(session: Session, actor: Actor, task: Task) -> None:
    """Let the person act, or say why not.

    Raises:
        TooLate: somebody has done it, or it is gone; the words say who and when.
        NotYours: it is somebody else's.
    """
    check_open(task)
    if task.assignee_id not in (None, actor.user_id):
        claimer = session.get(User, task.assignee_id)
        raise TooLate("此任务已由 {who} 认领", who=claimer.name if claimer else "")
    if not may_act(session, actor, task):
        raise NotYours("这不是您的待办")


def check_open(task: Task) -> None:
    """
    Raises:
        TooLate: the task waits no more.
    """
    if task.status == TaskStatus.OPEN:
        return
    when = clock.local(task.completed_at).strftime("%m-%d %H:%M") if task.completed_at else ""
    if task.status == TaskStatus.DONE:
        raise TooLate("已由 {who} 于 {when} 处理", who=task.completed_by_name, when=when)
    raise TooLate("此任务已于 {when} 关闭，无需处理", when=when)
