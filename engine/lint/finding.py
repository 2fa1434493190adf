"""What lint says, what it is told, and the list of rules."""
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from engine.bpmn_xml import Diagram, Element
from engine.expressions import ExprError
from engine.expressions.errors import WHERE
from engine.lint.graph import Graph

Translate = Callable[[str], str]


class Term(str):
    """A parameter that is itself a message id."""


class Severity(StrEnum):
    ERROR = "error"  # deploy refuses
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing wrong: the element's id ('' for the file), the rule, and a Chinese message id with its parameters."""

    element: str
    rule: str
    severity: Severity
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, translate: Translate = str) -> str:
        """The words for a person; `translate` turns message ids into the reader's language."""
        return translate(self.text).format(**{name: _words(value, translate) for name, value in self.params.items()})

    def plain(self, translate: Translate = str) -> dict[str, str]:
        return {"element": self.element, "rule": self.rule, "severity": str(self.severity), "text": self.message(translate)}


class Fact(Protocol):
    """What lint must know of one field of a form."""

    @property
    def label(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def filled(self) -> bool: ...  # it holds something although its person fills in nothing


Facts = Mapping[str, Fact]


@dataclass(frozen=True)
class Known:
    """The names a diagram may use, as the wiring knows them. None: not known here, so not checked.

    Args:
        forms: such as 'hidden_danger.confirm'.
        handlers: such as 'hidden_danger.close'.
        roles: codes and Chinese names.
        functions: candidate functions.
        decisions: ids of decision tables.
        processes: keys of diagrams.
        demanding: those of the forms that cannot be sent empty.
        fields: the fields of a form by its name; None: no such form.
    """

    forms: frozenset[str] | None = None
    handlers: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    functions: frozenset[str] | None = None
    decisions: frozenset[str] | None = None
    processes: frozenset[str] | None = None
    demanding: frozenset[str] | None = None
    fields: Callable[[str], Facts | None] | None = None


@dataclass(frozen=True)
class Checked:
    """The diagram under the lamp."""

    diagram: Diagram
    known: Known

    @cached_property
    def graph(self) -> Graph:
        return Graph(self.diagram)


@dataclass(frozen=True)
class Draft:
    """What a rule says; the runner adds the rule's name."""

    element: str
    severity: Severity
    text: str
    params: Mapping[str, Any]


Drafts = Iterator[Draft]
Rule = Callable[[Checked], Drafts]
RULES: dict[str, Rule] = {}
FIRST: set[str] = set()  # what these find makes the rest pointless, or too costly


def rule(name: str, first: bool = False) -> Callable[[Rule], Rule]:
    """Puts a rule on the list, under the name its findings carry."""
    def listed(function: Rule) -> Rule:
        assert name not in RULES, name
        RULES[name] = function
        if first:
            FIRST.add(name)
        return function
    return listed


def error(at: Element | str, text: str, **params: Any) -> Draft:
    """Deploy refuses. `{element}` in the text is the element's name, or its id."""
    return _draft(Severity.ERROR, at, text, params)


def warning(at: Element | str, text: str, **params: Any) -> Draft:
    return _draft(Severity.WARNING, at, text, params)


def _draft(severity: Severity, at: Element | str, text: str, params: Mapping[str, Any]) -> Draft:
    named, shown = (at, at) if isinstance(at, str) else (at.id, at.name.strip() or at.id)
    return Draft(named, severity, text, {"element": shown[:60], **params})


def _words(value: Any, translate: Translate) -> Any:
    """An expression's own error is a message too."""
    if isinstance(value, Term):
        return translate(value)
    if not isinstance(value, ExprError):
        return value
    where = "" if value.line is None else translate(WHERE).format(line=value.line, column=value.column)
    return where + translate(value.text).format(**value.params)
