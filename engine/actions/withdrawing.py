"""撤回: somebody takes their own finished step back, as long as nothing has come of it."""
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task as Token
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM, Actor
from data_model.process import HistoryEvent, ProcessInstance, Task, TaskStatus
from engine import catalog, commands, helping, locks, pausing, returns, rewind, rights, runner, ways
from engine.actions.answer import Answer, next_task
from engine.actions.breaking import breaking
from engine.actions.holding import check_offered, said
from engine.actions.returning import tell
from engine.actions.starting import start_child
from engine.case import Case
from engine.catalog import Flow
from engine.errors import EngineError, NotYours, TooLate
from engine.history import Action, Event
from engine.returns import Effect
from engine.runner import Run
from engine.service_task import handler
from engine.services.reversing import is_reversible
from engine.settle import settle
from engine.signing import SigningTask
from engine.ways import Way

CLOSED = "{who} 已撤回上一步，您的待办「{task}」已关闭（{title}）"


@dataclass(frozen=True)
class Withdrawable:
    """A step its person may still take back, and what that would undo."""

    task_id: int
    element: str
    name: str
    effects: tuple[Effect, ...]


def withdraw(session: Session, actor: Actor, task_id: int, reason: str, *, idem_key: str) -> Answer:
    """Take one's own finished step back; it is open again for the same person, with what was filled in.

    Raises:
        TooLate: somebody has gone on with it, or the case is over; the words say who and when.
        NotYours: somebody else did it, or the diagram does not let it be taken back.
        EngineError: something has come of it that cannot be undone.
    """
    stored = commands.once(session, actor, idem_key, ["withdraw", task_id, reason])
    if stored is not None:
        return Answer(**stored)
    instance, task = locks.instance_of_task(session, task_id)
    flow = catalog.flow(session, instance.definition_id)
    run, token, way = _checked(session, actor, instance, task, flow)
    words = said(reason)
    with breaking(instance):
        rows = helping.of_case(session, instance)
        open_ids = {str(t.id) for t in way.open}
        helping.tell_closed(run.case, [row for row in rows if row.token_id in open_ids], CLOSED)
        before = sorted({row.element_id for row in rows if row.status == TaskStatus.OPEN})
        tell(run.case, "withdrawn", task.element_id)
        _take_back(run, token, way, actor.user_id)
        run.advance()
        opened = settle(run, [Event(Action.WITHDRAW, task.element_id, task.name, task.id, opinion=words,
                                    data={"before": before, "after": [task.element_id]})])
    answer = Answer(instance.id, task.id, next_task(session, actor, run, opened))
    commands.answered(session, idem_key, answer.plain())
    return answer


def can_withdraw(session: Session, actor: Actor, instance_id: int) -> Withdrawable | None:
    """The last step the person did in this case, when it may be taken back now."""
    task = session.scalars(select(Task).where(
        Task.instance_id == instance_id, Task.completed_by == actor.user_id, Task.status == TaskStatus.DONE)
        .order_by(Task.completed_at.desc(), Task.id.desc()).limit(1)).first()
    if task is None:
        return None
    instance = locks.seen(session, instance_id)
    flow = catalog.flow(session, instance.definition_id)
    try:
        run, _, way = _checked(session, actor, instance, task, flow)
    except EngineError:
        return None
    return Withdrawable(task.id, task.element_id, task.name, tuple(returns.undone(session, run, way)))


