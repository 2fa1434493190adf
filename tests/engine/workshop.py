"""How engine tests tell a story: small diagrams are deployed, people of tests/small_house.py act, and rows are looked at."""
from collections.abc import Mapping
from itertools import count
from typing import Any

from sqlalchemy import select

from data_model.actor import SYSTEM, Actor
from data_model.organisation import User
from data_model.outbox import Message
from data_model.process import HistoryEvent, Incident, ProcessInstance, Task, TaskStatus
from data_model.session import unit_of_work
from engine import actions, cases, deployment, inbox, messages, timers
from engine.actions import Answer
from engine.errors import NotYours
from engine.inbox import InboxQuery
from engine.principals import actor_for
from tests.diagrams import diagram, user

_keys = count(1)


def key() -> str:
    return f"key-{next(_keys)}"


def mine(id: str, **properties: str):
    """A user task for whoever started the process."""
    return user(id, candidates="starter()", **properties)


class Workshop:
    """Every action is a unit of work of its own: the run is stored and woken between any two steps."""

    def __init__(self, ids: Mapping[str, int]) -> None:
        self.ids = ids

    def deploy(self, *parts: Any, key: str = "p", tables: Mapping[str, bytes] | None = None, **more: Any) -> None:
        more.setdefault("properties", {"starters": "everyone"})
        files = {f"{name}.dmn": xml for name, xml in (tables or {}).items()}
        with unit_of_work(SYSTEM) as session:
            deployment.deploy(session, SYSTEM, {f"{key}.bpmn": diagram(*parts, key=key, **more), **files})

    def actor(self, who: str) -> Actor:
        with unit_of_work(SYSTEM, write=False) as session:
            return actor_for(session, session.get_one(User, self.ids[who]))

    def start(self, key_: str = "p", by: str = "wang", **data: Any) -> int:
        actor = self.actor(by)
        with unit_of_work(actor) as session:
            return actions.start(session, actor, key_, data, idem_key=key()).instance_id

    def act(self, who: str, deed: Any, *args: Any, **more: Any) -> Any:
        """Somebody does one of engine.actions; a key of its own unless one is given. For those without key pass idem_key=None."""
        actor = self.actor(who)
        if more.setdefault("idem_key", key()) is None:
            del more["idem_key"]
        with unit_of_work(actor) as session:
            return deed(session, actor, *args, **more)

    def do(self, who: str, element: str, outcome: str = "done", opinion: str = "", **data: Any) -> Answer:
        return self.do_task(who, self.task(element, who), outcome, opinion, **data)

    def do_task(self, who: str, task: int, outcome: str = "done", opinion: str = "", idem_key: str = "", **data: Any) -> Answer:
        actor = self.actor(who)
        with unit_of_work(actor) as session:
            return actions.complete(session, actor, task, outcome, data, idem_key=idem_key or key(), opinion=opinion)

    def task(self, element: str, who: str = "") -> int:
        """The open task of a step; of several, the one that names this person."""
        found = [task for task in self.open_tasks() if task.element_id == element]
        if len(found) > 1:
            found = [task for task in found if f"u{self.ids[who]}" in task.candidates]
        (task,) = found
        return task.id

    def view(self, who: str, task: int) -> cases.TaskView:
        actor = self.actor(who)
        with unit_of_work(actor, write=False) as session:
            return cases.task_view(session, actor, task)

    def may(self, who: str, task: int) -> frozenset[str] | None:
        """What the page of a task offers; None when there is no page for them."""
        try:
            return self.view(who, task).may
        except NotYours:
            return None

    def _act(self, who: str, deed: Any, *args: Any, **more: Any) -> Any:
        actor = self.actor(who)
        with unit_of_work(actor) as session:
            return deed(session, actor, *args, idem_key=more.pop("idem_key", "") or key(), **more)

    def _see(self, who: str, question: Any, *args: Any) -> Any:
        actor = self.actor(who)
        with unit_of_work(actor, write=False) as session:
            return question(session, actor, *args)

    def targets(self, who: str, task: int) -> Any:
        return self._see(who, actions.return_targets, task)

    def withdrawable(self, who: str, case: int) -> Any:
        return self._see(who, actions.can_withdraw, case)

    def signers(self, who: str, task: int) -> Any:
        return self._see(who, actions.signers, task)

    def give_back(self, who: str, task: int, element: str, reason: str = "请补充", **more: Any) -> Answer:
        return self._act(who, actions.return_to, task, element, reason, **more)

    def withdraw(self, who: str, task: int, reason: str = "写错了") -> Answer:
        return self._act(who, actions.withdraw, task, reason)

    def reject(self, who: str, task: int, reason: str = "不行") -> Answer:
        return self._act(who, actions.reject, task, reason)

    def add(self, who: str, task: int, whom: Any, where: str, reason: str = "请把关") -> Answer:
        return self._act(who, actions.add_signer, task, [self.ids[one] for one in whom], where, reason)

    def remove(self, who: str, task: int, reason: str = "不必了", whom: str = "") -> Answer:
        return self._act(who, actions.remove_signer, task, reason, user_id=self.ids[whom] if whom else None)

    def open_tasks(self) -> list[Task]:
        return [task for task in self.rows(Task) if task.status == TaskStatus.OPEN]

    def waiting(self) -> list[str]:
        """Steps that wait for people."""
        return sorted(task.element_id for task in self.open_tasks())

    def inbox(self, who: str, tab: str = "all") -> list[str]:
        """Steps in somebody's inbox; the count of the tab says the same."""
        actor = self.actor(who)
        with unit_of_work(actor, write=False) as session:
            found = [task.element_id for task in inbox.page(session, actor, InboxQuery(tab=tab)).items]
            assert inbox.counts(session, actor)[tab] == len(found)
        return sorted(found)

    def events(self, action: str) -> list[HistoryEvent]:
        return [event for event in self.rows(HistoryEvent) if event.action == action]

    def notes(self, who: str) -> list[str]:
        """What somebody was told, filled in."""
        return [m.text.format(**m.params) for m in self.rows(Message) if m.user_id == self.ids[who]]

    def rows(self, model: type) -> list[Any]:
        with unit_of_work(SYSTEM, write=False) as session:
            return list(session.scalars(select(model).order_by(*model.__table__.primary_key)))

    def instance(self, instance_id: int) -> ProcessInstance:
        with unit_of_work(SYSTEM, write=False) as session:
            return session.get_one(ProcessInstance, instance_id)

    def ended(self, instance_id: int) -> tuple[str, str]:
        found = self.instance(instance_id)
        return found.status, found.end_element

    def told(self, instance_id: int) -> list[tuple[str, str]]:
        """(action, element) of every line of history."""
        with unit_of_work(SYSTEM, write=False) as session:
            return [(line.action, line.element_id) for line in cases.timeline(session, instance_id) if not line.open]

    def history(self, instance_id: int) -> list[HistoryEvent]:
        return sorted((e for e in self.rows(HistoryEvent) if e.instance_id == instance_id), key=lambda e: e.seq)

    def letters(self, who: str) -> list[str]:
        """Texts of the messages to a person."""
        return [m.text for m in self.rows(Message) if m.user_id == self.ids[who]]

    def retry(self, incident: Incident, who: str = "po") -> None:
        actor = self.actor(who)
        with unit_of_work(actor) as session:
            actions.retry(session, actor, incident.id)

    def ring(self) -> int:
        return timers.fire_due(system_unit)

    def deliver(self) -> int:
        return messages.deliver_pending(system_unit)


def system_unit():
    return unit_of_work(SYSTEM)
