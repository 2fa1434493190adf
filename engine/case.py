"""What a handler is given: the run it serves, on whose behalf, and the session to work in."""
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.base import unit_ids
from data_model.organisation import Level, OrgUnit
from data_model.process import ProcessInstance, Task, TaskStatus
from data_model.scope import EVERYWHERE
from engine import calendars, people
from engine.calendar import WorkCalendar
from engine.candidates import Asking
from engine.history import Event

Row = TypeVar("Row")
Starter = Callable[["Case", str, Mapping[str, Any], int], int]


@dataclass
class Case:
    """One move of one instance, as handlers see it."""

    session: Session
    actor: Actor
    instance: ProcessInstance
    by_person: bool = True  # somebody waits for the answer and can mend what an EngineError says
    starter: Starter | None = None  # how another process is started from here; the actions lend it
    station_id: int | None = None  # of the instance's place, once somebody has asked
    events: list[Event] = field(default_factory=list)  # lines for the history, written when the move is stored
    notices: list["Notice"] = field(default_factory=list)
    lifts: list["Lift"] = field(default_factory=list)  # done once this move's tasks are rows

    @property
    def now(self) -> datetime:
        return clock.now()

    def attach(self, row: Any, *, code: str = "", title: str = "") -> None:
        """Bind the record this run is about: its number and title name the case and its open tasks, its place is the case's."""
        if row.id is None:
            self.session.flush()
        here = self.instance
        here.subject_kind, here.subject_id = row.__tablename__, row.id
        here.code, here.title = code or here.code, title or here.title
        if path := getattr(row, "org_path", ""):
            self.move_to(path)
        self.session.execute(
            update(Task).where(Task.instance_id == here.id, Task.status == TaskStatus.OPEN)
            .values(code=here.code, title=here.title), execution_options={"synchronize_session": False})

    def move_to(self, path: str) -> None:
        """The case now belongs to this place."""
        if path != self.instance.org_path:
            self.instance.org_path, self.instance.unit_id = path, unit_ids(path)[-1]
            self.station_id = None

    def subject(self, model: type[Row]) -> Row:
        """The record this run is about."""
        found: Row = self.session.get_one(model, self.instance.subject_id, execution_options=EVERYWHERE)
        return found

    def notify(self, code: str, user_ids: Iterable[int], text: str, /, **params: Any) -> None:
        """Tell people inside Anlan, and by mail when mail is set up; `text` is a message id with {named} places."""
        self.notices.append(Notice(code, tuple(dict.fromkeys(user_ids)), text, {k: str(v) for k, v in params.items()}))

    def escalate(self, element: str, to: Iterable[str], tell: bool = False) -> None:
        """Let more principals act on the open task of that step; nothing is taken from those who had it.

        Args:
            to: none at all: whoever is above those who have it.
            tell: whoever it reaches gets a notice.
        """
        self.lifts.append(Lift(element, tuple(dict.fromkeys(to)), tell))

    def start(self, key: str, data: Mapping[str, Any], unit_id: int | None = None) -> int:
        """Start another process from here, in the same transaction; the id of its instance."""
        if self.starter is None:
            raise RuntimeError("nothing can be started from here")
        return self.starter(self, key, data, unit_id or self.instance.unit_id)

    def unit(self, unit_id: int) -> OrgUnit:
        return self.session.get_one(OrgUnit, unit_id)

    def calendar(self) -> WorkCalendar:
        """The work calendar of the case's place."""
        return calendars.of(self.session, self.instance.org_path)

    def station(self) -> int | None:
        """Id of the station above (or at) the case's place."""
        if self.station_id is None:
            found = people.at_level(self.session, self.instance.unit_id, Level.STATION)
            self.station_id = found.id if found else 0
        return self.station_id or None

    @contextmanager
    def trying(self) -> Iterator[None]:
        """What is said inside counts only when all of it succeeds, like the rows of a savepoint."""
        counts = len(self.events), len(self.notices), len(self.lifts)
        try:
            yield
        except BaseException:
            del self.events[counts[0]:], self.notices[counts[1]:], self.lifts[counts[2]:]
            self.station_id = None
            raise

    def asking(self, data: Mapping[str, Any]) -> Asking:
        """What candidate expressions may speak of."""
        return Asking(self.session, data, self.instance.unit_id, self.instance.starter_id)


@dataclass(frozen=True)
class Lift:
    """A late step and who may do it as well."""

    element: str
    principals: tuple[str, ...]
    tell: bool = False


@dataclass(frozen=True)
class Notice:
    """Words for people, not yet written."""

    code: str
    user_ids: tuple[int, ...]
    text: str
    params: Mapping[str, str]
    link: str = ""
    key: str = ""  # what makes a mail of it unique; '' for the case's own
    barred: frozenset[int] | None = None  # of a new task: who may not do it for somebody else; None: nobody may
