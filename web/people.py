"""Whom to turn to."""
from collections.abc import Sequence

from sqlalchemy import Row, select

from data_model.actor import SYSTEM
from data_model.organisation import Grant, Role, User
from data_model.session import unit_of_work
from engine.principals import valid_grants


def administrators() -> Sequence[Row[tuple[str, str, str]]]:
    """Name, mail and phone of those who can grant roles; for a page drawn outside the request's unit of work."""
    chosen = select(User.name, User.email, User.phone).join(Grant, Grant.user_id == User.id).where(
        Grant.role == Role.SYSTEM_ADMIN, User.active, *valid_grants()).distinct().order_by(User.name).limit(5)
    with unit_of_work(SYSTEM, write=False) as session:
        return session.execute(chosen).all()
