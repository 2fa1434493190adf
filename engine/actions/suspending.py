"""挂起 and 恢复: a case stands still, the cases it has started with it, and later goes on with the time that was left."""
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.task import Task as Token
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from data_model import clock
from data_model.actor import Actor
from data_model.process import WAITING, InstanceStatus, ProcessInstance, Task, TaskStatus, TimerRow
from data_model.scope import EVERYWHERE
from engine import catalog, commands, history, inbox, locks, notify, pausing, runner
from engine.actions.answer import Answer
from engine.actions.breaking import breaking
from engine.actions.ending import stays
from engine.actions.holding import said
from engine.actions.operating import operated, tell
from engine.actions.starting import start_child
from engine.case import Case
from engine.errors import TooLate
from engine.history import Action, Event
from engine.settle import settle

STOPPED = "{who} 已挂起流程，您的待办「{task}」暂不能办理：{reason}（{title}）"
STOPPED_YOURS = "{who} 已挂起您发起的流程：{title}（{reason}）"
GOES_ON = "流程已恢复，您的待办「{task}」可以继续办理（{title}）"
GOES_ON_YOURS = "您发起的流程已恢复：{title}"


def suspend(session: Session, actor: Actor, instance_id: int, reason: str, *, idem_key: str) -> Answer:
    """Nobody can do a task of the case, its timers stand still, messages for it wait. Cases it has started stop with it.

    Raises:
        NotYours: the person may not operate the case.
        TooLate: it is suspended already, or over.
        EngineError: no reason.
    """
    stored = commands.once(session, actor, idem_key, ["suspend", instance_id, reason])
    if stored is not None:
        return Answer(**stored)
    instance = operated(session, actor, instance_id)
    pausing.check_running(session, instance, "流程已结束，不能挂起")
    words = said(reason)
    _stop(session, actor, instance, words, {})
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def resume(session: Session, actor: Actor, instance_id: int, reason: str, *, idem_key: str) -> Answer:
    """The case goes on; every limit and timer has the time it had left. Cases that stopped with it go on too.

    Raises:
        NotYours: the person may not operate the case.
        TooLate: it is not suspended (any more).
    """
    stored = commands.once(session, actor, idem_key, ["resume", instance_id, reason])
    if stored is not None:
        return Answer(**stored)
    instance = operated(session, actor, instance_id)
    _go_on(session, actor, instance, said(reason), {})
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def _stop(session: Session, actor: Actor, instance: ProcessInstance, words: str, because: dict[str, Any]) -> None:
    rows = _waiting(session, instance)
    for row in rows:
        row.suspended = True
    case = Case(session, actor, instance, False)
    tell(case, rows, STOPPED, STOPPED_YOURS, words)
    instance.status, instance.version, instance.events = InstanceStatus.SUSPENDED, instance.version + 1, instance.events + 1
    session.flush()
    session.execute(delete(TimerRow).where(TimerRow.instance_id == instance.id))  # when they are due is in the run's state
    _list(session, rows)
    line = Event(Action.SUSPEND, opinion=words, data={"before": InstanceStatus.RUNNING, "after": InstanceStatus.SUSPENDED, **because})
    history.write(session.connection(), instance, actor, [line], instance.events, instance.round)
    notify.tell(session.connection(), case, [], over=False)
    for child in _children(session, instance, InstanceStatus.RUNNING):
        if not stays(session, child):
            _stop(session, actor, child, words, {"parent": instance.id, "title": instance.title})


def _go_on(session: Session, actor: Actor, instance: ProcessInstance, words: str, because: dict[str, Any]) -> None:
    line = pausing.said(session, instance.id)
    if instance.status != InstanceStatus.SUSPENDED or line is None:
        raise TooLate("流程没有挂起，无需恢复")
    still = clock.now() - line.at
    case = Case(session, actor, instance, False, start_child)
    with breaking(instance):
        run = runner.wake(catalog.flow(session, instance.definition_id), case, instance.state)
        for token in list(run.tokens()):
            _put_off(token, still)
        run.waited = replace(run.waited, timers={})
        rows = _waiting(session, instance)
        _open_again(rows, still)
        set_committed_value(instance, "status", InstanceStatus.RUNNING)
        tell(case, rows, GOES_ON, GOES_ON_YOURS, words)
        settle(run, [Event(Action.RESUME, opinion=words, data={
            "before": InstanceStatus.SUSPENDED, "after": InstanceStatus.RUNNING, "seconds": int(still.total_seconds()), **because})])
        _list(session, rows)
    for child in _children(session, instance, InstanceStatus.SUSPENDED):
        stopped = pausing.said(session, child.id)
        if stopped is not None and stopped.data.get("parent") == instance.id:
            _go_on(session, actor, child, words, {"parent": instance.id, "title": instance.title})


def _waiting(session: Session, instance: ProcessInstance) -> Sequence[Task]:
    return session.scalars(select(Task).where(Task.instance_id == instance.id, Task.status.in_(WAITING)).order_by(Task.id),
                           execution_options={"populate_existing": True}).all()


def _open_again(rows: Sequence[Task], still: timedelta) -> None:
    for row in rows:
        row.suspended = False
        row.due_at = row.due_at + still if row.due_at else None


def _list(session: Session, rows: Sequence[Task]) -> None:
    listed = [row for row in rows if row.status == TaskStatus.OPEN]
    if listed:
        session.flush()
        inbox.write(session, listed)


def _children(session: Session, parent: ProcessInstance, status: str) -> Iterator[ProcessInstance]:
    """Cases it has started, each locked, that are still in that state under the lock."""
    ids = session.scalars(select(ProcessInstance.id).where(ProcessInstance.parent_id == parent.id, ProcessInstance.status == status)
                          .order_by(ProcessInstance.id), execution_options=EVERYWHERE).all()
    for child_id in ids:
        child = locks.instance(session, child_id)
        if child.status == status:
            yield child


def _put_off(token: Token, still: timedelta) -> None:
    """What a waiting timer has worked out when its token came: later by as long as the case stood still."""
    if token._state != TaskState.WAITING:
        return
    kept = token.internal_data
    for key in [key for key in kept if key.startswith("due:")]:
        kept[key] = _later(kept[key], still)
    if "cycle" in kept:
        kept["cycle"] = {**kept["cycle"], "next": _later(kept["cycle"]["next"], still)}


def _later(moment: str, still: timedelta) -> str:
    return (datetime.fromisoformat(moment) + still).isoformat()
