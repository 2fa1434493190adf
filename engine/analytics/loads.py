"""Who carries the work: people by what they did and hold, roles by what waits for them; and each flow as a whole."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, literal, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import ProcessDefinition, ProcessInstance, Task, TaskStatus
from data_model.scope import EVERYWHERE
from data_model.sql import items_of, seconds_between
from engine.analytics.scope import Scope, cases, tasks

MOST = 20  # rows of a table: the busiest


@dataclass(frozen=True)
class Load:
    """One person, or one role."""

    name: str
    open: int = 0
    late_open: int = 0
    done: int = 0
    late_done: int = 0
    mean_s: int = 0  # from opening to completion


@dataclass(frozen=True)
class Flow:
    """One process and how its cases fare."""

    key: str
    name: str
    begun: int
    ended: int
    running: int
    mean_s: int  # from start to end
    longest_s: int  # the case that has been running longest


def people(session: Session, actor: Actor, scope: Scope) -> list[Load]:
    """Those who did or hold most. Three statements."""
    late = case((Task.completed_at > Task.due_at, 1), else_=0)
    took = seconds_between(Task.opened_at, Task.completed_at)
    done = {row.who: row for row in session.execute(tasks(session, actor, scope, select(
        Task.completed_by.label("who"), func.count().label("n"), func.sum(late).label("late"), func.avg(took).label("mean")))
        .where(Task.status == TaskStatus.DONE, Task.completed_by.is_not(None)).group_by(Task.completed_by)
        .order_by(func.count().desc(), Task.completed_by).limit(MOST), execution_options=EVERYWHERE)}
    held = {row.who: row for row in session.execute(tasks(session, actor, scope, select(
        Task.assignee_id.label("who"), func.count().label("n"), _late_open().label("late")))
        .where(Task.status == TaskStatus.OPEN, Task.assignee_id.is_not(None)).group_by(Task.assignee_id)
        .order_by(func.count().desc(), Task.assignee_id).limit(MOST), execution_options=EVERYWHERE)}
    names = _names(session, done.keys() | held.keys())
    found = [Load(names.get(who, f"#{who}"), *_of(held.get(who)), *_of(done.get(who)), int(done[who].mean or 0) if who in done else 0)
             for who in done.keys() | held.keys()]
    return sorted(found, key=lambda one: (-one.open - one.done, one.name))[:MOST]


def roles(session: Session, actor: Actor, scope: Scope) -> list[Load]:
    """What waits unclaimed for whoever holds a role; `name` is its code. One statement."""
    asked = items_of(Task.candidates, session.get_bind().dialect.name, words=True)
    principal = asked.c.value
    chosen = tasks(session, actor, scope, select(principal.label("principal"), func.count().label("n"), _late_open().label("late"))).join(
        asked, literal(True)).where(Task.status == TaskStatus.OPEN, Task.assignee_id.is_(None)).group_by(principal).limit(5_000)
    found: dict[str, list[int]] = {}
    for row in session.execute(chosen, execution_options=EVERYWHERE):
        code, at, _ = row.principal.partition("@")
        sums = found.setdefault(code if at else "person", [0, 0])
        sums[0] += row.n
        sums[1] += row.late
    return sorted((Load(code, *sums) for code, sums in found.items()), key=lambda one: (-one.open, one.name))


def flows(session: Session, actor: Actor, scope: Scope) -> list[Flow]:
    """Every flow with cases that began in the time looked at, the one with most first. Two statements."""
    since, until = scope.span()
    here = ProcessInstance
    took = seconds_between(here.started_at, here.ended_at)
    running = here.ended_at.is_(None)
    rows = session.execute(select(
        here.key, func.count().label("begun"), func.sum(case((running, 0), else_=1)).label("ended"),
        func.avg(took).label("mean"), func.min(case((running, here.started_at))).label("oldest"))
        .where(here.started_at >= since, here.started_at < until, cases(session, actor, scope)).group_by(here.key),
        execution_options=EVERYWHERE).all()
    names = _flow_names(session)
    now = clock.now()
    found = [Flow(row.key, names.get(row.key, row.key), row.begun, row.ended, row.begun - row.ended, int(row.mean or 0),
                  int((now - row.oldest).total_seconds()) if row.oldest else 0) for row in rows]
    return sorted(found, key=lambda flow: (-flow.begun, flow.key))


def _late_open() -> Any:
    return func.sum(case((and_(Task.due_at.is_not(None), Task.due_at < clock.now()), 1), else_=0))


def _of(row: Any) -> tuple[int, int]:
    return (row.n, row.late or 0) if row else (0, 0)


def _names(session: Session, ids: Any) -> Mapping[int, str]:
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids)), execution_options=EVERYWHERE)
    return {row.id: row.name for row in rows}


def _flow_names(session: Session) -> Mapping[str, str]:
    newest = select(func.max(ProcessDefinition.id)).group_by(ProcessDefinition.key)
    return {row.key: row.name for row in session.execute(
        select(ProcessDefinition.key, ProcessDefinition.name).where(ProcessDefinition.id.in_(newest)))}
