"""Everybody who signs a step, as its page shows them."""
from collections.abc import Iterable
from dataclasses import dataclass

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import WAITING, Task, TaskStatus
from engine import catalog, helping, locks, rewind, rights, sight
from engine.actions.asked import added, added_by, token_of
from engine.actions.breaking import breaking
from engine.actions.helped import Beside
from engine.errors import Missing
from engine.properties import TaskRules

ALONGSIDE = "alongside"


@dataclass(frozen=True)
class Signer:
    """One person asked at a step; `status` is waiting, asked, done or closed, `where` says how they came to it."""

    task_id: int | None
    user_id: int | None
    name: str
    where: str  # '' for those the diagram names, else before, after, alongside
    status: str
    label: str
    added_by: str
    removable: bool


def signers(session: Session, actor: Actor, task_id: int) -> tuple[Signer, ...]:
    """Everybody asked at the step of a task: by the diagram in the order they are asked, then those before and after."""
    task = session.get(Task, task_id)
    if task is None:
        raise Missing("没有这个任务")
    instance = locks.seen(session, task.instance_id)
    if not rights.is_candidate(session, actor, task):
        sight.check_case(session, actor, instance)
    rows = list(session.scalars(select(Task).where(
        Task.instance_id == instance.id, Task.element_id == task.element_id, Task.round == task.round).order_by(Task.id)))
    with breaking(instance):
        waiting = _waiting_turn(Beside(session, actor, instance), task, actor) if instance.state and task.status in WAITING else []
    names = _names(session, [*rows], [one.user_id or 0 for one in waiting])
    rules = catalog.flow(session, instance.definition_id).rules[task.element_id]
    return tuple([_signer(row, names, rules, actor) for row in rows] + [
        Signer(None, one.user_id, names.get(one.user_id or 0, ""), one.where, one.status, "", names.get(int(one.added_by or 0), ""), one.removable)
        for one in waiting])


def _waiting_turn(beside: Beside, task: Task, actor: Actor) -> list[Signer]:
    """Those whose turn is yet to come."""
    token = token_of(beside, task)
    step = rewind.step_of(token) if token is not None else None
    if step is None or not isinstance(step.task_spec, LoopTask):
        return []
    kept = step.internal_data
    there = {c.internal_data.get("signer") for c in step.children}
    names = [s for s in kept.get("signers", added(kept)) if s not in there and "@" not in s]
    return [Signer(None, int(s[1:]), "", ALONGSIDE if (by := added_by(step, s)) else "", "waiting", "", str(by or 0), by == actor.user_id)
            for s in names]


def _signer(row: Task, names: dict[int, str], rules: TaskRules, actor: Actor) -> Signer:
    person = row.completed_by or row.assignee_id or next(iter(helping.named(row)), None)
    answered = row.status == TaskStatus.DONE or bool(row.answer and "outcome" in row.answer)
    status = "done" if answered else {TaskStatus.OPEN: "asked", TaskStatus.HELD: "waiting"}.get(TaskStatus(row.status), "closed")
    outcome = rules.outcome(row.outcome) if answered else None
    where = row.helps or (ALONGSIDE if row.added_by else "")
    return Signer(row.id, person, names.get(person or 0, ""), where, status, outcome.label if outcome else "",
                  names.get(row.added_by or 0, ""), row.added_by == actor.user_id and status in ("asked", "waiting"))


def _names(session: Session, rows: Iterable[Task], more: Iterable[int]) -> dict[int, str]:
    wanted = {i for row in rows for i in (row.completed_by, row.assignee_id, row.added_by) if i} | set(more)
    wanted |= {user_id for row in rows for user_id in helping.named(row)}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
