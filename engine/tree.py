"""A run as its tokens: which there are, which wait for people, what is stored of them. Nothing here moves one."""
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import store
from engine.waiting import Waiting, waiting_for


class Tree:
    """The workflow of one instance, read."""

    def __init__(self, workflow: BpmnWorkflow) -> None:
        self.workflow = workflow

    def levels(self) -> Iterator[Any]:
        yield self.workflow
        yield from self.workflow.subprocesses.values()

    def tokens(self) -> Iterator[Task]:
        for level in self.levels():
            yield from level.tasks.values()

    def open_tokens(self) -> dict[UUID, Task]:
        """User tasks that wait for a person."""
        return {t.id: t for t in self.tokens() if t._state == TaskState.READY and t.task_spec.manual}

    def waits(self) -> Waiting:
        return Waiting() if self.over else waiting_for(self.workflow)

    @property
    def over(self) -> bool:
        return bool(self.workflow.is_completed())

    def thrown(self) -> list[Any]:
        """Events that no element of this run has caught; asked once."""
        return list(self.workflow.get_events())

    def state(self) -> bytes:
        return store.dump_data(self.last_data()) if self.over else store.dump(self.workflow)

    def last_data(self) -> dict[str, Any]:
        last = self.workflow.last_task
        return dict(last.data) if last is not None else {}

    def token(self, token_id: str) -> Task | None:
        found: Task | None = None
        wanted = UUID(token_id)
        for level in self.levels():
            found = found or level.tasks.get(wanted)
        return found
