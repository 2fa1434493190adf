"""What the forms of a flow say of their fields, coded or drawn: by it a value that somebody mends by hand is checked."""
from collections.abc import Iterator

from engine import designs
from engine.case_data import Field, Schema
from engine.catalog import Flow
from forms import designed, facts, listing

_KINDS = {"text": "text", "number": "number", "bool": "flag", "date": "date", "moment": "moment", "choice": "choice", "person": "person",
          "people": "people", "unit": "unit"}


def schema(flow: Flow) -> Schema:
    """By path, `step.field`; the start form's under `start`."""
    found: dict[str, Field] = {}
    for address, rules in flow.rules.items():
        form, design = designs.of_rules(flow, rules)
        for key, field in _fields(form, design.schema if design else ""):
            found.setdefault(f"{address.rpartition('/')[2]}.{key}", field)
    begins = designs.of_start(flow)
    return found | {f"{designs.START}.{key}": field for key, field in _fields(begins.form, begins.design)}


def _fields(form: str, design: str) -> Iterator[tuple[str, Field]]:
    asked = designed.fields(design) if design else listing.fields_of(form)
    known = (facts.drawn(design) if design else facts.coded(form)) or {}
    for key, label, kind, choices in asked or ():
        values = tuple(value for value, _ in choices)
        told = _KINDS.get(kind, "any")
        fact = known.get(key)
        yield key, Field(label, "text" if told == "choice" and not values else told, values, bool(fact and fact.required))
