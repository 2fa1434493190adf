"""How a diagram hangs together, read from its parsed specs and never from a run's tree: what lies in which branch.

A tree knows only the branch that reached a join last; which step depends on which is a question to the diagram.
"""
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from weakref import WeakKeyDictionary

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, BpmnStartTask
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent

from engine.catching import Listener


class Kin(Enum):
    """How another place stands to a step."""

    SAME = "same"  # in the same branch: what happens there came of the step, or led to it
    APART = "apart"  # in another branch that runs at the same time
    MIXED = "mixed"  # the two cannot be told apart: neither may be moved without the other


@dataclass(frozen=True)
class Region:
    """What lies between a split and the place where all its branches have come together; by node, its branches."""

    branches: Mapping[str, frozenset[int]]
    beside: bool = False  # a split by events beside a task or a whole process: branch 0 is its own way
    split: str = ""  # name of the spec it begins with
    ways: tuple[tuple[str, ...], ...] = ()  # the first specs of each branch


class Shape:
    """One process or subprocess as a graph of spec names."""

    def __init__(self, wf_spec: Any) -> None:
        self.next = _edges(wf_spec)
        beside, between = _merges(self.next), _merges(_without_events(wf_spec, self.next))
        splits = [wf_spec.task_specs[name] for name in self.next if _is_split(wf_spec.task_specs[name])]
        self.regions = tuple(_region(split, self.next, (beside if _is_beside(split) else between).get(split.name))
                             for split in splits)

    def kin(self, step: str, other: str) -> Kin:
        """One split that keeps them apart is enough; else they must agree about every split that the step lies behind."""
        around = [(region.branches[step], region.branches.get(other)) for region in self.regions if step in region.branches]
        if any(theirs is not None and not mine & theirs for mine, theirs in around):
            return Kin.APART
        return Kin.SAME if all(mine == theirs for mine, theirs in around) else Kin.MIXED

    def around(self, step: str) -> list[tuple[Region, frozenset[int]]]:
        """The splits that a step lies behind, with its branches."""
        return [(region, region.branches[step]) for region in self.regions if step in region.branches]

    def is_plain(self, step: str) -> bool:
        """Outside every branch, so that whoever is past the whole process is past it too."""
        return all(region.beside and region.branches[step] == {0} for region in self.regions if step in region.branches)


_shapes: "WeakKeyDictionary[Any, Shape]" = WeakKeyDictionary()


def shape(wf_spec: Any) -> Shape:
    """The shape of one spec, computed once."""
    found = _shapes.get(wf_spec)
    if found is None:
        found = _shapes.setdefault(wf_spec, Shape(wf_spec))
    return found


def _edges(wf_spec: Any) -> dict[str, list[str]]:
    """From the start on. The join beside a task with boundary events leads nowhere and is left out."""
    found: dict[str, list[str]] = {}
    waiting = [wf_spec.start]
    while waiting:
        spec = waiting.pop()
        if spec.name not in found:
            after = [out for out in spec.outputs if not isinstance(out, BoundaryEventJoin)]
            found[spec.name] = [out.name for out in after]
            waiting += after
    return found


def _without_events(wf_spec: Any, edges: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The ways without events beside tasks: one that leads to an end of its own does not keep the branches from coming together."""
    return {name: [out for out in after if not isinstance(wf_spec.task_specs[out], BoundaryEvent)] for name, after in edges.items()}


def _merges(edges: Mapping[str, list[str]]) -> dict[str, str]:
    """Where all ways that part at a node have come together."""
    return _dominators(_turned(edges), "End") if "End" in edges else {}


def _is_split(spec: Any) -> bool:
    if _is_beside(spec):
        return any(_goes_beside(out) for out in spec.outputs)
    return isinstance(spec, (ParallelGateway, InclusiveGateway)) and len(spec.outputs) > 1


def _is_beside(spec: Any) -> bool:
    return isinstance(spec, (BoundaryEventSplit, BpmnStartTask))


def _goes_beside(out: Any) -> bool:
    """Whether what the event starts runs at the same time as what it stands beside."""
    return (isinstance(out, BoundaryEvent) and not out.cancel_activity) or (isinstance(out, Listener) and not out.interrupting)


def _region(split: Any, edges: Mapping[str, list[str]], merge: str | None) -> Region:
    beside = _is_beside(split)
    branches = [[split_out.name] for split_out in split.outputs]
    if beside:  # the task and what interrupts it are one branch, each event beside it another
        apart = [out.name for out in split.outputs if _goes_beside(out)]
        branches = [[out.name for out in split.outputs if out.name not in apart], *([name] for name in apart)]
    found: dict[str, frozenset[int]] = {}
    for number, starts in enumerate(branches):
        for name in _reach(starts, edges, {split.name, merge}):
            found[name] = found.get(name, frozenset()) | {number}
    return Region(found, beside, split.name, tuple(tuple(starts) for starts in branches))


def _reach(starts: Iterable[str], edges: Mapping[str, list[str]], stops: set[str | None]) -> set[str]:
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in stops:
            found.add(name)
            waiting += edges.get(name, [])
    return found


def _turned(edges: Mapping[str, list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in edges}
    for name, after in edges.items():
        for other in after:
            found[other].append(name)
    return found


def _dominators(edges: Mapping[str, list[str]], root: str) -> dict[str, str]:
    """The nearest place that every way from the root to a node leads through (Cooper, Harvey, Kennedy)."""
    order = _postorder(root, edges)
    number = {name: n for n, name in enumerate(order)}
    before = _turned(edges)
    found = {root: root}
    changed = True
    while changed:
        changed = False
        for name in reversed(order[:-1]):
            new = _meet([b for b in before[name] if b in found], found, number.__getitem__)
            if found.get(name) != new:
                found[name], changed = new, True
    del found[root]
    return found


def _meet(names: list[str], found: Mapping[str, str], number: Callable[[str], int]) -> str:
    here = names[0]
    for other in names[1:]:
        while here != other:
            while number(here) < number(other):
                here = found[here]
            while number(other) < number(here):
                other = found[other]
    return here


def _postorder(root: str, edges: Mapping[str, list[str]]) -> list[str]:
    order: list[str] = []
    seen = {root}
    walk = [(root, iter(edges[root]))]
    while walk:
        name, rest = walk[-1]
        step = next((n for n in rest if n not in seen), None)
        if step is None:
            order.append(name)
            walk.pop()
        else:
            seen.add(step)
            walk.append((step, iter(edges[step])))
    return order
