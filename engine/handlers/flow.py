"""The library every diagram may call: tell people, lift a late task to more people, start another process."""
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from data_model.process import Task, TaskStatus
from engine import inbox, people
from engine.candidates import Why
from engine.case import Case
from engine.history import Action, Event

_ESCALATED = "任务超时未办，已升级到您"


def notify(case: Case, data: dict[str, Any], code: str, to: Sequence[str], text: str) -> None:
    """Tell whoever the principals mean today: `flow.notify("N-05", grid_owner(grid), "隐患待确认：{title}")`."""
    holders = people.people_behind(case.session, to)
    case.notify(code, list(holders), text, title=case.instance.title, code=case.instance.code)


def escalate(case: Case, data: dict[str, Any], element: str, to: Sequence[str]) -> None:
    """Add people to the open task of that step; nothing is taken from those who had it."""
    principals = list(to)
    case.later.append(lambda: _add(case, element, principals))


def start_process(case: Case, data: dict[str, Any], key: str, unit: int | None = None, **fields: Any) -> dict[str, Any]:
    """Start another process with these start fields; its id is `started.<key>`."""
    return {"started": {**data.get("started", {}), key: case.start(key, fields, unit)}}


def _add(case: Case, element: str, principals: list[str]) -> None:
    rows = case.session.scalars(select(Task).where(
        Task.instance_id == case.instance.id, Task.element_id == element, Task.status == TaskStatus.OPEN),
        execution_options={"populate_existing": True}).all()
    for task in rows:
        fresh = [principal for principal in principals if principal not in task.candidates]
        if fresh:
            _lift(case, task, fresh)


def _lift(case: Case, task: Task, fresh: list[str]) -> None:
    task.candidates, task.assignee_id = [*task.candidates, *fresh], None  # who had claimed it stays a candidate
    task.why = [*task.why, *(Why(principal, _ESCALATED).plain() for principal in fresh)]
    case.session.flush()
    inbox.write(case.session, [task])
    holders = [user_id for user_id in people.people_behind(case.session, fresh) if user_id not in task.excluded]
    case.notify("N-02", holders, "任务「{task}」超时未办，已升级到您（{title}）", task=task.name, title=task.title)
    case.events.append(Event(Action.ESCALATE, task.element_id, task.name, task.id, data={"to": fresh}))
