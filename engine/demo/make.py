"""Fill an empty house with the demo group: organisation, process definitions, then eighteen months of histories."""
from collections.abc import Callable
from random import Random

from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.organisation import OrgUnit
from data_model.session import unit_of_work
from engine import deployment, work_calendar
from engine.demo import organisation, showcase
from engine.demo.history import History, Photo
from engine.workshop import scenarios

SEED = 2026
DANGERS = 500


def is_empty() -> bool:
    """Whether nobody has set up an organisation here yet."""
    with unit_of_work(SYSTEM, write=False) as session:
        return session.scalars(select(OrgUnit.id).limit(1)).first() is None


def make(password_hash: str, photo: Photo, dangers: int = DANGERS, seed: int = SEED, said: Callable[[str], None] = lambda text: None) -> None:
    """Build and play; the same seed and day give the same group and the same histories.

    Args:
        password_hash: of the password that every demo account shares.
        photo: keeps a drawn picture for a person, see `history.Photo`.
        dangers: how many hidden dangers the histories hold.
        said: told how far it is.
    """
    rng = Random(seed)
    with unit_of_work(SYSTEM) as session:
        town = organisation.build(session, rng, password_hash)
        deployment.load_shipped(session)
        work_calendar.load_shipped(session)
        scenarios.load_missing(session)
    history = History(rng, town, dangers - showcase.DANGERS, photo)
    history.play(said)
    showcase.leave_open(history)
