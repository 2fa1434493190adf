"""Storing a move: everything the rest of the house asks about becomes rows, in the same transaction."""
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from data_model import clock
from data_model.process import (
    WAITING,
    Delivery,
    Incident,
    InstanceStatus,
    ProcessInstance,
    Subscription,
    Task,
    TaskStatus,
    TimerRow,
)
from engine import escalation, history, inbox, notify, repeats, trace, watching
from engine.errors import TooLate
from engine.failure import Failure
from engine.history import Action, Event
from engine.opening import Opened, opened
from engine.runner import Run

_instance, _task = ProcessInstance.__table__, Task.__table__
_timer, _subscription = TimerRow.__table__, Subscription.__table__
_MOVED = ("state", "version", "events", "round", "status", "end_element", "ended_at")
_update_instance = update(_instance).where(  # type: ignore[arg-type]
    _instance.c.id == bindparam("_id"), _instance.c.version == bindparam("_version")).values({name: bindparam(name) for name in _MOVED})
_add_task = insert(_task).returning(_task.c.id)  # type: ignore[arg-type]
_add_tasks = insert(_task).returning(_task.c.id, sort_by_parameter_order=True)  # type: ignore[arg-type]
_drop_timers = delete(_timer).where(  # type: ignore[arg-type]
    _timer.c.instance_id == bindparam("_id"), _timer.c.token_id.in_(bindparam("_tokens", expanding=True)))


def settle(run: Run, events: list[Event], helpers: Sequence[Opened] = ()) -> list[Task]:
    """Store the run and what follows from it; the rows of the tasks that opened.

    Args:
        events: what this move was, its first line of history first.
        helpers: tasks that hang on a step of this run.

    Raises:
        TooLate: somebody else has stored this instance meanwhile.
    """
    session, case = run.case.session, run.case
    events = [*events, *repeats.passed(run)]
    fresh = [*opened(run), *helpers]
    session.flush()
    connection = session.connection()
    _close_gone(connection, run)
    _add(connection, fresh)
    inbox.add(session, [item.row for item in fresh if item.row.status == TaskStatus.OPEN])
    escalation.lift(case)
    events = [*events, *case.events, *_routed(fresh), *_told(run)]
    watching.tell_followers(case, events)
    first_seq, round_now = case.instance.events + 1, case.instance.round
    _store(connection, run, len(events), max((item.row.round for item in fresh), default=round_now))
    _sync_waits(connection, run)
    _write_failures(connection, case.instance.id, run.failures)
    _forget_dropped(connection, run)
    history.write(connection, case.instance, case.actor, events, first_seq, round_now)
    _send(connection, run)
    notify.tell(connection, case, fresh, run.over)
    return [item.row for item in fresh]


def _routed(fresh: list[Opened]) -> list[Event]:
    """Why a step went to somebody else than its diagram names."""
    return [Event(Action.ROUTE, item.row.element_id, item.row.name, item.row.id, data={"note": note, "to": item.row.candidates})
            for item in fresh for note in item.notes]


def _told(run: Run) -> list[Event]:
    """Lines for what happened by itself on the way."""
    lines = [Event(Action.SERVICE, token.task_spec.bpmn_id, token.task_spec.bpmn_name or "") for token in run.services]
    lines += [Event(Action.INCIDENT, f.token.task_spec.bpmn_id or "", f.token.task_spec.bpmn_name or "", opinion=f.reason)
              for f in run.failures]
    if run.over:
        element, hard = trace.ended_at(run)
        lines.append(Event(Action.END, element, run.flow.name_of(element), outcome="terminated" if hard else "completed"))
    return lines


def _store(connection: Connection, run: Run, events: int, round_: int) -> None:
    here = run.case.instance
    now = clock.now()
    values: dict[str, Any] = {"version": here.version + 1, "events": here.events + events, "round": round_}
    if run.over:
        element, hard = trace.ended_at(run)
        values |= {"status": InstanceStatus.TERMINATED if hard else InstanceStatus.COMPLETED, "end_element": element, "ended_at": now}
    write_instance(connection, here, run.state(), values)


def write_instance(connection: Connection, here: ProcessInstance, state: bytes, values: dict[str, Any]) -> None:
    """The version-checked update; the lock came before it, this catches whoever forgot the lock.

    Raises:
        TooLate: the row is not the one that was read.
    """
    kept = {name: getattr(here, name) for name in _MOVED[1:]}
    stored = connection.execute(_update_instance, {**kept, **values, "state": state, "_id": here.id, "_version": here.version})
    if stored.rowcount != 1:
        raise TooLate("流程刚被他人处理，请刷新后重试")
    for name, value in values.items():
        set_committed_value(here, name, value)


