"""Nobody acted in time: more people may, and nothing is taken from those who had the task."""
from sqlalchemy import select

from data_model.process import Task, TaskStatus
from engine import inbox
from engine.candidates import Why
from engine.case import Case
from engine.history import Action, Event

WHY = "任务超时未办，已升级到您"


def lift(case: Case) -> None:
    """Do what handlers asked of `case.escalate` in this move."""
    for wanted in case.lifts:
        rows = case.session.scalars(select(Task).where(
            Task.instance_id == case.instance.id, Task.element_id == wanted.element, Task.status == TaskStatus.OPEN),
            execution_options={"populate_existing": True})
        for task in rows.all():
            fresh = [principal for principal in wanted.principals if principal not in task.candidates]
            if fresh:
                _add(case, task, fresh)
    case.lifts.clear()


def _add(case: Case, task: Task, fresh: list[str]) -> None:
    """Who had claimed it stays a candidate, but holds it no longer alone."""
    task.candidates, task.assignee_id, task.owner_id = [*task.candidates, *fresh], None, None
    task.why = [*task.why, *(Why(principal, WHY).plain() for principal in fresh)]
    case.session.flush()
    inbox.write(case.session, [task])
    case.events.append(Event(Action.ESCALATE, task.element_id, task.name, task.id, data={"to": fresh}))
