"""What a try has said and written, seen as it passes: nothing of it can be asked from the tables of others at work."""
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, event
from sqlalchemy.orm import Session

from data_model.outbox import Message, OutboxMessage
from data_model.process import ProcessInstance

_ENGINE = frozenset({
    "process_definition", "decision_table", "form_design", "process_instance", "task", "inbox", "task_exclusion", "history_event", "timer",
    "subscription", "delivery", "incident", "command", "attachment", "message", "outbox", "audit_entry", "sequence",
})


@dataclass(frozen=True)
class Said:
    """A word to one person, not sent. `ways`: 'in_app', 'mail', or a robot's channel."""

    user_id: int
    code: str
    text: str
    params: Mapping[str, str]
    at: datetime
    way: str


@dataclass
class Witness:
    """Everything one try did that others would notice."""

    instances: list[int] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    rows: dict[tuple[Any, int], None] = field(default_factory=dict)  # records of the trade, in the order they were made

    def mark(self) -> tuple[int, int, int]:
        return len(self.instances), len(self.said), len(self.rows)

    def forget(self, since: tuple[int, int, int]) -> None:
        """What came after that moment was undone."""
        del self.instances[since[0]:]
        del self.said[since[1]:]
        for key in list(self.rows)[since[2]:]:
            del self.rows[key]


@contextmanager
def watching(session: Session, seen: Witness) -> Iterator[None]:
    """Note what passes through this session."""
    def flushed(_session: Session, _context: Any) -> None:
        for row in session.new:
            if isinstance(row, ProcessInstance):
                seen.instances.append(row.id)
            elif row.__tablename__ not in _ENGINE:
                seen.rows[type(row), row.id] = None

    def executed(_conn: Any, statement: Any, several: Any, one: Any, _options: Any, _result: Any) -> None:
        if isinstance(statement, Insert):
            _hear(seen, statement.table.name, several or ([one] if one else []))

    connection = session.connection()
    event.listen(session, "after_flush", flushed)
    event.listen(connection, "after_execute", executed)
    try:
        yield
    finally:
        event.remove(session, "after_flush", flushed)
        event.remove(connection, "after_execute", executed)


def _hear(seen: Witness, table: str, rows: list[Mapping[str, Any]]) -> None:
    if table == Message.__tablename__:
        seen.said += [Said(r["user_id"], r["code"], r["text"], r["params"], r["at"], "in_app") for r in rows if "user_id" in r]
    elif table == OutboxMessage.__tablename__:
        seen.said += [Said(r["to_user_id"], r["code"], r["subject"], r["params"], r["made_at"], r["channel"]) for r in rows if "subject" in r]
