"""What events say, by our own rules where SpiffWorkflow 3.2.0 goes wrong in silence.

Its errors and escalations reach every element of the case that catches them, wherever it stands; its conditions see no data but
the token's own; its messages reach everybody at home, its signals only those there; its cancel reaches every transaction around.
"""
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import CancelEventDefinition
from SpiffWorkflow.spiff.specs.event_definitions import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import catching, knowing
from engine.expressions import ExprError


class Signal(SignalEventDefinition):
    """Broadcast: caught here, and told to the others."""

    def throw(self, my_task: Any) -> None:
        top, event = my_task.workflow.top_workflow, BpmnEvent(self, payload=_payload(self, my_task))
        if top.event_manager.catch(event):
            top.bpmn_events.append(event)


class Message(MessageEventDefinition):
    """For one: whoever has waited for it longest at home, else for another case."""

    def throw(self, my_task: Any) -> None:
        payload, correlations = _payload(self, my_task) or {}, {}
        if self.expression is not None:
            correlations = self.get_correlations(my_task, payload)
        my_task.workflow.correlations.update(correlations)
        top, event = my_task.workflow.top_workflow, BpmnEvent(self, payload=payload, correlations=correlations)
        waiting = [token for token in top.event_manager.tasks.values()
                   if token._state == TaskState.WAITING and token.task_spec.catches(token, event)]
        if waiting:
            catching.happen(min(waiting, key=lambda token: token.last_state_change), event)
        else:
            top.bpmn_events.append(event)


class Error(ErrorEventDefinition):
    """Caught by the nearest element around that names its code, or that takes any; uncaught it ends the case."""

    def throw(self, my_task: Any) -> None:
        event = BpmnEvent(self, payload=_payload(self, my_task))
        catcher = catching.nearest(my_task, self)
        if catcher is None:
            my_task.workflow.top_workflow.bpmn_events.append(event)
        else:
            catching.happen(catcher, event)


class Escalation(EscalationEventDefinition):
    """As an error, but nothing ends when nobody catches it."""

    def throw(self, my_task: Any) -> None:
        catcher = catching.nearest(my_task, self)
        if catcher is not None:
            catching.happen(catcher, BpmnEvent(self, payload=_payload(self, my_task)))


class Cancel(CancelEventDefinition):
    """Reaches the event beside its own transaction, and no other."""

    def throw(self, my_task: Any, **_: Any) -> None:
        around = catching.outer(my_task)
        catcher = catching.beside(around, Cancel) if around is not None else None
        if catcher is not None:
            catching.happen(catcher, BpmnEvent(self))


class Condition(ConditionalEventDefinition):
    """Happens when its condition becomes true: looked at on arrival, and whenever a move has changed what the case knows."""

    def has_fired(self, my_task: Any) -> bool:
        run = getattr(my_task.workflow.script_engine, "run", None)
        kept = my_task.internal_data
        if self._key in kept and run is not None and not run.weighing:
            return False
        before, kept[self._key] = kept.get(self._key, False), self._holds(my_task)
        return bool(kept[self._key] and not before)

    def _holds(self, my_task: Any) -> bool:
        """A name that nobody has written yet makes it false, not wrong: lint has read the expression itself."""
        level = my_task.workflow
        run = getattr(level.script_engine, "run", None)
        seen = knowing.seen_from(level) if run is None else run.seen_from(level)
        try:
            return bool(level.script_engine.environment.evaluate(self.expression, seen, level.data_objects))
        except ExprError:
            return False

    @property
    def _key(self) -> str:
        """Several conditions may wait on one event-based gateway."""
        return f"held:{self.expression}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.expression == other.expression

    def __hash__(self) -> int:
        return hash(self.expression)


class Choice(MultipleEventDefinition):
    """What an event-based gateway waits for: the library looks at timers only, conditions have to be looked at as well."""

    def has_fired(self, my_task: Any) -> bool:
        if super().has_fired(my_task):
            return True
        for definition in self.event_definitions:
            if isinstance(definition, Condition) and definition.has_fired(my_task):
                my_task.internal_data["seen_events"].append(BpmnEvent(definition))
        return len(my_task.internal_data["seen_events"]) > 0


def event(kind: str, name: str, payload: dict[str, Any], correlation: dict[str, Any]) -> BpmnEvent:
    """A message or signal from outside, of the very classes that diagrams are parsed to: SpiffWorkflow compares classes."""
    definition = Signal(name) if kind == "signal" else Message(name)
    return BpmnEvent(definition, payload=payload, correlations=correlation)


def fail(my_task: Task, code: str) -> bool:
    """A handler says that its step failed as the diagram foresees; whether an event around it takes that code."""
    definition = Error(code, code=code)
    catcher = catching.nearest(my_task, definition)
    if catcher is not None:
        catching.happen(catcher, BpmnEvent(definition))
    return catcher is not None


def waits_for_data(token: Task) -> bool:
    """Whether what the case knows may let the waiting element go on."""
    definition = getattr(token.task_spec, "event_definition", None)
    return isinstance(definition, Condition) or (
        isinstance(definition, Choice) and any(isinstance(one, Condition) for one in definition.event_definitions))


def _payload(definition: Any, my_task: Any) -> Any:
    return None if definition.expression is None else my_task.workflow.script_engine.evaluate(my_task, definition.expression)
