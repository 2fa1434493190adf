"""Which other steps a run may stand at instead of an open one, and what that would take away. Decided from the diagram.

Allowed is what keeps every branch with exactly one token: a step in the same branches as the open one, or outside of them. Whoever
leaves a branch takes along what stands in the branches beside it, or has come to their join.
"""
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway, IntermediateCatchEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask, ReceiveTask, ScriptTask, SendTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import graph, joins, rewind
from engine.catching import EventSubprocess, Listener, waits_beside_all
from engine.graph import Kin
from engine.runner import Run
from engine.service_task import HandlerTask

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.ERROR
_STEPS = (HandlerTask, ScriptTask, BusinessRuleTask, SendTask, ReceiveTask, LoopTask, SubWorkflowTask, IntermediateCatchEvent,
          EventBasedGateway)


@dataclass(frozen=True)
class Place:
    """A step the token may be put on.

    Attributes:
        key: how a form names it: how many levels out from the token, and the spec.
        gone: live tokens of that level which go, with everything inside them; the open one or what stands around it first.
        root: what is cut out of the tree.
        beside: the root is a split that stays, for what has come of the events beside the step.
    """

    key: str
    spec: Any
    gone: tuple[Task, ...]
    root: Task
    beside: bool = False


def open_tokens(run: Run) -> list[Task]:
    """Where the run stands: steps of people (each once, however many are asked), failures, and what waits for an event."""
    found: dict[Any, Task] = {}
    for token in run.tokens():
        step = rewind.step_of(token)
        if _stands(token) and step.id not in found:
            found[step.id] = token
    return list(found.values())


def _stands(token: Task) -> bool:
    spec = token.task_spec
    if not token._state & LIVE or not spec.bpmn_id or isinstance(spec, UnstructuredJoin) or _stands_by(token):
        return False
    if token._state == TaskState.READY:
        return bool(spec.manual)
    return token._state == TaskState.ERROR or (token._state == TaskState.WAITING and not isinstance(spec, LoopTask))


def places(run: Run, token: Task) -> Iterator[Place]:
    """Every step the token may be put on: those of its own level first, then those of the processes around it."""
    for depth, here in enumerate([token, *rewind.outer_tokens(run, token)]):
        source = rewind.step_of(here)
        shape = graph.shape(here.workflow.spec)
        if source.task_spec.name not in shape.next or isinstance(source.task_spec, EventSubprocess):
            return
        for name in shape.next:
            spec = here.workflow.spec.task_specs[name]
            if spec is not source.task_spec and _is_step(spec) and _towards(shape, name, source.task_spec.name) == Kin.SAME:
                place = _place(f"{depth}/{name}", spec, source, shape)
                if place is not None:
                    yield place


def _is_step(spec: Any) -> bool:
    if not spec.bpmn_id or isinstance(spec, (BoundaryEvent, Listener, EventSubprocess)):
        return False
    if isinstance(spec, IntermediateCatchEvent) and any(isinstance(before, EventBasedGateway) for before in spec.inputs):
        return False  # alone it would be no race
    return bool(spec.manual) or isinstance(spec, _STEPS)


def _place(key: str, spec: Any, source: Task, shape: graph.Shape) -> Place | None:
    gone = [source]
    for other in source.workflow.tasks.values():
        if other._state & LIVE and other is not source and not _stands_by(other):
            kin = _kin(shape, spec, other)
            if kin == Kin.MIXED:
                return None
            if kin == Kin.SAME and rewind.step_of(other) is not source:
                gone.append(other)
    root = _root([_head(token) for token in gone])
    if root is None or root.parent is None:
        return None
    wanted = {token.id for token in gone}
    stays = [t for t in _level_below(root) if t._state & LIVE and rewind.step_of(t).id not in wanted and t.id not in wanted
             and t.task_spec.name in shape.next and not _stands_by(t)]
    if not stays:
        return Place(key, spec, tuple(gone), root)
    if len(gone) == 1 and isinstance(root.task_spec, BoundaryEventSplit):
        return Place(key, spec, tuple(gone), root, beside=True)
    return None


