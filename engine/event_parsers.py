"""Reads events and event subprocesses out of diagrams, with definitions and elements of our own."""
from typing import Any

from SpiffWorkflow.bpmn.parser import event_parsers as library
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser as LibraryProcessParser
from SpiffWorkflow.bpmn.parser.util import first, full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.control import StartEventJoin
from SpiffWorkflow.bpmn.specs.defaults import IntermediateThrowEvent
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.spiff.parser import event_parsers as spiff
from SpiffWorkflow.spiff.parser.process import SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import SubWorkflowParser
from SpiffWorkflow.spiff.specs.defaults import SendTask

from engine import bpmn_xml
from engine.catching import Beside, Catch, End, EventSubprocess, Gateway, Listener, Receive, Start, Starts
from engine.event_definitions import Cancel, Choice, Condition, Error, Escalation, Message, Signal
from engine.process_spec import Process
from engine.timer_definitions import CycleTimer, OnceTimer

_OUTSIDE = [library.MESSAGE_EVENT_XPATH, library.SIGNAL_EVENT_XPATH]
_CAUGHT = [*_OUTSIDE, library.TIMER_EVENT_XPATH, library.CONDITIONAL_EVENT_XPATH]
_INSIDE = [library.ERROR_EVENT_XPATH, library.ESCALATION_EVENT_XPATH]


class OurEvents:
    """Mixed into each event parser."""

    node: Any
    xpath: Any
    get_event_description: Any

    def parse_timer_event(self, event: Any) -> Any:
        name = self.node.get("name") or self.node.get("id")
        for tag, kind in (("timeDate", OnceTimer), ("timeDuration", OnceTimer), ("timeCycle", CycleTimer)):
            said = first(self.xpath(f".//bpmn:{tag}"))
            if said is not None:
                return kind(name, said.text, description=self.get_event_description(event))
        raise ValidationException("a timer that says no time", node=self.node)

    def parse_signal_event(self, event: Any) -> Signal:
        found = super().parse_signal_event(event)  # type: ignore[misc]
        return Signal(found.name, expression=found.expression, variable=found.variable)

    def parse_message_event(self, event: Any) -> Message:
        found = super().parse_message_event(event)  # type: ignore[misc]
        return Message(found.name, found.correlation_properties, found.expression, found.message_var, found.process_correlations)

    def parse_error_event(self, event: Any) -> Error:
        found = super().parse_error_event(event)  # type: ignore[misc]
        return Error(found.name, expression=found.expression, variable=found.variable, code=found.code)

    def parse_escalation_event(self, event: Any) -> Escalation:
        found = super().parse_escalation_event(event)  # type: ignore[misc]
        return Escalation(found.name, expression=found.expression, variable=found.variable, code=found.code)

    def parse_cancel_event(self, event: Any) -> Cancel:
        return Cancel(description=self.get_event_description(event))

    def parse_conditional_event(self, event: Any) -> Condition:
        found = super().parse_conditional_event(event)  # type: ignore[misc]
        return Condition(found.expression, description=found.description)


class StartParser(OurEvents, spiff.SpiffStartEventParser):
    """The start of an event subprocess passes at once: its event has been heard by the listener outside."""

    def create_task(self) -> Any:
        parent = self.node.getparent()
        inside = parent.get("triggeredByEvent") == "true" and parent.tag == full_tag("subProcess")
        definition = NoneEventDefinition() if inside else self.get_event_definition(_CAUGHT)
        timed = isinstance(definition, (OnceTimer, CycleTimer))  # engine/start_timers.py begins the case when it is time
        task = self._create_task(NoneEventDefinition() if timed else definition)
        task.timed = timed
        self.spec.start.connect(task)
        return task

    def listener(self, spec: Any) -> Listener:
        """What waits outside for the event of this start."""
        return Listener(spec, self.bpmn_id, self.get_event_definition([*_CAUGHT, *_INSIDE]),
                        self.node.get("isInterrupting", "true").lower() == "true", bpmn_name=self.node.get("name"))


