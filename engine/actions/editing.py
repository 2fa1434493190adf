"""改数据: the process owner mends what a case knows, field by field; what somebody has decided stays theirs."""
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import UNFINISHED
from engine import case_data, catalog, commands, knowing, locks, pausing, runner, store, trace
from engine.actions.answer import Answer
from engine.actions.breaking import breaking
from engine.actions.holding import said
from engine.actions.operating import operated
from engine.actions.starting import start_child
from engine.case import Case
from engine.case_data import DECIDED, Schema
from engine.errors import EngineError, TooLate
from engine.history import Action, Event
from engine.runner import Run
from engine.settle import settle

NOTHING = object()


def edit_data(
    session: Session, actor: Actor, instance_id: int, path: str, value: Any, schema: Schema, reason: str, *,
    before: Any = NOTHING, idem_key: str,
) -> Answer:
    """Change one value of the case's data.

    Args:
        path: `step.field` for what a form asked, or a name at the top.
        schema: what the forms say of their fields; the caller knows them.
        before: what the person has seen there, when that must still be so.

    Raises:
        NotYours: the person may not operate the case.
        TooLate: somebody has changed it meanwhile, or the case is suspended or over.
        EngineError: no such field, one that is a decision, a value of another kind, or no reason.
    """
    stored = commands.once(session, actor, idem_key, ["edit", instance_id, path, value, reason])
    if stored is not None:
        return Answer(**stored)
    instance = operated(session, actor, instance_id)
    pausing.check_running(session, instance, "流程已结束，不能修改数据")
    words = said(reason)
    case = Case(session, actor, instance, False, start_child)
    with breaking(instance):
        run = runner.wake(catalog.flow(session, instance.definition_id), case, instance.state)
        here = _there(run, path, schema)
        if before is not NOTHING and before != here:
            raise TooLate("此数据刚被改动，请刷新后重试")
        after = case_data.checked(session, path, here, value, schema.get(path))
        if after == here:
            raise EngineError("内容没有改动", field="value")
        case_data.put(run, path, here, after)
        run.advance()
        settle(run, [Event(Action.EDIT, opinion=words, data=case_data.changes(instance, path, here, after), path=trace.path(run))])
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def data_of(session: Session, instance_id: int) -> dict[str, Any]:
    """What the case knows now; of a case that is over, what it knew last."""
    instance = locks.seen(session, instance_id)
    with breaking(instance):
        if instance.status not in UNFINISHED:
            return store.data_at(instance.state, "0" * 32)
        run = runner.wake(catalog.flow(session, instance.definition_id), Case(session, session.info["actor"], instance, False), instance.state)
    return knowing.known(run.workflow)


def is_editable(run_steps: frozenset[str], path: str) -> bool:
    """Whether a path names something that may be changed by hand."""
    first, rest = case_data.parted(path)
    if first in run_steps:
        return bool(rest) and rest not in DECIDED
    return not rest


def _there(run: Run, path: str, schema: Schema) -> Any:
    if not is_editable(case_data.steps(run), path):
        raise EngineError("这是某人作出的决定或整个步骤，不能修改", field="value")
    known = knowing.known(run.workflow)
    try:
        return case_data.at(known, path)
    except KeyError:
        first, _ = case_data.parted(path)
        if path in schema and first in known:
            return None
        raise EngineError("没有名为 {name} 的数据", field="value", name=path) from None
