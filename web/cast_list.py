"""As whom a try may begin."""
from dataclasses import dataclass

from flask import g
from sqlalchemy import exists, or_, select

from data_model.organisation import Grant, Level, OrgUnit, UnitKind, User
from engine import bpmn_xml, catalog
from engine.catalog import EVERYONE
from engine.principals import valid_grants
from web.rehearsal import Rehearsal

MOST = 12
MOST_PLACES = 300
LONGEST = 40


@dataclass(frozen=True)
class Starter:
    id: int
    name: str
    place: str


@dataclass(frozen=True)
class Beginning:
    """A start event that no person makes happen: 'message', 'signal' or 'timer', and what it is called."""

    kind: str
    name: str
    label: str


def beginnings(rehearsal: Rehearsal) -> list[Beginning]:
    diagram = catalog.flow(g.session, rehearsal.definition.id).diagram
    named = {node.get("id"): node.get("name") for node in diagram.root if bpmn_xml.local(node) in ("message", "signal")}
    found = []
    for start in (one for one in diagram.tagged("startEvent") if one.scope == rehearsal.scene.key):
        for event in start.events:
            if event.kind in ("message", "signal") and named.get(event.ref):
                found.append(Beginning(event.kind, named[event.ref], named[event.ref]))
            elif event.kind == "timer":
                found.append(Beginning("timer", start.id, start.name or start.id))
    return found


def places() -> list[tuple[str, str]]:
    """Where a case may belong that nobody starts: code and name, companies and what lies below."""
    rows = g.session.execute(select(OrgUnit.code, OrgUnit.name).where(
        OrgUnit.active, OrgUnit.kind == UnitKind.PLACE, OrgUnit.level.between(Level.COMPANY, Level.GRID)).order_by(OrgUnit.path).limit(MOST_PLACES))
    return [(row.code, row.name) for row in rows]


def may_start(rehearsal: Rehearsal, find: str) -> list[Starter]:
    """People whom the diagram lets begin, by a few letters of name, post or login; anybody where only other processes begin it."""
    starters = rehearsal.definition.starters
    query = select(User, OrgUnit.name).join(OrgUnit, OrgUnit.id == User.unit_id).where(User.active)
    if starters and EVERYONE not in starters:
        query = query.where(exists().where(Grant.user_id == User.id, Grant.role.in_(starters), *valid_grants()))
    if words := find.replace("\0", "").strip()[:LONGEST]:
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in (User.name, User.login, User.post, OrgUnit.name))))
    rows = g.session.execute(query.order_by(OrgUnit.level.desc(), OrgUnit.path, User.id).limit(MOST)).all()
    return [Starter(user.id, user.name, " · ".join(filter(None, (unit, user.post)))) for user, unit in rows]
