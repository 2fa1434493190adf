"""Messages and signals between instances: a durable queue; what arrives is marked in the same transaction as the move it causes."""
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data_model import clock
from data_model.process import (
    UNFINISHED,
    DefinitionStatus,
    Delivery,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    Subscription,
)
from data_model.scope import EVERYWHERE
from engine import actions, bpmn_xml, incidents, start_timers
from engine.broken import EngineBroken
from engine.errors import EngineError

OpenUnit = Callable[[], AbstractContextManager[Session]]
AT_MOST = 500
PATIENCE = timedelta(days=7)  # how long a message waits for somebody who wants it
SUSPENDED_PAUSE = timedelta(seconds=30)  # what is for a suspended case is brought again after this, for as long as it takes
_PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))


def deliver_pending(open_unit: OpenUnit, limit: int = AT_MOST) -> int:
    """Take from the queue what is due, each in a unit of work of its own; how many moves that caused.

    Args:
        open_unit: opens a writing unit of work of the system.
    """
    moves = 0
    for _ in range(limit):
        row_id = None
        try:
            with open_unit() as session:
                row = _next(session)
                if row is None:
                    return moves
                row_id = row.id
                moves += _deliver(session, row)
        except EngineBroken as broken:
            incidents.record_broken(open_unit, broken)
            _give_up(open_unit, row_id, str(broken))
        except EngineError as error:  # nobody is at the screen to mend it
            _give_up(open_unit, row_id, str(error))
    return moves


def deliver_own(session: Session, sources: Collection[int]) -> None:
    """In a try: bring what its own instances have said to those of them that wait; nobody else hears of it."""
    for _ in range(AT_MOST):
        row = session.scalars(select(Delivery).where(Delivery.source_id.in_(sources), Delivery.done_at.is_(None),
                                                     Delivery.next_try_at <= clock.now()).order_by(Delivery.id).limit(1)).first()
        if row is None:
            return
        try:
            with session.begin_nested():
                _deliver(session, row)
        except (EngineError, EngineBroken) as error:
            row.done_at, row.last_error = clock.now(), str(error)[:500]
        session.flush()


def _next(session: Session) -> Delivery | None:
    return session.scalars(select(Delivery).where(Delivery.done_at.is_(None), Delivery.next_try_at <= clock.now())
                           .order_by(Delivery.next_try_at, Delivery.id).limit(1).with_for_update(skip_locked=True)).first()


def _deliver(session: Session, row: Delivery) -> int:
    """One step: find whom it is for, or bring it to the one it is for."""
    if row.target_id is not None:
        moved = actions.hear(session, row.target_id, row.target_token, row.kind, row.name, row.payload, row.correlation)
        if not moved and _is_suspended(session, row.target_id):
            row.next_try_at = clock.now() + SUSPENDED_PAUSE
            return 0
        if not moved and row.kind == "message":  # whoever waited has gone on meanwhile: look for another
            row.target_id, row.target_token = None, ""
            return 0
        row.done_at = clock.now()
        return int(moved)
    if row.kind == start_timers.KIND:
        return _begin(session, row)
    if row.target_key:
        actions.start_by(session, row.target_key, row.kind, row.name, row.payload, row.correlation, row.source_id)
        row.done_at = clock.now()
        return 1
    _address(session, row)
    return 0


def _begin(session: Session, row: Delivery) -> int:
    """The clock begins a case. What goes wrong in it does not stop the cycle."""
    row.done_at = clock.now()
    if session.scalars(select(ProcessDefinition.id).where(
            ProcessDefinition.key == row.target_key, ProcessDefinition.status == DefinitionStatus.EFFECTIVE)).first() is None:
        row.last_error = "no version is effective"
        return 0
    start_timers.again(session, row)
    session.flush()
    try:
        with session.begin_nested():
            actions.start_by(session, row.target_key, row.kind, row.name, {}, {}, None)
    except (EngineError, EngineBroken) as problem:
        row.last_error = str(problem)[:500]
        return 0
    return 1


def _is_suspended(session: Session, instance_id: int) -> bool:
    return session.scalar(select(ProcessInstance.status).where(ProcessInstance.id == instance_id),
                          execution_options=EVERYWHERE) == InstanceStatus.SUSPENDED


def _address(session: Session, row: Delivery) -> None:
    """A signal is for everyone who waits and every process it starts; a message for one."""
    targets = [{"target_id": s.instance_id, "target_token": s.token_id} for s in _waiting(session, row)]
    if row.kind == "signal" or not targets:
        targets += [{"target_key": key} for key in _started_by(session, row.kind, row.name)]
    if row.kind == "message":
        targets = targets[:1]
    if not targets and row.kind == "message":
        _wait(row)
        return
    for target in targets:
        session.add(Delivery(kind=row.kind, name=row.name, payload=row.payload, correlation=row.correlation, source_id=row.source_id,
                             **target))
    row.done_at = clock.now()


def _waiting(session: Session, row: Delivery) -> list[Subscription]:
    """Who waits for it, the longest first."""
    chosen = (select(Subscription).join(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
              .where(Subscription.kind == row.kind, Subscription.name == row.name, ProcessInstance.status.in_(UNFINISHED))
              .order_by(Subscription.id))
    if (own := session.info.get("own")) is not None:  # a try: cases that really run hear nothing of it
        chosen = chosen.where(Subscription.instance_id.in_(own))
    found = session.scalars(chosen, execution_options=EVERYWHERE).all()
    return [s for s in found if (row.kind == "message" or s.instance_id != row.source_id) and _correlates(s.correlation, row.correlation)]


def _correlates(wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    """As SpiffWorkflow matches: one equal key is enough, and who has no keys yet takes the first message."""
    return not wanted or not given or any(given.get(key) == wanted.get(key) for key in given)


def _started_by(session: Session, kind: str, name: str) -> list[str]:
    """Effective processes that begin with this message or signal."""
    rows = session.execute(select(ProcessDefinition.key, ProcessDefinition.xml).where(
        ProcessDefinition.status == DefinitionStatus.EFFECTIVE, ProcessDefinition.xml.contains(f"{kind}EventDefinition"),
        ProcessDefinition.xml.contains(name, autoescape=True)).order_by(ProcessDefinition.key)).all()
    return [row.key for row in rows if name in _start_names(bpmn_xml.read(row.xml.encode()), row.key, kind)]


def _start_names(diagram: bpmn_xml.Diagram, key: str, kind: str) -> set[str]:
    starts = [e for e in diagram.tagged("startEvent") if e.scope == key]
    refs = {event.ref for start in starts for event in start.events if event.kind == kind}
    return {node.get("name") for node in diagram.root if bpmn_xml.local(node) == kind and node.get("id") in refs}


def _wait(row: Delivery) -> None:
    """Nobody wants it yet: it waits, ever longer, and in the end is given up."""
    row.next_try_at = clock.now() + _PAUSES[min(row.tries, len(_PAUSES) - 1)]
    row.tries += 1
    if clock.now() - row.made_at > PATIENCE:
        row.done_at, row.last_error = clock.now(), "nobody waited for it"


def _give_up(open_unit: OpenUnit, row_id: int | None, reason: str) -> None:
    with open_unit() as session:
        session.execute(update(Delivery).where(Delivery.id == row_id).values(done_at=clock.now(), last_error=reason[:500]))
