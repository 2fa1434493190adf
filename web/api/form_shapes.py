"""A step's form as JSON Schema, and JSON answers as what a browser would have posted, so that the form's own rules decide."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    Field,
    IntegerField,
    RadioField,
    SelectMultipleField,
)
from wtforms import SelectField as ChosenField
from wtforms.validators import Length

from data_model import clock
from forms import StepForm
from forms.base import Within
from forms.context import FormContext
from forms.deeds import MOST_PEOPLE, ColleaguesField
from forms.design_kinds import SignatureField
from forms.design_rows import MOST_ROWS, RowsField
from forms.fields import PersonField, PhotoField, PickField, UnitField, YesNoField
from forms.values import plain
from web.api import strict
from web.api.shapes import Shape
from web.doors import VERSION
from web.i18n import tr
from web.problems import Problem


@dataclass(frozen=True)
class Kind:
    """How one kind of field looks in JSON, and how an answer to it is posted: words, several words, or nothing at all."""

    shape: Callable[[Any], Shape]
    post: Callable[[Any], str | list[str] | None]


def _words(field: Field) -> Shape:
    shape: Shape = {"type": ["string", "null"]}
    for rule in field.validators:
        if isinstance(rule, Length):
            shape |= {"maxLength": rule.max} if rule.max > 0 else {}
            shape |= {"minLength": rule.min} if rule.min > 0 and field.flags.required else {}
    return shape


def _number(kind: str) -> Callable[[Field], Shape]:
    def shape(field: Field) -> Shape:
        bounds = next(({"minimum": rule.min, "maximum": rule.max} for rule in field.validators if isinstance(rule, Within)), {})
        return {"type": [kind, "null"], **bounds}
    return shape


def _choice(field: Any) -> Shape:
    words = [str(choice.value) for choice in field.choices if choice.value != ""]
    if not words:  # what the engine offers is not known without a task
        return {"type": ["string", "null"]}
    return {"type": ["string", "null"], "enum": [*words, None], "x-labels": {str(c.value): tr(c.label) for c in field.choices if c.label}}


def _pick(field: Any) -> Shape:
    wanted = "people" if isinstance(field, PersonField) else "units" if isinstance(field, UnitField) else ""
    return {"type": ["integer", "null"], **({"x-pick": f"{VERSION}/picks/{wanted}"} if wanted else {})}


def _people(field: ColleaguesField) -> Shape:
    return {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": field.least, "maxItems": MOST_PEOPLE,
            "x-pick": f"{VERSION}/picks/people"}


def _photos(field: PhotoField) -> Shape:
    return {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": field.least, "maxItems": field.most,
            "x-upload": f"{VERSION}/files"}


def _rows(field: RowsField) -> Shape:
    row = field.blank()
    needed = [one.short_name for one in row if one.flags.required or getattr(one, "least", 0)]
    inside = {one.short_name: {"title": tr(one.label.text), **_kind(one).shape(one)} for one in row}
    return {"type": "array", "minItems": field.least, "maxItems": MOST_ROWS,
            "items": {"type": "object", "properties": inside, "x-required": needed, "additionalProperties": False}}


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def _as_texts(value: Any) -> list[str]:
    return [str(one) for one in value or ()]


def _on_the_wall(value: Any) -> str:
    """A moment of any zone, as the form reads it: on the company's clock."""
    try:
        there = datetime.fromisoformat(value or "")
        return (clock.local(there) if there.tzinfo else there).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError):
        return _as_text(value)


