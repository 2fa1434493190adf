"""What the demo group needs of the web: one password for its accounts, and pictures kept as uploads are."""
from collections.abc import Callable
from functools import cache

from flask import Flask
from sqlalchemy.orm import Session

from data_model.actor import Actor
from engine.demo import scenes
from engine.demo.make import DANGERS, make
from engine.demo.organisation import ACCOUNTS
from web import passwords, uploads
from web.images import Photo, read_photo

PASSWORD = "anlan-2026"  # of the demo accounts only; a real installation makes its own
_DIFFERENT = 12  # pictures of each kind of scene

__all__ = ["ACCOUNTS", "PASSWORD", "fill"]


def fill(app: Flask, dangers: int = DANGERS, said: Callable[[str], None] = lambda text: None) -> None:
    """Build the demo group in the application's empty database."""
    with app.app_context():
        make(passwords.keep(PASSWORD), _keep, dangers, said=said)


def _keep(session: Session, actor: Actor, cured: bool, seed: int) -> int:
    return uploads.keep(session, actor, "现场照片.jpg" if not cured else "整改后.jpg", _picture(cured, seed % (4 * _DIFFERENT))).id


@cache
def _picture(cured: bool, seed: int) -> Photo:
    return read_photo(scenes.jpeg(scenes.KINDS[seed % 4], cured, seed))
