"""Whether an installation is in order, for `anlan doctor`."""
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data_model import clock, migrations
from data_model.organisation import Licence, User
from data_model.process import DefinitionStatus, ProcessDefinition
from data_model.settings import Settings


class Ill(Exception):
    """What is wrong, and how to mend it."""


def checks(engine: Engine, session: Session, settings: Settings, bundles: Path) -> Iterator[tuple[str, str, bool]]:
    """(what, words, in order?) for each part of the house; a part that fails does not hide the next."""
    parts: dict[str, Callable[[], str]] = {
        "database": lambda: _database(engine), "tables": lambda: _tables(engine), "storage": lambda: _storage(settings.storage),
        "bundles": lambda: _bundles(bundles), "diagrams": lambda: _diagrams(session), "licence": lambda: _licence(session),
    }
    for name, check in parts.items():
        try:
            yield name, check(), True
        except Exception as problem:  # whatever it is, the doctor's task is to tell it
            session.rollback()
            yield name, (str(problem).splitlines() or [type(problem).__name__])[0], False


def _database(engine: Engine) -> str:
    with engine.connect():
        return engine.url.render_as_string(hide_password=True)


def _tables(engine: Engine) -> str:
    if not migrations.is_current(engine):
        raise Ill("not of this version: run `anlan init`")
    return "up to date"


def _storage(folder: Path) -> str:
    probe = folder / ".doctor"
    probe.write_bytes(b"")
    probe.unlink()
    return str(folder)


def _bundles(folder: Path) -> str:
    if not (folder / "icons.svg").exists():
        raise Ill("not built: run `make assets`")
    return "built"


def _diagrams(session: Session) -> str:
    effective = select(func.count(ProcessDefinition.id)).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)
    if not (count := session.scalar(effective)):
        raise Ill("none is effective: run `anlan deploy`")
    return f"{count} effective"


def _licence(session: Session) -> str:
    people = session.scalar(select(func.count(User.id)).where(User.active.is_(True))) or 0
    licence = session.scalars(select(Licence).order_by(Licence.valid_to.desc()).limit(1)).first()
    if licence is None:
        return f"none; {people} people"
    words = f"{people} of {licence.max_users} people, until {licence.valid_to}"
    if people > licence.max_users or licence.valid_to < clock.today():
        raise Ill(words)
    return words
