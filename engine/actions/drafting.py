"""Keeping a half-filled form. No history, no lock: a draft is its writer's alone."""
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import Task, TaskStatus
from engine import drafts, rights
from engine.actions.words import safe
from engine.errors import EngineError, Missing

LARGEST = 200_000  # characters


def save_draft(session: Session, actor: Actor, task_id: int, data: Mapping[str, Any]) -> None:
    """Keep what the person has typed; the same person's earlier draft is written over.

    Raises:
        TooLate: the task is done or somebody else's by now.
        NotYours: it never was this person's.
        EngineError: too much of it.
    """
    task = session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise Missing("没有这个任务")
    rights.check(session, actor, task)
    filled = safe(data)
    if len(json.dumps(filled)) > LARGEST:
        raise EngineError("填写的内容太多，无法暂存")
    drafts.keep(session, task, actor.user_id, filled)


def draft_of(session: Session, actor: Actor, task_id: int) -> dict[str, Any] | None:
    """What the person had typed, or what a colleague they asked has filled in for them; None when nothing waits."""
    task = session.get(Task, task_id)
    if task is None or task.status != TaskStatus.OPEN or not task.drafted:
        return None
    own = {actor.user_id, *(proxy.giver_id for proxy in actor.proxies if rights.lends(proxy, actor, task))}
    for user_id in (actor.user_id, *sorted(own - {actor.user_id})):
        if found := drafts.of(session, task_id, user_id):
            return dict(found.data)
    return None


def drop_draft(session: Session, actor: Actor, task_id: int) -> None:
    """The person begins anew."""
    found = drafts.of(session, task_id, actor.user_id)
    if found is not None:
        session.delete(found)
