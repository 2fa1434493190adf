"""Cases as one list, the latest first, paged by key: those a person started, had a part in, or may view."""
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import UNFINISHED, HistoryEvent, ProcessInstance
from data_model.scope import EVERYWHERE

PAGE = 20
ENDED = "ended"  # as a status: neither running nor suspended
GOING = "going"  # as a status: either


class Which(StrEnum):
    STARTED = "started"
    MINE = "mine"  # started, or had a part in
    VISIBLE = "visible"  # by the organisation wall


@dataclass(frozen=True)
class CasePage:
    items: tuple[ProcessInstance, ...]
    next: str  # '' on the last page


def page(
    session: Session, actor: Actor, which: str, *, text: str = "", process_key: str = "", status: str = "", before: int = 0,
    size: int = PAGE,
) -> CasePage:
    """One page; `before` is the id that the last page's `next` names. One statement."""
    chosen = select(ProcessInstance).where(*_of(actor, which))
    if text:
        chosen = chosen.where(ProcessInstance.title.contains(text, autoescape=True) | ProcessInstance.code.contains(text, autoescape=True))
    if process_key:
        chosen = chosen.where(ProcessInstance.key == process_key)
    if status == ENDED:
        chosen = chosen.where(ProcessInstance.status.not_in(UNFINISHED))
    elif status == GOING:
        chosen = chosen.where(ProcessInstance.status.in_(UNFINISHED))
    elif status:
        chosen = chosen.where(ProcessInstance.status == status)
    if before:
        chosen = chosen.where(ProcessInstance.id < before)
    rows = session.scalars(chosen.order_by(ProcessInstance.id.desc()).limit(size + 1),
                           execution_options={} if which == Which.VISIBLE else EVERYWHERE).all()
    items = tuple(rows[:size])
    return CasePage(items, str(items[-1].id) if len(rows) > size else "")


def _of(actor: Actor, which: str) -> list[Any]:
    """What makes a case the person's; the wall itself stands in the session."""
    started = ProcessInstance.starter_id == actor.user_id
    if which == Which.STARTED:
        return [started]
    if which == Which.MINE:
        took_part = select(HistoryEvent.instance_id).where(HistoryEvent.actor_id == actor.user_id)
        return [or_(started, ProcessInstance.id.in_(took_part))]
    return []
