"""The daily mail: everything unread that came since the last one, for those who want one letter instead of many."""
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM
from data_model.notice_kinds import DIGEST
from data_model.notification import NotificationChoice
from data_model.outbox import Message, OutboxMessage
from data_model.session import unit_of_work
from data_model.settings import Settings

LISTED = 50  # lines of a letter; the rest is counted
AT_ONCE = 1_000


def write(settings: Settings) -> int:
    """Put the letters that are due into the outbox; how many."""
    if not settings.mail.server:
        return 0
    written = 0
    for user_id, until in _due():
        with unit_of_work(SYSTEM) as session:
            written += _write_one(session, user_id, until)
    return written


def _due() -> list[tuple[int, datetime]]:
    """Whose messages wait, and up to when they belong to a letter that is due."""
    with unit_of_work(SYSTEM, write=False) as session:
        waiting = select(Message.user_id).where(Message.digest).distinct()
        choices = session.scalars(select(NotificationChoice).where(NotificationChoice.user_id.in_(waiting))).all()
        return [(choice.user_id, cutoff(choice, clock.now())) for choice in choices]


def cutoff(choice: NotificationChoice, now: datetime) -> datetime:
    """The last time the person's hour struck; now, when the person wants letters one by one again."""
    if not choice.digest:
        return now
    here = clock.local(now)
    struck = here.replace(hour=choice.digest_hour, minute=0, second=0, microsecond=0)
    return struck if struck <= here else struck - timedelta(days=1)


def _write_one(session: Session, user_id: int, until: datetime) -> bool:
    """Rows another process is writing about right now are skipped."""
    waiting = select(Message).where(Message.user_id == user_id, Message.digest, Message.at <= until).order_by(Message.id)
    messages = session.scalars(waiting.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    unread = [message for message in messages if message.read_at in (None, message.at)]
    for message in messages:
        message.digest = False
    if unread:
        session.add(_letter(user_id, unread))
    return bool(unread)


def _letter(user_id: int, messages: Sequence[Message]) -> OutboxMessage:
    lines = [{"text": message.text, "params": message.params, "link": message.link} for message in messages[:LISTED]]
    return OutboxMessage(dedupe_key=f"digest:{user_id}:{messages[-1].id}", to_user_id=user_id, code=DIGEST, link="/me/messages",
                         subject="每日汇总：{n} 条未读消息", params={"n": str(len(messages))},
                         details={"lines": lines, "more": max(len(messages) - LISTED, 0)})
