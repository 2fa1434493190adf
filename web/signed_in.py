"""The person behind a request, as flask-login's `current_user`: plain values, so that they outlive the unit of work."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_login import UserMixin
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from data_model import clock
from data_model.api_token import ApiToken
from data_model.organisation import LoginSession, OrgUnit, User

SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """Somebody known by a browser's session, or by a token with its scopes."""

    id: int
    login: str
    name: str
    post: str
    language: str
    unit_id: int
    unit_name: str
    must_change_password: bool
    last_seen_at: datetime | None
    session_id: int = 0
    token_id: int = 0
    token_name: str = ""
    scopes: tuple[str, ...] = ()
    token_expires_at: datetime | None = None


def person_with(*columns: Any) -> Any:
    """A SELECT of the values above for active people; the caller joins what the request brought."""
    return select(User.id, User.login, User.name, User.post, User.language, User.unit_id, OrgUnit.name.label("unit_name"),
                  User.must_change_password, *columns).select_from(User).join(OrgUnit, OrgUnit.id == User.unit_id).where(User.active)


def seen_lately(person: SignedIn) -> bool:
    return person.last_seen_at is not None and clock.now() - person.last_seen_at < SEEN_EVERY


def note_seen(session: Session, person: SignedIn) -> None:
    """Idle time of a browser, and the last use of a token, are counted from here."""
    now = clock.now()
    if person.token_id:
        stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - SEEN_EVERY)
        session.execute(update(ApiToken).where(ApiToken.id == person.token_id, stale).values(last_used_at=now),
                        execution_options={"synchronize_session": False})
    else:
        session.execute(update(LoginSession).where(LoginSession.id == person.session_id).values(last_seen_at=now),
                        execution_options={"synchronize_session": False})
