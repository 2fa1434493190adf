"""Values as people read them: names for ids (one statement a page, not a row), local time, yes and no."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.organisation import OrgUnit, User
from web.ledger.register import Column, Kind

NOTHING = "—"


@dataclass(frozen=True)
class Names:
    """Who and where the ids on a page are."""

    people: dict[int, str]
    units: dict[int, str]


def names_on(session: Session, cells: Iterable[tuple[Column, Any]], people: Iterable[int] = ()) -> Names:
    """The names behind all ids among some cells: at most two statements."""
    cells = list(cells)
    persons = {value for column, value in cells if column.kind is Kind.PERSON and value} | {i for i in people if i}
    places = {value for column, value in cells if column.kind is Kind.UNIT and value}
    return Names(_named(session, User, persons), _named(session, OrgUnit, places))


def names_of_rows(session: Session, columns: Iterable[Column], rows: Iterable[Any]) -> Names:
    wanted = [c for c in columns if c.kind in (Kind.PERSON, Kind.UNIT)]
    return names_on(session, ((c, getattr(row, c.name)) for row in rows for c in wanted))


def shown(column: Column, value: Any, names: Names) -> str:
    """A value of a row, or of an audit entry, where dates are ISO text."""
    if value is None or value == "":
        return NOTHING
    if column.kind is Kind.PERSON:
        return names.people.get(value, NOTHING)
    if column.kind is Kind.UNIT:
        return names.units.get(value, NOTHING)
    if column.kind is Kind.BOOL:
        return _("是") if value else _("否")
    if column.kind is Kind.CHOICE:
        return _(value)
    if column.kind is Kind.MOMENT:
        return moment(datetime.fromisoformat(value) if isinstance(value, str) else value)
    if column.kind is Kind.AMOUNT:
        return f"{Decimal(str(value)):,.2f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def moment(at: datetime) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M")


def _named(session: Session, model: Any, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(select(model.id, model.name).where(model.id.in_(ids)))}
