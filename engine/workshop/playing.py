"""Plays a try: its steps one after the other, each whole or not at all, at a clock of its own."""
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM
from data_model.process import ProcessInstance
from data_model.session import become
from engine.broken import EngineBroken
from engine.errors import EngineError
from engine.workshop import scene_time
from engine.workshop.references import References
from engine.workshop.scene import PATIENCE, Scene
from engine.workshop.scene_deeds import DEEDS
from engine.workshop.witness import watching

MOST_STEPS = 200
LONGEST = 5.0  # seconds on the wall, on a machine that does much else: an embedded database waits so long
_SENSELESS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, SQLAlchemyError)  # of a step nobody could have filled in
_ROWS = ProcessInstance.__module__
Step = Mapping[str, Any]


@dataclass(frozen=True)
class Stopped:
    """The step at which a try goes no further, and why."""

    number: int  # from 1
    step: Step
    error: EngineError


@contextmanager
def playing(session: Session, key: str, begins: datetime, cast: Mapping[str, Any] | None = None) -> Iterator[Scene]:
    """A scene with its clock at `begins`, in a unit of work that is undone by whoever opened it (sandbox.py)."""
    scene = Scene(session, key, References(session, cast or {}))
    actor = session.info["actor"]
    session.info["late"] = _patience()
    try:
        with clock.at(begins), watching(session, scene.seen):
            become(session, SYSTEM)
            yield scene
    finally:
        session.info.pop("late", None)
        session.info.pop("own", None)
        become(session, actor)


def _patience() -> Callable[[], bool]:
    """Says when a try has worked too long, or has kept others waiting too long."""
    work, wait = time.thread_time() + PATIENCE, time.monotonic() + LONGEST
    return lambda: time.thread_time() > work or time.monotonic() > wait


def play(scene: Scene, steps: Sequence[Step]) -> Stopped | None:
    """All steps, up to the first that is refused."""
    for number, step in enumerate(steps, 1):
        try:
            do(scene, step)
        except EngineError as error:
            return Stopped(number, step, error)
    return None


def do(scene: Scene, step: Step) -> None:
    """One step.

    Raises:
        EngineError: with the words of whoever refused; the step has left nothing behind.
    """
    if len(scene.done) >= MOST_STEPS:
        raise EngineError("一次试运行最多 {limit} 步", limit=MOST_STEPS)
    scene.hurry()
    before, moment, first, scene.cut_short = scene.seen.mark(), clock.now(), scene.first, False
    try:
        with scene.session.begin_nested():
            _deed(scene, step)
            scene_time.settle_down(scene)
    except (EngineError, EngineBroken, *_SENSELESS) as error:
        scene.seen.forget(before)
        scene.first = first
        clock.move(moment - clock.now())
        raise _told(error) from error
    finally:
        become(scene.session, SYSTEM)
        _read_anew(scene.session)
    scene.done.append(step)


def _read_anew(session: Session) -> None:
    """The engine writes past the session's rows, which elsewhere live no longer than one step."""
    for row in list(session.identity_map.values()):
        if type(row).__module__ == _ROWS:
            session.expire(row)


def _deed(scene: Scene, step: Step) -> None:
    word = str(step.get("do"))
    if word == "clock":
        scene_time.move(scene, step)
    elif word in DEEDS:
        DEEDS[word](scene, step)
    else:
        raise EngineError("不认识的步骤「{deed}」", deed=word[:40])


def _told(error: Exception) -> EngineError:
    if isinstance(error, EngineError):
        return error
    if isinstance(error, EngineBroken):
        return EngineError("流程无法继续：{reason}", reason=error.reason)
    return EngineError("这一步的内容有误，无法执行（{reason}）", reason=f"{type(error).__name__}: {error}"[:200])
