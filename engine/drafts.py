"""暂存: half-filled forms, kept until the task is done."""
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from data_model import clock
from data_model.casework import TaskDraft
from data_model.process import Task, TaskStatus

_draft = TaskDraft.__table__
_drop = delete(_draft).where(_draft.c.task_id == bindparam("id"))  # type: ignore[arg-type]


def keep(session: Session, task: Task, user_id: int, data: Mapping[str, Any], over: bool = True) -> None:
    """Store what somebody has typed so far.

    Args:
        over: write over an earlier draft of the same person; else that one stays.
    """
    connection = session.connection()
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(_draft)
    row = insert.values(task_id=task.id, user_id=user_id, data=dict(data), saved_at=clock.now())
    new = {"data": row.excluded.data, "saved_at": row.excluded.saved_at}
    keys = [_draft.c.task_id, _draft.c.user_id]
    connection.execute(row.on_conflict_do_update(index_elements=keys, set_=new) if over
                       else row.on_conflict_do_nothing(index_elements=keys))
    if not task.drafted:
        connection.execute(update(Task).where(Task.id == task.id).values(drafted=True))
        set_committed_value(task, "drafted", True)


def offer(session: Session, task: Task, user_id: int, data: Mapping[str, Any]) -> None:
    """Prefill somebody's form, unless they have begun it themselves."""
    keep(session, task, user_id, data, over=False)


def of(session: Session, task_id: int, user_id: int) -> TaskDraft | None:
    return session.get(TaskDraft, (task_id, user_id), populate_existing=True)


def drop(connection: Connection, task: Task) -> None:
    """The task is done; what others had begun goes with it. No statement when nobody had."""
    if task.drafted:
        connection.execute(_drop, {"id": task.id})


def forget(session: Session, limit: int = 1_000) -> int:
    """Drafts of tasks that are closed without an answer; how many went."""
    gone = session.execute(select(TaskDraft.task_id, TaskDraft.user_id).join(Task, Task.id == TaskDraft.task_id)
                           .where(Task.status.in_((TaskStatus.DONE, TaskStatus.CLOSED))).limit(limit)).all()
    for task_id in {row.task_id for row in gone}:
        session.connection().execute(_drop, {"id": task_id})
    return len(gone)
