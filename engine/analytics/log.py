"""The event log of a flow, as rows that a writer of XES or CSV turns into a file: every history event of the time looked at, case by case."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import HistoryEvent, ProcessInstance
from data_model.scope import EVERYWHERE
from engine.analytics.scope import Scope, events
from engine.history import Action

CHUNK = 2_000
LIFECYCLE = {Action.CLAIM: "assign", Action.UNCLAIM: "unassign", Action.TRANSFER: "reassign", Action.DELEGATE: "reassign",
             Action.REASSIGN: "reassign", Action.SUSPEND: "suspend", Action.RESUME: "resume", Action.SKIP: "manualskip",
             Action.AUTO: "autoskip", Action.CANCEL: "pi_abort", Action.REJECT: "pi_abort", Action.INCIDENT: "ate_abort"}


@dataclass(frozen=True)
class Logged:
    """One event. `resource` is a name, a pseudonym, or '' for what the house did itself."""

    case: str
    code: str
    element: str
    activity: str
    action: str
    at: datetime
    resource: str
    outcome: str
    round: int
    seconds: int | None

    @property
    def lifecycle(self) -> str:
        """The transition of the XES lifecycle extension."""
        return next((word for action, word in LIFECYCLE.items() if action == self.action), "complete")


def size(session: Session, actor: Actor, scope: Scope) -> tuple[int, int]:
    """How many cases and events the log has."""
    row = session.execute(events(session, actor, scope, select(
        func.count(HistoryEvent.instance_id.distinct()), func.count())).select_from(HistoryEvent), execution_options=EVERYWHERE).one()
    return row[0], row[1]


def rows(session: Session, actor: Actor, scope: Scope, secret: str = "") -> Iterator[Logged]:
    """Every event, case by case in order; a statement a CHUNK.

    Args:
        secret: people become pseudonyms that stay the same within this secret; '' shows their names.
    """
    chosen = events(session, actor, scope, select(HistoryEvent, ProcessInstance.code).select_from(HistoryEvent))
    last = (0, 0)
    while True:
        found = session.execute(chosen.where(
            (HistoryEvent.instance_id > last[0]) | (HistoryEvent.instance_id == last[0]) & (HistoryEvent.seq > last[1]))
            .order_by(HistoryEvent.instance_id, HistoryEvent.seq).limit(CHUNK), execution_options=EVERYWHERE).all()
        for event, code in found:
            yield Logged(str(event.instance_id), code, event.element_id, event.element_name or event.element_id or event.action, event.action,
                         event.at, _resource(event, secret), event.outcome_label or event.outcome, event.round, event.duration_s)
        if len(found) < CHUNK:
            return
        last = (found[-1][0].instance_id, found[-1][0].seq)
        session.expunge_all()


def _resource(event: HistoryEvent, secret: str) -> str:
    if not event.actor_id:
        return ""
    return f"P-{sha256(f'{secret}:{event.actor_id}'.encode()).hexdigest()[:10]}" if secret else event.actor_name
