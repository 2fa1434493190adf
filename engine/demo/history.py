"""Eighteen months of reports, judgements, cures and checks, played through the real flows on a simulated clock."""
import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM, Actor
from data_model.base import unit_ids
from data_model.hidden_danger import HiddenDanger
from data_model.organisation import Level, OrgUnit, User
from data_model.process import ProcessInstance, Task, TaskStatus, TimerRow
from data_model.scope import EVERYWHERE
from data_model.session import unit_of_work
from engine import actions, cases, timers, work_calendar
from engine.demo import answers
from engine.demo.organisation import Town
from engine.people import people_behind
from engine.principals import actor_for

MONTHS = timedelta(days=548)
RECENT = timedelta(days=12)
RECENT_SHARE = 0.12  # of the dangers are found in those last days, so that every stage has its cases today
_HOURS = {"judge": 6, "supplement": 10, "confirm": 7, "configure": 8, "approve_plan": 20, "recheck": 14, "accept": 20}  # usual wait

Photo = Callable[[Session, Actor, bool, int], int]  # keeps a picture for the actor (cured?, seed), returns its attachment id


@dataclass(order=True)
class Event:
    at: datetime
    number: int
    task_id: int = field(compare=False, default=0)  # 0: somebody reports something


class History:
    """Plays events in the order of their time; between them the due timers fire at their own moments."""

    def __init__(self, rng: Random, town: Town, dangers: int, photo: Photo) -> None:
        self.rng, self.town, self.photo = rng, town, photo
        self.end = clock.now()
        self.wanted = dangers
        self.numbers, self.last_task, self.pictures = count(1), 0, count(1)
        self.events: list[Event] = []
        self.actors: dict[int, Actor] = {}
        self.examples: dict[str, answers.Example] = {}  # by description: what the report was about

    def play(self, said: Callable[[str], None] = lambda text: None) -> None:
        """Run until today. Reports come until enough of them have become hidden dangers."""
        self._plan()
        done = 0
        while self.events:
            event = heapq.heappop(self.events)
            if event.at >= self.end:
                break
            self._fire_timers(event.at)
            with clock.at(event.at):
                self._act(event) if event.task_id else self._report(event.at)
                self._watch()
            done += 1
            if done % 500 == 0:
                said(f"{event.at:%Y-%m}: {done}")
        self._fire_timers(self.end)
        while self._count() < self.wanted:
            self._report(self.end, direct=True)

    def _plan(self) -> None:
        """More reports than dangers are wanted, for not every report is one; `_report` stops when there are enough."""
        first, last = self.end - MONTHS, self.end - RECENT
        old, recent = int(self.wanted * 1.3), int(self.wanted * RECENT_SHARE)
        for _ in range(old):
            self._later(working(first + (last - first) * self.rng.random(), self.rng))
        for _ in range(recent):
            self._later(working(last + RECENT * self.rng.random(), self.rng))

    def _later(self, moment: datetime, task_id: int = 0) -> None:
        heapq.heappush(self.events, Event(moment, next(self.numbers), task_id))

    def _fire_timers(self, until: datetime) -> None:
        """Each at the moment it was due, as a clock that never stood still would have done."""
        while (due := _next_due()) is not None and due <= until:
            with clock.at(due + timedelta(seconds=1)):
                timers.fire_due(partial(unit_of_work, SYSTEM))
                self._watch()

    def _report(self, moment: datetime, direct: bool = False) -> None:
        gone = min(1.0, (moment - (self.end - MONTHS)) / (MONTHS - RECENT))
        if self._count() >= self.wanted * (1 - RECENT_SHARE if moment < self.end - RECENT else 1) * max(gone, 0.02):
            return
        grid = self.rng.choice(self.town.grids)
        example = self.rng.choice(answers.common() if self.rng.random() < 0.7 else answers.examples())
        station = unit_ids(grid.path)[-2]
        actor = self.actor(self.rng.choice(self.town.staff[station]))
        with unit_of_work(actor) as session:
            photos = [self.picture(session, actor, cured=False)]
            if not direct and self.rng.random() < 0.6:
                key, data = "snapshot", answers.snap(example, grid.id, photos)
            else:
                key, data = "hidden_danger", answers.report(example, grid.id, photos, self.rng)
            self.examples[data["description"]] = example
            actions.start(session, actor, key, data, idem_key=self.key(), unit_id=grid.id)

    def _count(self) -> int:
        with unit_of_work(SYSTEM, write=False) as session:
            return session.scalar(select(func.count()).select_from(HiddenDanger)) or 0

    def _watch(self) -> None:
        """Put the tasks that have just opened into somebody's day."""
        with unit_of_work(SYSTEM, write=False) as session:
            opened = session.execute(select(Task.id, Task.element_id, Task.due_at).where(Task.id > self.last_task).order_by(Task.id)).all()
        for task_id, element, due in opened:
            self.last_task = task_id
            self._later(self._when(element, due), task_id)

    def _when(self, element: str, due: datetime | None) -> datetime:
        """Mostly in time, sometimes late: then the timers have their say."""
        now = clock.now()
        late = self.rng.random() < 0.13
        if element == "rectify" and due:
            share = self.rng.uniform(1.05, 2.2) if late else self.rng.uniform(0.2, 0.95)
            return working(now + (due - now) * share, self.rng)
        hours = _HOURS.get(element, 8) * self.rng.uniform(0.1, 1.6) + (self.rng.uniform(50, 120) if late else 0)
        return working(now + timedelta(hours=hours), self.rng)

    def _act(self, event: Event) -> None:
        with unit_of_work(SYSTEM, write=False) as session:
            task = session.get_one(Task, event.task_id)
            if task.status != TaskStatus.OPEN:
                return
            able = self.able(session, task)
            instance = session.get_one(ProcessInstance, task.instance_id)
            people = self._team(session, instance, able)
        if not able:
            return
        actor = self.actor(able[-1] if len(able) > 1 and self.rng.random() < 0.5 else able[0])
        with unit_of_work(actor) as session:
            view = cases.task_view(session, actor, event.task_id)
            step = answers.STEPS[task.element_id](self.rng, view.data, self._example(view.data), people,
                                                  lambda cured: self.picture(session, actor, cured))
            actions.complete(session, actor, event.task_id, step.outcome, step.data, opinion=step.opinion,
                             idem_key=self.key())

    def _example(self, data: Mapping[str, Any]) -> answers.Example:
        told = (data.get("start") or {}).get("description", "")
        return self.examples.get(told) or answers.examples()[0]

    def _team(self, session: Session, instance: ProcessInstance, able: Sequence[int]) -> list[int]:
        """Rectifier, checker and helper for a plan: people of the station, none of them the starter."""
        place = session.get_one(OrgUnit, instance.unit_id)
        ids = unit_ids(place.path)
        station = ids[Level.STATION - 1] if len(ids) >= Level.STATION else ids[-1]
        free = [person for person in self.town.staff[station] if person != instance.starter_id]
        self.rng.shuffle(free)
        return (free + [person for person in able if person not in free] + self.town.staff[station])[:3]

    def key(self) -> str:
        """A fresh submission key."""
        return f"demo-{next(self.numbers)}"

    def able(self, session: Session, task: Task) -> list[int]:
        """Ids of the people who may act on a task today."""
        return sorted(set(people_behind(session, task.candidates)) - set(task.excluded))

    def picture(self, session: Session, actor: Actor, cured: bool) -> int:
        return self.photo(session, actor, cured, next(self.pictures))

    def actor(self, user_id: int) -> Actor:
        if user_id not in self.actors:
            with unit_of_work(SYSTEM, write=False) as session:
                self.actors[user_id] = actor_for(session, session.get_one(User, user_id, execution_options=EVERYWHERE))
        return self.actors[user_id]


def _next_due() -> datetime | None:
    with unit_of_work(SYSTEM, write=False) as session:
        return session.scalar(select(func.min(TimerRow.due_at)))


def working(moment: datetime, rng: Random) -> datetime:
    """The moment, moved into the next working day's hours (8 to 18) when it falls outside."""
    here = clock.local(moment)
    while not work_calendar.shipped().is_workday(here.date()) or here.hour >= 18:
        here = (here + timedelta(days=1)).replace(hour=8, minute=rng.randrange(60))
    return here if here.hour >= 8 else here.replace(hour=8, minute=rng.randrange(60))
