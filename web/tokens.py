"""Personal access tokens: made by a person for a program, shown once, known by their hash."""
import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Request
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM
from data_model.api_token import ApiToken
from data_model.organisation import User
from data_model.session import unit_of_work
from engine.errors import EngineError
from web import patience
from web.signed_in import SignedIn, person_with

PREFIX = "anlan_"  # so that a scanner of source code knows one when it sees it
RANDOM_BYTES = 32
LONGEST = 100
LONGEST_LIFE = timedelta(days=365)
MOST = 20  # live ones a person


def presented(request: Request) -> str:
    """What the Authorization header holds as a bearer; '' without one."""
    given = request.authorization
    return (given.token or "") if given is not None and given.type == "bearer" else ""


def holder(session: Session, token: str) -> SignedIn | None:
    """The active person whose live token this is. One statement, none for what cannot be a token."""
    if not token.startswith(PREFIX) or len(token) > LONGEST:
        return None
    chosen = person_with(ApiToken.id.label("token_id"), ApiToken.name.label("token_name"), ApiToken.scopes,
                         ApiToken.expires_at.label("token_expires_at"), ApiToken.last_used_at.label("last_seen_at")).join(
        ApiToken, ApiToken.user_id == User.id).where(ApiToken.token_hash == fingerprint(token), *_live())
    found = session.execute(chosen).first()
    return SignedIn(**{**found._mapping, "scopes": tuple(found.scopes)}) if found else None


def wait_after_bad(address: str) -> int:
    """Count a token that nobody holds against the address it came from; seconds to wait when there were too many.

    Tokens that somebody holds go on working from there: one forgotten script must not stop a whole office.
    """
    with unit_of_work(SYSTEM) as session:
        return patience.count(session, (f"token:{address[:45]}",))


def make(session: Session, user_id: int, name: str, scopes: Iterable[str], life: timedelta) -> str:
    """A new token; its secret, which nobody will ever see again.

    Raises:
        EngineError: the person has too many.
    """
    if session.scalar(select(func.count()).select_from(live_tokens(user_id).subquery())) >= MOST:
        raise EngineError("访问令牌最多 {count} 个，请先撤销不用的", count=MOST)
    secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    session.add(ApiToken(user_id=user_id, name=name, token_hash=fingerprint(secret), scopes=sorted(scopes),
                         expires_at=clock.now() + min(life, LONGEST_LIFE)))
    session.flush()
    return secret


def revoke(session: Session, user_id: int, token_id: int) -> bool:
    """End one token of a person, at once; whether there was such a one."""
    found = session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)))
    if found is not None:
        found.revoked_at = clock.now()
    return found is not None


def revoke_all(connection: Any, user_id: int) -> None:
    connection.execute(update(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)).values(revoked_at=clock.now()))


def live_tokens(user_id: int) -> Any:
    """The tokens of a person that open something, the newest first."""
    return select(ApiToken).where(ApiToken.user_id == user_id, *_live()).order_by(ApiToken.id.desc())


def fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _live() -> tuple[Any, ...]:
    return ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now()
