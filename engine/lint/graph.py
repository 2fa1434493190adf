"""Walks over a diagram: what can be reached, where it turns in circles, how many tasks SpiffWorkflow predicts.

Everything here is linear in elements and flows, and never recursive: diagrams come from strangers.
"""
from collections.abc import Iterable, Mapping
from functools import cached_property

from engine.bpmn_xml import SCOPES, Diagram, Element

CHOICES = {"exclusiveGateway", "inclusiveGateway"}
ENDLESS = 10**9


class Graph:
    """The diagram as edges between ids; a boundary event hangs on its activity."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.nodes: dict[str, Element] = dict(diagram.by_id)
        self.next = {id: self._after(element) for id, element in self.nodes.items()}

    def _after(self, element: Element) -> list[str]:
        follow = [event.id for event in self.diagram.boundaries(element.id)]
        return follow + [flow.target for flow in element.outgoing if flow.target in self.nodes] + self.diagram.linked(element)

    @cached_property
    def before(self) -> Mapping[str, list[str]]:
        """What leads to each element; an activity does not count as leading where only its boundary event goes."""
        found: dict[str, list[str]] = {id: [] for id in self.nodes}
        for element in self.nodes.values():
            for target in [*(flow.target for flow in element.outgoing), *self.diagram.linked(element)]:
                if target in found:
                    found[target].append(element.id)
        return found

    @cached_property
    def reached(self) -> set[str]:
        """Everything a token can come to: from every start event, subprocesses and boundary events included."""
        return reach((e.id for e in self.nodes.values() if e.tag == "startEvent"), self.next)

    @cached_property
    def finishing(self) -> set[str]:
        """Everything from which a path leads to an end event."""
        return reach((e.id for e in self.nodes.values() if e.tag == "endEvent"), self.before)

    @cached_property
    def waits(self) -> set[str]:
        """Elements at which a token rests; a subprocess rests when something in it does."""
        found = {e.id for e in self.nodes.values() if _waits(e)}
        for element in reversed(self.diagram.elements):  # inner elements come later in the document
            if element.id in found and element.scope in self.nodes:
                found.add(element.scope)
        return found

    def circles(self) -> list[list[str]]:
        """Groups of elements that a token can walk round for ever without resting."""
        automatic = {id: [n for n in after if n not in self.waits] for id, after in self.next.items() if id not in self.waits}
        return [group for group in strongly_connected(automatic) if len(group) > 1 or group[0] in automatic[group[0]]]

    def longest_row(self) -> int:
        """How deep SpiffWorkflow's parser recurses: it follows each flow to the end before it takes the next."""
        return max((_depth(e.id, self.next) for e in self.nodes.values() if e.tag == "startEvent"), default=0)

    @cached_property
    def predicted(self) -> int:
        """The most tasks SpiffWorkflow adds at once when a token arrives anywhere; ENDLESS or more when it never stops."""
        return max(_sizes(_specs(self.diagram)).values(), default=0)


def reach(sources: Iterable[str], edges: Mapping[str, list[str]]) -> set[str]:
    """The sources and everything that can be reached from them."""
    found, waiting = set(), list(sources)
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += edges.get(here, [])
    return found


