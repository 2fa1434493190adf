"""Empties the outbox: claim a few, send them outside any transaction, note what became of each. At least once, with its key."""
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from data_model import clock
from data_model.actor import SYSTEM
from data_model.notification import RobotKind
from data_model.outbox import OutboxMessage
from data_model.session import unit_of_work
from data_model.settings import Settings
from scheduler import mail, robots
from scheduler.failure import Hopeless, Later, Unreachable
from scheduler.parcel import Parcel, packed, parcels
from scheduler.quiet import held_until

BATCH = 20
ROUNDS = 25  # of a tick
LEASE = timedelta(minutes=10)  # longer than a whole batch can take; after it another process may try
MOST_TRIES = 8
PATIENCE = timedelta(days=1)  # with a receiver that does not answer at all: no message dies of a night's outage
LONGEST_WAIT = timedelta(hours=2)
FIRST_WAIT = timedelta(minutes=1)  # doubles at each try, give or take a fifth, so that a crowd does not come back at once
SPREAD = 0.2

Sender = Callable[[Settings, Parcel], None]


def deliver(settings: Settings) -> int:
    """Send the mail that is due; return how many letters left the house."""
    return _empty(settings, ("mail",), mail.send) if settings.mail.server else 0


def post(settings: Settings) -> int:
    """Tell the groups what is due; return how many posts left the house."""
    return _empty(settings, tuple(RobotKind), robots.send)


def _empty(settings: Settings, channels: tuple[str, ...], send: Sender) -> int:
    sent, silent = 0, set[str]()
    for _ in range(ROUNDS):
        claimed, found = _claim(channels)
        for parcel in claimed:
            if parcel.target in silent:  # nobody is at home there: its tries are not used up for it
                _put_back(parcel.message)
                continue
            failure = _try(settings, send, parcel)
            _note(parcel.message.id, failure)
            sent += failure is None
            if isinstance(failure, Unreachable):
                silent.add(parcel.target)
        if found < BATCH:
            break
    return sent


def _claim(channels: tuple[str, ...]) -> tuple[list[Parcel], int]:
    """Lease due messages to this process, and hold back what falls into quiet hours; also how many were due."""
    now = clock.now()
    with unit_of_work(SYSTEM) as session:
        due = parcels().where(OutboxMessage.channel.in_(channels), OutboxMessage.sent_at.is_(None), OutboxMessage.dead_at.is_(None),
                              OutboxMessage.next_try_at <= now)
        claimed = due.order_by(OutboxMessage.next_try_at).limit(BATCH).with_for_update(skip_locked=True, of=OutboxMessage)
        found = packed(session, session.execute(claimed).all())
        return [parcel for parcel in found if _lease(parcel, now)], len(found)


def _lease(parcel: Parcel, now: datetime) -> bool:
    if quiet := held_until(parcel, now):
        parcel.message.next_try_at = quiet
        return False
    parcel.message.tries += 1
    parcel.message.next_try_at = now + LEASE
    return True


def _try(settings: Settings, send: Sender, parcel: Parcel) -> Later | Hopeless | None:
    try:
        send(settings, parcel)
    except (Later, Hopeless) as failure:
        return failure
    return None


def _note(message_id: int, failure: Later | Hopeless | None) -> None:
    with unit_of_work(SYSTEM) as session:
        message, now = session.get_one(OutboxMessage, message_id), clock.now()
        message.last_error = str(failure or "")[:500]
        if failure is None:
            message.sent_at = now
        elif isinstance(failure, Hopeless) or _given_up(message, failure, now):
            message.dead_at = now
        else:
            message.next_try_at = now + wait(message.tries)


def _given_up(message: OutboxMessage, failure: Later, now: datetime) -> bool:
    begun = message.resent_at or message.made_at
    return message.tries >= MOST_TRIES and (not isinstance(failure, Unreachable) or now - begun >= PATIENCE)


def wait(tries: int) -> timedelta:
    """How long until the next try."""
    return min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT) * random.uniform(1 - SPREAD, 1 + SPREAD)


def _put_back(claimed: OutboxMessage) -> None:
    with unit_of_work(SYSTEM) as session:
        message = session.get_one(OutboxMessage, claimed.id)
        message.tries = claimed.tries - 1
        message.next_try_at = clock.now() + FIRST_WAIT