def _stands_by(token: Task) -> bool:
    return isinstance(token.task_spec, BoundaryEvent) or waits_beside_all(token)


def _kin(shape: graph.Shape, spec: Any, other: Task) -> Kin:
    """How a live token stands to the step; what the diagram does not show is in nobody's way."""
    here: Task = other
    if other._state == TaskState.WAITING and isinstance(other.task_spec, UnstructuredJoin) and other.parent is not None:
        here = other.parent  # it stands at the end of its branch
    name = rewind.step_of(here).task_spec.name
    return _towards(shape, spec.name, name) if name in shape.next else Kin.APART


def _towards(shape: graph.Shape, step: str, other: str) -> Kin:
    """As `Shape.kin`, for a step that the run may jump to: it may jump past a task with events beside it that have not come."""
    around = [(region, mine, region.branches.get(other)) for region, mine in shape.around(step)]
    if any(theirs is not None and not mine & theirs for _, mine, theirs in around):
        return Kin.APART
    past = all(mine == theirs or (region.beside and mine == {0} and theirs is None) for region, mine, theirs in around)
    return Kin.SAME if past else Kin.MIXED


def _head(token: Task) -> Task:
    return rewind.head_of(rewind.step_of(token))


def _root(tokens: list[Task]) -> Task | None:
    """The nearest token that all of them hang under, or are."""
    ways = [[*joins.lineage(token), token] for token in tokens]
    shared = 0
    while all(len(way) > shared for way in ways) and len({way[shared].id for way in ways}) == 1:
        shared += 1
    return ways[0][shared - 1] if shared else None


def _level_below(token: Task) -> Iterator[Task]:
    waiting = [token]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += here.children


def put(run: Run, place: Place, inner: Task) -> Task:
    """Cut away what goes and let the run stand at the place; what is automatic goes on with `run.advance()`.

    Args:
        inner: the open token it is asked from; what was learnt inside its subprocess is not lost.
    """
    data = _data(place, inner)
    if place.beside:
        parent = place.root
        for child in [c for c in parent.children if not _has_come(c)]:
            rewind.cut(run, child)
        for join in [t for t in _level_below(parent) if isinstance(t.task_spec, BoundaryEventJoin) and t._state & LIVE]:
            rewind.cut(run, join)
        return grow(run, parent, 0, place.spec, data)
    parent = place.root.parent
    number = parent._children.index(place.root.id)
    rewind.cut(run, place.root)
    return grow(run, parent, number, place.spec, data)


def _has_come(child: Task) -> bool:
    return isinstance(child.task_spec, BoundaryEvent) and child._state == TaskState.COMPLETED


def _data(place: Place, inner: Task) -> dict[str, Any]:
    """What the tokens that go have known, together."""
    ways = [joins.lineage(token) for token in place.gone]
    ways += [joins.lineage(t) for t in _level_below(place.root)
             if isinstance(t.task_spec, joins.Joining) and t not in place.gone and joins.has_come(t) and not t.internal_data.get("used")]
    known = joins.together([way for way in ways if way])
    if inner.workflow is not place.gone[0].workflow and inner.parent is not None:
        known.update(deepcopy(inner.parent.data))
    return known


def grow(run: Run, parent: Task, number: int, spec: Any, data: dict[str, Any]) -> Task:
    """A new token under a finished one, as if the way had led there, knowing `data`."""
    head = head_spec(spec)
    fresh = parent._add_child(head, TaskState.FUTURE)
    parent._children.remove(fresh.id)
    parent._children.insert(number, fresh.id)
    head._predict(fresh, mask=TaskState.PREDICTED_MASK | TaskState.FUTURE)
    fresh.workflow.last_task = parent
    known, parent.data = parent.data, data
    try:
        head._update(fresh)
    finally:
        parent.data = known
    return fresh


def head_spec(spec: Any) -> Any:
    """Where a step begins: with boundary events, the split before it."""
    return next((before for before in spec.inputs if isinstance(before, BoundaryEventSplit)), spec)
