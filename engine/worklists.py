"""The lists of 任务管理: what people ask of each other, cases by their state, and copies, each paged by key with a constant number of statements."""
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.assignment import Assignment
from data_model.casework import CaseCopy
from data_model.organisation import User
from data_model.process import ProcessInstance
from data_model.scope import EVERYWHERE
from engine import case_lists, past, watching
from engine.inbox import CAP, PAGE


@dataclass(frozen=True)
class Assignments:
    """One page of tasks; `names` of the people in them, `cases` of those the person asked for or was asked to do."""

    items: tuple[Assignment, ...]
    next: str
    names: Mapping[int, str]
    cases: Mapping[int, int]


@dataclass(frozen=True)
class Cases:
    """One page of cases, where each stands, and which copies were never opened."""

    items: tuple[ProcessInstance, ...]
    next: str
    steps: Mapping[int, tuple[past.Step, ...]]
    fresh: frozenset[int] = frozenset()


def assignments(
    session: Session, actor: Actor, *, by_me: bool = False, text: str = "", stage: str = "", before: int = 0, size: int = PAGE,
) -> Assignments:
    """What the wall shows, or only what the person asked of others; the latest first. Three statements."""
    chosen = select(Assignment)
    if by_me:
        chosen = chosen.where(Assignment.assigner_id == actor.user_id)
    if text:
        chosen = chosen.where(_names(text))
    if stage:
        chosen = chosen.where(Assignment.stage == stage)
    if before:
        chosen = chosen.where(Assignment.id < before)
    rows = session.scalars(chosen.order_by(Assignment.id.desc()).limit(size + 1)).all()
    items = tuple(rows[:size])
    return Assignments(items, str(items[-1].id) if len(rows) > size else "", _people(session, items), _cases(session, actor, items))


def _names(text: str) -> ColumnElement[bool]:
    return or_(Assignment.title.contains(text, autoescape=True), Assignment.code.contains(text, autoescape=True))


def _people(session: Session, items: tuple[Assignment, ...]) -> dict[int, str]:
    ids = {i for task in items for i in (task.assigner_id, task.assignee_id)}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))} if ids else {}


def _cases(session: Session, actor: Actor, items: tuple[Assignment, ...]) -> dict[int, int]:
    mine = [task.id for task in items if actor.user_id in (task.assigner_id, task.assignee_id)]
    if not mine:
        return {}
    rows = session.execute(select(ProcessInstance.subject_id, ProcessInstance.id).where(
        ProcessInstance.subject_kind == Assignment.__tablename__, ProcessInstance.subject_id.in_(mine)), execution_options=EVERYWHERE)
    return {row.subject_id: row.id for row in rows}


def cases(
    session: Session, actor: Actor, which: str, *, text: str = "", process_key: str = "", status: str = "", before: int = 0,
) -> Cases:
    """Cases as `case_lists` finds them, with where they stand. Five statements at most."""
    page = case_lists.page(session, actor, which, text=text, process_key=process_key, status=status, before=before)
    return Cases(page.items, page.next, past.standing(session, [case.id for case in page.items]))


def followed(session: Session, actor: Actor, cursor: str = "") -> Cases:
    return _watched(session, watching.followed(session, actor.user_id, cursor))


def copied(session: Session, actor: Actor, cursor: str = "") -> Cases:
    return _watched(session, watching.copied(session, actor.user_id, cursor))


def _watched(session: Session, page: watching.Watched) -> Cases:
    return Cases(page.items, page.next, past.standing(session, [case.id for case in page.items]), page.unread)


def unread_copies(session: Session, actor: Actor) -> int:
    """How many copies were never opened, CAP at most."""
    few = select(CaseCopy.id).where(CaseCopy.user_id == actor.user_id, CaseCopy.read_at.is_(None)).limit(CAP).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0
