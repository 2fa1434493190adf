"""Forms that a process owner has drawn: a form-js schema becomes a form like the coded ones, with the same look and the same rules."""
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from forms.base import StepForm
from forms.conditions import Tree, bound, holds
from forms.context import FormContext
from forms.design_check import Finding, check
from forms.design_fields import field_of
from forms.design_rows import RowForm, RowsField, compared, empty, silence
from forms.design_tree import ROWS, Node, load, nodes, questions
from forms.dictionaries import DICTIONARIES

__all__ = ["DesignedForm", "Finding", "check", "fields", "form_class"]

_TYPES = {"number": "number", "checkbox": "bool", "checklist": "list", "taglist": "list", "person": "person", "unit": "unit", "grid": "unit",
          "radio": "choice", "select": "choice", "dictionary": "choice", "photo": "list", "attachment": "list", ROWS: "list"}
_MOMENTS = {"date": "date", "datetime": "moment", "time": "text"}
Asked = tuple[str, str, str, tuple[tuple[str, str], ...]]


class DesignedForm(StepForm):
    """What all of them share.

    Attributes:
        nodes: what was drawn, in its order; the page follows it.
        gone: questions that a condition hides just now: nothing is wanted of them, and what was typed is not an answer.
    """

    nodes: tuple[Node, ...] = ()
    gone: frozenset[str] = frozenset()

    def __init__(self, formdata: Any = None, *, context: FormContext) -> None:
        drawn = {node.key: "read-only" for node in questions(self.nodes) if node.locked}
        context = replace(context, access={**drawn, **context.access})
        super().__init__(formdata, context=context)
        self.fixed = {name: compared(self._fields[name]) for name in self.locks.names}
        self.off = {id(node): node for node in self._hidden(self.nodes, {}, False)}
        self.gone = frozenset(node.key for node in self.off.values() if node.key)
        for name in self.gone:
            silence(self._fields[name])

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        """What the form held last, else what an earlier step said where the drawing points at it, else the default."""
        return {node.key: value for node in questions(cls.nodes) if (value := _begins(node, context)) is not None}

    def hide(self, node: Node) -> Tree | None:
        """A component's condition with what earlier steps said in it; the page's script and the server read the same."""
        return bound(node.hide, self.context.said, self.fixed) if node.hide else None

    @property
    def sometimes(self) -> frozenset[str]:
        """Questions that a condition may hide: they are required only while they are shown."""
        return frozenset(_sometimes(self.nodes, False))

    def is_off(self, node: Node) -> bool:
        """Whether it is hidden just now, by itself or with what it stands in."""
        return id(node) in self.off

    def answers(self) -> dict[str, Any]:
        return {name: empty(self._fields[name]) if name in self.gone else said for name, said in super().answers().items()}

    def _hidden(self, inside: Sequence[Node], known: dict[str, Any], gone: bool) -> Iterator[Node]:
        """What is hidden, from the top down: a condition looks at what stands before it."""
        for node in inside:
            off = gone or holds(self.hide(node), known)
            if off:
                yield node
            if not node.key:
                yield from self._hidden(node.inside, known, off)
                continue
            one = self._fields[node.key]
            known[node.key] = None if off else compared(one)
            for row in one.forms if isinstance(one, RowsField) and not off else ():
                row.look(known)


def form_class(schema: str | Mapping[str, Any]) -> type[DesignedForm]:
    """The form that a schema draws. It has been checked; a draft that has not is shown as far as it can be read.

    Raises:
        ValueError: it is no form at all.
    """
    return _form_class(schema if isinstance(schema, str) else json.dumps(schema, sort_keys=True))


@lru_cache(128)
def _form_class(text: str) -> type[DesignedForm]:
    tree = nodes(load(text))
    return type("DrawnForm", (DesignedForm,), {"nodes": tree, **_made(tree)})


def _made(tree: tuple[Node, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in questions(tree):
        if node.type == ROWS:
            inside = {one.key: field_of(one) for one in questions(node.inside) if one.type != ROWS}
            kind = type("DrawnRow", (RowForm,), {"nodes": node.inside, "row_of": node.key, **inside})
            found[node.key] = RowsField(node.label, kind=kind, least=int(node.required), begin=_count(node), description=node.help)
        else:
            found[node.key] = field_of(node)
    return found


def fields(schema: str | Mapping[str, Any]) -> list[Asked]:
    """(key, label, type, choices) of every question, for the lists of the modeler; of an unreadable draft, none."""
    try:
        found = load(schema) if isinstance(schema, str) else schema
        return [_asked(node) for node in questions(nodes(found))]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return []


def _sometimes(inside: Sequence[Node], may_go: bool) -> Iterator[str]:
    for node in inside:
        off = may_go or node.hide is not None
        if not node.key:
            yield from _sometimes(node.inside, off)
        elif off:
            yield node.key


def _asked(node: Node) -> Asked:
    kind = _MOMENTS.get(str(node.said.get("subtype", "date")), "text") if node.type == "datetime" else _TYPES.get(node.type, "text")
    if node.type == "person" and node.said.get("multiple") is True:
        kind = "people"
    words = DICTIONARIES.get(str(node.said.get("dictionary")), ("", ()))[1] if node.type == "dictionary" else node.choices
    choices = tuple(one if isinstance(one, tuple) else (str(one), str(one)) for one in words) if kind in ("choice", "list") else ()
    return node.key, node.label or node.key, kind, choices


def _count(node: Node) -> int:
    said = node.said.get("defaultRepetitions", 1)
    return max(0, min(said, 10)) if isinstance(said, int) and not isinstance(said, bool) else 1


def _begins(node: Node, context: FormContext) -> Any:
    if node.type == "signature":
        return context.earlier.get(node.key) if node.key in context.access else None  # everybody signs for themselves
    if node.key in context.earlier:
        return _fit(node, context.earlier[node.key])
    source = node.more.get("from")
    said = context.said(source) if isinstance(source, str) and source else None
    return _fit(node, said if said is not None else node.said.get("defaultValue"))


def _fit(node: Node, value: Any) -> Any:
    """A beginning that the field can hold; a default of another shape is none."""
    wanted: dict[str, Any] = {"number": int | float, "checkbox": bool, "checklist": list, "taglist": list, "photo": list, "attachment": list,
                              "unit": int, "grid": int, "signature": int, ROWS: list, "person": int | list}
    if node.type == "number" and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    if not isinstance(value, wanted.get(node.type, str)) or (isinstance(value, bool) and node.type != "checkbox"):
        return None
    if node.type == "datetime":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return value if node.said.get("subtype") == "time" else None
    return value
