"""A carried run wakes on its new version: what waits is armed as drawn there, what may come is predicted anew."""
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import joins, rewind, store
from engine.catalog import Flow
from engine.catching import Listener
from engine.landing import Carried
from engine.likeness import events_beside
from engine.moving import LIVE
from engine.runner import Run


def awake(run: Run, carried: Carried, flow: Flow) -> Run:
    """The carried run on its new version, with everything that waits armed as drawn there; automatic steps go on with `advance()`."""
    workflow = store.load(store.dump(run.workflow), flow.spec, flow.parts)
    fresh = Run(flow, run.case, workflow, fresh=False)
    fresh.before, fresh.waited, fresh.opened_before, fresh.dropped = run.before, run.waited, run.opened_before, run.dropped
    for level in list(fresh.levels()):
        if not level.completed:
            _predict(level, carried)
    for token in [t for t in fresh.tokens() if t.id in carried.again]:
        _wait_anew(token)
    for level in list(fresh.levels()):
        if not level.completed:
            _add_events(level)
    for token in [t for t in fresh.tokens() if t._state == TaskState.WAITING and isinstance(t.task_spec, joins.Joining)]:
        if token._state == TaskState.WAITING:
            token.task_spec._update(token)
    return fresh


def _predict(level: Any, carried: Carried) -> None:
    for token in [t for t in level.tasks.values() if t._state & LIVE]:
        spec = token.task_spec
        if isinstance(spec, CatchingEvent) and token._children:  # it has begun something and waits on
            wanted = [out for out in spec.outputs if out.name in carried.predicted.get(token.id, ())]
            for out in wanted:
                child = token._add_child(out, TaskState.MAYBE)
                out._predict(child)
            continue
        _predict_next(token)
        for child in token.children:
            if child._state & (TaskState.PREDICTED_MASK | TaskState.FUTURE):
                child.task_spec._predict(child, mask=TaskState.PREDICTED_MASK | TaskState.FUTURE)


def _predict_next(token: Task) -> None:
    """What failed expects the same as what is about to be done; asked as it is, its followers would be failures too."""
    state = token._state
    token._state = TaskState.READY if state == TaskState.ERROR else state
    try:
        token.task_spec._predict_hook(token)
    finally:
        token._state = state


def _wait_anew(token: Task) -> None:
    for key in [key for key in token.internal_data if key.startswith(("due:", "held:")) or key in ("cycle", "event_fired", "seen_events")]:
        del token.internal_data[key]
    token.task_spec._update(token)


def _add_events(level: Any) -> None:
    """Events that the old version did not have beside what is live."""
    for token in [t for t in level.tasks.values() if t._state & LIVE]:
        head = rewind.head_of(token)
        if head is not token and rewind.step_of(token) is token:
            _add(head, events_beside(head.task_spec).values())
    _add(level.task_tree, [out for out in level.task_tree.task_spec.outputs if isinstance(out, Listener)])


def _add(parent: Task, specs: Any) -> None:
    there = {child.task_spec.name for child in parent.children}
    for spec in [spec for spec in specs if spec.name not in there]:
        child = parent._add_child(spec, TaskState.MAYBE)
        spec._predict(child)
        child._set_state(TaskState.WAITING)
        spec._update(child)
