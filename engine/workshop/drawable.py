"""What may be drawn, as the modeler's palette and menus name it. Lint's own list decides; there is no second one."""
from engine.lint.supported import RUNS, Place

PLAIN = "none"
_BESIDE_THE_FLOW = frozenset({"dataObjectReference"})  # drawn, read by conditions; no flow element
_NAMES = {
    Place.START: "startEvent:{}", Place.BREAKS: "eventSubProcess:{}", Place.BEGINS: "eventSubProcess:{}:non",
    Place.CATCH: "intermediateCatchEvent:{}", Place.THROW: "intermediateThrowEvent:{}", Place.END: "endEvent:{}",
    Place.BOUNDARY: "boundaryEvent:{}", Place.BESIDE: "boundaryEvent:{}:non",
}


def drawable() -> frozenset[str]:
    """Names such as 'userTask', 'boundaryEvent:timer', 'boundaryEvent:timer:non', 'eventSubProcess:error'."""
    events = (name.format(kind) for place, name in _NAMES.items() for kind in RUNS.events[place] if kind != PLAIN)
    return RUNS.elements | _BESIDE_THE_FLOW | frozenset(events)
