"""What a run waits for besides people: timers with their moments, messages and signals by name."""
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.event_definitions import Signal
from engine.timer_definitions import CycleTimer, OnceTimer


@dataclass(frozen=True)
class Timer:
    element: str
    due: datetime


@dataclass(frozen=True)
class Wanted:
    """A message or signal."""

    kind: str
    correlation: dict[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Waiting:
    """Timers by token; messages and signals by (token, name)."""

    timers: dict[str, Timer] = field(default_factory=dict)
    wanted: dict[tuple[str, str], Wanted] = field(default_factory=dict)


def waiting_for(workflow: Any) -> Waiting:
    """Read from the tokens that wait in catching events."""
    found = Waiting()
    for token in workflow.event_manager.tasks.values():
        if token._state == TaskState.WAITING:
            for definition in _definitions(token):
                _note(found, token, definition)
    return found


def _definitions(token: Task) -> Iterator[Any]:
    definition = token.task_spec.event_definition
    if isinstance(definition, MultipleEventDefinition):
        yield from definition.event_definitions
    else:
        yield definition


def _note(found: Waiting, token: Task, definition: Any) -> None:
    token_id = str(token.id)
    if isinstance(definition, (OnceTimer, CycleTimer)):
        due = definition.due(token)
        known = found.timers.get(token_id)
        if due is not None and (known is None or due < known.due):
            found.timers[token_id] = Timer(token.task_spec.bpmn_id, due)
    elif isinstance(definition, Signal):
        found.wanted[token_id, definition.name] = Wanted("signal", {})
    elif isinstance(definition, MessageEventDefinition):
        found.wanted[token_id, definition.name] = Wanted("message", dict(token.workflow.correlations))
