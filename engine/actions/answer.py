"""What an action says to the door that called it."""
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import InboxRow, Task, TaskStatus
from engine import rights
from engine.runner import Run


@dataclass(frozen=True)
class Answer:
    """Which case, which task, and what the same person may go on with."""

    instance_id: int
    task_id: int | None = None
    next_task_id: int | None = None

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def next_task(session: Session, actor: Actor, run: Run, opened: list[Task]) -> int | None:
    """An open task of the case that the person may act on now, the new ones first."""
    mine = next((task.id for task in opened if rights.may_act(session, actor, task)), None)
    if mine is not None or len(run.open_tokens()) == len(opened):
        return mine
    addresses = {*actor.principals, *(address for proxy in actor.proxies for address in proxy.principals)}
    others = session.scalars(select(Task).where(
        Task.instance_id == run.case.instance.id, Task.status == TaskStatus.OPEN,
        exists().where(InboxRow.task_id == Task.id, InboxRow.principal.in_(addresses))).order_by(Task.id).limit(20)).all()
    return next((task.id for task in others if rights.may_act(session, actor, task)), None)
