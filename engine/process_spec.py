"""A process or subprocess as a spec: it ends although its event subprocesses still listen, and they listen until then."""
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask, _EndJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator, TaskState

from engine.catching import waits_beside_all

ENDED = "ended"  # internal data of a listener that was closed because its process had come to its end


class EndJoin(_EndJoin):
    """Waits for everything that goes on, not for what may begin."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        going_on = TaskIterator(my_task.workflow.task_tree, state=TaskState.NOT_FINISHED_MASK, end_at_spec=self.name)
        return all(token is my_task or waits_beside_all(token) for token in going_on)

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        for token in [t for t in my_task.workflow.tasks.values() if waits_beside_all(t)]:
            token.internal_data[ENDED] = True
            my_task.workflow.top_workflow.event_manager.remove_task(token)
            token._set_state(TaskState.CANCELLED)


class Process(BpmnProcessSpec):
    """As the library builds it, with an end of our own."""

    end: Any

    def __init__(self, name: str, description: str, filename: Any = None) -> None:
        super().__init__(name=name, description=description, filename=filename)
        del self.task_specs[self.end.name], self.task_specs["End"]
        self.end = EndJoin(self, f"{name}.EndJoin")
        self.end.connect(SimpleBpmnTask(self, "End"))
