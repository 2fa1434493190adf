"""A form-js schema as a tree of what we know of it. `forms.design_check` says first whether it is one that we show."""
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.conditions import BadCondition, Tree, parse

QUESTIONS = frozenset({
    "textfield", "textarea", "number", "datetime", "checkbox", "checklist", "radio", "select", "taglist",
    "person", "unit", "grid", "dictionary", "photo", "attachment", "signature"})
ROWS, GROUP = "dynamiclist", "group"
WORDS = frozenset({"text", "separator", "spacer"})
KNOWN = QUESTIONS | WORDS | {ROWS, GROUP}


@dataclass(frozen=True)
class Node:
    """One component.

    Attributes:
        key: what its answer is called; '' for what asks nothing.
        hide: hidden when this holds.
        said: the component as form-js wrote it.
    """

    type: str
    key: str
    label: str
    help: str
    hide: Tree | None
    inside: tuple["Node", ...]
    said: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def rules(self) -> Mapping[str, Any]:
        """form-js's `validate`."""
        found = self.said.get("validate")
        return found if isinstance(found, Mapping) else {}

    @property
    def more(self) -> Mapping[str, Any]:
        """Words of our own on a component of form-js's: its custom properties."""
        found = self.said.get("properties")
        return found if isinstance(found, Mapping) else {}

    @property
    def required(self) -> bool:
        return self.rules.get("required") is True

    @property
    def locked(self) -> bool:
        return self.said.get("readonly") is True or self.said.get("disabled") is True

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(str(one["value"]), str(one.get("label") or one["value"])) for one in self.said.get("values") or ()]

    @property
    def paragraphs(self) -> list[tuple[str, str]]:
        """Lines of a text: ('heading' | 'item' | 'words', line)."""
        found = []
        for line in filter(None, (line.strip() for line in str(self.said.get("text") or "").splitlines())):
            kind = "heading" if line.startswith("#") else "item" if line.startswith(("- ", "* ")) else "words"
            found.append((kind, line.lstrip("#").strip() if kind == "heading" else line[2:] if kind == "item" else line))
        return found


def nodes(schema: Mapping[str, Any]) -> tuple[Node, ...]:
    return tuple(_node(one) for one in schema.get("components") or ())


def questions(tree: tuple[Node, ...]) -> Iterator[Node]:
    """What is asked, lists as one, in the order of the page."""
    for one in tree:
        if one.key:
            yield one
        else:
            yield from questions(one.inside)


def load(text: str) -> Mapping[str, Any]:
    """
    Raises:
        ValueError: it is no JSON object, or one that only an attack would send.
    """
    try:
        found = json.loads(text)
    except RecursionError as deep:
        raise ValueError("deep") from deep
    if not isinstance(found, dict):
        raise ValueError("object")
    return found


def hide_of(component: Mapping[str, Any]) -> str:
    """The words of its condition; '' when it is always shown."""
    said = component.get("conditional")
    found = said.get("hide") if isinstance(said, Mapping) else None
    return found.strip() if isinstance(found, str) else ""


def _node(said: Mapping[str, Any]) -> Node:
    kind = str(said.get("type"))
    key = str(said.get("path" if kind == ROWS else "key") or "") if kind in QUESTIONS or kind == ROWS else ""
    return Node(kind, key, _label(said, kind), str(said.get("description") or ""), _hide(said),
                tuple(_node(one) for one in said.get("components") or ()), said)


def _label(said: Mapping[str, Any], kind: str) -> str:
    label = said.get("label") or (said.get("dateLabel") or said.get("timeLabel") if kind == "datetime" else "")
    look = said.get("appearance")
    after = str(look.get("suffixAdorner") or "") if isinstance(look, Mapping) else ""
    return f"{label or ''}（{after}）" if after else str(label or "")


def _hide(said: Mapping[str, Any]) -> Tree | None:
    source = hide_of(said)
    try:
        return parse(source) if source else None
    except BadCondition:
        return None  # a draft that is shown before it is mended; check refuses it
