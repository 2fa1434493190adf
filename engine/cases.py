"""What screens ask about one task and one case. Holding a task opens exactly its case beyond the wall."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import (
    WAITING,
    Help,
    HistoryEvent,
    Incident,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    Task,
    TaskStatus,
)
from data_model.scope import EVERYWHERE
from engine import catalog, designs, offers, rights, sight, store
from engine.actions.breaking import breaking
from engine.candidates import Why
from engine.catalog import Flow
from engine.designs import Asked
from engine.errors import Missing, NotYours
from engine.history import Action
from engine.past import steps
from engine.properties import Outcome


@dataclass(frozen=True)
class Closed:
    """Why a task waits no more; `who` is empty when nobody answered it."""

    who: str
    at: datetime | None
    outcome: str
    label: str


@dataclass(frozen=True)
class TaskView:
    """Everything a task page shows of the process; the form and the record are asked elsewhere."""

    task: Task
    instance: ProcessInstance
    process_name: str
    form: str
    outcomes: tuple[Outcome, ...]
    may: frozenset[str]
    why: tuple[Why, ...]
    closed: Closed | None
    data: Mapping[str, Any]
    subject: tuple[str, int] | None
    on_behalf: str = ""  # 代: in whose name the person acts, when not in their own
    owner: str = ""  # 委派: who gets the task back
    asked: Asked = field(default_factory=Asked)  # the form, with what may be changed of it


@dataclass(frozen=True)
class OpenStep:
    """A task that waits, and who may do it."""

    task: Task
    holders: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CaseView:
    """One case from outside."""

    instance: ProcessInstance
    process_name: str
    steps: tuple[OpenStep, ...]
    incidents: tuple[Incident, ...]
    may: frozenset[str]
    subject: tuple[str, int] | None


@dataclass(frozen=True)
class Line:
    """One line of the timeline; the open steps stand at the end, with `at` when they opened."""

    at: datetime
    who: str
    action: str
    element_id: str
    element_name: str
    outcome: str = ""
    outcome_label: str = ""
    opinion: str = ""
    duration_s: int | None = None
    round: int = 1
    data: Mapping[str, Any] = field(default_factory=dict)
    open: bool = False
    due_at: datetime | None = None
    holders: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    on_behalf: str = ""  # the actor did it for this person
    files: tuple[int, ...] = ()
    signature: Mapping[str, Any] | None = None
    task_id: int | None = None
    path: Sequence[Sequence[str]] = ()  # the arrows that were gone along then, [from, to]


@dataclass(frozen=True)
class DiagramMarks:
    """The diagram and what to mark in it."""

    xml: str
    done: list[str]
    flows: list[str]
    current: list[str]
    failed: list[str]
    badges: dict[str, str]


def task_view(session: Session, actor: Actor, task_id: int) -> TaskView:
    """
    Raises:
        Missing: there is no such task.
        NotYours: the person is neither candidate nor had a part in the case nor may view it.
        EngineBroken: the run's stored state cannot be read.
    """
    task = session.get(Task, task_id)
    if task is None:
        raise Missing("没有这个任务")
    instance = _instance(session, task.instance_id)
    mine = rights.is_candidate(session, actor, task)
    if not (mine and task.status == TaskStatus.OPEN) and not sight.may_see_case(session, actor, instance):
        if mine:
            rights.check_open(task)
        raise NotYours("这不是您的待办")
    flow = catalog.flow(session, instance.definition_id)
    rules = flow.rules[task.element_id]
    with breaking(instance):
        data = _with_earlier(session, actor, task, store.data_at(instance.state, task.anchor or task.token_id))
    asked = Asked() if task.helps in (Help.BEFORE, Help.AFTER) else designs.asked(flow, rules, task.element_id, data)
    return TaskView(
        task=task, instance=instance, process_name=task.process_name, form=asked.form, asked=asked,
        outcomes=rules.outcomes,
        may=frozenset(offers.on_task(session, actor, task, rules) | offers.on_case(session, actor, instance)),
        why=_why(actor, task), closed=_closed(task, rules.outcome(task.outcome)),
        data=designs.masked(flow, asked.form, asked.access, data), subject=_subject(instance), on_behalf=_on_behalf(session, actor, task),
        owner=_owner(session, task))


def case_view(session: Session, actor: Actor, instance_id: int) -> CaseView:
    """
    Raises:
        Missing: there is no such case.
        NotYours: the person has no part in it and may not view it.
    """
    instance = _instance(session, instance_id)
    sight.check_case(session, actor, instance)
    incidents = session.scalars(select(Incident).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
                                .order_by(Incident.id)).all()
    may = offers.on_case(session, actor, instance)
    if instance.status == InstanceStatus.RUNNING and incidents and actor.can_at("incident.retry", instance.org_path):
        may.add("retry")
    name = session.scalars(select(ProcessDefinition.name).where(ProcessDefinition.id == instance.definition_id)).one()
    return CaseView(instance, name, _open_steps(session, instance.id), tuple(incidents), frozenset(may), _subject(instance))


def timeline(session: Session, instance_id: int) -> list[Line]:
    """The ledger of one case in order, then the steps that wait. The caller has asked `task_view` or `case_view` first."""
    events = session.scalars(select(HistoryEvent).where(HistoryEvent.instance_id == instance_id).order_by(HistoryEvent.seq)).all()
    lines = [Line(e.at, e.actor_name, e.action, e.element_id, e.element_name, e.outcome, e.outcome_label, e.opinion, e.duration_s,
                  e.round, e.data, on_behalf=e.on_behalf_name, files=tuple(e.files), signature=e.signature, task_id=e.task_id,
                  path=e.path) for e in events]
    return lines + [Line(step.task.opened_at, "", "open", step.task.element_id, step.task.name, round=step.task.round, open=True,
                         due_at=step.task.due_at, holders=step.holders, roles=step.roles) for step in _open_steps(session, instance_id)]


def diagram(session: Session, instance_id: int) -> DiagramMarks:
    """The diagram of the case's own version, with the way the tokens went and where they are."""
    instance = _instance(session, instance_id)
    flow = catalog.flow(session, instance.definition_id)
    rows = session.execute(select(HistoryEvent.path, HistoryEvent.action, HistoryEvent.element_id)
                           .where(HistoryEvent.instance_id == instance_id).order_by(HistoryEvent.seq)).all()
    edges = dict.fromkeys((source, target) for row in rows for source, target in row.path)
    tasks = session.execute(select(Task.element_id, Task.id).where(
        Task.instance_id == instance_id, Task.status == TaskStatus.OPEN)).all()
    current = list(dict.fromkeys(_drawn(flow, row.element_id) for row in tasks))
    failed = list(dict.fromkeys(session.scalars(select(Incident.element_id).where(
        Incident.instance_id == instance_id, Incident.resolved_at.is_(None), Incident.element_id != ""))))
    visited = list(dict.fromkeys(element for edge in edges for element in edge))
    done = [element for element in visited if element not in current and element not in failed]
    xml = session.scalars(select(ProcessDefinition.xml).where(ProcessDefinition.id == instance.definition_id)).one()
    return DiagramMarks(xml, done, [flow.flows[edge] for edge in edges if edge in flow.flows], current, failed,
                        _badges(rows, [row.element_id for row in tasks]))


