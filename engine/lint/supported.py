"""What runs: the one list behind lint, the modeler's palette and docs/bpmn-support.md, so that the three cannot differ.

For the palette: offer `RUNS.elements` (BPMN tags), `RUNS.loops` (loop markers), and at each place an event can be drawn
`RUNS.events[place]` (kinds; 'none' is the plain event). Whatever is not in these lists lint refuses. Conditions of use that no
palette can show (an error event beside a service task or subprocess, one plain start, links in pairs) are lint's to tell.
"""
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.bpmn_xml import Diagram, Element


class Place(StrEnum):
    """Where an event stands."""

    START = "start"  # begins a case
    INSIDE = "inside"  # the start of a subprocess that a flow leads to
    BREAKS = "breaks"  # the start of an event subprocess that interrupts
    BEGINS = "begins"  # the start of an event subprocess that does not
    CATCH = "catch"
    BOUNDARY = "boundary"  # beside an activity, interrupting it
    BESIDE = "beside"  # beside an activity, not interrupting it
    THROW = "throw"
    END = "end"


@dataclass(frozen=True)
class Support:
    """Tags of flow elements, kinds of events by place, markers of repetition."""

    elements: frozenset[str]
    events: Mapping[Place, frozenset[str]]
    loops: frozenset[str]


_CAUGHT = frozenset({"message", "signal", "timer", "conditional"})
RUNS = Support(
    elements=frozenset({
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
        "task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask",
        "subProcess", "transaction", "callActivity",
    }),
    events={
        Place.START: frozenset({"none", "message", "signal", "timer"}), Place.INSIDE: frozenset({"none"}),
        Place.BREAKS: _CAUGHT | {"error", "escalation"}, Place.BEGINS: _CAUGHT | {"escalation"},
        Place.CATCH: _CAUGHT | {"link"},
        Place.BOUNDARY: _CAUGHT | {"error", "escalation", "cancel"}, Place.BESIDE: _CAUGHT | {"escalation"},
        Place.THROW: frozenset({"none", "message", "signal", "escalation", "link"}),
        Place.END: frozenset({"none", "message", "signal", "error", "escalation", "cancel", "terminate"}),
    },
    loops=frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"}),
)
_PLACES = {"intermediateCatchEvent": Place.CATCH, "intermediateThrowEvent": Place.THROW, "endEvent": Place.END}


def place_of(event: Element, diagram: Diagram) -> Place:
    """Where an event of a diagram stands."""
    if event.tag == "boundaryEvent":
        return Place.BOUNDARY if event.interrupting else Place.BESIDE
    if event.tag != "startEvent":
        return _PLACES[event.tag]
    scope = diagram.by_id.get(event.scope)
    if scope is None:
        return Place.START
    if not scope.by_event:
        return Place.INSIDE
    return Place.BREAKS if event.interrupting else Place.BEGINS
