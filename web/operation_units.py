"""The places that 流程监控 and 流程分析 may be narrowed to: companies, stations and grids, indented as they lie."""
from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.base import subtree
from data_model.organisation import Level, OrgUnit, UnitKind
from engine.operations import MONITOR


def places(session: Session, actor: Actor, permission: str = MONITOR) -> list[tuple[int, str]]:
    """Id and name, the deeper the more indented. One statement."""
    here = or_(false(), *(subtree(OrgUnit.path, place) for place in actor.places(permission)))
    rows = session.execute(select(OrgUnit.id, OrgUnit.name, OrgUnit.level).where(
        here, OrgUnit.active, OrgUnit.kind == UnitKind.PLACE, OrgUnit.level.in_((Level.COMPANY, Level.STATION, Level.GRID)))
        .order_by(OrgUnit.path))
    indent = {Level.COMPANY: "", Level.STATION: "\u3000", Level.GRID: "\u3000\u3000"}
    return [(row.id, indent[Level(row.level)] + row.name) for row in rows]
