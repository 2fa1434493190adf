"""What could not be delivered, and sending it again. Nothing is ever deleted here."""
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.outbox import OutboxMessage
from engine.errors import Missing, TooLate

STATES = ("waiting", "sent", "dead")
AT_ONCE = 1_000
_in_state = {
    "waiting": (OutboxMessage.sent_at.is_(None), OutboxMessage.dead_at.is_(None)),
    "sent": (OutboxMessage.sent_at.is_not(None),),
    "dead": (OutboxMessage.dead_at.is_not(None),),
}


def listed(channel: str, state: str) -> Select[OutboxMessage]:
    """Messages in that state, the latest first; '' is any."""
    chosen = select(OutboxMessage).where(*_in_state.get(state, ())).order_by(OutboxMessage.id.desc())
    return chosen.where(OutboxMessage.channel == channel) if channel else chosen


def resend(session: Session, actor: Actor, message_id: int) -> None:
    """Give one message its tries again.

    Raises:
        TooLate: it is not dead (any more): somebody else was first.
    """
    if _again(session, actor, [message_id]):
        return
    message = session.get(OutboxMessage, message_id, populate_existing=True)
    if message is None:
        raise Missing("没有这条消息")
    if message.resent_at:
        raise TooLate("已由 {who} 于 {when} 重新发送", who=message.resent_by, when=message.resent_at)
    raise TooLate("这条消息没有被搁置，不需要重新发送")


def resend_all(session: Session, actor: Actor, channel: str) -> int:
    """Give dead messages their tries again, the oldest first, at most AT_ONCE; how many."""
    chosen = listed(channel, "dead").order_by(None).order_by(OutboxMessage.id).limit(AT_ONCE).with_only_columns(OutboxMessage.id)
    return _again(session, actor, list(session.scalars(chosen)))


def _again(session: Session, actor: Actor, ids: list[int]) -> int:
    now = clock.now()
    changed = session.connection().execute(
        update(OutboxMessage.__table__)  # type: ignore[arg-type]
        .where(OutboxMessage.id.in_(ids), OutboxMessage.dead_at.is_not(None))
        .values(dead_at=None, tries=0, next_try_at=now, resent_at=now, resent_by=actor.name))
    return int(changed.rowcount)
