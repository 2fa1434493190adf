"""Which steps a run may be taken back to, and what that would undo. Decided from the diagram (engine/graph.py)."""
from collections.abc import Iterator
from dataclasses import dataclass, field

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, SequentialMultiInstanceTask, StandardLoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import graph, rewind
from engine.catching import EventSubprocess, Listener, waits_beside_all
from engine.graph import Kin
from engine.runner import Run
from engine.service_task import HandlerTask

_LIVE = TaskState.WAITING | TaskState.READY | TaskState.ERROR


@dataclass(frozen=True)
class Way:
    """One way back: the step, and what came of it that would go."""

    step: Task
    open: tuple[Task, ...] = ()  # user tasks that wait now
    done: tuple[Task, ...] = ()  # user tasks done since, the step itself first
    services: tuple[Task, ...] = ()  # service steps that have run since
    events: tuple[Task, ...] = field(default=(), repr=False)  # timers, messages and signals that have come or gone since


def back_from(run: Run, token: Task) -> Iterator[Way]:
    """Ways from an open user task to steps that people have done before, the nearest first; each step once."""
    here = rewind.step_of(token)
    seen = {here.task_spec}
    for step in _visited(run, here):
        if step.task_spec not in seen:
            seen.add(step.task_spec)
            way = way_to(run, step, token)
            if way is not None:
                yield way


def way_to(run: Run, step: Task, asking: Task | None = None) -> Way | None:
    """What going back to a step would undo; None when it cannot be done without loss or doubling.

    Args:
        asking: the open task it is asked from, which must itself have come of the step.
    """
    gone = list(rewind.followed(run, step))
    ids = {token.id for token in gone}
    if asking is not None and (asking.id not in ids or kin(run, step, asking) != Kin.SAME):
        return None
    around = {token.id for token in _around(run, step)}
    for other in run.tokens():
        if other._state & _LIVE and other.id not in ids | around and not _stands_by(other) and kin(run, step, other) != Kin.APART:
            return None
    if any(_broken_off(place) for place in (step, *rewind.outer_tokens(run, step))) or _is_over(run, step):
        return None
    return _way(step, gone)


def _stands_by(token: Task) -> bool:
    return isinstance(token.task_spec, BoundaryEvent) or waits_beside_all(token)


def _broken_off(place: Task) -> bool:
    """An event subprocess has put an end to what the step stands in: going back there would bring both to life."""
    fired = [t for t in place.workflow.tasks.values()
             if isinstance(t.task_spec, Listener) and t.task_spec.interrupting and t._state & (TaskState.READY | TaskState.COMPLETED)]
    return any(place.parent is not listener for listener in fired)


def _is_over(run: Run, step: Task) -> bool:
    """What the step stands in has come to its end, by other branches too, or as one of several that have all been counted."""
    places = [step, *rewind.outer_tokens(run, step)]
    ended = max((number for number, place in enumerate(places) if number and place._state == TaskState.COMPLETED), default=0)
    return not all(_alone(place, inner=number == 0) for number, place in enumerate(places[:ended])) or any(
        rewind.step_of(place) is not place and rewind.step_of(place)._state == TaskState.COMPLETED for place in places[1:])


def _alone(place: Task, inner: bool) -> bool:
    whole = rewind.step_of(place)
    return graph.shape(place.workflow.spec).is_plain(whole.task_spec.name) and (inner or whole is place)


def _way(step: Task, gone: list[Task]) -> Way:
    done = [t for t in gone if t.task_spec.manual and t._state == TaskState.COMPLETED and t.id != step.id]
    return Way(
        step, open=tuple(t for t in gone if t.task_spec.manual and t._state == TaskState.READY),
        done=tuple(sorted(done, key=lambda t: t.last_state_change)),
        services=tuple(t for t in gone if isinstance(t.task_spec, HandlerTask) and t._state == TaskState.COMPLETED),
        events=tuple(t for t in gone if _is_event(t) and t._state == TaskState.COMPLETED))


def _is_event(token: Task) -> bool:
    definition = getattr(token.task_spec, "event_definition", None)
    outside = type(definition).__name__ not in ("NoneType", "NoneEventDefinition", "TerminateEventDefinition")
    return bool(token.task_spec.bpmn_id and definition is not None and outside
                and (isinstance(token.task_spec, ThrowingEvent) or not token.task_spec.manual))


def kin(run: Run, step: Task, other: Task) -> Kin:
    """How another token stands to a step, level by level from the outermost process."""
    mine, theirs = _lineage(run, step), _lineage(run, other)
    for depth, ((one, child), (two, other_child)) in enumerate(zip(mine, theirs, strict=False)):
        if one is not two:
            if isinstance(one.task_spec, EventSubprocess) and one.task_spec is two.task_spec:
                return Kin.APART  # it has begun twice
            found = graph.shape(one.workflow.spec).kin(one.task_spec.name, two.task_spec.name)
            return found if found != Kin.SAME else _past(mine[depth + 1:], child, one)
        if child is not other_child and child is not None:
            if other_child is None:
                return Kin.MIXED
            return Kin.MIXED if isinstance(one.task_spec, (SequentialMultiInstanceTask, StandardLoopTask)) else Kin.APART
    return Kin.SAME


def _past(inner: list[tuple[Task, Task | None]], child: Task | None, one: Task) -> Kin:
    """The other is past a subprocess in which the step lies: it must be past all of its branches and instances."""
    plain = not (inner and child is not None) and all(
        graph.shape(place.workflow.spec).is_plain(place.task_spec.name) and (instance is None or number == len(inner) - 1)
        for number, (place, instance) in enumerate(inner))
    return Kin.SAME if plain else Kin.MIXED


def _lineage(run: Run, token: Task) -> list[tuple[Task, Task | None]]:
    """Where a token stands on each level: the element, and the instance of it when it has several."""
    found = []
    for here in [token, *rewind.outer_tokens(run, token)]:
        if here._state & (TaskState.WAITING | TaskState.CANCELLED) and isinstance(here.task_spec, UnstructuredJoin):
            here = here.parent  # it stands at the end of its branch
        step = rewind.step_of(here)
        found.append((step, here if step is not here else None))
    return found[::-1]


def _around(run: Run, step: Task) -> list[Task]:
    return [step, *(t for outer in rewind.outer_tokens(run, step) for t in (outer, rewind.step_of(outer)))]


def _visited(run: Run, here: Task) -> Iterator[Task]:
    """Steps people have done on the way to a token, the latest first: up the tree, and into subprocesses that are over."""
    token: Task | None = here
    while token is not None:
        above = token.parent
        if above is None:
            outers = rewind.outer_tokens(run, token)
            token = rewind.step_of(outers[0]) if outers else None
            continue
        token = rewind.step_of(above)
        yield from _done_in(run, token)


def _done_in(run: Run, token: Task) -> Iterator[Task]:
    if token._state != TaskState.COMPLETED:
        return
    if token.task_spec.manual or _asks_people(token):
        yield token
    sub = run.workflow.subprocesses.get(token.id)
    if sub is not None and sub.last_task is not None:
        last: Task | None = sub.last_task
        while last is not None:
            yield from _done_in(run, rewind.step_of(last))
            last = last.parent


def _asks_people(token: Task) -> bool:
    spec = token.task_spec
    return isinstance(spec, LoopTask) and bool(token.workflow.spec.task_specs[spec.task_spec].manual)
