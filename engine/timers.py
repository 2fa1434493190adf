"""Timers whose moment has come, each fired in a unit of work of its own, so that one bad one stops alone."""
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data_model import clock
from data_model.process import ProcessInstance, TimerRow
from engine import actions, incidents
from engine.broken import EngineBroken

OpenUnit = Callable[[], AbstractContextManager[Session]]
AT_MOST = 500  # of one call: the ticker calls again
LATER = timedelta(minutes=30)  # a timer whose instance is broken is tried again after this


def fire_due(open_unit: OpenUnit, limit: int = AT_MOST) -> int:
    """Fire what is due, the earliest first; how many were fired.

    Several schedulers may run this at once: on PostgreSQL an instance that another one is moving is passed over.

    Args:
        open_unit: opens a writing unit of work of the system.
    """
    fired = 0
    for _ in range(limit):
        try:
            with open_unit() as session:
                timer_id = _next(session)
                if timer_id is None:
                    return fired
                fired += actions.fire_timer(session, timer_id)
        except EngineBroken as broken:
            incidents.record_broken(open_unit, broken)
            _put_off(open_unit, timer_id)
    return fired


def due(session: Session, limit: int) -> list[int]:
    """Ids of the timers that are due, the earliest first."""
    return list(session.scalars(select(TimerRow.id).where(TimerRow.due_at <= clock.now()).order_by(TimerRow.due_at, TimerRow.id)
                                .limit(limit)))


def _next(session: Session) -> int | None:
    """The earliest due timer whose instance nobody is moving now; the instance is locked, always before anything of it."""
    chosen = (select(TimerRow.id).join(ProcessInstance, ProcessInstance.id == TimerRow.instance_id)
              .where(TimerRow.due_at <= clock.now()).order_by(TimerRow.due_at, TimerRow.id).limit(1)
              .with_for_update(of=ProcessInstance, skip_locked=True))
    return session.scalars(chosen, execution_options={"everywhere": True}).first()


def _put_off(open_unit: OpenUnit, timer_id: int | None) -> None:
    with open_unit() as session:
        session.execute(update(TimerRow).where(TimerRow.id == timer_id).values(due_at=clock.now() + LATER))
