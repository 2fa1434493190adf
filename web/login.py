"""Signing in and out: the server-side session, and whom a request's cookie or token belongs to."""
import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g
from flask import session as page_cookie
from flask_login import LoginManager
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import LoginSession, User
from data_model.session import unit_of_work
from web import doors, passwords, patience, tokens
from web.signed_in import SignedIn, person_with

IDLE, ABSOLUTE = timedelta(minutes=60), timedelta(hours=12)
manager = LoginManager()


@dataclass(frozen=True)
class Attempt:
    """How a try ended: right (a sign-in then has a token), with seconds to wait, or wrong."""

    right: bool = False
    token: str = ""
    wait: int = 0
    stored: str = ""  # the hash that was right
    user_id: int = 0


def prepare(app: Flask) -> None:
    """Flask-Login tells who asks, from our own cookie; its session and its remember cookie stay unused."""
    manager.init_app(app)
    manager.session_protection = None


@manager.request_loader
def who_is_asking(request: Request) -> SignedIn | None:
    """Under the API whoever holds the token, elsewhere the person whose live session the cookie names."""
    if "session" not in g:
        return None
    if doors.by_token():
        return tokens.holder(g.session, tokens.presented(request))
    token = request.cookies.get(cookie_name())
    return _signed_in(g.session, token) if token else None


def _signed_in(session: Session, token: str) -> SignedIn | None:
    now = clock.now()
    found = session.execute(
        person_with(LoginSession.id.label("session_id"), LoginSession.last_seen_at).join(
            LoginSession, LoginSession.user_id == User.id).where(
            LoginSession.token_hash == _fingerprint(token), LoginSession.revoked_at.is_(None), LoginSession.expires_at > now,
            LoginSession.last_seen_at > now - IDLE),
    ).first()
    return SignedIn(**found._mapping) if found else None


def confirm(login: str, password: str, address: str) -> Attempt:
    """Check a name and a password. The failure is counted before the check, so that a thousand guesses at once count too.

    Runs in units of work of its own: the slow check holds no lock of the database.
    """
    subjects = _subjects(login, address)
    with unit_of_work(SYSTEM) as session:
        if wait := patience.count(session, subjects):
            return Attempt(wait=wait)
        found = session.execute(select(User.id, User.password_hash).where(User.login == login, User.active)).first()
    if not passwords.fits(found.password_hash if found else None, password) or found is None:
        return Attempt()
    with unit_of_work(SYSTEM) as session:
        patience.forgive(session, *subjects)
    return Attempt(right=True, stored=found.password_hash, user_id=found.id)


def sign_in(login: str, password: str, address: str, agent: str, old_token: str = "") -> Attempt:
    """Check a name and a password, and open a session when they are right; the browser's former one ends."""
    attempt = confirm(login, password, address)
    if not attempt.right:
        return attempt
    renewed = passwords.keep(password) if passwords.is_old_fashioned(attempt.stored) else None
    with unit_of_work(SYSTEM) as session:
        user = session.get_one(User, attempt.user_id)
        if not user.active or user.password_hash != attempt.stored:
            return Attempt()  # disabled, or given another password, while we were checking
        user.password_hash = renewed or user.password_hash
        if old_token:
            revoke(session, LoginSession.token_hash == _fingerprint(old_token))
        return replace(attempt, token=open_session(session, user.id, address, agent))


def open_session(session: Session, user_id: int, address: str, agent: str) -> str:
    """A new signed-in browser; only its cookie ever knows the token."""
    token = secrets.token_urlsafe(32)
    session.add(LoginSession(token_hash=_fingerprint(token), user_id=user_id, expires_at=clock.now() + ABSOLUTE,
                             address=address[:45], agent=agent[:300]))
    return token


def revoke(session: Session, *which: Any) -> None:
    """End the sessions that fit, at once."""
    session.execute(update(LoginSession).where(LoginSession.revoked_at.is_(None), *which).values(revoked_at=clock.now()),
                    execution_options={"synchronize_session": False})


def live_sessions(user_id: int) -> Any:
    """The browsers in which this person is signed in, the latest first."""
    now = clock.now()
    return select(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None), LoginSession.expires_at > now,
        LoginSession.last_seen_at > now - IDLE).order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())


def hand_over(response: Response, token: str) -> Response:
    """Give the browser its token, and a fresh page cookie (CSRF) with it."""
    page_cookie.clear()
    https = current_app.config["HTTPS"]
    response.set_cookie(cookie_name(), token, max_age=ABSOLUTE, path="/", secure=https, httponly=True, samesite="Lax")
    return response


def take_back(response: Response) -> Response:
    """Make the browser forget."""
    page_cookie.clear()
    response.delete_cookie(cookie_name(), path="/", secure=current_app.config["HTTPS"], httponly=True, samesite="Lax")
    return response


def cookie_name() -> str:
    """Under HTTPS the browser itself guards the name against other hosts and plain connections."""
    return "__Host-anlan" if current_app.config["HTTPS"] else "anlan"


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _subjects(login: str, address: str) -> tuple[str, str]:
    return f"account:{login.casefold()[:64]}", f"address:{address[:45]}"


@event.listens_for(User, "after_update")
def _disabled_means_out(_mapper: Any, connection: Any, user: User) -> None:
    """Whoever disables a person, by whatever way, ends all sessions and tokens of that person."""
    if not user.active:
        tokens.revoke_all(connection, user.id)
        connection.execute(update(LoginSession).where(LoginSession.user_id == user.id, LoginSession.revoked_at.is_(None))
                           .values(revoked_at=clock.now()))
