"""催办: the starter nudges whoever holds the case now, at most once an hour a task."""
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import InstanceStatus, ProcessInstance, Task, TaskStatus
from engine import agents, catalog, commands, locks, pausing
from engine.actions.answer import Answer
from engine.actions.holding import kept
from engine.case import Notice
from engine.errors import EngineError, NotYours
from engine.history import Action, Event

PAUSE = timedelta(hours=1)


def remind(session: Session, actor: Actor, instance_id: int, *, idem_key: str) -> Answer:
    """Tell the holders of every open task of the case, and who stands in for them.

    Raises:
        NotYours: the person did not start the case.
        TooLate: the case is over.
        EngineError: all were reminded within the hour; the words say from when on it goes again.
    """
    stored = commands.once(session, actor, idem_key, ["remind", instance_id])
    if stored is not None:
        return Answer(**stored)
    instance = locks.instance(session, instance_id)
    if instance.starter_id != actor.user_id:
        raise NotYours("只有发起人可以催办")
    pausing.check_running(session, instance, "流程已结束，无需催办")
    due = _due(session, instance)
    told = [(task, agents.holders(session, task)) for task in due]
    for task in due:
        task.reminded_at = clock.now()
    events = [Event(Action.REMIND, task.element_id, task.name, task.id, data={"to": sorted(who)}) for task, who in told]
    notices = [Notice("N-22", tuple(sorted(who)), "{who} 催办：{task}（{title}）",
                      {"who": actor.name, "task": task.name, "title": task.title or task.process_name}, f"/tasks/{task.id}",
                      f"remind:{task.id}:{instance.events}") for task, who in told if who]
    kept(session, actor, instance, events, notices=notices)
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def may_remind(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    """Whether the starter has anybody to remind now, within the hour or not."""
    return (instance.starter_id == actor.user_id and instance.status == InstanceStatus.RUNNING
            and bool(_open(session, instance)))


def _due(session: Session, instance: ProcessInstance) -> list[Task]:
    waiting = _open(session, instance)
    if not waiting:
        raise EngineError("当前没有可以催办的步骤")
    before = clock.now() - PAUSE
    due = [task for task in waiting if task.reminded_at is None or task.reminded_at <= before]
    if not due:
        first = min(task.reminded_at for task in waiting if task.reminded_at is not None)
        raise EngineError("一小时内已催办过，{when} 后可以再次催办", when=clock.local(first + PAUSE).strftime("%H:%M"))
    return due


def _open(session: Session, instance: ProcessInstance) -> list[Task]:
    rules = catalog.flow(session, instance.definition_id).rules
    rows = session.scalars(select(Task).where(Task.instance_id == instance.id, Task.status == TaskStatus.OPEN).order_by(Task.id),
                           execution_options={"populate_existing": True})
    return [task for task in rows if rules[task.element_id].allows("remind")]
