"""The decision ledger: what happened, in order, never changed. Timeline, done list, print and statistics read only this."""
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert

from data_model import clock
from data_model.actor import Actor, Proxy
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
    AUTO = "auto"  # passed by itself: the same person has agreed already
    ROUTE = "route"  # why a step went to somebody else than its diagram names; data["note"] is a message id
    REROUTE = "reroute"  # nobody was left to do it
    TRANSFER = "transfer"
    DELEGATE = "delegate"
    GIVE_BACK = "give_back"
    TAKE_BACK = "take_back"
    COPY = "copy"
    COMMENT = "comment"
    RETURN = "return"
    WITHDRAW = "withdraw"
    REJECT = "reject"
    REQUEST = "request"  # 申请退回, 申请撤销: asked of who has the case now; `outcome` says which
    PARENT_END = "parent_end"  # the case that started this one is over; this one goes on
    ADD_SIGNER = "add_signer"
    REMOVE_SIGNER = "remove_signer"
    SUSPEND = "suspend"
    RESUME = "resume"
    MOVE = "move"  # the process owner has put a token elsewhere
    SKIP = "skip"  # a failed element was passed over, with a result given by hand
    EDIT = "edit"  # data changed by the process owner; data["changes"] has before and after
    REASSIGN = "reassign"
    MIGRATE = "migrate"  # goes on with another version


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
    on_behalf: Proxy | None = None  # 代: whose task the actor did
    files: list[int] = field(default_factory=list)
    signature: dict[str, Any] | None = None


_insert = insert(HistoryEvent.__table__)  # type: ignore[arg-type]


def write(connection: Connection, instance: ProcessInstance, actor: Actor, events: list[Event], first_seq: int, round_: int) -> None:
    """Append the lines. The caller holds the instance's lock and counts `events` on its row."""
    now = clock.now()
    rows = [{
        "instance_id": instance.id, "seq": first_seq + number, "round": round_, "at": now, "action": event.action,
        "element_id": event.element_id, "element_name": event.element_name, "task_id": event.task_id,
        "actor_id": (event.actor or actor).user_id, "actor_name": (event.actor or actor).name,
        "outcome": event.outcome, "outcome_label": event.outcome_label, "opinion": event.opinion, "data": event.data,
        "path": event.path, "duration_s": event.duration_s, "files": event.files, "signature": event.signature,
        "on_behalf_id": event.on_behalf.giver_id if event.on_behalf else None,
        "on_behalf_name": event.on_behalf.giver_name if event.on_behalf else "",
    } for number, event in enumerate(events)]
    if rows:
        connection.execute(_insert, rows if len(rows) > 1 else rows[0])
