"""Who may see a record beyond the organisation wall: whoever has to do with its case (permissions.md §6.3 rule 9)."""
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import HistoryEvent, ProcessInstance, Task, TaskStatus
from data_model.scope import EVERYWHERE
from engine import rights


def may_see_subject(session: Session, actor: Actor, kind: str, row_id: int) -> bool:
    """Whether the person started, took part in, or now holds a task of a case about this record.

    Args:
        kind: table name of the record, as `ProcessInstance.subject_kind` has it.
    """
    rows = session.execute(
        select(ProcessInstance.id, ProcessInstance.starter_id)
        .where(ProcessInstance.subject_kind == kind, ProcessInstance.subject_id == row_id), execution_options=EVERYWHERE).all()
    if not rows or not actor.user_id:
        return False
    cases = [row.id for row in rows]
    took_part = select(HistoryEvent.id).where(HistoryEvent.instance_id.in_(cases), HistoryEvent.actor_id == actor.user_id).limit(1)
    if actor.user_id in {row.starter_id for row in rows} or session.scalar(took_part) is not None:
        return True
    waiting = session.scalars(select(Task).where(Task.instance_id.in_(cases), Task.status == TaskStatus.OPEN))
    return any(task.assignee_id == actor.user_id or rights.is_candidate(session, actor, task) for task in waiting)
