"""One try while it is played: whose instances are its own, what waits in them, and who may act there."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import Delivery, Incident, ProcessInstance, Subscription, Task, TaskStatus, TimerRow
from data_model.scope import EVERYWHERE
from data_model.session import become
from engine import people, rights
from engine.errors import EngineError
from engine.principals import actor_for
from engine.workshop.references import References
from engine.workshop.witness import Witness

PATIENCE = 2.0  # seconds of work for one whole try
AT_MOST = 60  # timers that ring, and words that arrive, in one step


@dataclass
class Scene:
    """The state of a try between two steps."""

    session: Session
    key: str
    refs: References
    seen: Witness = field(default_factory=Witness)
    done: list[Mapping[str, Any]] = field(default_factory=list)
    first: int | None = None  # id of the instance that was started
    known: dict[tuple[int, datetime], Actor] = field(default_factory=dict)
    cut_short: bool = False  # the clock stopped on its way: too many timers

    def hurry(self) -> None:
        """
        Raises:
            EngineError: the try takes too long.
        """
        if self.session.info["late"]():
            raise EngineError("试运行用时超过 {limit} 秒，请减少步骤", limit=int(PATIENCE))

    # -- people

    def acting(self, who: Any) -> Actor:
        """Whoever is named, as the house sees them at this moment; the session works for them."""
        return self._become(self.refs.person(who))

    def _become(self, user: User) -> Actor:
        """Nobody's rights change within a moment of a try."""
        seen = (user.id, clock.now())
        if seen not in self.known:
            self.known[seen] = actor_for(self.session, user)
        return become(self.session, self.known[seen])

    def who_and_what(self, step: Mapping[str, Any]) -> tuple[Actor, Task]:
        """The person and the open task of a step; of several, the one meant, or else the first that the person may do."""
        found, number = self.open_at(str(step.get("step")), str(step.get("process") or "")), int(step.get("nth") or 0)
        if not found:
            raise EngineError("现在没有等待办理的步骤「{step}」", step=str(step.get("step"))[:100])
        meant, who = found[min(max(number, 0), len(found) - 1)], step.get("who")
        if isinstance(who, Mapping) and "$candidate" in who:
            return self._candidate(meant), meant
        person = self.acting(who)
        fitting = [task for task in found if rights.standing(self.session, person, task) is not None]
        return person, meant if meant in fitting or not fitting else fitting[0]

    def _candidate(self, task: Task) -> Actor:
        """The first of those who may do it."""
        able = sorted(self.able(task))
        if not able:
            raise EngineError("没有人可以办理「{step}」", step=task.name)
        return self._become(self.session.get_one(User, able[0]))

    def able(self, task: Task) -> dict[int, str]:
        """Who may do it today, by name."""
        addresses = [f"u{task.assignee_id}"] if task.assignee_id else task.candidates
        return {i: name for i, name in people.people_behind(self.session, addresses).items() if i not in task.excluded}

    # -- what waits

    def open_tasks(self) -> list[Task]:
        return list(self.session.scalars(select(Task).where(
            Task.instance_id.in_(self.seen.instances), Task.status == TaskStatus.OPEN).order_by(Task.id)))

    def open_at(self, element: str, process: str = "") -> list[Task]:
        """Open tasks of a step, in the order they opened."""
        return [task for task in self.open_tasks() if task.element_id == element and task.process_key == (process or self.key)]

    def bells(self) -> list[TimerRow]:
        return list(self.session.scalars(select(TimerRow).where(TimerRow.instance_id.in_(self.seen.instances))
                                         .order_by(TimerRow.due_at, TimerRow.id)))

    def next_event(self) -> datetime | None:
        """When something happens by itself next."""
        bell = self.session.scalar(select(func.min(TimerRow.due_at)).where(TimerRow.instance_id.in_(self.seen.instances)))
        word = self.session.scalar(select(func.min(Delivery.next_try_at)).where(
            Delivery.source_id.in_(self.seen.instances), Delivery.done_at.is_(None)))
        return min((at for at in (bell, word) if at is not None), default=None)

    def waiting(self) -> list[Subscription]:
        """Messages and signals that are waited for."""
        return list(self.session.scalars(select(Subscription).where(Subscription.instance_id.in_(self.seen.instances))
                                         .order_by(Subscription.id)))

    def incidents(self) -> list[Incident]:
        return list(self.session.scalars(select(Incident).where(
            Incident.instance_id.in_(self.seen.instances), Incident.resolved_at.is_(None)).order_by(Incident.id)))

    def instance(self, instance_id: int | None = None) -> ProcessInstance:
        return self.session.get_one(ProcessInstance, instance_id or self.first, execution_options=EVERYWHERE)


def new_key() -> str:
    """Each deed of a try counts."""
    return f"try-{uuid4().hex}"
