"""The figures of each step of a flow: how often, how long it waits and is worked on, how much is late, how much is done again."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import HistoryEvent, Task, TaskStatus
from data_model.scope import EVERYWHERE
from data_model.sql import items_of, seconds_between
from engine.analytics.scope import Scope, events, tasks
from engine.history import Action


@dataclass(frozen=True)
class Spread:
    """Of durations in seconds: the nearest-rank median and ninetieth percentile, and how many there are."""

    count: int = 0
    median: int = 0
    p90: int = 0


@dataclass(frozen=True)
class Step:
    """One user task of the diagram. Waiting: until somebody claims it, or does it without claiming. Working: from the claim to the end."""

    element: str
    name: str
    entered: int = 0
    cases: int = 0
    open: int = 0
    oldest_s: int = 0  # the open task that has waited longest
    late: int = 0
    limited: int = 0  # of those with a limit
    again: int = 0  # rounds beyond a case's first; several signers of one round are no repetition
    waited_s: int = 0  # altogether
    waiting: Spread = Spread()
    working: Spread = Spread()

    @property
    def late_share(self) -> float:
        return self.late / self.limited if self.limited else 0.0

    @property
    def again_share(self) -> float:
        return self.again / self.entered if self.entered else 0.0


def figures(session: Session, actor: Actor, scope: Scope) -> list[Step]:
    """Every step that was entered, the one that made cases wait longest first. Two statements."""
    took = _took(session, actor, scope)
    spreads = _spreads(session, took)
    now = clock.now()
    found = []
    for row in session.execute(_totals(took), execution_options=EVERYWHERE):
        found.append(Step(
            row.element, row.name, row.entered, row.cases, row.open, int((now - row.oldest).total_seconds()) if row.oldest else 0,
            row.late, row.limited, row.rounds - row.cases, row.waited or 0, *(spreads.get((row.element, kind), Spread()) for kind in ("wait", "work"))))
    return sorted(found, key=lambda step: (-step.waited_s, step.element))


def _took(session: Session, actor: Actor, scope: Scope) -> Any:
    """A row a task: when it was claimed, how long it waited and was worked on."""
    claim = (select(HistoryEvent.task_id, func.min(HistoryEvent.at).label("at"))
             .where(HistoryEvent.action == Action.CLAIM, HistoryEvent.task_id.is_not(None)).group_by(HistoryEvent.task_id).subquery())
    ended = func.coalesce(Task.completed_at, clock.now())
    waited_until = func.coalesce(claim.c.at, ended)
    counts = Task.status.in_((TaskStatus.OPEN, TaskStatus.DONE, TaskStatus.HELD))
    chosen = select(
        Task.element_id.label("element"), Task.name, Task.instance_id, Task.round, Task.status, Task.opened_at, Task.due_at, ended.label("ended"),
        case((counts, seconds_between(Task.opened_at, waited_until))).label("wait"),
        case((Task.status == TaskStatus.DONE, seconds_between(claim.c.at, Task.completed_at))).label("work"),
    ).outerjoin(claim, claim.c.task_id == Task.id)
    return tasks(session, actor, scope, chosen).cte("took")


def _totals(took: Any) -> Any:
    row = took.c
    is_open = row.status.in_((TaskStatus.OPEN, TaskStatus.HELD))
    return select(
        row.element, func.max(row.name).label("name"), func.count().label("entered"), func.count(row.instance_id.distinct()).label("cases"),
        func.count((row.instance_id * 10_000 + row.round).distinct()).label("rounds"), func.sum(case((is_open, 1), else_=0)).label("open"),
        func.min(case((is_open, row.opened_at))).label("oldest"), func.sum(row.wait).label("waited"),
        func.sum(case((row.due_at.is_not(None), 1), else_=0)).label("limited"),
        func.sum(case((row.ended > row.due_at, 1), else_=0)).label("late"),
    ).group_by(row.element)


def _spreads(session: Session, took: Any) -> Mapping[tuple[str, str], Spread]:
    """Nearest ranks, which both databases work out alike."""
    kinds = union_all(*(select(took.c.element, literal(kind).label("kind"), took.c[kind].label("s")).where(took.c[kind].is_not(None))
                        for kind in ("wait", "work"))).subquery()
    alike = (kinds.c.element, kinds.c.kind)
    ranked = select(*kinds.c, func.row_number().over(partition_by=alike, order_by=kinds.c.s).label("rank"),
                    func.count().over(partition_by=alike).label("n")).subquery()
    row = ranked.c
    chosen = select(
        row.element, row.kind, func.max(row.n).label("n"),
        func.max(case((row.rank == (row.n + 1) // 2, row.s))).label("median"),
        func.max(case((row.rank == (row.n * 9 + 9) // 10, row.s))).label("p90")).group_by(row.element, row.kind)
    return {(one.element, one.kind): Spread(one.n, one.median, one.p90) for one in session.execute(chosen, execution_options=EVERYWHERE)}


def ways(session: Session, actor: Actor, scope: Scope) -> dict[tuple[str, str], int]:
    """How often each way from element to element was taken. One statement."""
    dialect = session.get_bind().dialect.name
    taken = items_of(HistoryEvent.path, dialect)
    source, target = taken.c.value[0].as_string(), taken.c.value[1].as_string()
    chosen = events(session, actor, scope, select(source, target, func.count()).select_from(HistoryEvent)).join(taken, literal(True))
    return {(one, other): number for one, other, number in session.execute(chosen.group_by(source, target), execution_options=EVERYWHERE)}
