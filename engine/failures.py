"""What went wrong and waits for somebody: incidents of cases, messages between cases that found nobody. Tried again one by one or many."""
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.base import subtree
from data_model.process import UNFINISHED, Delivery, Incident, ProcessInstance
from data_model.scope import EVERYWHERE
from engine import actions, history, incidents, locks
from engine.broken import EngineBroken
from engine.errors import EngineError, Missing, NotYours, TooLate
from engine.history import Action, Event

PAGE = 30
MOST = 200  # tried again in one go
OpenUnit = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Query:
    """What the page of incidents is narrowed to."""

    key: str = ""
    element: str = ""
    text: str = ""  # of the reason, or the case's number or title
    resolved: bool = False
    before: int = 0
    size: int = PAGE


@dataclass(frozen=True)
class Failed:
    incident: Incident
    instance: ProcessInstance


@dataclass(frozen=True)
class Tried:
    """What became of one of several; `text` with its parameters says why it did not work."""

    id: int
    ok: bool
    text: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def page(session: Session, actor: Actor, query: Query) -> tuple[list[Failed], int]:
    """Incidents, the latest first, and where the next page begins (0: nowhere). One statement."""
    here = or_(false(), *(subtree(ProcessInstance.org_path, place) for place in actor.places("process.monitor")))
    chosen = select(Incident, ProcessInstance).join(ProcessInstance, ProcessInstance.id == Incident.instance_id).where(here)
    if query.resolved:
        chosen = chosen.where(Incident.resolved_at.is_not(None))
    else:
        chosen = chosen.where(Incident.resolved_at.is_(None), ProcessInstance.status.in_(UNFINISHED))
    if query.key:
        chosen = chosen.where(ProcessInstance.key == query.key)
    if query.element:
        chosen = chosen.where(Incident.element_id == query.element)
    if query.text:
        chosen = chosen.where(or_(*(column.icontains(query.text, autoescape=True)
                                    for column in (Incident.reason, ProcessInstance.code, ProcessInstance.title))))
    if query.before:
        chosen = chosen.where(Incident.id < query.before)
    rows = session.execute(chosen.order_by(Incident.id.desc()).limit(query.size + 1), execution_options=EVERYWHERE).all()
    shown = [Failed(incident, instance) for incident, instance in rows[:query.size]]
    return shown, shown[-1].incident.id if len(rows) > query.size else 0


def undelivered(session: Session, before: int = 0, size: int = PAGE) -> tuple[list[Delivery], int]:
    """Messages and signals that were given up, the latest first. One statement."""
    chosen = select(Delivery).where(Delivery.last_error != "")
    if before:
        chosen = chosen.where(Delivery.id < before)
    rows = session.scalars(chosen.order_by(Delivery.id.desc()).limit(size + 1)).all()
    return list(rows[:size]), rows[size - 1].id if len(rows) > size else 0


def redeliver(session: Session, actor: Actor, delivery_id: int) -> None:
    """Give a message its time again; told in the history of the case that has sent it.

    Raises:
        NotYours: the person may not operate cases.
        TooLate: somebody was first.
    """
    if not actor.can("process.operate"):
        raise NotYours("只有流程管理员可以这样做")
    row = session.scalars(select(Delivery).where(Delivery.id == delivery_id).with_for_update(),
                          execution_options={"populate_existing": True}).first()
    if row is None:
        raise Missing("没有这条消息")
    if not row.last_error:
        raise TooLate("这条消息没有被搁置，不需要重新发送")
    row.done_at, row.last_error, row.tries = None, "", 0
    row.made_at = row.next_try_at = clock.now()
    source = session.get(ProcessInstance, row.source_id, execution_options=EVERYWHERE) if row.source_id else None
    if source is not None:
        here = locks.instance(session, source.id)
        here.events += 1
        session.flush()
        history.write(session.connection(), here, actor, [Event(Action.RETRY, element_name=row.name, data={"delivery": row.id})],
                      here.events, here.round)


def retry_many(open_unit: OpenUnit, actor: Actor, ids: Sequence[int]) -> list[Tried]:
    """Each in a unit of work of its own; what fails again is told with its reason."""
    return _each(open_unit, ids, lambda session, one: _retry(session, actor, one))


def redeliver_many(open_unit: OpenUnit, actor: Actor, ids: Sequence[int]) -> list[Tried]:
    return _each(open_unit, ids, lambda session, one: redeliver(session, actor, one))


def _each(open_unit: OpenUnit, ids: Sequence[int], deed: Callable[[Session, int], str | None]) -> list[Tried]:
    if not ids or len(ids) > MOST:
        raise EngineError("一次最多重试 {limit} 项，请至少选择一项", limit=MOST)
    return [_tried(open_unit, one, deed) for one in dict.fromkeys(ids)]


def _tried(open_unit: OpenUnit, one: int, deed: Callable[[Session, int], str | None]) -> Tried:
    try:
        with open_unit() as session:
            problem = deed(session, one)
    except EngineError as error:
        return Tried(one, False, error.text, error.params)
    except EngineBroken as broken:
        incidents.record_broken(open_unit, broken)
        return Tried(one, False, broken.reason)
    return Tried(one, False, "仍然出错：{reason}", {"reason": problem}) if problem else Tried(one, True)


def _retry(session: Session, actor: Actor, incident_id: int) -> str | None:
    """Why it failed again; None when it went on."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise Missing("没有这条异常")
    actions.retry(session, actor, incident_id)
    return session.scalars(select(Incident.reason).where(
        Incident.instance_id == incident.instance_id, Incident.element_id == incident.element_id, Incident.resolved_at.is_(None),
        Incident.id > incident_id).order_by(Incident.id.desc()).limit(1)).first()
