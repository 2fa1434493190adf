"""What every deed on an open task begins with, and how a deed that moves no token ends."""
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import ProcessInstance, Task
from engine import catalog, history, inbox, locks, notify, rights
from engine.case import Case, Notice
from engine.catalog import Flow
from engine.errors import EngineError, NotYours
from engine.history import Event
from engine.properties import TaskRules
from engine.rights import Standing

LONGEST = 500


@dataclass(frozen=True)
class Held:
    """A task under the lock, and in whose name the person has it."""

    instance: ProcessInstance
    task: Task
    flow: Flow
    rules: TaskRules
    standing: Standing


def held(session: Session, actor: Actor, task_id: int, deed: str = "") -> Held:
    """Lock the task's case; the person holds it, and the diagram lets this be done.

    Raises:
        TooLate: it is done, gone, or somebody else's by now.
        NotYours: the person has no part in it, or the diagram does not offer it.
    """
    instance, task = locks.instance_of_task(session, task_id)
    standing = rights.check(session, actor, task)
    flow = catalog.flow(session, instance.definition_id)
    rules = flow.rules[task.element_id]
    rights.check_not_queued(task, rules)
    if deed:
        rights.check_decides(session, task)
        check_offered(rules, deed)
    return Held(instance, task, flow, rules, standing)


def check_offered(rules: TaskRules, deed: str) -> None:
    """
    Raises:
        NotYours: the diagram does not offer it.
    """
    if not rules.allows(deed):
        raise NotYours("流程图不允许在此步骤这样做")


def said(text: str, field: str = "reason") -> str:
    """What the person wrote, which must be something.

    Raises:
        EngineError: nothing, or too much.
    """
    words = text.strip()
    if not words:
        raise EngineError("请填写原因", field=field)
    if len(words) > LONGEST:
        raise EngineError("最多 {limit} 个字", field=field, limit=LONGEST)
    return words


def kept(session: Session, actor: Actor, instance: ProcessInstance, events: list[Event], moved: Iterable[Task] = (),
         notices: Iterable[Notice] = ()) -> None:
    """Store a deed that moves no token: where its tasks are listed now, its lines of history, and who is told."""
    first = instance.events + 1
    instance.events += len(events)
    session.flush()
    tasks = list(moved)
    if tasks:
        inbox.write(session, tasks)
    history.write(session.connection(), instance, actor, events, first, instance.round)
    case = Case(session, actor, instance)
    case.notices.extend(notices)
    notify.tell(session.connection(), case, [], over=False)
