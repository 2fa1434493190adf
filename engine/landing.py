"""What a migration would do, or has done, to one case: where its steps land, what stands in the way, what changes."""
from dataclasses import dataclass, field
from uuid import UUID

from engine.returns import Effect


@dataclass(frozen=True)
class Landing:
    """Where a step that waits lands; `to` is empty when it lands nowhere."""

    element: str
    name: str
    to: str
    to_name: str
    kind: str  # task, event, failed, inside


@dataclass
class Carried:
    """What a carrying would do, or has done: the state on the new version's specs, and what is to be armed there."""

    landings: list[Landing] = field(default_factory=list)
    problems: list[Effect] = field(default_factory=list)
    notes: list[Effect] = field(default_factory=list)
    again: list[UUID] = field(default_factory=list)  # waiting events whose definition has changed
    predicted: dict[UUID, list[str]] = field(default_factory=dict)  # of events that have begun something and wait on

    def problem(self, text: str, **params: str) -> None:
        one = Effect(text, params)
        if one not in self.problems:
            self.problems.append(one)

    def note(self, text: str, **params: str) -> None:
        one = Effect(text, params)
        if one not in self.notes:
            self.notes.append(one)
