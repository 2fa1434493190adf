"""What a person has done and has started: the two lists beside the inbox, paged by key, the latest first."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import ROLE_NAMES, OrgUnit, Role, User
from data_model.process import HistoryEvent, ProcessInstance, Task, TaskStatus
from data_model.scope import EVERYWHERE
from engine import people
from engine.inbox import PAGE, matches
from engine.principals import owner_principal


@dataclass(frozen=True)
class Done:
    """Tasks the person completed; `labels` are the words of the buttons pressed."""

    items: tuple[Task, ...]
    next: str
    labels: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """Where a running case stands; `holders` are names of people, or a role at a place as (message id, unit's name)."""

    name: str
    holders: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Started:
    """Cases the person started; `steps` says where each one stands and with whom."""

    items: tuple[ProcessInstance, ...]
    next: str
    steps: Mapping[int, tuple[Step, ...]] = field(default_factory=dict)


def done(session: Session, actor: Actor, text: str = "", process_key: str = "", cursor: str = "", size: int = PAGE) -> Done:
    """One page of what the person completed. Two statements."""
    chosen = select(Task).where(Task.completed_by == actor.user_id, Task.status == TaskStatus.DONE)
    if text:
        chosen = chosen.where(matches(text))
    if process_key:
        chosen = chosen.where(Task.process_key == process_key)
    if cursor:
        chosen = chosen.where(tuple_(Task.completed_at, Task.id) < tuple_(*_position(cursor)))
    rows = session.scalars(chosen.order_by(Task.completed_at.desc(), Task.id.desc()).limit(size + 1)).all()
    items = tuple(rows[:size])
    return Done(items, _cursor(items[-1]) if len(rows) > size else "", _labels(session, items))


def started(session: Session, actor: Actor, text: str = "", process_key: str = "", cursor: str = "", size: int = PAGE) -> Started:
    """One page of what the person started. Five statements at most."""
    chosen = select(ProcessInstance).where(ProcessInstance.starter_id == actor.user_id)
    if text:
        chosen = chosen.where(ProcessInstance.title.contains(text, autoescape=True) | ProcessInstance.code.contains(text, autoescape=True))
    if process_key:
        chosen = chosen.where(ProcessInstance.key == process_key)
    if cursor.isdecimal():
        chosen = chosen.where(ProcessInstance.id < int(cursor))
    rows = session.scalars(chosen.order_by(ProcessInstance.id.desc()).limit(size + 1), execution_options=EVERYWHERE).all()
    items = tuple(rows[:size])
    return Started(items, str(items[-1].id) if len(rows) > size else "", standing(session, [case.id for case in items]))


def _labels(session: Session, tasks: Iterable[Task]) -> dict[int, str]:
    ids = [task.id for task in tasks]
    if not ids:
        return {}
    rows = session.execute(select(HistoryEvent.task_id, HistoryEvent.outcome_label)
                           .where(HistoryEvent.task_id.in_(ids), HistoryEvent.outcome != ""))
    return {row.task_id: row.outcome_label for row in rows}


def standing(session: Session, instance_ids: list[int]) -> dict[int, tuple[Step, ...]]:
    """Where several cases stand, and with whom. Four statements at most."""
    if not instance_ids:
        return {}
    open_tasks = session.scalars(select(Task).where(Task.instance_id.in_(instance_ids), Task.status == TaskStatus.OPEN)
                                 .order_by(Task.id)).all()
    names = _names(session, open_tasks)
    found: dict[int, tuple[Step, ...]] = {}
    for task in open_tasks:
        found[task.instance_id] = (*found.get(task.instance_id, ()), _step(task, names))
    return found


def steps(session: Session, tasks: Iterable[Task]) -> list[Step]:
    """Who holds each of several open tasks."""
    tasks = list(tasks)
    names = _names(session, tasks)
    return [_step(task, names) for task in tasks]


def _step(task: Task, names: Mapping[str, Any]) -> Step:
    addresses = [f"u{task.assignee_id}"] if task.assignee_id else task.candidates
    barred = {f"u{user_id}" for user_id in task.excluded}
    holders = [name for address in addresses for person, name in names["people"].get(address, {}).items() if person not in barred]
    roles = [(ROLE_NAMES[Role(role)], names["units"].get(place, "")) for role, _, place in (a.partition("@") for a in addresses)
             if role in ROLE_NAMES]
    return Step(task.name, tuple(dict.fromkeys(holders)), tuple(roles))


def _names(session: Session, tasks: Iterable[Task]) -> dict[str, Any]:
    """Names behind the addresses of several tasks at once: owners, people and units, one statement each."""
    addresses = {a for t in tasks for a in ([f"u{t.assignee_id}"] if t.assignee_id else t.candidates)}
    places = {a: int(a.partition("@")[2]) for a in addresses if "@" in a}
    owned = {a: place for a, place in places.items() if a.startswith(("owner@", "backup@"))}
    owners = {owner_principal(unit, backup): ids for (unit, backup), ids in people.owners(session, owned.values()).items()} if owned else {}
    wanted = {int(a[1:]) for a in addresses if "@" not in a} | {i for a in owned for i in owners.get(a, ())}
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))} if wanted else {}
    units = [place for a, place in places.items() if a not in owned]
    unit_names = session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(units))) if units else ()
    behind = {a: owners.get(a, frozenset()) if "@" in a else frozenset({int(a[1:])}) for a in addresses}
    return {"people": {a: {f"u{i}": names[i] for i in sorted(ids) if i in names} for a, ids in behind.items()},
            "units": {str(row.id): row.name for row in unit_names}}


def _cursor(task: Task) -> str:
    at = task.completed_at.timestamp() if task.completed_at else 0.0
    return f"{at!r}_{task.id}"


def _position(cursor: str) -> tuple[datetime, int]:
    at, _, task_id = cursor.partition("_")
    try:
        return datetime.fromtimestamp(float(at), UTC), int(task_id)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC), 0