class EndParser(OurEvents, spiff.SpiffEndEventParser):
    def create_task(self) -> Any:
        definition = self.get_event_definition([*_OUTSIDE, *_INSIDE, library.CANCEL_EVENT_XPATH, library.TERMINATION_EVENT_XPATH])
        task = self._create_task(definition)
        task.connect(self.spec.end)
        return task


class ThrowParser(OurEvents, spiff.SpiffIntermediateThrowEventParser):
    """A link leads on at the catching link of the same name, as an arrow would."""

    def create_task(self) -> Any:
        return self._create_task(self.get_event_definition([*_OUTSIDE, library.ESCALATION_EVENT_XPATH]))

    def parse_node(self) -> Any:
        spec = super().parse_node()
        for name in bpmn_xml.link_names(self.node):
            target = next((node for node in self.node.getparent().iterchildren(full_tag("intermediateCatchEvent"))
                           if name in bpmn_xml.link_names(node)), None)
            if target is None:
                raise ValidationException("a link that leads nowhere", node=self.node)
            self.task.connect(self.process_parser.parse_node(target))
        return spec


class CatchParser(OurEvents, spiff.SpiffIntermediateCatchEventParser):
    def create_task(self) -> Any:
        return self._create_task(self.get_event_definition(_CAUGHT))


class BesideParser(OurEvents, spiff.SpiffBoundaryEventParser):
    pass


class SendParser(OurEvents, spiff.SpiffSendTaskParser):
    pass


class ReceiveParser(OurEvents, spiff.SpiffReceiveTaskParser):
    pass


class GatewayParser(OurEvents, library.EventBasedGatewayParser):
    def create_task(self) -> Any:
        return self._create_task(Choice())


class SubprocessParser(SubWorkflowParser):
    """An event subprocess is what says so; the library takes any word there for a yes."""

    def create_task(self) -> Any:
        said = self.node.attrib.pop("triggeredByEvent", None)
        try:
            if said == "true":
                self.spec_class: type = EventSubprocess
            return super().create_task()
        finally:
            if said is not None:
                self.node.set("triggeredByEvent", said)


class ProcessParser(SpiffProcessParser):
    """Event subprocesses hang on a listener of their own, beside the start."""

    def create_spec(self) -> Process:
        LibraryProcessParser.create_spec(self)  # refuses what is not executable
        return Process(self.bpmn_id, self.get_name(), self.filename)

    def add_tasks(self) -> None:
        starts = self.xpath("./bpmn:startEvent")
        if not starts and self.process_executable:
            raise ValidationException("No start event found", node=self.node, file_name=self.filename)
        for node in starts:
            self.parse_node(node)
        if len(starts) > 1:
            self._choose_start()
        for node in self.xpath("./bpmn:subProcess[@triggeredByEvent='true']"):
            self._listen(node)

    def _choose_start(self) -> None:
        outputs = list(self.spec.start.outputs)
        split = Starts(self.spec, "StartEventSplit")
        join = StartEventJoin(self.spec, "StartEventJoin", split_task=split.name, threshold=1, cancel=True)
        for spec in outputs:
            spec.inputs = [split]
            spec.connect(join)
        split.outputs, self.spec.start.outputs, split.inputs = outputs, [split], [self.spec.start]

    def _listen(self, node: Any) -> None:
        event = first(node.xpath("./bpmn:startEvent", namespaces=self.nsmap))
        if event is None:
            raise ValidationException("No start event found", node=node, file_name=self.filename)
        listener = StartParser(self, Start, event, self.nsmap, lane=self.lane).listener(self.spec)
        inside = self.parse_node(node)
        self.spec.start.connect(listener)
        listener.connect(inside)
        inside.connect(self.spec.end)


PARSERS = {
    full_tag("startEvent"): (StartParser, Start), full_tag("endEvent"): (EndParser, End),
    full_tag("boundaryEvent"): (BesideParser, Beside), full_tag("intermediateCatchEvent"): (CatchParser, Catch),
    full_tag("intermediateThrowEvent"): (ThrowParser, IntermediateThrowEvent), full_tag("sendTask"): (SendParser, SendTask),
    full_tag("receiveTask"): (ReceiveParser, Receive), full_tag("eventBasedGateway"): (GatewayParser, Gateway),
}
