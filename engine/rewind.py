"""Taking a run back to a step it has left: what came of the step goes, the step stands again as if just reached.

Which steps this may be done to is decided elsewhere (engine/ways.py); here the tree is cut and grown again.
"""
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.joins import Joining, has_come
from engine.process_spec import ENDED
from engine.runner import Run


def step_of(token: Task) -> Task:
    """The token that stands for the whole step: of one of several instances, the loop around it."""
    parent = token.parent
    return parent if parent is not None and isinstance(parent.task_spec, LoopTask) and parent.task_spec.task_spec == token.task_spec.name \
        else token


def head_of(step: Task) -> Task:
    """Where the step begins: with boundary events, the split before it."""
    parent = step.parent
    return parent if parent is not None and isinstance(parent.task_spec, BoundaryEventSplit) else step


def below(run: Run, token: Task) -> Iterator[Task]:
    """The token and everything that hangs under it, what runs inside its subprocesses included."""
    waiting = [token]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += here.children
        sub = run.workflow.subprocesses.get(here.id)
        if sub is not None:
            waiting.append(sub.task_tree)


def followed(run: Run, step: Task) -> Iterator[Task]:
    """Everything that came of the step, itself included: below it, and below the subprocesses it stands in."""
    yield from below(run, head_of(step))
    for outer in outer_tokens(run, step):
        for child in outer.children:
            yield from below(run, child)


def outer_tokens(run: Run, token: Task) -> list[Task]:
    """The subprocess and call tokens around a token, the innermost first."""
    found = []
    level = token.workflow
    while level.parent_task_id is not None:
        outer = run.workflow.get_task_from_id(level.parent_task_id)
        found.append(outer)
        level = outer.workflow
    return found


def back_to(run: Run, step: Task, answer: dict[str, Any] | None, whose: int | None) -> Task:
    """Let the run stand at the step again; what is automatic goes on with `run.advance()`.

    Args:
        answer: what was filled in there, so that its form is not empty.
        whose: who did it and gets it back, if they still may.
    """
    head, outers = head_of(step), outer_tokens(run, step)
    for outer in outers:
        _reopen(run, outer)
    fresh = _replace(run, head)
    if answer is not None:
        fresh.data[step.task_spec.bpmn_id] = answer
    if whose is not None:
        (fresh if fresh.task_spec.manual else _main(fresh)).internal_data["whose"] = whose
    return fresh


def _main(head: Task) -> Task:
    return next(child for child in head.children if not isinstance(child.task_spec, BoundaryEvent))


def _replace(run: Run, old: Task) -> Task:
    """A token with an id of its own: rows and timers of the old one stay what they were."""
    parent, spec = old.parent, old.task_spec
    place = parent._children.index(old.id)
    triggered, internal = old.triggered, {key: old.internal_data[key] for key in ("signer", "added_by") if key in old.internal_data}
    cut(run, old)
    fresh = parent._add_child(spec, TaskState.FUTURE)
    fresh.triggered, fresh.internal_data = triggered, internal
    parent._children.remove(fresh.id)
    parent._children.insert(place, fresh.id)
    spec._predict(fresh, mask=TaskState.PREDICTED_MASK | TaskState.FUTURE)
    fresh.workflow.last_task = parent
    spec._update(fresh)
    return fresh


def cut(run: Run, token: Task) -> None:
    """Take a token and everything below it out of the tree; nobody waits for it any more."""
    gone = list(below(run, token))
    run.dropped += [t for t in gone if t._state == TaskState.ERROR]
    for here in gone:
        run.workflow.event_manager.remove_task(here)
        run.workflow.subprocesses.pop(here.id, None)
        here.workflow.tasks.pop(here.id, None)
    if token.parent is not None:
        token.parent._children.remove(token.id)
    _wake_joins(token.workflow, {str(here.id) for here in gone})


def _wake_joins(level: Any, gone: set[str]) -> None:
    """What a firing had used is there again when the firing is gone. Of the branches at a join one waits for all: the latest."""
    for token in level.tasks.values():
        if token.internal_data.get("used") in gone:
            del token.internal_data["used"]
    specs: set[Any] = {t.task_spec for t in level.tasks.values() if isinstance(t.task_spec, Joining)}
    for spec in specs:
        come = [t for t in level.tasks.values() if t.task_spec is spec and has_come(t) and not t.internal_data.get("used")]
        if come and all(t._state == TaskState.CANCELLED for t in come):
            latest = max(come, key=lambda t: t.last_state_change)
            latest._set_state(TaskState.WAITING)
            spec._predict(latest, mask=TaskState.NOT_FINISHED_MASK)


def _reopen(run: Run, outer: Task) -> None:
    """A subprocess that is over goes on: what followed it goes, the events beside it wait again."""
    level = run.workflow.subprocesses[outer.id]
    level.completed, level.success = False, True
    for listener in [t for t in level.tasks.values() if t.internal_data.get(ENDED)]:
        rearm(run, listener)
    if outer._state & TaskState.DEFINITE_MASK:
        return
    for child in list(outer.children):
        cut(run, child)
    outer._set_state(TaskState.STARTED)
    outer.task_spec._predict(outer, mask=TaskState.NOT_FINISHED_MASK)
    outer.workflow.last_task = outer.parent
    split = head_of(outer)
    if split is not outer:
        for event in [c for c in split.children if isinstance(c.task_spec, BoundaryEvent) and c._state == TaskState.CANCELLED]:
            rearm(run, event)


def waiting_beside(split: Task) -> list[Task]:
    """Events beside a task that still wait."""
    return [c for c in split.children if isinstance(c.task_spec, BoundaryEvent) and c._state == TaskState.WAITING]


def rearm(run: Run, event: Task) -> None:
    """An event beside a task, or of an event subprocess, waits from now on."""
    split, spec = event.parent, event.task_spec
    cut(run, event)
    fresh = split._add_child(spec, TaskState.MAYBE)
    fresh.internal_data.update({key: held for key, held in event.internal_data.items() if key.startswith("held:")})
    spec._predict(fresh)
    fresh._set_state(TaskState.WAITING)
    spec._update(fresh)
