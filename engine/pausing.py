"""挂起: a case that the process owner has stopped for a while. Who did it, when and why is in its history."""
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.process import HistoryEvent, InstanceStatus, ProcessInstance
from engine.errors import TooLate
from engine.history import Action


def said(session: Session, instance_id: int) -> HistoryEvent | None:
    """The line of history that tells of the last suspension."""
    return session.scalars(select(HistoryEvent).where(HistoryEvent.instance_id == instance_id, HistoryEvent.action == Action.SUSPEND)
                           .order_by(HistoryEvent.seq.desc()).limit(1)).first()


def refusal(session: Session, instance_id: int) -> TooLate:
    """Why nobody may act now, with who, when and the reason."""
    line = said(session, instance_id)
    if line is None:
        return TooLate("流程已挂起，暂不能办理")
    return TooLate("流程已由 {who} 于 {when} 挂起，暂不能办理：{reason}", who=line.actor_name, reason=line.opinion,
                   when=clock.local(line.at).strftime("%m-%d %H:%M"))


def check_running(session: Session, instance: ProcessInstance, over: str) -> None:
    """
    Args:
        over: what is said of a case that has ended.

    Raises:
        TooLate: the case is suspended, or over.
    """
    if instance.status == InstanceStatus.SUSPENDED:
        raise refusal(session, instance.id)
    if instance.status != InstanceStatus.RUNNING:
        raise TooLate(over)
