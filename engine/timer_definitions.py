"""Timers that ask the house's one clock, and speak of moments as well as of durations.

SpiffWorkflow's own call `datetime.now` themselves; demo data, tests and the sandbox move time.
"""
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.util import PendingBpmnEvent
from SpiffWorkflow.util.task import TaskState

from data_model import clock
from engine import calendar


def moment(text: Any) -> datetime:
    """The moment an expression's value means: an ISO duration from now (by the wall clock), a date's end, or a moment.

    Raises:
        ValueError: when it is none of these.
    """
    if not isinstance(text, str):
        raise ValueError(f"not an ISO duration, date or moment: {text!r}")
    if text.startswith("P"):
        return clock.now() + duration(text, clock.now())
    return calendar.moment_of(text)


def duration(text: str, start: datetime) -> timedelta:
    """Length of an ISO duration that begins at `start`; months and years are counted by the calendar."""
    parsed = TimerEventDefinition.parse_iso_duration(text)
    found: timedelta = TimerEventDefinition.get_timedelta_from_start(parsed, start)
    return found


def may_ring(my_task: Any) -> bool:
    """Only the clock rings a timer that has been waiting: somebody's answer in the same case does not set it off."""
    run = getattr(my_task.workflow.script_engine, "run", None)
    return run is None or run.ringing == my_task.id


class OnceTimer(TimerEventDefinition):
    """Fires once: at a moment, or after a duration."""

    def due(self, my_task: Any) -> datetime:
        """When it fires; worked out once, when the token arrives."""
        kept = my_task.internal_data.get(self._key)
        if kept is None:
            found = moment(my_task.workflow.script_engine.evaluate(my_task, self.expression))
            kept = my_task.internal_data[self._key] = found.isoformat()
        return datetime.fromisoformat(kept)

    def has_fired(self, my_task: Any) -> bool:
        arrives = self._key not in my_task.internal_data
        if self.due(my_task) <= clock.now() and (arrives or may_ring(my_task)):
            my_task._set_internal_data(event_fired=True)
        return bool(my_task._get_internal_data("event_fired", False))

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop(self._key, None)
        super().reset(my_task)

    def details(self, my_task: Any) -> PendingBpmnEvent:
        return PendingBpmnEvent(self.name, self.__class__.__name__, my_task.internal_data.get(self._key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OnceTimer) and (self.name, self.expression) == (other.name, other.expression)

    def __hash__(self) -> int:
        return hash((self.name, self.expression))

    @property
    def _key(self) -> str:
        """Several timers may wait on one event-based gateway."""
        return f"due:{self.name}:{self.expression}"


class CycleTimer(CycleTimerEventDefinition):
    """Fires again and again: `R3/PT24H`, `R30/<first moment>/P1D`. Each call of the clock fires it once at most."""

    def due(self, my_task: Any) -> datetime | None:
        """When it fires next; None once it has fired as often as it may."""
        kept = self._kept(my_task)
        return datetime.fromisoformat(kept["next"]) if kept["left"] else None

    def update_task(self, my_task: Any) -> None:
        arrives = "cycle" not in my_task.internal_data
        kept, due = self._kept(my_task), self.due(my_task)
        if due is not None and due <= clock.now() and (arrives or may_ring(my_task)):
            step = duration(kept["every"], due)
            my_task.internal_data["cycle"] = {**kept, "left": kept["left"] - 1, "next": (due + step).isoformat()}
            self._spawn(my_task)
        if self.due(my_task) is None:
            my_task.internal_data["event_fired"] = True  # the next update lets the event itself finish

    def details(self, my_task: Any) -> PendingBpmnEvent:
        return PendingBpmnEvent(self.name, self.__class__.__name__, my_task.internal_data.get("cycle"))

    def _kept(self, my_task: Any) -> dict[str, Any]:
        kept = my_task.internal_data.get("cycle")
        if kept is None:
            kept = parse_cycle(my_task.workflow.script_engine.evaluate(my_task, self.expression))
            my_task.internal_data["cycle"] = kept
        found: dict[str, Any] = kept
        return found

    def _spawn(self, my_task: Any) -> None:
        begin = getattr(my_task.task_spec, "begin", None)
        if begin is not None:  # it starts an event subprocess
            begin(my_task)
            return
        for output in my_task.task_spec.outputs:
            child = my_task._add_child(output, TaskState.FUTURE)
            child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            child.task_spec._update(child)


def parse_cycle(text: Any) -> dict[str, Any]:
    """How often, from when, how far apart: `R<n>/<duration>` or `R<n>/<first>/<duration>`; without n for ever.

    Raises:
        ValueError: when it is no repeating interval.
    """
    parts = text.split("/") if isinstance(text, str) else []
    if len(parts) not in (2, 3) or not parts[0].startswith("R"):
        raise ValueError(f"not an ISO repeating interval: {text!r}")
    left = int(parts[0][1:]) if parts[0][1:] else -1
    length = duration(parts[-1], clock.now())
    if length <= timedelta(0):
        raise ValueError(f"a cycle must move forward: {text!r}")
    first = calendar.moment_of(parts[1]) if len(parts) == 3 else clock.now() + length
    return {"left": left, "next": first.isoformat(), "every": parts[-1]}
