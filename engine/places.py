"""Which company a place belongs to, and who may be told of what happens there."""
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.base import unit_ids
from data_model.organisation import Level, OrgUnit
from engine.principals import cut


def company_of(session: Session, path: str) -> str:
    """Path of the company above (or at) a place; the place's own when there is none."""
    rows = session.execute(select(OrgUnit.id, OrgUnit.level).where(OrgUnit.id.in_(unit_ids(path))))
    return cut(path, Level.COMPANY, {row.id: row.level for row in rows})


def is_near(session: Session, path: str, home: str) -> bool:
    """Whether somebody whose unit is `home` belongs to the company of a place, or to the group above it."""
    company = company_of(session, path)
    return home.startswith(company) or company.startswith(home)
