"""What a coded form asks, without a run to ask it in: for the lists of the modeler."""
from collections.abc import Iterable
from typing import Any

from wtforms import fields as plain
from wtforms.fields.core import UnboundField

from forms import form_class
from forms.deeds import ColleaguesField
from forms.fields import CountField, MoneyField, PersonField, PhotoField, UnitField, YesNoField

Asked = tuple[str, str, str, tuple[tuple[str, str], ...]]
"""(key, label, type, choices); the types are those of engine.workshop.offers.Type."""
_TYPES: tuple[tuple[type, str], ...] = (
    (ColleaguesField, "people"), (PersonField, "person"), (UnitField, "unit"), (YesNoField, "bool"), (plain.BooleanField, "bool"), (CountField, "number"),
    (MoneyField, "number"), (plain.IntegerField, "number"), (plain.DecimalField, "number"), (plain.DateTimeLocalField, "moment"),
    (plain.DateField, "date"), (PhotoField, "list"), (plain.SelectMultipleField, "list"), (plain.SelectField, "choice"),
)

_OF_THE_HOUSE = ("__init__", "deeds", "agent")  # modules whose forms belong to no flow


def is_of_a_flow(name: str) -> bool:
    """Whether a coded form is one that a diagram may name."""
    module, dot, _ = name.partition(".")
    return bool(dot) and module not in _OF_THE_HOUSE


def fields_of(name: str) -> list[Asked] | None:
    """The questions of a form in their order; None when there is no such form."""
    try:
        form = form_class(name)
    except LookupError:
        return None
    found = {key: said for owner in reversed(form.__mro__) for key, said in vars(owner).items() if isinstance(said, UnboundField)}
    return [_asked(key, said) for key, said in sorted(found.items(), key=lambda item: item[1].creation_counter)]


def _asked(key: str, said: UnboundField) -> Asked:
    kind = next((word for owner, word in _TYPES if issubclass(said.field_class, owner)), "text")
    label = said.kwargs.get("label") or (said.args[0] if said.args else key)
    return key, str(label), kind, tuple(_pairs(said.kwargs.get("choices") or ()))


def _pairs(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    if callable(choices):
        return ()
    return [(str(c[0]), str(c[1])) if isinstance(c, tuple) else (str(c), str(c)) for c in choices]
