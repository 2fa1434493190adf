"""The fields of every form a diagram may name: coded ones, and those drawn in the workshop, drafts first."""
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.workshop import Draft, Kind
from engine.workshop import stock
from engine.workshop.offers import FormField
from forms import designed, listing


def fields_of(session: Session) -> Callable[[str], list[FormField] | None]:
    """Asks by the form's name: with a dot it is coded, without one it is drawn. Each is looked up once."""
    known: dict[str, list[FormField] | None] = {}

    def ask(name: str) -> list[FormField] | None:
        if name not in known:
            found = listing.fields_of(name) if "." in name else _drawn(session, name)
            known[name] = None if found is None else [_field(*said) for said in found]
        return known[name]

    return ask


def _drawn(session: Session, name: str) -> list[Any] | None:
    if not name:
        return None
    draft = session.scalars(select(Draft.content).where(Draft.kind == Kind.FORM, Draft.key == name)).one_or_none()
    now = stock.running(session, Kind.FORM, name) if draft is None else None
    schema = draft if draft is not None else now.content if now else None
    return None if schema is None else designed.fields(schema)


def _field(key: str, label: str, type_: str, choices: tuple[tuple[str, str], ...] = ()) -> FormField:
    return FormField(key, label, type_, choices)
