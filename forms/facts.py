"""What lint asks about the fields of a form: must it be filled in, and does it hold something without its person."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, InputRequired

from forms import form_class
from forms.design_tree import load, nodes, questions


@dataclass(frozen=True)
class Fact:
    """One field."""

    label: str
    required: bool
    filled: bool  # by a default, or by what an earlier step said


def coded(name: str) -> Mapping[str, Fact] | None:
    """The fields of a coded form; None: there is none of that name."""
    try:
        form = form_class(name)
    except LookupError:
        return None
    found = {key: said for owner in reversed(form.__mro__) for key, said in vars(owner).items() if isinstance(said, UnboundField)}
    spoken = set(_words(form.initial.__func__.__code__))  # type: ignore[attr-defined]
    return {key: Fact(_label(key, said), _is_required(said), key in spoken) for key, said in found.items()}


def drawn(schema: str) -> Mapping[str, Fact]:
    """The fields of a designed form; of one that cannot be read, none."""
    try:
        found = list(questions(nodes(load(schema))))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return {}
    return {one.key: Fact(one.label or one.key, one.required, one.said.get("defaultValue") is not None or bool(one.more.get("from")))
            for one in found}


def _label(key: str, said: UnboundField) -> str:
    return str(said.kwargs.get("label") or (said.args[0] if said.args else key))


def _is_required(said: UnboundField) -> bool:
    rules = said.kwargs.get("validators") or next((arg for arg in said.args if isinstance(arg, (list, tuple))), ())
    return bool(said.kwargs.get("least", getattr(said.field_class, "least", 0))) or any(
        isinstance(one, (InputRequired, DataRequired)) for one in rules)


def _words(code: CodeType) -> Iterator[Any]:
    """The constants that a function speaks of."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _words(one)
        elif isinstance(one, tuple):
            yield from one
        else:
            yield one
