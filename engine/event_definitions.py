"""Signals reach every instance that waits, not only their own: SpiffWorkflow keeps one that was caught at home."""
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition, SignalEventDefinition


class Signal(SignalEventDefinition):
    """Broadcast: caught here, and told to the others."""

    def throw(self, my_task: Any) -> None:
        engine = my_task.workflow.script_engine
        payload = engine.evaluate(my_task, self.expression) if self.expression is not None else None
        top, event = my_task.workflow.top_workflow, BpmnEvent(self, payload=payload)
        if top.event_manager.catch(event):
            top.bpmn_events.append(event)


def event(kind: str, name: str, payload: dict[str, Any], correlation: dict[str, Any]) -> BpmnEvent:
    """A message or signal from outside, of the very classes that diagrams are parsed to: SpiffWorkflow compares classes."""
    definition = Signal(name) if kind == "signal" else MessageEventDefinition(name)
    return BpmnEvent(definition, payload=payload, correlations=correlation)
