"""One instance is moved by one transaction at a time: lock its row first, then read everything else under the lock.

PostgreSQL locks the row; on SQLite the unit of work has taken the write lock already.
"""
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, undefer

from data_model.process import ProcessInstance, Task, TimerRow
from engine.errors import Missing

_whole = select(ProcessInstance).options(undefer(ProcessInstance.state)).with_for_update()
_unlocked = select(ProcessInstance).options(undefer(ProcessInstance.state)).where(ProcessInstance.id == bindparam("id"))
_by_id = _whole.where(ProcessInstance.id == bindparam("id"))
_by_timer = _whole.where(ProcessInstance.id == select(TimerRow.instance_id).where(TimerRow.id == bindparam("id")).scalar_subquery())
_both = select(ProcessInstance, Task).options(undefer(ProcessInstance.state)).join(
    Task, Task.instance_id == ProcessInstance.id).where(Task.id == bindparam("id")).with_for_update(of=[ProcessInstance, Task])
_OPTIONS = {"everywhere": True, "populate_existing": True}


def instance(session: Session, instance_id: int) -> ProcessInstance:
    """The instance, locked, as it is now."""
    return _locked(session, _by_id, instance_id)


def seen(session: Session, instance_id: int) -> ProcessInstance:
    """The instance with its state, for a page that only looks: no lock."""
    found: ProcessInstance | None = session.execute(_unlocked, {"id": instance_id}, execution_options=_OPTIONS).scalar_one_or_none()
    if found is None:
        raise _missing()
    return found


def instance_of_task(session: Session, task_id: int) -> tuple[ProcessInstance, Task]:
    """The instance, locked, and the task as it is under the lock.

    Both rows are locked, the instance first: PostgreSQL reads a locked row anew after it had to wait for it, any other row as it
    was before the wait.
    """
    row = session.execute(_both, {"id": task_id}, execution_options=_OPTIONS).one_or_none()
    if row is None:
        raise _missing()
    return row[0], row[1]


def instance_of_timer(session: Session, timer_id: int) -> ProcessInstance:
    return _locked(session, _by_timer, timer_id)


def _locked(session: Session, chosen: object, row_id: int) -> ProcessInstance:
    found: ProcessInstance | None = session.execute(  # type: ignore[call-overload]
        chosen, {"id": row_id}, execution_options=_OPTIONS).scalar_one_or_none()
    if found is None:
        raise _missing()
    return found


def _missing() -> Missing:
    return Missing("没有这条记录，或已被删除")
