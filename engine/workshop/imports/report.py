"""What became of everything that a file from elsewhere said, line by line, in words for the process owner."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.bpmn_xml import BPMN

MOST = 500  # lines; whoever has more has another problem
_SAID = 160


class How(StrEnum):
    """In the order in which people must look at them."""

    HAND = "hand"  # somebody must do it in the modeler
    LOOK = "look"  # translated, to be looked at
    DONE = "done"
    NEEDLESS = "needless"  # means nothing here


class Reason(str):
    """A parameter that is itself a message id with parameters."""

    params: Mapping[str, Any]

    def __new__(cls, text: str, params: Mapping[str, Any]) -> "Reason":
        made = super().__new__(cls, text)
        made.params = {name: _short(str(value)) for name, value in params.items()}
        return made


@dataclass(frozen=True)
class Line:
    """One thing an element said: what it was, and a message id with parameters that tells what became of it."""

    element: str
    name: str
    said: str
    how: How
    text: str
    params: Mapping[str, Any]


@dataclass
class Report:
    """The lines so far."""

    lines: list[Line] = field(default_factory=list)

    def hand(self, node: Any, said: str, text: str, **params: Any) -> None:
        self._add(node, said, How.HAND, text, params)

    def look(self, node: Any, said: str, text: str, **params: Any) -> None:
        self._add(node, said, How.LOOK, text, params)

    def done(self, node: Any, said: str, text: str, **params: Any) -> None:
        self._add(node, said, How.DONE, text, params)

    def needless(self, node: Any, said: str, text: str = "本系统不需要，已去掉", **params: Any) -> None:
        self._add(node, said, How.NEEDLESS, text, params)

    @property
    def full(self) -> bool:
        """Whether there may be more to tell."""
        return len(self.lines) == MOST

    def sorted(self) -> list[Line]:
        """What somebody must do first."""
        order = list(How)
        return sorted(self.lines, key=lambda line: order.index(line.how))

    def count(self, how: str) -> int:
        return sum(line.how == how for line in self.lines)

    def _add(self, node: Any, said: str, how: How, text: str, params: Mapping[str, Any]) -> None:
        if len(self.lines) < MOST:
            owner = owner_of(node)
            id, name = ("", "") if owner is None else (owner.get("id") or "", owner.get("name") or "")
            told = {key: value if isinstance(value, Reason) else _short(str(value)) for key, value in params.items()}
            self.lines.append(Line(id[:100], name.strip()[:60], _short(said), how, text, told))


def owner_of(node: Any) -> Any:
    """The BPMN element with an id in which a piece of XML stands."""
    while node is not None and not (isinstance(node.tag, str) and node.tag.startswith(f"{{{BPMN}}}") and node.get("id")
                                    and not node.tag.endswith(("EventDefinition", "definitions", "Characteristics", "Expression"))):
        node = node.getparent()
    return node


def _short(text: str) -> str:
    words = " ".join(text[:2_000].split())
    return words if len(words) <= _SAID else words[:_SAID - 1] + "…"