# the first that fits; what is none of these is a line of words
KINDS: tuple[tuple[type, Kind], ...] = (
    (RowsField, Kind(_rows, lambda value: None)),  # posted field by field, see `_post_rows`
    (SignatureField, Kind(lambda field: {"type": ["integer", "null"], "x-upload": f"{VERSION}/files"}, _as_text)),
    (PhotoField, Kind(_photos, _as_texts)),
    (ColleaguesField, Kind(_people, _as_texts)),
    (PickField, Kind(_pick, _as_text)),
    (YesNoField, Kind(lambda field: {"type": ["boolean", "null"]}, lambda value: {True: "yes", False: "no"}.get(value, ""))),
    (BooleanField, Kind(lambda field: {"type": "boolean"}, lambda value: "y" if value else None)),
    (SelectMultipleField, Kind(lambda field: {"type": "array", "items": {"type": "string"}}, _as_texts)),
    (ChosenField, Kind(_choice, _as_text)),
    (DateTimeLocalField, Kind(lambda field: {"type": ["string", "null"], "format": "date-time"}, _on_the_wall)),
    (DateField, Kind(lambda field: {"type": ["string", "null"], "format": "date"}, _as_text)),
    (DecimalField, Kind(_number("number"), _as_text)),
    (IntegerField, Kind(_number("integer"), _as_text)),
    (Field, Kind(_words, _as_text)),
)


def shape_of(form: StepForm) -> Shape:
    """The form as a program fills it in; `default` is what counts for a field that is left out."""
    fields = {field.name: _described(field) for field in form}
    sometimes = getattr(form, "sometimes", ())
    needed = [field.name for field in form if (field.flags.required or getattr(field, "least", 0)) and field.name not in sometimes]
    required = [name for name in needed if "default" not in fields[name]]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


def shape_of_kind(kind: type[StepForm]) -> Shape:
    """A form, whoever fills it in and whatever was said before: all that it can ask."""
    whole = type("Whole", (kind,), {"initial": classmethod(lambda cls, context: {}), "unasked": classmethod(lambda cls, context: ())})
    return shape_of(whole(None, context=FormContext(None, None)))  # type: ignore[arg-type]


def posted(shown: StepForm, answers: Mapping[str, Any], within: str = "answers") -> MultiDict[str, str]:
    """The answers as the form's own page would post them: a field that is left out is as the page shows it.

    Args:
        shown: the form as it is shown for the first time.
        within: where the answers stand in the request, for the words about them.

    Raises:
        Problem: there is no such field, or an answer is not of its type.
    """
    shapes = {field.name: {"type": (shape := _kind(field).shape(field))["type"], "items": shape.get("items", {})} for field in shown}
    if wrong := list(strict.faults(answers, {"type": "object", "properties": shapes, "additionalProperties": False}, within)):
        raise Problem("invalid", wrong)
    sent: MultiDict[str, str] = MultiDict()
    for field in shown:
        if field.name in shown.locks.names and field.name not in answers:
            continue
        if isinstance(field, RowsField):
            _post_rows(sent, field, answers.get(field.name, field.data))
        value = _kind(field).post(answers.get(field.name, _prefilled(field)))
        if value is not None:
            sent.setlist(field.name, value if isinstance(value, list) else [value])
    return sent


def _post_rows(sent: MultiDict[str, str], field: RowsField, rows: Any) -> None:
    inside = {one.short_name: _kind(one) for one in field.blank()}
    for number, row in enumerate(rows):
        for name, kind in inside.items():
            value = kind.post(row.get(name))
            if value is not None:
                sent.setlist(f"{field.name}-{number}-{name}", value if isinstance(value, list) else [value])


def _kind(field: Field) -> Kind:
    return next(kind for fits, kind in KINDS if isinstance(field, fits))


def _prefilled(field: Any) -> Any:
    """What the page shows before anybody touches it: of a list without an empty choice, its first."""
    value = plain(field.data)
    if value in (None, "") and isinstance(field, ChosenField) and not isinstance(field, RadioField) and field.choices:
        return field.choices[0].value
    return value


def _described(field: Field) -> Shape:
    shape = {"title": tr(field.label.text), **_kind(field).shape(field)}
    if getattr(field, "locked", False):
        shape["readOnly"] = True
    if field.description:
        shape["description"] = tr(field.description)
    if (default := _prefilled(field)) not in (None, "", []):
        shape["default"] = default
    return shape
