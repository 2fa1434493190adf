"""A new instance: by a person, by another process, by a message or signal."""
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.organisation import OrgUnit
from data_model.process import InstanceStatus, ProcessDefinition, ProcessInstance, Task
from engine import catalog, commands, designs, locked, runner, trace
from engine.actions.answer import Answer, next_task
from engine.actions.breaking import breaking
from engine.actions.words import safe
from engine.case import Case
from engine.errors import EngineError, NotYours
from engine.history import Action, Event
from engine.runner import Run
from engine.settle import settle


def start(
    session: Session, actor: Actor, key: str, data: Mapping[str, Any], *, idem_key: str, unit_id: int | None = None,
) -> Answer:
    """A person starts a process.

    Args:
        data: the start form's fields.
        idem_key: the form's own key; the same key again gets the same answer.
        unit_id: the place the case belongs to; default: the person's own unit.
    """
    stored = commands.once(session, actor, idem_key, ["start", key, data, unit_id])
    if stored is not None:
        return Answer(**stored)
    definition = catalog.effective(session, key)
    if not actor.everywhere and not catalog.may_start(actor, definition.starters):
        raise NotYours("您不能发起此流程")
    instance = _row(session, definition, unit_id or actor.unit_id, actor.user_id, actor.name)
    asked = designs.of_start(catalog.flow(session, definition.id))
    locked.check(asked.access, data)
    designs.hang(session, actor, designs.file_ids(asked.design, data), ProcessInstance.__tablename__, instance.id)
    run, opened = _begin(session, actor, instance, data, by_person=True)
    answer = Answer(instance.id, None, next_task(session, actor, run, opened))
    commands.answered(session, idem_key, answer.plain())
    return answer


def start_child(case: Case, key: str, data: Mapping[str, Any], unit_id: int) -> int:
    """A handler starts another process in the same transaction; it is told of as begun by the parent's starter."""
    parent = case.instance
    definition = catalog.effective(case.session, key)
    instance = _row(case.session, definition, unit_id, parent.starter_id, parent.starter_name, parent.id)
    _begin(case.session, case.actor, instance, data, by_person=case.by_person)
    return instance.id


def start_by_event(session: Session, actor: Actor, key: str, event: Any, unit_id: int, element: str = "") -> int:
    """A message or signal, or the clock at a start event, starts a process that begins with it."""
    definition = catalog.effective(session, key)
    instance = _row(session, definition, unit_id, actor.user_id, actor.name)
    _begin(session, actor, instance, {}, by_person=False, event=event, element=element)
    return instance.id


def _row(
    session: Session, definition: ProcessDefinition, unit_id: int, starter_id: int, starter_name: str, parent_id: int | None = None,
) -> ProcessInstance:
    unit = session.get(OrgUnit, unit_id)
    if unit is None:
        raise EngineError("没有这个单位")
    instance = ProcessInstance(
        definition_id=definition.id, key=definition.key, title=definition.name, starter_id=starter_id, starter_name=starter_name,
        unit_id=unit.id, org_path=unit.path, parent_id=parent_id, started_at=clock.now(), code="", subject_kind="",
        status=InstanceStatus.RUNNING, end_element="", version=1, round=1, events=0, state=b"")
    session.add(instance)
    session.flush()
    return instance


def _begin(
    session: Session, actor: Actor, instance: ProcessInstance, data: Mapping[str, Any], *, by_person: bool, event: Any = None, element: str = "",
) -> tuple[Run, list[Task]]:
    flow = catalog.flow(session, instance.definition_id)
    case = Case(session, actor, instance, by_person, start_child)
    filled = safe(data)
    with breaking(instance):
        run = runner.begin(flow, case, {"start": {**filled, "by": actor.user_id}}, event, element)
        first = Event(Action.START, trace.started_at(run), flow.name, data=filled, path=trace.path(run))
        return run, settle(run, [first])
