"""Which elements and arrows of a diagram the tries have been through."""
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from data_model.process import HistoryEvent, Task
from engine import bpmn_xml, catalog
from engine.bpmn_xml import Diagram
from engine.workshop.scene import Scene


@dataclass(frozen=True)
class Arrow:
    """A sequence flow by its own name and those of its ends."""

    id: str
    name: str
    source: str
    target: str


@dataclass(frozen=True)
class Coverage:
    """`covered` and `uncovered` hold ids of elements and flows alike; `percent` counts both."""

    covered: tuple[str, ...]
    uncovered: tuple[str, ...]
    arrows: tuple[Arrow, ...]  # those nobody went along
    percent: int


def coverage(xml: bytes, key: str, been: Collection[str]) -> Coverage:
    """
    Args:
        been: ids of elements and flows that some try went through.
    """
    diagram = bpmn_xml.read(xml)
    elements = [e.id for e in diagram.elements if e.process == key and e.tag in bpmn_xml.FLOW_NODES]
    known = {e.id: e for e in diagram.elements}
    flows = [f for f in diagram.flows if f.source in known and known[f.source].process == key]
    everything = [*elements, *(f.id for f in flows)]
    covered = tuple(one for one in everything if one in been)
    missed = tuple(one for one in everything if one not in been)
    arrows = tuple(Arrow(f.id, f.node.get("name") or "", _name(diagram, f.source), _name(diagram, f.target))
                   for f in flows if f.id not in been)
    return Coverage(covered, missed, arrows, 100 * len(covered) // len(everything) if everything else 0)


def been_through(scene: Scene) -> frozenset[str]:
    """Ids of elements and flows of the tried diagram that its cases have touched."""
    mine = [scene.instance(i) for i in scene.seen.instances]
    ids = [row.id for row in mine if row.key == scene.key]
    if not ids:
        return frozenset()
    flow = catalog.flow(scene.session, next(row for row in mine if row.key == scene.key).definition_id)
    paths = scene.session.scalars(select(HistoryEvent.path).where(HistoryEvent.instance_id.in_(ids)))
    edges = {(source, target) for path in paths for source, target in path}
    steps = scene.session.scalars(select(Task.element_id).where(Task.instance_id.in_(ids)))
    lines = scene.session.scalars(select(HistoryEvent.element_id).where(HistoryEvent.instance_id.in_(ids), HistoryEvent.element_id != ""))
    elements = {element for edge in edges for element in edge} | set(steps) | set(lines)
    return frozenset(elements | {flow.flows[edge] for edge in edges if edge in flow.flows})


def _name(diagram: Diagram, element: str) -> str:
    """Its name; what has none is told by what it is attached to, or by its id."""
    found = diagram.by_id.get(element)
    return (found.name if found else "") or element
