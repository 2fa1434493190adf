"""Which elements lie behind an element: what was done, or may have been done, when a token comes to it."""
from collections.abc import Iterator

from engine.bpmn_xml import SCOPES, Diagram, Element


def behind(diagram: Diagram, at: str) -> list[Element]:
    """Every element on a path to this one, in the order of the diagram; it itself only when a path leads round to it.

    Args:
        at: id of an element, or of a sequence flow: then what it leaves counts too.
    """
    return _walk(diagram, _first(diagram, at))


def _walk(diagram: Diagram, waiting: list[str]) -> list[Element]:
    found: set[str] = set()
    while waiting:
        here = waiting.pop()
        if here in found or here not in diagram.by_id:
            continue
        found.add(here)
        waiting += [*_before(diagram, here), *_inside(diagram, here)]
    return [element for element in diagram.elements if element.id in found]


def _first(diagram: Diagram, at: str) -> list[str]:
    flow = next((flow for flow in diagram.flows if flow.id == at), None)
    return [flow.source] if flow else list(_before(diagram, at))


def _before(diagram: Diagram, here: str) -> Iterator[str]:
    """What is over when a token comes here. At a boundary event its activity still waits; what leads to that is over."""
    element = diagram.by_id.get(here)
    if element is None:
        return
    yield from (flow.source for flow in element.incoming)
    if element.attached_to:
        yield from _before(diagram, element.attached_to)
    holder = diagram.by_id.get(element.scope)
    if holder is None or element.tag != "startEvent":
        return
    if holder.node.get("triggeredByEvent") == "true":
        yield from (other.id for other in diagram.elements if other.scope == holder.scope and other.id != holder.id)
    yield from _before(diagram, holder.id)


def _inside(diagram: Diagram, here: str) -> Iterator[str]:
    if diagram.by_id[here].tag in SCOPES:
        yield from (element.id for element in diagram.elements if element.scope == here)
