"""Which elements lie behind an element: what was done, or may have been done, when a token comes to it."""
from collections.abc import Iterator

from engine.bpmn_xml import SCOPES, Diagram, Element
from engine.lint.limits import MAX_NODES


def behind(diagram: Diagram, at: str) -> list[Element]:
    """Every element on a path to this one, in the order of the diagram; it itself only when a path leads round to it.

    Args:
        at: id of an element, or of a sequence flow: then what it leaves counts too.
    """
    if len(diagram.elements) > MAX_NODES:
        return []  # deploy refuses it; nobody waits for suggestions about it
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


def _before(diagram: Diagram, at: str) -> Iterator[str]:
    """What is over when a token comes here. At a boundary event its activity still waits; what leads to that is over."""
    seen: set[str] = set()
    here = diagram.by_id.get(at)
    while here is not None and here.id not in seen:
        seen.add(here.id)
        yield from (flow.source for flow in here.incoming)
        if here.attached_to:
            here = diagram.by_id.get(here.attached_to)
            continue
        holder = diagram.by_id.get(here.scope) if here.tag == "startEvent" else None
        if holder is not None and holder.node.get("triggeredByEvent") == "true":
            yield from (other.id for other in diagram.elements if other.scope == holder.scope and other.id != holder.id)
        here = holder


def _inside(diagram: Diagram, here: str) -> Iterator[str]:
    if diagram.by_id[here].tag in SCOPES:
        yield from (element.id for element in diagram.elements if element.scope == here)
