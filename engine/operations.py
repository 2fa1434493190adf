"""流程监控: cases of every flow by version, step and state, found by whatever people call them. Paged by key; never a query in a loop."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.base import subtree
from data_model.organisation import OrgUnit
from data_model.process import UNFINISHED, Incident, InstanceStatus, ProcessDefinition, ProcessInstance, Task, TaskStatus
from data_model.scope import EVERYWHERE
from engine import past

PAGE = 30
CAP = 1_000  # a count above this is shown as "999+"
INCIDENT = "incident"  # as a state: goes on, with something that failed
STATES = (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED, INCIDENT, InstanceStatus.COMPLETED, InstanceStatus.TERMINATED,
          InstanceStatus.CANCELLED, InstanceStatus.REJECTED)
SORTS = {"newest": (("id",), True), "oldest": (("id",), False), "code": (("code", "id"), False)}
MONITOR = "process.monitor"


@dataclass(frozen=True)
class Query:
    """What a page is narrowed to; `cursor` is the last page's `next`."""

    key: str = ""
    definition_id: int = 0
    element: str = ""
    state: str = ""
    text: str = ""  # number, title, starter, or the name of a place
    unit_id: int = 0
    sort: str = "newest"
    cursor: str = ""
    size: int = PAGE


@dataclass(frozen=True)
class Page:
    """Cases with where they stand, what failed in them, and the number of their version."""

    items: tuple[ProcessInstance, ...]
    next: str
    steps: Mapping[int, tuple[past.Step, ...]]
    failed: Mapping[int, int]
    versions: Mapping[int, int]


@dataclass(frozen=True)
class AtElement:
    """How many cases wait at a step, and in how many it failed."""

    element: str
    name: str
    waiting: int
    failed: int


def page(session: Session, actor: Actor, query: Query) -> Page:
    """One page. Seven statements at most."""
    columns, falling = SORTS.get(query.sort, SORTS["newest"])
    chosen = _narrowed(select(ProcessInstance), session, actor, query)
    position = _position(query.cursor, columns)
    if position:
        here = tuple_(*(getattr(ProcessInstance, name) for name in columns))
        chosen = chosen.where(here < tuple_(*position) if falling else here > tuple_(*position))
    order = [getattr(ProcessInstance, name) for name in columns]
    rows = session.scalars(chosen.order_by(*([one.desc() for one in order] if falling else order)).limit(query.size + 1),
                           execution_options=EVERYWHERE).all()
    items = tuple(rows[:query.size])
    ids = [case.id for case in items]
    following = "~".join(str(getattr(items[-1], name)) for name in columns) if len(rows) > query.size else ""
    return Page(items, following, past.standing(session, ids), _failed(session, ids), _versions(session, items))


def rows(session: Session, actor: Actor, query: Query, chunk: int) -> Any:
    """Everything the filters let through, for a sheet, a chunk at a time; each chunk costs what a page costs."""
    here = replace(query, cursor="", size=chunk)
    while True:
        found = page(session, actor, here)
        if found.items:
            yield found
        if not found.next:
            return
        here = replace(here, cursor=found.next)


def how_many(session: Session, actor: Actor, query: Query, most: int) -> int:
    """Counted no further than one above `most`."""
    few = _narrowed(select(ProcessInstance.id), session, actor, query).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(few), execution_options=EVERYWHERE) or 0


def counts(session: Session, actor: Actor, query: Query) -> dict[str, int]:
    """How many cases are in each state under the other filters, counted no further than CAP. One statement."""
    parts = []
    for state in STATES:
        few = _narrowed(select(ProcessInstance.id), session, actor, replace(query, state=state)).limit(CAP).subquery()
        parts.append(select(literal(str(state)).label("state"), func.count().label("n")).select_from(few))
    return {row.state: row.n for row in session.execute(union_all(*parts), execution_options=EVERYWHERE)}


