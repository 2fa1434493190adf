"""Numbers of records: HD-<company code>-<year>-<four digits>."""
from datetime import datetime

from sqlalchemy.orm import Session

from data_model import clock
from data_model.organisation import Level, OrgUnit
from data_model.sequence import next_number
from engine import people


def next_code(session: Session, prefix: str, place: OrgUnit, at: datetime) -> str:
    """The next number of its kind in the place's company and year; a place above any company counts for itself."""
    company = people.at_level(session, place.id, Level.COMPANY) or place
    series = f"{prefix}-{company.code.upper()}-{clock.local(at).year}"
    return f"{series}-{next_number(session, series):04d}"