def _checked(session: Session, actor: Actor, instance: ProcessInstance, task: Task, flow: Flow) -> tuple[Run, Token, Way]:
    """
    Raises: as `withdraw`.
    """
    pausing.check_running(session, instance, "流程已结束，不能撤回")
    if task.status != TaskStatus.DONE:
        rights.check_open(task)
        raise EngineError("此任务尚未办理")
    if task.completed_by != actor.user_id or task.helps:
        raise NotYours("只能撤回自己办理的步骤")
    check_offered(flow.rules[task.element_id], "withdraw")
    case = Case(session, actor, instance, True, start_child, task.station_id)
    with breaking(instance):
        run = runner.wake(flow, case, instance.state)
        token = run.token(task.token_id)
        if token is None or token._state != TaskState.COMPLETED:
            raise TooLate("此步骤已被退回或撤回")
        way = _vote(token) or ways.way_to(run, rewind.step_of(token))
    if way is None:
        raise EngineError("其他分支已继续办理，不能撤回，请改为申请退回")
    for problem in _problems(session, run, token, way):
        raise problem
    return run, token, way


def _vote(token: Token) -> Way | None:
    """A vote of a signing that still runs."""
    step = rewind.step_of(token)
    if step is token or step._state != TaskState.STARTED or not isinstance(step.task_spec, SigningTask):
        return None
    signers, merged = step.internal_data["signers"], step.internal_data["merged"]
    if not step.task_spec.in_turn:
        return Way(step)
    if merged[-1]["signer"] != token.internal_data["signer"] or len(merged) >= len(signers):
        return None
    return Way(step, open=tuple(c for c in step.children if c._state == TaskState.READY))


def _problems(session: Session, run: Run, token: Token, way: Way) -> Iterator[EngineError]:
    if token is not way.step and way.step._state != TaskState.STARTED:
        yield EngineError("会签已有结果，不能撤回，请改为申请退回")
    if token is not way.step and not isinstance(way.step.task_spec, SigningTask):
        yield EngineError("此步骤由多人分别办理，不能撤回，请改为申请退回")
    yield from _acted(session, run, way)
    for service in way.services:
        if not is_reversible(handler(service.task_spec.operation_name)):
            yield EngineError("已自动执行「{step}」，不能撤回，请改为申请退回", step=_name(service))
    for event in way.events:
        yield EngineError("「{step}」已发生，不能撤回，请改为申请退回", step=_name(event))


def _acted(session: Session, run: Run, way: Way) -> Iterator[EngineError]:
    """Whoever comes next has done something with it: answered, claimed, handed on, asked others, begun to fill in."""
    here = run.case.instance
    tokens = [str(t.id) for t in (*way.open, *way.done)]
    tasks = {row.id: row for row in session.scalars(select(Task).where(Task.instance_id == here.id, Task.token_id.in_(tokens)))}
    deed = session.scalars(select(HistoryEvent).where(
        HistoryEvent.instance_id == here.id, HistoryEvent.task_id.in_(tasks), HistoryEvent.actor_id != SYSTEM.user_id,
        HistoryEvent.action.in_(_DEEDS)).order_by(HistoryEvent.seq.desc()).limit(1)).first()
    if deed is not None:
        yield TooLate("{who} 已于 {when} 办理下一步「{step}」，不能撤回，请改为申请退回", who=deed.actor_name, step=deed.element_name,
                      when=clock.local(deed.at).strftime("%m-%d %H:%M"))
    drafted = next((row for row in tasks.values() if row.drafted or row.status == TaskStatus.HELD), None)
    if drafted is not None:
        yield TooLate("下一步「{step}」已有人开始填写，不能撤回，请改为申请退回", step=drafted.name)
    if len(tasks) < len(tokens):
        yield EngineError("下一步已自动通过，不能撤回，请改为申请退回")


def _name(token: Token) -> str:
    return str(token.task_spec.bpmn_name or token.task_spec.bpmn_id)


_DEEDS = (Action.COMPLETE, Action.CLAIM, Action.TRANSFER, Action.DELEGATE, Action.GIVE_BACK, Action.ADD_SIGNER)


def _take_back(run: Run, token: Token, way: Way, user_id: int) -> None:
    if token is not way.step:
        way.step.task_spec.take_back(way.step, token)
        return
    answer: Any = token.data.get(token.task_spec.bpmn_id)
    assert not isinstance(token.task_spec, LoopTask)
    rewind.back_to(run, token, answer, user_id)
