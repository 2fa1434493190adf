"""The clock of a try: moved by hand, it rings the try's own timers on its way and no others."""
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from data_model import clock
from data_model.actor import SYSTEM
from data_model.process import TimerRow
from data_model.session import become
from engine import actions, incidents, messages, timers
from engine.broken import EngineBroken
from engine.errors import EngineError
from engine.workshop.scene import AT_MOST, Scene

LONGEST_MOVE = timedelta(days=366)


def move(scene: Scene, step: Mapping[str, Any]) -> None:
    """To a moment, by so many minutes, or to the next timer; it stops early where too many timers would ring."""
    target = _target(scene, step)
    if target - clock.now() > LONGEST_MOVE:
        raise EngineError("时钟一次最多前进 {limit} 天", limit=LONGEST_MOVE.days)
    for _ in range(AT_MOST):
        event = scene.next_event()
        if event is None or event > target:
            clock.move(max(target - clock.now(), timedelta(0)))
            return
        clock.move(max(event - clock.now(), timedelta(0)))
        _ring_once(scene)
    scene.cut_short = True


def settle_down(scene: Scene) -> None:
    """What is due at this very moment happens, as the house's own clock would see to within seconds."""
    for _ in range(AT_MOST):
        event = scene.next_event()
        if event is None or event > clock.now():
            return
        _ring_once(scene)
    scene.cut_short = True


def _target(scene: Scene, step: Mapping[str, Any]) -> datetime:
    if step.get("next"):
        event = scene.next_event()
        if event is None:
            raise EngineError("现在没有等待中的计时器")
        return event
    if step.get("until"):
        said = datetime.fromisoformat(str(step["until"]))
        target = said if said.tzinfo else said.replace(tzinfo=clock.zone())
    else:
        target = clock.now() + timedelta(minutes=int(step.get("minutes") or 0))
    if target <= clock.now():
        raise EngineError("时钟只能向前", field="until")
    return target


def _ring_once(scene: Scene) -> None:
    """The words that are due arrive; then the earliest timer that is due rings."""
    scene.hurry()
    become(scene.session, SYSTEM)
    scene.session.info["own"] = scene.seen.instances
    messages.deliver_own(scene.session, scene.seen.instances)
    timer = next((bell.id for bell in scene.bells() if bell.due_at <= clock.now()), None)
    if timer is None:
        return
    from_here = scene.seen.mark()
    try:
        with scene.session.begin_nested():
            actions.fire_timer(scene.session, timer)
    except EngineBroken as broken:
        scene.seen.forget(from_here)
        incidents.record_broken(lambda: nullcontext(scene.session), broken)
        scene.session.execute(update(TimerRow).where(TimerRow.id == timer).values(due_at=clock.now() + timers.LATER))
