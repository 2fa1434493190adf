"""What happens when a token comes to an element that cannot take it."""
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task


def guard() -> None:
    """An element that fails on arrival stands in error itself, instead of breaking the step that led to it half-way."""
    original = TaskSpec._update

    def _update(self: TaskSpec, my_task: Task) -> None:
        run = getattr(my_task.workflow.script_engine, "run", None)
        try:
            original(self, my_task)
        except Exception as error:
            if run is None:
                raise
            run.failed(my_task, "update", error)

    TaskSpec._update = _update
