"""What may be drawn, by the names that the modeler's menus have for it. Lint's own list says so: engine/lint/supported.py."""
from engine.lint.supported import RUNS, Place

_NAMES = {
    Place.START: ("startEvent", ""), Place.BREAKS: ("eventSubProcess", ""), Place.BEGINS: ("eventSubProcess", ":non"),
    Place.CATCH: ("intermediateCatchEvent", ""), Place.THROW: ("intermediateThrowEvent", ""), Place.BOUNDARY: ("boundaryEvent", ""),
    Place.BESIDE: ("boundaryEvent", ":non"), Place.END: ("endEvent", ""),
}
_NEVER_PLAIN = {"boundaryEvent", "intermediateCatchEvent"}


def drawable() -> frozenset[str]:
    """Names such as 'userTask', 'boundaryEvent:timer', 'boundaryEvent:timer:non', 'eventSubProcess:error'."""
    events = {f"{tag}:{kind}{suffix}" for place, (tag, suffix) in _NAMES.items() for kind in RUNS.events[place] - {"none"}}
    return frozenset(RUNS.elements - _NEVER_PLAIN | {"dataObjectReference"} | events)
