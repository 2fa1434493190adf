"""The try that a process owner is in the middle of: only its list of steps is kept, until it is forgotten for a week."""
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.workshop import Trial
from engine.errors import EngineError, NotYours, TooLate
from engine.workshop.playing import MOST_STEPS

KEPT = timedelta(days=7)


def current(session: Session, actor: Actor, key: str) -> Trial | None:
    """The person's own try of this process, when one is going on."""
    return session.scalars(select(Trial).where(Trial.user_id == actor.user_id, Trial.process_key == key)).one_or_none()


def begin(session: Session, actor: Actor, key: str, begins: datetime, steps: Sequence[Mapping[str, Any]] = ()) -> Trial:
    """From the beginning, or with the steps of a saved one; whatever was tried of this process before is forgotten."""
    _may(actor)
    session.execute(delete(Trial).where(Trial.touched_at < clock.now() - KEPT))
    row = current(session, actor, key)
    if row is None:
        row = Trial(user_id=actor.user_id, process_key=key, revision=0)
        session.add(row)
    row.begins, row.steps, row.revision, row.touched_at = begins, [dict(step) for step in steps], row.revision + 1, clock.now()
    session.flush()
    return row


def add(session: Session, actor: Actor, key: str, step: Mapping[str, Any], revision: int) -> Trial:
    """
    Raises:
        TooLate: the person has gone on with it in another window.
    """
    row = _checked(session, actor, key, revision)
    if len(row.steps) >= MOST_STEPS:
        raise EngineError("一次试运行最多 {limit} 步", limit=MOST_STEPS)
    row.steps = [*row.steps, dict(step)]
    return _touched(session, row)


def cut(session: Session, actor: Actor, key: str, left: int, revision: int) -> Trial:
    """Keep so many steps only: undo."""
    row = _checked(session, actor, key, revision)
    row.steps = row.steps[:max(left, 0)]
    return _touched(session, row)


def _checked(session: Session, actor: Actor, key: str, revision: int) -> Trial:
    _may(actor)
    row = session.scalars(select(Trial).where(Trial.user_id == actor.user_id, Trial.process_key == key).with_for_update()).one_or_none()
    if row is None or row.revision != revision:
        raise elsewhere()
    return row


def elsewhere() -> TooLate:
    return TooLate("您已在另一个窗口继续了这次试运行，请刷新后重试")


def _touched(session: Session, row: Trial) -> Trial:
    row.revision, row.touched_at = row.revision + 1, clock.now()
    session.flush()
    return row


def _may(actor: Actor) -> None:
    if not actor.can("definition.edit"):
        raise NotYours("您没有权限进行此操作")