def strongly_connected(edges: Mapping[str, list[str]]) -> list[list[str]]:
    """Tarjan's groups, each after the groups it leads to."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    standing: set[str] = set()
    groups: list[list[str]] = []
    for root in edges:
        if root in order:
            continue
        walk = [(root, iter(edges[root]))]
        _arrive(root, order, low, stack, standing)
        while walk:
            here, rest = walk[-1]
            step = next((n for n in rest if n in edges and (n not in order or n in standing)), None)
            if step is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[here])
                if low[here] == order[here]:
                    groups.append(_cut(here, stack, standing))
            elif step in order:
                low[here] = min(low[here], order[step])
            else:
                _arrive(step, order, low, stack, standing)
                walk.append((step, iter(edges[step])))
    return groups


def _arrive(node: str, order: dict[str, int], low: dict[str, int], stack: list[str], standing: set[str]) -> None:
    order[node] = low[node] = len(order)
    stack.append(node)
    standing.add(node)


def _cut(root: str, stack: list[str], standing: set[str]) -> list[str]:
    group = [stack.pop()]
    while group[-1] != root:
        group.append(stack.pop())
    standing.difference_update(group)
    return group


def _waits(element: Element) -> bool:
    if element.tag in {"userTask", "manualTask", "task", "receiveTask", "eventBasedGateway", "callActivity"}:
        return True
    if element.tag in {"intermediateCatchEvent", "boundaryEvent", "startEvent"}:
        return any(event.kind in {"timer", "message", "signal", "conditional"} for event in element.events)
    return False


def _depth(start: str, edges: Mapping[str, list[str]]) -> int:
    """Length of the longest stack of a depth-first walk in document order."""
    seen, deepest = {start}, 1
    walk = [iter(edges[start])]
    while walk:
        step = next((n for n in walk[-1] if n not in seen), None)
        if step is None:
            walk.pop()
        else:
            seen.add(step)
            walk.append(iter(edges[step]))
            deepest = max(deepest, len(walk))
    return deepest


Spec = tuple[bool, list[str]]  # whether what follows is certain; names of what follows
_END = "\0end"
_LEAF: Spec = (True, [])


def _specs(diagram: Diagram) -> dict[str, Spec]:
    """The task specs SpiffWorkflow makes of the elements, with their outputs (its parser's TaskParser and event parsers)."""
    specs: dict[str, Spec] = {}
    for scope in [*(p.id for p in diagram.processes), *(e.id for e in diagram.elements if e.tag in SCOPES)]:
        specs[f"\0start {scope}"] = (True, _starts(diagram, scope, specs))
    specs[_END] = (True, [_END + "ed"])
    specs[_END + "ed"] = _LEAF
    known = diagram.by_id
    for element in known.values():
        after = [_END] if element.tag == "endEvent" else []
        events = diagram.boundaries(element.id)
        after += [_entry(diagram, flow.target) for flow in element.outgoing if flow.target in known] + diagram.linked(element)
        if f"\0starts {element.scope}" in specs and element.tag == "startEvent":
            after.append(_END + "ed")  # the join of several starts
        if events:
            after.append(f"\0join {element.id}")
            specs[f"\0join {element.id}"] = _LEAF
            specs[f"\0split {element.id}"] = (True, [element.id, *(f"\0maybe {e.id}" for e in events)])
        if element.attached_to in known:
            after.append(f"\0join {element.attached_to}")
        if any(event.timer == "timeCycle" for event in element.events) and element.tag != "intermediateThrowEvent":
            after = []
        certain = element.tag not in CHOICES | {"eventBasedGateway"}
        specs[element.id] = (certain, after)
        specs[f"\0maybe {element.id}"] = (False, [f"\0leaf {i}" for i in range(len(after))])
    return specs


def _starts(diagram: Diagram, scope: str, specs: dict[str, Spec]) -> list[str]:
    starts = [e.id for e in diagram.elements if e.tag == "startEvent" and e.scope == scope]
    events = [f"\0listener {e.id}" for e in diagram.elements if e.scope == scope and e.tag == "subProcess" and e.by_event]
    specs.update(dict.fromkeys(events, _LEAF))  # what may begin is not predicted
    if len(starts) < 2:
        return starts + events
    split = f"\0starts {scope}"
    specs[split] = (True, [f"\0maybe {id}" for id in starts])
    return [split, *events]


def _entry(diagram: Diagram, id: str) -> str:
    return f"\0split {id}" if diagram.boundaries(id) else id


def _sizes(specs: Mapping[str, Spec]) -> dict[str, int]:
    """Tasks predicted from each spec on, itself included; behind a choice only one step is looked ahead."""
    certain = {name: [n for n in after if n in specs] for name, (sure, after) in specs.items() if sure}
    sizes = {name: _look_ahead(name, specs) for name in specs if name not in certain}
    for group in strongly_connected(certain):
        for name in group:
            turning = len(group) > 1 or name in certain[name]
            endless = turning or any(sizes[n] == ENDLESS for n in certain[name] if n in sizes)
            sizes[name] = ENDLESS if endless else min(ENDLESS - 1, 1 + sum(sizes[n] for n in certain[name]))
    return sizes


def _look_ahead(name: str, specs: Mapping[str, Spec]) -> int:
    after = specs[name][1]
    return 1 + sum(1 + len(specs[n][1]) if n in specs else 1 for n in after)
