"""As whom a try may begin."""
from dataclasses import dataclass

from flask import g
from sqlalchemy import exists, or_, select

from data_model.organisation import Grant, OrgUnit, User
from engine.catalog import EVERYONE
from engine.principals import valid_grants
from web.rehearsal import Rehearsal

MOST = 12
LONGEST = 40


@dataclass(frozen=True)
class Starter:
    id: int
    name: str
    place: str


def may_start(rehearsal: Rehearsal, find: str) -> list[Starter]:
    """People whom the diagram lets begin, by a few letters of name, post or login."""
    starters = rehearsal.definition.starters
    query = select(User, OrgUnit.name).join(OrgUnit, OrgUnit.id == User.unit_id).where(User.active)
    if EVERYONE not in starters:
        query = query.where(exists().where(Grant.user_id == User.id, Grant.role.in_(starters), *valid_grants()))
    if words := find.replace("\0", "").strip()[:LONGEST]:
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in (User.name, User.login, User.post, OrgUnit.name))))
    rows = g.session.execute(query.order_by(OrgUnit.level.desc(), OrgUnit.path, User.id).limit(MOST)).all()
    return [Starter(user.id, user.name, " · ".join(filter(None, (unit, user.post)))) for user, unit in rows]
