"""From what the engine says a step asks to the form a person fills in: coded or drawn, with what this step locks."""
from typing import Any

from flask import g

from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from engine import locked
from engine.designs import Asked
from engine.errors import EngineError
from engine.locked import FieldsLocked
from forms import StepForm, form_class, has_form
from forms.context import FormContext
from forms.designed import form_class as designed_class


def kind_of(asked: Asked) -> type[StepForm]:
    """The form of a step; a step that has none shows its buttons and the opinion."""
    if asked.design:
        return designed_class(asked.design)
    return form_class(asked.form) if has_form(asked.form) else StepForm


def context_of(view: Any, outcome: str = "") -> FormContext:
    """What the form of an open task knows."""
    return FormContext(g.session, g.actor, view.data, outcome, view.instance.starter_id, access=view.asked.access, earlier=view.asked.earlier)


def broken(form: StepForm, task_id: int | None = None) -> FieldsLocked | None:
    """Why what was posted is refused whole: a field of it was locked."""
    names = form.locks.broken
    return FieldsLocked(names, [form.locks.names[name] for name in sorted(names)], task_id) if names else None


def remember(error: EngineError) -> None:
    """Have the audit keep that somebody sent what was locked. No unit of work may be open."""
    if isinstance(error, FieldsLocked):
        locked.record(lambda: unit_of_work(SYSTEM), g.actor, error)
