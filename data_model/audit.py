"""Who changed what, written by the session itself so that no screen can forget it."""
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, String, event, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column

from data_model import clock
from data_model.base import Audited, BigId, Json, Moment, Row


class AuditEntry(Row):
    """One change of one row: the actor, the deed, and old -> new for each field."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "kind", "row_id", "id"),)

    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    actor_id: Mapped[int] = mapped_column(BigId, index=True)
    deed: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(64))
    row_id: Mapped[int] = mapped_column(BigId)
    changes: Mapped[dict[str, Any]] = mapped_column(Json)


@event.listens_for(Session, "before_flush")
def collect(session: Session, _context: Any, _instances: Any) -> None:
    """Note the pending changes of Audited rows while their old values are still known."""
    notes = session.info.setdefault("audit", [])
    for deed, rows in (("create", session.new), ("change", session.dirty), ("delete", session.deleted)):
        for row in rows:
            if isinstance(row, Audited) and ((changes := _changes(row)) or deed == "delete"):
                notes.append((deed, row, changes))


@event.listens_for(Session, "after_flush")
def write_entries(session: Session, _context: Any) -> None:
    """Write them in the same transaction, now that new rows have their ids."""
    notes = session.info.pop("audit", [])
    if notes:
        actor = session.info.get("actor")
        session.connection().execute(AuditEntry.__table__.insert(), [  # type: ignore[attr-defined]
            {"at": clock.now(), "actor_id": actor.user_id if actor else 0, "deed": deed,
             "kind": row.__tablename__, "row_id": row.id, "changes": changes}
            for deed, row, changes in notes
        ])


def _changes(row: Any) -> dict[str, list[Any]]:
    found = {}
    state = inspect(row)
    for column in state.mapper.column_attrs:
        past = state.attrs[column.key].history
        if column.columns[0].info.get("audit", True) and past.has_changes():
            found[column.key] = [_plain(past.deleted), _plain(past.added)]
    return found


def _plain(values: Any) -> Any:
    value = values[0] if values else None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
