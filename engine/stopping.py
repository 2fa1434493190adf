"""Breaking off what runs: an element with everything below it, subprocesses included, so that nothing of it is heard of again."""
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

_BREAKABLE = TaskState.NOT_FINISHED_MASK | TaskState.ERROR


def stop(token: Task) -> None:
    """SpiffWorkflow's own cancel forgets the subprocesses and the waiting events of the instances of a multi-instance."""
    top = token.workflow.top_workflow
    gone = list(_below(top, token))
    for here in reversed(gone):
        top.event_manager.remove_task(here)
        sub = top.subprocesses.get(here.id)
        if sub is not None and not sub.completed:
            BpmnBaseWorkflow.cancel(sub)
    token.cancel()
    lost: list[Any] = []
    for here in gone:
        if here._state == TaskState.ERROR:  # nobody needs to try it again
            here._set_state(TaskState.CANCELLED)
            here._drop_children(force=True)
            top.script_engine.run.dropped.append(here)
        if here.id not in here.workflow.tasks or here.workflow in lost:
            here._set_state(TaskState.CANCELLED)  # whoever has it in hand does not go on with it
            lost.append(top.subprocesses.pop(here.id, None))


def stop_others(token: Task) -> None:
    """Everything else of the token's process or subprocess that still goes on."""
    for other in list(token.workflow.tasks.values()):
        if other is not token and other.id in token.workflow.tasks and other._state & _BREAKABLE:
            stop(other)


def _below(top: Any, token: Task) -> Iterator[Task]:
    waiting = [token]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += here.children
        sub = top.subprocesses.get(here.id)
        if sub is not None:
            waiting.append(sub.task_tree)
