"""A file never replaces what an owner made in the browser: it is laid aside as a draft, for the owner to look at."""
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import DecisionTable
from data_model.workshop import Draft, FormDesign, Kind

_KINDS: dict[type, Kind] = {DecisionTable: Kind.TABLE, FormDesign: Kind.FORM}


def keeps(session: Session, actor: Actor, newest: DecisionTable | FormDesign | None, content: bytes, source: str) -> bool:
    """Whether the newest version of a table or form stays the newest although a file says otherwise.

    Args:
        source: 'file' or 'modeler', where the content comes from.
    """
    if newest is None or source != "file" or newest.source != "modeler":
        return False
    if not _seen(session, newest, content):
        _lay_aside(session, actor, newest, content.decode())
    return True


def _seen(session: Session, newest: DecisionTable | FormDesign, content: bytes) -> bool:
    """A file that has been a version before says nothing new."""
    model: Any = type(newest)
    known = select(model.id).where(model.key == newest.key, model.checksum == sha256(content).hexdigest())
    return session.scalars(known.limit(1)).first() is not None


def _lay_aside(session: Session, actor: Actor, newest: DecisionTable | FormDesign, content: str) -> None:
    kind = _KINDS[type(newest)]
    if session.scalars(select(Draft.id).where(Draft.kind == kind, Draft.key == newest.key)).first() is None:
        session.add(Draft(kind=kind, key=newest.key, name=newest.name, content=content, base_version=newest.version,
                          saved_by=actor.user_id, saved_by_name=actor.name))
        session.flush()
