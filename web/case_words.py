"""What a case knows, in words: names instead of ids, labels instead of codes, dates as people write them."""
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.attachment import Attachment
from data_model.organisation import OrgUnit, User
from data_model.scope import EVERYWHERE
from engine import designs
from engine.case_data import DECIDED
from engine.catalog import Flow
from forms import designed, listing
from web.format import day, moment
from web.i18n import tr

Labels = Mapping[str, tuple[str, Mapping[str, str]]]
"""By path, `step.field`: the kind of the field and the labels of its choices."""
_MODELS: Mapping[str, Any] = {"person": User, "people": User, "unit": OrgUnit, "files": Attachment}
_PEOPLE = frozenset({"by", "for"})
_PLACES = frozenset({"place", "grid"})  # what the shipped diagrams call the unit a case is at
_MOST = 200  # names of one field


def labels(flow: Flow) -> Labels:
    """What the flow's forms say of their fields."""
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for address, rules in flow.rules.items():
        form, design = designs.of_rules(flow, rules)
        step = address.rpartition("/")[2]
        for key, _, kind, choices in _asked(form, design.schema if design else ""):
            found.setdefault(f"{step}.{key}", (kind, dict(choices)))
        found.setdefault(f"{step}.outcome", ("choice", {one.value: one.label for one in rules.outcomes}))
    begins = designs.of_start(flow)
    return found | {f"{designs.START}.{key}": (kind, dict(choices)) for key, _, kind, choices in _asked(begins.form, begins.design)}


def _asked(form: str, design: str) -> Iterable[listing.Asked]:
    return (designed.fields(design) if design else listing.fields_of(form)) or ()


def told(session: Session, data: Mapping[str, Any], known: Labels) -> dict[str, str]:
    """By path, what a value means; paths that need no other words are left out. A statement for each kind of thing named."""
    fields = list(_fields(data, known))
    names = _names(session, fields)
    found = {path: _words(kind, choices, value, names) for path, kind, choices, value in fields}
    return {path: words for path, words in found.items() if words}


def _fields(data: Mapping[str, Any], known: Labels) -> Iterator[tuple[str, str, Mapping[str, str], Any]]:
    alone = {path.rpartition(".")[2]: said for path, said in known.items() if not path.endswith(".outcome")}  # a value put at the top by a mapping
    for name, value in data.items():
        for path, key, inner in [(f"{name}.{key}", key, inner) for key, inner in value.items()] if isinstance(value, dict) else [(name, name, value)]:
            kind, choices = known.get(path) or (alone.get(key) if path == name else None) or ("", {})
            if kind == "list" and _ids(inner):
                kind = "files"
            elif path != name and key in _PEOPLE and key in DECIDED:
                kind = "person"
            elif path == name and name in _PLACES:
                kind = "unit"
            yield path, kind, choices, inner


def _ids(value: Any) -> list[int]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, int) and not isinstance(one, bool) and 0 < one < 2**53][:_MOST]


def _names(session: Session, fields: Iterable[tuple[str, str, Mapping[str, str], Any]]) -> dict[tuple[Any, int], str]:
    wanted: dict[Any, set[int]] = {}
    for _, kind, _, value in fields:
        if kind in _MODELS:
            wanted.setdefault(_MODELS[kind], set()).update(_ids(value))
    return {(model, row.id): row.name for model, ids in wanted.items() if ids
            for row in session.execute(select(model.id, model.name).where(model.id.in_(ids)), execution_options=EVERYWHERE)}


def _words(kind: str, choices: Mapping[str, str], value: Any, names: Mapping[tuple[Any, int], str]) -> str:
    """'' where the value speaks for itself."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return tr("是") if value else tr("否")
    if kind in _MODELS and _ids(value):
        return gettext("、").join(names.get((_MODELS[kind], one)) or f"#{one}" for one in _ids(value))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return gettext("、").join(tr(choices.get(one, one)) for one in value)
    if isinstance(value, str):
        return tr(choices[value]) if value in choices else _moment(value)
    return ""


def _moment(value: str) -> str:
    """An ISO day or moment as people write it; any other text as it stands."""
    if len(value) < 10 or value[4:5] != "-" or len(value) > 40:
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    if len(value) == 10:
        return day(date.fromisoformat(value))
    return moment(found if found.tzinfo else found.replace(tzinfo=clock.zone()))
