"""退回: an approver sends a case back to a step that was done before; it goes on from there, or comes straight back."""
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from data_model import clock
from data_model.actor import Actor
from data_model.process import Help, Task, TaskStatus
from engine import commands, helping, returns, rewind, runner
from engine.actions.answer import Answer, next_task
from engine.actions.breaking import breaking
from engine.actions.holding import Held, held, said
from engine.actions.starting import start_child
from engine.candidates import Why
from engine.case import Case
from engine.errors import EngineError, NotYours
from engine.history import Action, Event
from engine.opening import Opened, due_of, rules_of
from engine.principals import user_principal
from engine.returns import Found, Target
from engine.runner import Run
from engine.settle import settle

CLOSED = "{who} 已退回流程，您的待办「{task}」已关闭（{title}）"


def return_targets(session: Session, actor: Actor, task_id: int) -> tuple[Target, ...]:
    """Where the person may return the task to, the nearest first, with what that would undo; none when the diagram names none."""
    here, run = _awake(session, actor, task_id)
    token = run.token(here.task.token_id)
    if token is None:
        return ()
    return tuple(returns.target(session, run, found, here.task, here.rules)
                 for found in returns.found(session, run, here.instance, token, here.rules))


def return_to(
    session: Session, actor: Actor, task_id: int, element: str, reason: str, *, mode: str | None = None, idem_key: str,
) -> Answer:
    """Send the case back.

    Args:
        element: one of `return_targets`.
        mode: redo_all or straight_back, where the diagram leaves it open.

    Raises:
        TooLate: somebody has done the task, or it is gone.
        NotYours: the task is not this person's, or the diagram lets nobody return it.
        EngineError: not to this step, or without a reason.
    """
    stored = commands.once(session, actor, idem_key, ["return", task_id, element, reason, mode])
    if stored is not None:
        return Answer(**stored)
    here, run = _awake(session, actor, task_id)
    words, chosen = said(reason), _chosen(session, run, here, element)
    way = _mode(here, chosen, mode)
    with breaking(here.instance):
        set_committed_value(here.instance, "round", here.instance.round + 1)
        tell(run.case, "returned", chosen.element)
        event = _line(session, here, chosen, way, words)
        if way == returns.STRAIGHT_BACK:
            opened = settle(run, [event], _ask_to_mend(run, here, chosen, words))
        else:
            opened = _redo(run, here, chosen, event)
    answer = Answer(here.instance.id, here.task.id, next_task(session, actor, run, opened))
    commands.answered(session, idem_key, answer.plain())
    return answer


def tell(case: Case, hook: str, element: str) -> None:
    """A flow whose record must know has a function of that name among its handlers: (case, data, element)."""
    name = f"engine.handlers.{case.instance.key}"
    heard: Any = getattr(import_module(name), hook, None) if find_spec(name) else None
    if heard is not None:
        heard(case, {}, element)


def _awake(session: Session, actor: Actor, task_id: int) -> tuple[Held, Run]:
    here = held(session, actor, task_id)
    if here.task.helps or here.task.owner_id is not None or not returns.named(here.rules):
        raise NotYours("流程图不允许在此步骤这样做")
    case = Case(session, actor, here.instance, True, start_child, here.task.station_id)
    with breaking(here.instance):
        return here, runner.wake(here.flow, case, here.instance.state)


def _chosen(session: Session, run: Run, here: Held, element: str) -> Found:
    token = run.token(here.task.token_id)
    found = returns.found(session, run, here.instance, token, here.rules) if token is not None else []
    chosen = next((target for target in found if target.element == element), None)
    if chosen is None:
        raise EngineError("不能退回到这一步骤，请重新选择", field="element")
    return chosen


def _mode(here: Held, chosen: Found, wanted: str | None) -> str:
    offered = returns.modes(here.rules, chosen)
    if wanted is not None and wanted not in offered:
        raise EngineError("流程图没有提供这种退回方式", field="mode")
    return wanted or offered[0]


def _line(session: Session, here: Held, chosen: Found, mode: str, words: str) -> Event:
    rows = helping.of_case(session, here.instance)
    step = chosen.way.step
    return Event(Action.RETURN, here.task.element_id, here.task.name, here.task.id, opinion=words, on_behalf=here.standing.proxy, data={
        "to": {"element": chosen.element, "name": step.task_spec.bpmn_name or step.task_spec.bpmn_id}, "mode": mode,
        "before": sorted({row.element_id for row in rows if row.status == TaskStatus.OPEN}),
        "after": [chosen.element], "who": [row.completed_by_name for row in chosen.doers]})


def _redo(run: Run, here: Held, chosen: Found, event: Event) -> list[Task]:
    """What came of the step goes; its person has it again."""
    way, session = chosen.way, run.case.session
    gone = {str(token.id) for token in way.open}
    rows = helping.of_case(session, here.instance)
    helping.tell_closed(run.case, [row for row in rows if gone & {row.token_id, row.anchor}], CLOSED)
    answer = way.step.data.get(way.step.task_spec.bpmn_id) if way.step.task_spec.manual else None
    rewind.back_to(run, way.step, answer, chosen.whose)
    run.advance()
    return settle(run, [event])


def _ask_to_mend(run: Run, here: Held, chosen: Found, words: str) -> list[Opened]:
    """The asking step waits; who did the earlier one has it again. Of a signing, all vote again afterwards."""
    token = run.token(here.task.token_id)
    assert token is not None
    step, session = rewind.step_of(token), run.case.session
    (doer,) = chosen.doers
    rows = [row for row in helping.of_case(session, here.instance) if row.token_id in _persons(step) or row.anchor in _persons(step)]
    if any(row.helps for row in rows if row.status != TaskStatus.DONE):
        raise EngineError("此步骤还有加签人未办理，请先减签或等待其办理")
    helping.tell_closed(run.case, [row for row in rows if row.id != here.task.id], CLOSED)
    helping.hold(session, [row for row in rows if row.status == TaskStatus.OPEN])
    return [_mending(run, here, chosen, doer, str(step.id), str(token.id), words)]


def _persons(step: Any) -> set[str]:
    return {str(step.id), *(str(child.id) for child in step.children if child.triggered)}


def _mending(run: Run, here: Held, chosen: Found, doer: Task, host: str, anchor: str, words: str) -> Opened:
    step = chosen.way.step
    rules = returns.rules_at(step)
    why = Why(user_principal(doer.completed_by or 0), "{who} 退回给您：{reason}", {"who": run.case.actor.name, "reason": words})
    row = helping.helper(here.task, Help.REDO, host, anchor, doer.completed_by or 0, why)
    row.element_id, row.name = chosen.element, step.task_spec.bpmn_name or step.task_spec.bpmn_id
    row.round, row.priority, row.duty, row.personal, row.excluded = here.instance.round, rules.priority, rules.duty, rules.personal, []
    row.due_at, row.opened_at = due_of(run, rules_of(step.task_spec).due if step.task_spec.manual else rules.due, step.data), clock.now()
    return Opened(row, frozenset({doer.completed_by or 0}))
