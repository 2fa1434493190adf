"""A try as a page shows it: played anew for every request in a unit of work that is undone, then drawn while it stands."""
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort, g

from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import ProcessDefinition
from data_model.session import become
from engine import cases, catalog
from engine.broken import EngineBroken
from engine.errors import EngineError
from engine.principals import actor_for
from engine.workshop import playing, sandbox, stage
from engine.workshop.playing import Stopped
from engine.workshop.scene import Scene


@dataclass
class Rehearsal:
    """One try on stage."""

    scene: Scene
    definition: ProcessDefinition
    drafted: bool  # whether something of it is still being drawn
    begins: datetime
    steps: Sequence[Mapping[str, Any]] = ()
    revision: int = 0
    stopped: Stopped | None = None
    view: Any = None  # of the task somebody is about to do
    _shown: list[Any] = field(default_factory=list)

    @property
    def stage(self) -> stage.Stage:
        """As it stands now; asked once."""
        if not self._shown:
            self._shown.append(stage.shown(self.scene))
        return self._shown[0]


@contextmanager
def rehearsing(key: str, begins: datetime, steps: Sequence[Mapping[str, Any]] = (), revision: int = 0) -> Iterator[Rehearsal]:
    """Everything up to now has happened; `g.session` is the try's.

    Raises:
        Refused: the draft has errors.
        EngineError: what stands here cannot be read; never EngineBroken, since the door would write an incident for a real case.
    """
    with sandbox.unit(g.actor) as session:
        g.session = session
        try:
            files = sandbox.drawn(session, key)
            sandbox.put_on_stage(session, g.actor, files)
            with playing.playing(session, key, begins) as scene:
                found = Rehearsal(scene, catalog.effective(session, key), bool(files), begins, steps, revision)
                found.stopped = playing.play(scene, steps)
                yield found
        except EngineBroken as broken:
            raise EngineError("流程无法继续：{reason}", reason=broken.reason) from broken
        finally:
            g.pop("session", None)


@contextmanager
def as_person(user_id: int) -> Iterator[Actor]:
    """What is asked inside is asked as this person sees it."""
    owner = g.actor
    user = g.session.get(User, user_id)
    if user is None or not user.active:
        abort(404)
    g.actor = become(g.session, actor_for(g.session, user))
    try:
        yield g.actor
    finally:
        g.actor = owner
        become(g.session, owner)


def turn_of(rehearsal: Rehearsal, element: str, process: str, nth: int) -> stage.Turn | None:
    """The open step that an address speaks of."""
    return next((turn for turn in rehearsal.stage.turns if (turn.element, turn.process, turn.nth) == (element, process, nth)), None)


def seen_by(turn: stage.Turn) -> Any:
    """The task as the person sees it whom `as_person` speaks for."""
    return cases.task_view(g.session, g.actor, turn.task_id)
