"""What a person chose about notices: read with the defaults filled in, and kept."""
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.notice_kinds import BY_KEY, Channel
from data_model.notification import NIGHT, NotificationChoice
from data_model.organisation import User

TIMES: Mapping[str, Any] = {"digest": False, "digest_hour": 8, "quiet": False, "quiet_from": NIGHT[0], "quiet_to": NIGHT[1]}


def of(session: Session, user_id: int) -> NotificationChoice:
    """The person's row; one with the defaults, not yet kept, when there is none."""
    found = session.scalar(select(NotificationChoice).where(NotificationChoice.user_id == user_id))
    return found or NotificationChoice(user_id=user_id, choices={}, **TIMES)


def taken(choice: NotificationChoice, channel: Channel) -> list[str]:
    """Kinds that may take this way to the person; what must be known is always shown inside."""
    return [key for key, kind in BY_KEY.items()
            if (channel == Channel.IN_APP and kind.must)
            or (channel in choice.choices[key] if key in choice.choices else kind.by_default(channel))]


def keep(session: Session, actor: Actor, taken_by: Mapping[Channel, Collection[str]], times: Mapping[str, Any]) -> None:
    """Keep what the person chose; only kinds that differ from the defaults are written, so that others follow the catalogue."""
    session.get_one(User, actor.user_id, with_for_update=True)  # two windows of one person, one after the other
    choice = of(session, actor.user_id)
    chosen = {}
    for key, kind in BY_KEY.items():
        ways = [channel.value for channel in Channel if key in taken_by[channel] or (channel == Channel.IN_APP and kind.must)]
        if ways != [channel.value for channel in Channel if kind.by_default(channel)]:
            chosen[key] = ways
    choice.choices, choice.changed_at = chosen, clock.now()
    for name in TIMES:
        setattr(choice, name, times[name])
    session.add(choice)