def elements(session: Session, actor: Actor, query: Query) -> list[AtElement]:
    """Where the cases of one flow stand, the fullest step first. Two statements."""
    base = replace(query, element="", state="" if query.state not in UNFINISHED else query.state, cursor="")
    waiting = session.execute(_narrowed(
        select(Task.element_id, func.max(Task.name), func.count(Task.instance_id.distinct()))
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id), session, actor, base)
        .where(Task.process_key == query.key, Task.status == TaskStatus.OPEN).group_by(Task.element_id), execution_options=EVERYWHERE).all()
    failed = session.execute(_narrowed(
        select(Incident.element_id, func.count(Incident.instance_id.distinct()))
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id), session, actor, base)
        .where(Incident.resolved_at.is_(None), Incident.element_id != "", ProcessInstance.status.in_(UNFINISHED))
        .group_by(Incident.element_id), execution_options=EVERYWHERE).all()
    found = {element: AtElement(element, name, number, 0) for element, name, number in waiting}
    for element, number in failed:
        found[element] = replace(found.get(element, AtElement(element, element, 0, 0)), failed=number)
    return sorted(found.values(), key=lambda one: (-one.waiting - one.failed, one.element))


def versions_of(session: Session, key: str) -> Sequence[ProcessDefinition]:
    """Every version of one flow, the newest first."""
    return session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == key).order_by(ProcessDefinition.version.desc())).all()


def flows(session: Session) -> list[tuple[str, str]]:
    """Every flow that ever was, by the name of its newest version."""
    newest = select(func.max(ProcessDefinition.id)).group_by(ProcessDefinition.key)
    found = session.execute(select(ProcessDefinition.key, ProcessDefinition.name).where(ProcessDefinition.id.in_(newest))
                            .order_by(ProcessDefinition.name))
    return [(row.key, row.name) for row in found]


def _narrowed(chosen: Any, session: Session, actor: Actor, query: Query) -> Any:
    here = ProcessInstance
    chosen = chosen.where(or_(false(), *(subtree(here.org_path, place) for place in actor.places(MONITOR))))
    if query.key:
        chosen = chosen.where(here.key == query.key)
    if query.definition_id:
        chosen = chosen.where(here.definition_id == query.definition_id)
    if query.unit_id:
        unit = session.get(OrgUnit, query.unit_id)
        chosen = chosen.where(subtree(here.org_path, unit.path) if unit else false())
    if query.element:
        chosen = chosen.where(here.status.in_(UNFINISHED), or_(_waits_at(query.key, query.element), _failed_at(query.element)))
    if query.text:
        chosen = chosen.where(_called(query.text))
    return chosen.where(_in_state(query.state)) if query.state else chosen


def _in_state(state: str) -> ColumnElement[bool]:
    if state == INCIDENT:
        return and_(ProcessInstance.status.in_(UNFINISHED), _failed_at(""))
    return ProcessInstance.status == state


def _waits_at(key: str, element: str) -> ColumnElement[bool]:
    return ProcessInstance.id.in_(select(Task.instance_id).where(
        Task.process_key == key, Task.element_id == element, Task.status == TaskStatus.OPEN))


def _failed_at(element: str) -> ColumnElement[bool]:
    found = select(Incident.instance_id).where(Incident.resolved_at.is_(None))
    return ProcessInstance.id.in_(found.where(Incident.element_id == element) if element else found)


def _called(text: str) -> ColumnElement[bool]:
    """By number, title, starter or place, whatever the person knows of it."""
    here = ProcessInstance
    places = select(OrgUnit.id).where(OrgUnit.name.icontains(text, autoescape=True))
    return or_(here.code.icontains(text, autoescape=True), here.title.icontains(text, autoescape=True),
               here.starter_name.icontains(text, autoescape=True), here.unit_id.in_(places))


def _failed(session: Session, ids: list[int]) -> dict[int, int]:
    if not ids:
        return {}
    rows = session.execute(select(Incident.instance_id, func.count()).where(
        Incident.instance_id.in_(ids), Incident.resolved_at.is_(None)).group_by(Incident.instance_id)).all()
    return {row[0]: row[1] for row in rows}


def _versions(session: Session, items: Sequence[ProcessInstance]) -> dict[int, int]:
    if not items:
        return {}
    rows = session.execute(select(ProcessDefinition.id, ProcessDefinition.version).where(
        ProcessDefinition.id.in_({case.definition_id for case in items}))).all()
    return {row[0]: row[1] for row in rows}


def _position(cursor: str, columns: Sequence[str]) -> tuple[Any, ...]:
    """Where the last page ended; () at the beginning, and for what no page of this order can have said."""
    *words, number = cursor.rsplit("~", len(columns) - 1) if cursor else ("",)
    if not number.isdecimal() or len(number) > 15 or len(words) != len(columns) - 1:
        return ()
    return (*words, int(number))
