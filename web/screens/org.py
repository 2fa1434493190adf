"""People and places found as you type, within the company of whoever asks; the group's roles see all."""
from flask import Blueprint, g, jsonify, request
from sqlalchemy import case, false, or_, select

from data_model.base import subtree
from data_model.organisation import Level, OrgUnit, UnitKind, User
from web.access import allow

bp = Blueprint("org", __name__, url_prefix="/org")

MOST = 20
LONGEST = 40


@bp.get("/people")
@allow("org.search")
def people():
    """By name, post, number or login; those of the asker's own place first."""
    near = case((subtree(OrgUnit.path, g.actor.unit_path), 0), else_=1)
    rows = g.session.execute(
        select(User.id, User.name, User.post, OrgUnit.name.label("unit")).join(OrgUnit, OrgUnit.id == User.unit_id)
        .where(User.active, _within(), _contains(User.name, User.post, User.employee_no, User.login))
        .order_by(near, User.name, User.id).limit(MOST))
    return jsonify(items=[{"id": row.id, "name": row.name, "detail": " · ".join(filter(None, (row.unit, row.post)))} for row in rows])


@bp.get("/units")
@allow("org.search")
def units():
    """Stations, grids and cells by name or code, with the names above them."""
    found = g.session.scalars(
        select(OrgUnit).where(OrgUnit.active, OrgUnit.kind == UnitKind.PLACE, OrgUnit.level >= Level.STATION, _within(),
                              _contains(OrgUnit.name, OrgUnit.code)).order_by(OrgUnit.path).limit(MOST)).all()
    above = {unit_id for unit in found for unit_id in _ids(unit.path)}
    names = dict(g.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(above), OrgUnit.level >= Level.COMPANY)).all())
    return jsonify(items=[{"id": unit.id, "name": unit.name,
                           "detail": " / ".join(names[i] for i in _ids(unit.path)[:-1] if i in names)} for unit in found])


def _within():
    """The wall: below a place where the person may search."""
    return or_(false(), *(subtree(OrgUnit.path, place) for place in g.actor.places("org.search")))


def _contains(*columns):
    text = request.args.get("q", "").replace("\0", "").strip()[:LONGEST]
    return or_(*(column.icontains(text, autoescape=True) for column in columns)) if text else True


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.strip("/").split("/") if part]
