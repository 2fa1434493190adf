"""A candidate takes a task for themselves, or gives it back."""
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import ProcessInstance, Task
from engine import history, inbox, locks, rights
from engine.errors import NotYours
from engine.history import Action, Event
from engine.rights import Standing


def claim(session: Session, actor: Actor, task_id: int) -> None:
    """Nobody else sees the task now. Claiming one's own again changes nothing.

    Raises:
        TooLate: it is done, gone, or claimed by somebody else.
        NotYours: the person is no candidate.
    """
    instance, task = locks.instance_of_task(session, task_id)
    standing = rights.check(session, actor, task)
    if task.assignee_id != standing.person_id:
        task.assignee_id = standing.person_id  # an agent claims for whom they stand in: it stays there when they no longer do
        _tell(session, actor, instance, task, Action.CLAIM, standing)


def unclaim(session: Session, actor: Actor, task_id: int) -> None:
    """Every candidate sees it again.

    Raises:
        NotYours: somebody else claimed it, or nobody did.
    """
    instance, task = locks.instance_of_task(session, task_id)
    rights.check_open(task)
    standing = rights.standing(session, actor, task)
    if standing is None or task.assignee_id != standing.person_id:
        raise NotYours("您没有认领此任务")
    rights.check_decides(session, task)
    task.assignee_id = None
    _tell(session, actor, instance, task, Action.UNCLAIM, standing)


def _tell(session: Session, actor: Actor, instance: ProcessInstance, task: Task, action: Action, standing: Standing) -> None:
    instance.events += 1
    session.flush()
    inbox.write(session, [task])
    history.write(session.connection(), instance, actor, [Event(action, task.element_id, task.name, task.id, on_behalf=standing.proxy)],
                  instance.events, instance.round)
