"""The decision ledger: what happened, in order, never changed. Timeline, done list, print and statistics read only this."""
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert

from data_model import clock
from data_model.actor import Actor
from data_model.process import HistoryEvent, ProcessInstance


class Action(StrEnum):
    START = "start"
    COMPLETE = "complete"
    CLAIM = "claim"
    UNCLAIM = "unclaim"
    CANCEL = "cancel"
    ESCALATE = "escalate"
    REMIND = "remind"
    SERVICE = "service"  # a service task did its work
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    INCIDENT = "incident"
    RETRY = "retry"
    END = "end"


@dataclass
class Event:
    """One line that is about to be written."""

    action: Action
    element_id: str = ""
    element_name: str = ""
    task_id: int | None = None
    outcome: str = ""
    outcome_label: str = ""
    opinion: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    path: list[list[str]] = field(default_factory=list)
    duration_s: int | None = None
    actor: Actor | None = None  # when it is not the one who acts


_insert = insert(HistoryEvent.__table__)  # type: ignore[arg-type]


def write(connection: Connection, instance: ProcessInstance, actor: Actor, events: list[Event], first_seq: int, round_: int) -> None:
    """Append the lines. The caller holds the instance's lock and counts `events` on its row."""
    now = clock.now()
    rows = [{
        "instance_id": instance.id, "seq": first_seq + number, "round": round_, "at": now, "action": event.action,
        "element_id": event.element_id, "element_name": event.element_name, "task_id": event.task_id,
        "actor_id": (event.actor or actor).user_id, "actor_name": (event.actor or actor).name,
        "outcome": event.outcome, "outcome_label": event.outcome_label, "opinion": event.opinion, "data": event.data,
        "path": event.path, "duration_s": event.duration_s,
    } for number, event in enumerate(events)]
    if rows:
        connection.execute(_insert, rows if len(rows) > 1 else rows[0])
