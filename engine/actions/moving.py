"""移动令牌: the process owner lets a case stand at another step. What that cancels is said before, and whoever had it is told."""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task as Token
from SpiffWorkflow.util.task import TaskState
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from data_model.actor import Actor
from data_model.process import WAITING, InstanceStatus, ProcessInstance, Task
from engine import catalog, commands, helping, locks, moving, past, pausing, rewind, runner, trace
from engine.actions.answer import Answer
from engine.actions.breaking import breaking
from engine.actions.holding import said
from engine.actions.operating import operated, tell
from engine.actions.returning import tell as tell_flow
from engine.actions.starting import start_child
from engine.case import Case
from engine.errors import EngineError, TooLate
from engine.history import Action, Event
from engine.moving import Place
from engine.opening import rules_of
from engine.returns import Effect
from engine.runner import Run
from engine.settle import settle

CLOSED = "{who} 已调整流程，您的待办「{task}」已关闭：{reason}（{title}）"
CLOSED_YOURS = "{who} 已调整您发起的流程：{title}（{reason}）"


@dataclass(frozen=True)
class Spot:
    """A place where a case stands: task, failed or event."""

    token: str
    element: str
    name: str
    kind: str


@dataclass(frozen=True)
class Destination:
    """A step it may stand at instead, and what that would cancel."""

    key: str
    element: str
    name: str
    effects: tuple[Effect, ...]


def spots(session: Session, instance_id: int) -> tuple[Spot, ...]:
    """Where the case stands now; nowhere when it is over, or its state cannot be read (the page tells of that incident)."""
    instance = locks.seen(session, instance_id)
    run = _looked_at(session, instance)
    return tuple(_spot(token) for token in moving.open_tokens(run)) if run is not None else ()


def destinations(session: Session, instance_id: int, token_id: str) -> tuple[int, tuple[Destination, ...]]:
    """The steps that token may be put on, and the version of the case that this is said of.

    Raises:
        TooLate: the token is not there any more.
    """
    instance = locks.seen(session, instance_id)
    run = _looked_at(session, instance)
    token = _token(run, token_id)
    assert run is not None
    rows = [row for row in helping.of_case(session, instance) if row.status in WAITING]
    return instance.version, tuple(
        Destination(place.key, place.spec.bpmn_id, _name(place.spec), tuple(_effects(session, run, place, rows)))
        for place in moving.places(run, token))


def move(
    session: Session, actor: Actor, instance_id: int, token_id: str, to: str, reason: str, *, seen: int | None = None, idem_key: str,
) -> Answer:
    """Put a token on another step.

    Args:
        to: key of one of `destinations`.
        seen: the version of the case whose effects the person has read.

    Raises:
        NotYours: the person may not operate the case.
        TooLate: the case has gone on meanwhile, is suspended, or over.
        EngineError: not to this step, or without a reason.
    """
    stored = commands.once(session, actor, idem_key, ["move", instance_id, token_id, to, reason])
    if stored is not None:
        return Answer(**stored)
    instance = operated(session, actor, instance_id)
    pausing.check_running(session, instance, "流程已结束，不能移动")
    if seen is not None and seen != instance.version:
        raise TooLate("流程刚被他人处理，请刷新后重试")
    words = said(reason)
    case = Case(session, actor, instance, False, start_child)
    with breaking(instance):
        run = runner.wake(catalog.flow(session, instance.definition_id), case, instance.state)
        token = _token(run, token_id)
        place = next((one for one in moving.places(run, token) if one.key == to), None)
        if place is None:
            raise EngineError("不能移动到这一步骤，请重新选择", field="to")
        _move(run, place, token, words)
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def _move(run: Run, place: Place, token: Token, words: str) -> None:
    case, here = run.case, run.case.instance
    rows = helping.of_case(case.session, here)
    closed = _closed(run, place, rows)
    tell(case, closed, CLOSED, CLOSED_YOURS, words)
    set_committed_value(here, "round", here.round + 1)
    if place.spec.manual:
        tell_flow(case, "moved", run.flow.address(rules_of(place.spec), place.spec.bpmn_id))
    source = token.task_spec
    moving.put(run, place, token)
    run.advance()
    settle(run, [Event(
        Action.MOVE, source.bpmn_id, _name(source), opinion=words, path=trace.path(run), data={
            "to": {"element": place.spec.bpmn_id, "name": _name(place.spec)},
            "before": sorted(row.element_id for row in rows if row.status in WAITING), "closed": [row.name for row in closed]})])


def _looked_at(session: Session, instance: ProcessInstance) -> Run | None:
    if instance.status != InstanceStatus.RUNNING:
        return None
    with breaking(instance):
        return runner.wake(catalog.flow(session, instance.definition_id), Case(session, session.info["actor"], instance), instance.state)


def _token(run: Run | None, token_id: str) -> Token:
    found = run.token(token_id) if run is not None else None
    steps = {rewind.step_of(token).id for token in moving.open_tokens(run)} if run is not None else set()
    if found is None or rewind.step_of(found).id not in steps:
        raise TooLate("流程刚被他人处理，请刷新后重试")
    return found


def _spot(token: Token) -> Spot:
    kind = "failed" if token._state == TaskState.ERROR else "task" if token.task_spec.manual else "event"
    return Spot(str(token.id), token.task_spec.bpmn_id, _name(token.task_spec), kind)


def _name(spec: object) -> str:
    return str(getattr(spec, "bpmn_name", "") or getattr(spec, "bpmn_id", ""))


def _below(run: Run, place: Place) -> list[Token]:
    tops = [rewind.head_of(token) for token in place.gone] if not place.beside else [place.gone[0]]
    return [inner for top in tops for inner in rewind.below(run, top)]


def _closed(run: Run, place: Place, rows: Sequence[Task]) -> list[Task]:
    """Tasks that people would have no more, with those that hang on them."""
    ids = {str(token.id) for token in _below(run, place)}
    return [row for row in rows if row.status in WAITING and ids & {row.token_id, row.anchor}]


def _effects(session: Session, run: Run, place: Place, rows: Sequence[Task]) -> Iterator[Effect]:
    closed = _closed(run, place, rows)
    for row, step in zip(closed, past.steps(session, closed), strict=True):
        yield Effect("「{step}」将关闭（{who}）", {"step": row.name, "who": "、".join((*step.holders, *(where for _, where in step.roles)))})
    for token in {t.id: t for t in _below(run, place)}.values():
        spec = token.task_spec
        if token._state == TaskState.ERROR:
            yield Effect("「{step}」的异常不再处理", {"step": _name(spec)})
        elif token._state == TaskState.WAITING and spec.bpmn_id and hasattr(spec, "event_definition") and not isinstance(spec, BoundaryEvent):
            yield Effect("「{step}」不再等待", {"step": _name(spec)})