def _instance(session: Session, instance_id: int) -> ProcessInstance:
    found = session.scalars(select(ProcessInstance).where(ProcessInstance.id == instance_id), execution_options=EVERYWHERE).first()
    if found is None:
        raise Missing("没有这个流程")
    return found


def _with_earlier(session: Session, actor: Actor, task: Task, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """After a return a form is not empty: what was filled in at this step last, in a signing by this person."""
    key = task.element_id.rpartition("/")[2]
    if task.round == 1 or task.status != TaskStatus.OPEN or (data.get(key) and "votes" not in data[key]):
        return data
    lines = select(HistoryEvent.data, HistoryEvent.actor_id).where(
        HistoryEvent.instance_id == task.instance_id, HistoryEvent.element_id == task.element_id,
        HistoryEvent.action == Action.COMPLETE).order_by(HistoryEvent.seq.desc())
    rows = session.execute(lines.limit(50)).all()
    mine = next((row.data for row in rows if row.actor_id == actor.user_id), rows[0].data if len({r.actor_id for r in rows}) == 1 else None)
    return {**data, key: mine} if mine is not None else data


def _on_behalf(session: Session, actor: Actor, task: Task) -> str:
    found = rights.standing(session, actor, task) if task.status == TaskStatus.OPEN else None
    return found.person_name if found is not None and found.proxy else ""


def _owner(session: Session, task: Task) -> str:
    owner = session.get(User, task.owner_id) if task.owner_id else None
    return owner.name if owner else ""


def _why(actor: Actor, task: Task) -> tuple[Why, ...]:
    """The reasons that concern this person, else all."""
    reasons = tuple(Why(**reason) for reason in task.why)
    mine = tuple(reason for reason in reasons if reason.principal in actor.principals)
    return mine or reasons


def _closed(task: Task, outcome: Outcome | None) -> Closed | None:
    if task.status in WAITING:
        return None
    return Closed(task.completed_by_name, task.completed_at, task.outcome, outcome.label if outcome else "")


def _subject(instance: ProcessInstance) -> tuple[str, int] | None:
    return (instance.subject_kind, instance.subject_id) if instance.subject_id else None


def _open_steps(session: Session, instance_id: int) -> tuple[OpenStep, ...]:
    tasks = session.scalars(select(Task).where(Task.instance_id == instance_id, Task.status == TaskStatus.OPEN).order_by(Task.id)).all()
    return tuple(OpenStep(task, step.holders, step.roles) for task, step in zip(tasks, steps(session, tasks), strict=True))


def _drawn(flow: Flow, element: str) -> str:
    """The element of this diagram that stands for it: a call activity for what is drawn in a called process."""
    called, _, inner = element.partition("/")
    if not inner:
        return element
    return next((e.id for e in flow.diagram.tagged("callActivity") if e.called == called), element)


def _badges(rows: Sequence[Any], open_elements: list[str]) -> dict[str, str]:
    """How many times a step was done, when more than once; how many wait, when more than one."""
    counts: dict[str, int] = {}
    for row in rows:
        if row.action == Action.COMPLETE:
            counts[row.element_id] = counts.get(row.element_id, 0) + 1
    waiting = {element: open_elements.count(element) for element in open_elements}
    return {element: str(n) for element, n in {**counts, **waiting}.items() if n > 1}
