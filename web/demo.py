"""What the demo group needs of the web: one password for its accounts, and pictures kept as uploads are."""
from collections.abc import Callable
from functools import cache

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import User
from engine import notify
from engine.demo import scenes
from engine.demo.make import DANGERS, make
from engine.demo.organisation import ACCOUNTS
from web import passwords, uploads
from web.images import Photo, read_photo

PASSWORD = "anlan-2026"  # of the demo accounts only; a real installation makes its own
_DIFFERENT = 4  # pictures of each kind of scene

__all__ = ["ACCOUNTS", "PASSWORD", "fill", "open_accounts"]


def fill(app: Flask, dangers: int = DANGERS, said: Callable[[str], None] = lambda text: None) -> None:
    """Build the demo group in the application's empty database; nobody gets mail of what was played."""
    notify.configure(mail=False)
    with app.app_context():
        make(passwords.keep(PASSWORD), _keep, dangers, said=said)


def open_accounts(session: Session) -> list[tuple[str, str, str]]:
    """(login, name, what for) of the demo accounts that are there, while their password is still the one everybody knows."""
    rows = session.scalars(select(User).where(User.login.in_(ACCOUNTS), User.active.is_(True))).all()
    if not rows or not passwords.fits(rows[0].password_hash, PASSWORD):
        return []
    there = {row.login: row.name for row in rows}
    return [(login, there[login], post) for login, post in ACCOUNTS.items() if login in there]


def _keep(session: Session, actor: Actor, cured: bool, seed: int) -> int:
    return uploads.keep(session, actor, "现场照片.jpg" if not cured else "整改后.jpg", _picture(cured, seed % (4 * _DIFFERENT))).id


@cache
def _picture(cured: bool, seed: int) -> Photo:
    return read_photo(scenes.jpeg(scenes.KINDS[seed % 4], cured, seed))
