"""Nobody acted in time: more people may, and nothing is taken from those who had the task."""
from collections.abc import Sequence

from sqlalchemy import select

from data_model.process import Task, TaskStatus
from engine import above, inbox, people
from engine.candidates import Why
from engine.case import Case
from engine.history import Action, Event

WHY = "任务超时未办，已升级到您"


def lift(case: Case) -> None:
    """Do what handlers asked of `case.escalate` in this move."""
    for wanted in case.lifts:
        told: set[int] = set()
        rows = case.session.scalars(select(Task).where(
            Task.instance_id == case.instance.id, Task.element_id == wanted.element, Task.status == TaskStatus.OPEN),
            execution_options={"populate_existing": True})
        for task in rows.all():
            fresh = _fresh(case, task, wanted.principals)
            if not fresh and wanted.tell and not set(wanted.principals) & set(task.candidates):
                fresh = above.of(case.session, task)
            if fresh:
                _add(case, task, fresh)
            told |= set(people.people_behind(case.session, fresh)) - set(task.excluded)
        if wanted.tell and told:
            case.notify("N-02", sorted(told), "任务超时未办，已升级到您：{title}", title=case.instance.title)
    case.lifts.clear()


def _fresh(case: Case, task: Task, principals: Sequence[str]) -> list[str]:
    """Those named who do not have the task yet, without whoever is kept from the step."""
    barred = set(task.excluded)
    behind = {principal: set(people.people_behind(case.session, [principal])) for principal in principals if principal not in task.candidates}
    return [principal for principal, found in behind.items() if not found or found - barred]


def _add(case: Case, task: Task, fresh: list[str]) -> None:
    """Who had claimed it stays a candidate, but holds it no longer alone."""
    task.candidates, task.assignee_id, task.owner_id = [*task.candidates, *fresh], None, None
    task.why = [*task.why, *(Why(principal, WHY).plain() for principal in fresh)]
    case.session.flush()
    inbox.write(case.session, [task])
    case.events.append(Event(Action.ESCALATE, task.element_id, task.name, task.id, data={"to": fresh}))
