"""A timer's moment has come."""
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM
from data_model.process import InstanceStatus, TimerRow
from engine import catalog, locks, runner, timeouts, trace
from engine.actions.breaking import breaking
from engine.actions.starting import start_child
from engine.case import Case
from engine.history import Action, Event
from engine.settle import settle


def fire_timer(session: Session, timer_id: int) -> bool:
    """Fire one timer; False when it is gone or not due any more."""
    instance = locks.instance_of_timer(session, timer_id)
    timer = session.scalars(select(TimerRow).where(TimerRow.id == timer_id), execution_options={"populate_existing": True}).first()
    if timer is None or timer.due_at > clock.now():
        return False
    if instance.status != InstanceStatus.RUNNING:
        session.execute(delete(TimerRow).where(TimerRow.instance_id == instance.id))
        return False
    flow = catalog.flow(session, instance.definition_id)
    case = Case(session, SYSTEM, instance, False, start_child)
    with breaking(instance):
        run = runner.wake(flow, case, instance.state)
        token = run.ring(timer.token_id)
        if token is None:
            session.delete(timer)
            return False
        deeds = timeouts.act(run, token)
        run.advance()
        settle(run, [Event(Action.TIMER, timer.element_id, flow.name_of(timer.element_id), path=trace.path(run)), *deeds])
    return True
