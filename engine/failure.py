"""An element that could not do its work."""
import traceback
from dataclasses import dataclass

from SpiffWorkflow.task import Task


@dataclass
class Failure:
    """An element that could not do its work; `phase` says how it is tried again."""

    token: Task
    phase: str  # 'update' on arrival, 'run', 'complete' on leaving, 'open' finding its candidates
    error: Exception

    @property
    def reason(self) -> str:
        return f"{type(self.error).__name__}: {self.error}"[:500]

    @property
    def detail(self) -> str:
        return "".join(traceback.format_exception(self.error))[-8_000:]
