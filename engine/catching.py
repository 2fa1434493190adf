"""Elements that wait for an event, by our own rules: what interrupts does so at once, what does not goes on waiting.

SpiffWorkflow 3.2.0 lets both the interrupted and the interrupting branch go on when they meet in one move, hears an event beside
a task once only, and starts event subprocesses at once (tests/engine/test_spiff_facts.py).
"""
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, StartEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent, EventBasedGateway, IntermediateCatchEvent, StartEvent
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs.defaults import EventSubprocess as LibraryEventSubprocess
from SpiffWorkflow.spiff.specs.defaults import ReceiveTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import knowing, stopping

BEGUN = "begun"  # internal data of a run's first token: the start event it began with


class Catching(CatchingEvent):
    """What is over hears nothing: an event that reaches several may have broken off some of them meanwhile."""

    def catch(self, my_task: Task, event: BpmnEvent) -> None:
        if my_task._state == TaskState.WAITING:
            super().catch(my_task, event)

    def _update(self, my_task: Task) -> None:
        if not my_task._state & TaskState.FINISHED_MASK:
            super()._update(my_task)


class Start(Catching, StartEvent):
    timed = False  # the clock begins a case with it; whoever begins one by hand does not wait for the clock


class Catch(Catching, IntermediateCatchEvent):
    pass


class Receive(Catching, ReceiveTask):
    pass


class Gateway(Catching, EventBasedGateway):
    """The first event decides, even when two have come before anybody looked."""

    def _run_hook(self, my_task: Task) -> bool:
        my_task.internal_data["seen_events"] = my_task.internal_data["seen_events"][:1]
        done = bool(super()._run_hook(my_task))
        del my_task.internal_data["seen_events"]
        return done


class End(EndEvent):
    def _on_complete_hook(self, my_task: Task) -> None:
        if isinstance(self.event_definition, TerminateEventDefinition):
            stopping.stop_others(my_task)
        super()._on_complete_hook(my_task)


class Beside(Catching, BoundaryEvent):
    """An event beside an activity."""

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        if self.cancel_activity:
            for other in my_task.parent.children:
                if other is not my_task and not other._state & TaskState.FINISHED_MASK and not _is_join(other):
                    stopping.stop(other)

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        if not self.cancel_activity and not isinstance(self.event_definition, TimerEventDefinition):
            self._wait_again(my_task)

    def _wait_again(self, my_task: Task) -> None:
        """It may happen as often as the activity lasts; a condition must have been false in between."""
        main = next(other for other in my_task.parent.children if not isinstance(other.task_spec, BoundaryEvent))
        if main._state & TaskState.FINISHED_MASK:
            return
        fresh = my_task.parent._add_child(self, TaskState.MAYBE)
        fresh.internal_data.update({key: kept for key, kept in my_task.internal_data.items() if key.startswith("held:")})
        self._predict(fresh)
        fresh._set_state(TaskState.WAITING)
        self._update(fresh)


class Listener(Catching, IntermediateCatchEvent):
    """Waits, from the start of a process or subprocess to its end, for what starts one of its event subprocesses."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Any, interrupting: bool, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition, **kwargs)
        self.interrupting = interrupting

    def _predict_hook(self, my_task: Task) -> None:
        """What may never come is not drawn into the tree."""

    def _update_hook(self, my_task: Task) -> bool:
        fired = bool(super()._update_hook(my_task))
        if not fired or self.interrupting or isinstance(self.event_definition, TimerEventDefinition):
            return fired
        self.begin(my_task)
        self.event_definition.reset(my_task)
        return False

    def begin(self, my_task: Task) -> None:
        """The event subprocess runs once more, beside everything else."""
        self._look(my_task)
        child = my_task._add_child(self.outputs[0], TaskState.FUTURE)
        child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
        child.task_spec._update(child)

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        self._look(my_task)
        if self.interrupting:
            stopping.stop_others(my_task)

    def _run_hook(self, my_task: Task) -> bool:
        if not isinstance(self.event_definition, CycleTimerEventDefinition):  # a cycle has begun each of its own already
            my_task._sync_children(self.outputs, TaskState.FUTURE)
            for child in my_task.children:
                child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True

    def _look(self, my_task: Task) -> None:
        my_task.data = knowing.seen_from(my_task.workflow)
        self.event_definition.update_task_data(my_task)


class EventSubprocess(LibraryEventSubprocess):
    pass


class Starts(StartEventSplit):
    """Of several start events one begins the case: the one it was begun with, else the plain one; without any, the first to happen."""

    def _run_hook(self, my_task: Task) -> bool:
        begun = my_task.workflow.task_tree.internal_data.get(BEGUN)
        passing = [spec for spec in self.outputs if isinstance(spec.event_definition, NoneEventDefinition)]
        chosen = [spec for spec in self.outputs if spec.bpmn_id == begun] or sorted(passing, key=lambda spec: spec.timed)
        if not chosen:
            return bool(super()._run_hook(my_task))
        my_task._sync_children(chosen[:1], TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


def waits_beside_all(token: Task) -> bool:
    """Whether it is the wait for an event subprocess, which keeps nobody from anything."""
    return isinstance(token.task_spec, Listener) and token._state == TaskState.WAITING


def nearest(my_task: Task, definition: Any) -> Task | None:
    """Who hears an error or escalation that an element throws: outwards, the first event that names it, or that takes any.

    On each level an event subprocess comes before the events beside it; the one that throws does not hear itself.
    """
    here: Task | None = my_task
    while here is not None:
        found = [event for event in _beside(here) if event.task_spec.event_definition == definition]
        if not found:
            inside = here.parent if isinstance(here.task_spec, EventSubprocess) else None
            found = [token for token in here.workflow.tasks.values()
                     if waits_beside_all(token) and token is not inside and token.task_spec.event_definition == definition]
        if found:
            return next((one for one in found if one.task_spec.event_definition.code is not None), found[0])
        here = outer(here)
    return None


def outer(token: Task) -> Task | None:
    """The subprocess or call around a token."""
    parent_id = token.workflow.parent_task_id
    found: Task | None = token.workflow.top_workflow.get_task_from_id(parent_id) if parent_id is not None else None
    return found


def happen(token: Task, event: BpmnEvent) -> None:
    """Let one waiting element catch an event."""
    token.task_spec.catch(token, event)
    token.task_spec._update(token)


def beside(token: Task, kind: type) -> Task | None:
    """The event of that kind that waits beside an activity."""
    return next((event for event in _beside(token) if isinstance(event.task_spec.event_definition, kind)), None)


def _beside(token: Task) -> Iterator[Task]:
    parent = token.parent
    if parent is not None and isinstance(parent.task_spec, LoopTask) and parent.task_spec.task_spec == token.task_spec.name:
        parent = parent.parent  # one of several instances: the events hang on all of them
    if parent is not None and isinstance(parent.task_spec, BoundaryEventSplit):
        yield from (c for c in parent.children if isinstance(c.task_spec, BoundaryEvent) and c._state == TaskState.WAITING)


def _is_join(token: Task) -> bool:
    return token.task_spec.bpmn_id is None
