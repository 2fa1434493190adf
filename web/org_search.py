"""People and places found by a few letters, within the company of whoever asks; the group's roles see all."""
from typing import Any

from sqlalchemy import case, false, or_, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.base import subtree, unit_ids
from data_model.organisation import Level, OrgUnit, UnitKind, User

MOST = 20
LONGEST = 40


def people(session: Session, actor: Actor, text: str) -> list[dict[str, Any]]:
    """By name, post, number or login; those of the asker's own place first."""
    near = case((subtree(OrgUnit.path, actor.unit_path), 0), else_=1)
    rows = session.execute(
        select(User.id, User.name, User.post, OrgUnit.name.label("unit")).join(OrgUnit, OrgUnit.id == User.unit_id)
        .where(User.active, _within(actor), _contains(text, User.name, User.post, User.employee_no, User.login))
        .order_by(near, User.name, User.id).limit(MOST))
    return [{"id": row.id, "name": row.name, "detail": " · ".join(filter(None, (row.unit, row.post)))} for row in rows]


def units(session: Session, actor: Actor, text: str) -> list[dict[str, Any]]:
    """Stations, grids and cells by name or code, with the names above them."""
    found = session.scalars(
        select(OrgUnit).where(OrgUnit.active, OrgUnit.kind == UnitKind.PLACE, OrgUnit.level >= Level.STATION, _within(actor),
                              _contains(text, OrgUnit.name, OrgUnit.code)).order_by(OrgUnit.path).limit(MOST)).all()
    above = {unit_id for unit in found for unit_id in unit_ids(unit.path)}
    names = {row.id: row.name for row in session.execute(
        select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(above), OrgUnit.level >= Level.COMPANY))}
    return [{"id": unit.id, "name": unit.name, "detail": " / ".join(names[i] for i in unit_ids(unit.path)[:-1] if i in names)}
            for unit in found]


def _within(actor: Actor) -> Any:
    """The wall: below a place where the person may search."""
    return or_(false(), *(subtree(OrgUnit.path, place) for place in actor.places("org.search")))


def _contains(text: str, *columns: Any) -> Any:
    plain = text.replace("\0", "").strip()[:LONGEST]
    return or_(*(column.icontains(plain, autoescape=True) for column in columns)) if plain else True
