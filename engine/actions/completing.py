"""A person has done a task: the transaction of `docs/architecture.md`, statement by statement."""
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from data_model import clock
from data_model.actor import Actor
from data_model.process import Task, TaskStatus
from engine import catalog, commands, inbox, locks, rights, runner, trace
from engine.actions.answer import Answer, next_task
from engine.actions.breaking import breaking
from engine.actions.starting import start_child
from engine.actions.words import safe
from engine.case import Case
from engine.errors import EngineError, TooLate
from engine.history import Action, Event
from engine.properties import Outcome, TaskRules
from engine.settle import settle

_task = Task.__table__
_ANSWERED = ("status", "outcome", "completed_at", "completed_by", "completed_by_name")
_done = update(_task).where(  # type: ignore[arg-type]
    _task.c.id == bindparam("_id"), _task.c.status == bindparam("_open")).values({name: bindparam(name) for name in _ANSWERED})


def complete(
    session: Session, actor: Actor, task_id: int, outcome: str, data: Mapping[str, Any], *, idem_key: str, opinion: str = "",
) -> Answer:
    """Complete a task and let the process go on.

    Args:
        outcome: value of the button that was pressed.
        data: the form's fields.
        opinion: why, in the person's own words.

    Raises:
        TooLate: somebody else was first.
        NotYours: the task is not this person's.
        EngineError: the form or a handler says what is to be mended; nothing has changed.
        EngineBroken: the process cannot go on; nothing has changed, and the door has an incident written.
    """
    stored = commands.once(session, actor, idem_key, ["complete", task_id, outcome, data, opinion])
    if stored is not None:
        return Answer(**stored)
    instance, task = locks.instance_of_task(session, task_id)
    rights.check(session, actor, task)
    flow = catalog.flow(session, instance.definition_id)
    chosen = _chosen(flow.rules[task.element_id], outcome, opinion)
    filled = safe(data)
    case = Case(session, actor, instance, True, start_child, task.station_id)
    with breaking(instance):
        run = runner.wake(flow, case, instance.state)
        run.answer(task.token_id, {**filled, "outcome": outcome, "by": actor.user_id} | ({"opinion": opinion} if opinion else {}))
        run.advance()
        _close(session, actor, task, outcome)
        opened = settle(run, [_line(task, chosen, filled, opinion, trace.path(run))])
    answer = Answer(instance.id, task.id, next_task(session, actor, run, opened))
    commands.answered(session, idem_key, answer.plain())
    return answer


def _chosen(rules: TaskRules, outcome: str, opinion: str) -> Outcome:
    chosen = rules.outcome(outcome)
    if chosen is None:
        raise EngineError("没有「{outcome}」这个选项", outcome=outcome)
    if chosen.opinion and not opinion.strip():
        raise EngineError("选择「{label}」时请填写意见", field="opinion", label=chosen.label)
    return chosen


def _close(session: Session, actor: Actor, task: Task, outcome: str) -> None:
    values = {"status": TaskStatus.DONE, "outcome": outcome, "completed_at": clock.now(), "completed_by": actor.user_id,
              "completed_by_name": actor.name}
    closed = session.connection().execute(_done, {**values, "_id": task.id, "_open": TaskStatus.OPEN})
    if closed.rowcount != 1:
        raise TooLate("流程刚被他人处理，请刷新后重试")
    for name, value in values.items():
        set_committed_value(task, name, value)
    inbox.remove(session, [task.id], excluded=bool(task.excluded))


def _line(task: Task, chosen: Outcome, filled: dict[str, Any], opinion: str, path: list[list[str]]) -> Event:
    return Event(
        Action.COMPLETE, task.element_id, task.name, task.id, chosen.value, chosen.label, opinion, filled, path,
        int((clock.now() - task.opened_at).total_seconds()))
