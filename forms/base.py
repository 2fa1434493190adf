"""What all step forms share: they know their context, prefill themselves, and answer in JSON."""
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from forms.context import FormContext
from forms.locks import Locks
from forms.values import plain
from forms.words import Said


@dataclass(frozen=True)
class Translations:
    """What WTForms wants for its texts."""

    gettext: Callable[[str], str]

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


class StepForm(FlaskForm):
    """One step's questions. Subclasses list fields, say `initial`, and check what only several fields together show."""

    class Meta:
        csrf = False  # every POST is checked by the web, forms and all

        def get_translations(self, form: Any) -> "Translations":
            """WTForms' own words and our choices, in the reader's language."""
            return Translations(form.context.say)

    locks = Locks()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (heading, names of fields) to be shown together

    def __init__(self, formdata: Any = None, *, context: FormContext) -> None:
        """Args: formdata: what was posted (a multidict), or None to show the step for the first time."""
        self.context = context
        held = {name: context.earlier[name] for name in context.access if name in context.earlier}
        super().__init__(formdata=formdata, data={**self.initial(context), **held})
        for name in self.unasked(context):
            del self[name]
        self.locks = Locks.of(self, formdata, held)

    def __iter__(self) -> Iterator[Field]:
        """What may be shown: hidden fields are there for the form's own rules only."""
        return (one for one in super().__iter__() if one.short_name not in self.locks.hidden)

    def __contains__(self, name: str) -> bool:
        return super().__contains__(name) and name not in self.locks.hidden

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        """What the fields hold when the step is shown for the first time."""
        return {}

    @classmethod
    def unasked(cls, context: FormContext) -> Iterable[str]:
        """Names of fields that this run does not ask."""
        return ()

    def check(self) -> None:
        """Rules over several fields; say what is wrong with `refuse`."""

    def refuse(self, name: str, text: str, **params: Any) -> None:
        """Put words beside a field; above them all when the person cannot change that one."""
        if name in self.locks.names:
            self.form_errors = [*self.form_errors, Said(text, **params)]
        else:
            self[name].errors = [*self[name].errors, Said(text, **params)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then `check`."""
        self.form_errors = []
        valid = super().validate(extra_validators)
        if valid:
            self.check()
        return not self.form_errors and not any(one.errors for one in self)

    def answers(self) -> dict[str, Any]:
        """What was said, fit for task data: ids, words, numbers, ISO dates. What could not be changed is not said again."""
        return {one.name: plain(one.data) for one in self if one.name not in self.locks.names}


def needed(text: str = "请填写此项") -> InputRequired:
    return InputRequired(text)


class AtMost(Length):
    """Not more than so many characters, and not fewer than `least`."""

    def __init__(self, limit: int, least: int = -1) -> None:
        super().__init__(min=least, max=limit)

    def __call__(self, form: Any, field: Field) -> None:
        length = len((field.data or "").strip())
        if length > self.max:
            raise ValidationError(Said("最多 {max} 个字，现有 {length} 个字", max=self.max, length=length))
        if length < self.min:
            raise ValidationError(Said("至少 {min} 个字", min=self.min))


class Within(NumberRange):
    """A number between two bounds."""

    def __call__(self, form: Any, field: Field) -> None:
        value = field.data
        if value is not None and not (math.isfinite(value) and self.min <= value <= self.max):
            raise ValidationError(Said("应在 {min} 与 {max} 之间", min=self.min, max=self.max))
