"""Empties the outbox: claim a few, send them outside any transaction, note what became of each. At least once."""
import smtplib
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.outbox import OutboxMessage
from data_model.session import unit_of_work
from data_model.settings import Settings
from scheduler import mail

BATCH = 50
MOST_TRIES = 8
_FIRST_WAIT = timedelta(minutes=1)  # doubles at each try; doubles as the lease while a message is on its way

Sender = Callable[[Settings, OutboxMessage, str], None]


def deliver(settings: Settings, send: Sender = mail.send) -> int:
    """Send what is due; return how many left the house."""
    if not settings.mail.server:
        return 0
    sent = 0
    for message, address in _claim():
        error = _try(settings, send, message, address)
        _note(message.id, error)
        sent += not error
    return sent


def _claim() -> list[tuple[OutboxMessage, str]]:
    """Lease due messages to this process: another one sees them again only after the wait."""
    now = clock.now()
    with unit_of_work(SYSTEM) as session:
        due = select(OutboxMessage, User.email).join(User, User.id == OutboxMessage.to_user_id).where(
            OutboxMessage.sent_at.is_(None), OutboxMessage.dead_at.is_(None), OutboxMessage.next_try_at <= now)
        claimed = due.order_by(OutboxMessage.next_try_at).limit(BATCH).with_for_update(skip_locked=True, of=OutboxMessage)
        rows = session.execute(claimed).all()
        for message, _ in rows:
            message.tries += 1
            message.next_try_at = now + _FIRST_WAIT * 2 ** (message.tries - 1)
        return [(message, address) for message, address in rows]


def _try(settings: Settings, send: Sender, message: OutboxMessage, address: str) -> str:
    try:
        send(settings, message, address)
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: an address or words no letter can carry
        return f"{type(error).__name__}: {error}"[:500]
    return ""


def _note(message_id: int, error: str) -> None:
    with unit_of_work(SYSTEM) as session:
        message = session.get_one(OutboxMessage, message_id)
        message.last_error = error
        if not error:
            message.sent_at = clock.now()
        elif message.tries >= MOST_TRIES:
            message.dead_at = clock.now()
