"""What was filled into designed forms, as labelled words for the case's page and its sheet."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g

from engine import fillings
from engine.fillings import Filling
from forms.context import FormContext
from forms.designed import form_class
from web.field_words import Shown, shown


@dataclass(frozen=True)
class Filled:
    """One step: who filled it in, when, and what."""

    name: str
    who: str
    at: datetime
    values: tuple[tuple[str, Shown], ...]


def of_case(case: Any) -> list[Filled]:
    """Steps with nothing to show are left out."""
    found = (Filled(one.name, one.who, one.at, tuple(_values(one))) for one in fillings.fillings(g.session, g.actor, case))
    return [one for one in found if one.values]


def _values(one: Filling) -> Iterator[tuple[str, Shown]]:
    kind = form_class(one.design)
    context = FormContext(g.session, g.actor, earlier=one.data, access=dict.fromkeys(one.data, "read-only"))
    for field in kind(None, context=context):
        if one.data.get(field.name) not in (None, "", [], False):
            yield str(field.label.text), shown(field)