def _close_gone(connection: Connection, run: Run) -> None:
    """Rows of tasks that wait no more although nobody answered them: interrupted, or no longer needed."""
    gone = [str(token_id) for token_id in run.opened_before - run.open_tokens().keys() - run.answered]
    if not gone:
        return
    chosen = connection.scalars(select(_task.c.id).where(
        _task.c.instance_id == run.case.instance.id, _task.c.status.in_(WAITING),
        _task.c.token_id.in_(gone) | _task.c.anchor.in_(gone))).all()
    close_tasks(connection, list(chosen), clock.now(), run.case.actor.name if run.case.by_person else "")
    inbox.remove(run.case.session, list(chosen))


def close_tasks(connection: Connection, ids: list[int], now: datetime, by: str = "") -> None:
    """Nobody need do them any more; `by` is the person whose deed closed them."""
    connection.execute(update(_task).where(_task.c.id.in_(ids), _task.c.status.in_(WAITING))  # type: ignore[arg-type]
                       .values(status=TaskStatus.CLOSED, completed_at=now, completed_by_name=by))


def _add(connection: Connection, fresh: list[Opened]) -> None:
    if not fresh:
        return
    rows = [{name: getattr(item.row, name) for name in _OPEN_COLUMNS} for item in fresh]
    ids = connection.execute(_add_tasks, rows).scalars().all() if len(rows) > 1 else [connection.execute(_add_task, rows[0]).scalar_one()]
    for item, row_id in zip(fresh, ids, strict=True):
        item.row.id = row_id


_OPEN_COLUMNS = (
    "instance_id", "token_id", "element_id", "name", "process_key", "process_name", "code", "title", "starter_id", "starter_name",
    "org_path", "station_id", "status", "priority", "duty", "candidates", "excluded", "why", "opened_at", "due_at", "round", "personal",
    "assignee_id", "helps", "host", "anchor", "added_by", "from_id", "from_name",
)


def _sync_waits(connection: Connection, run: Run) -> None:
    """Timers, messages and signals waited for: the difference between before and now."""
    before, now, here = run.waited, run.waits(), run.case.instance.id
    gone = [token for token, timer in before.timers.items() if now.timers.get(token) != timer]
    if gone:
        connection.execute(_drop_timers, {"_id": here, "_tokens": gone})
    new = [{"instance_id": here, "token_id": token, "element_id": timer.element, "due_at": timer.due}
           for token, timer in now.timers.items() if before.timers.get(token) != timer]
    if new:
        connection.execute(insert(_timer), new)  # type: ignore[arg-type]
    _sync_wanted(connection, run, now.wanted)


def _sync_wanted(connection: Connection, run: Run, now: dict[tuple[str, str], Any]) -> None:
    before, here = run.waited.wanted, run.case.instance.id
    gone = [key for key, wanted in before.items() if now.get(key) != wanted]
    if gone:
        connection.execute(delete(_subscription).where(  # type: ignore[arg-type]
            _subscription.c.instance_id == here, _subscription.c.token_id.in_([token for token, _ in gone]),
            _subscription.c.name.in_([name for _, name in gone])))
    new = [{"instance_id": here, "token_id": token, "kind": wanted.kind, "name": name, "correlation": wanted.correlation}
           for (token, name), wanted in now.items() if before.get((token, name)) != wanted]
    if new:
        connection.execute(insert(_subscription), new)  # type: ignore[arg-type]


def _write_failures(connection: Connection, instance_id: int, failures: list[Failure]) -> None:
    if failures:
        connection.execute(insert(Incident.__table__), [  # type: ignore[arg-type]
            {"instance_id": instance_id, "token_id": str(f.token.id), "element_id": f.token.task_spec.bpmn_id or "",
             "reason": f.reason, "detail": f.detail, "at": clock.now()} for f in failures])


def _forget_dropped(connection: Connection, run: Run) -> None:
    if run.dropped:
        incident = Incident.__table__
        connection.execute(update(incident).where(  # type: ignore[arg-type]
            incident.c.instance_id == run.case.instance.id, incident.c.resolved_at.is_(None),
            incident.c.token_id.in_([str(token.id) for token in run.dropped])).values(resolved_at=clock.now()))


def _send(connection: Connection, run: Run) -> None:
    """Messages and signals for other instances go into the queue; whoever delivers takes them from there."""
    rows = [row for event in run.thrown() if (row := _delivery(event, run.case.instance.id)) is not None]
    if rows:
        connection.execute(insert(Delivery.__table__), rows)  # type: ignore[arg-type]


def _delivery(event: Any, source: int) -> dict[str, Any] | None:
    kind = {"Message": "message", "Signal": "signal"}.get(type(event.event_definition).__name__)
    if kind is None:
        return None
    return {"kind": kind, "name": event.event_definition.name, "payload": event.payload or {}, "correlation": event.correlations,
            "source_id": source, "made_at": clock.now(), "next_try_at": clock.now(), "tries": 0, "target_token": "", "target_key": "",
            "last_error": ""}
