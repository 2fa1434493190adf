"""What a person fills in at each step: module = flow, class = step: `hidden_danger.confirm` -> ConfirmForm.

A screen says: `form = form_class(name)(formdata, context=FormContext(…))`; formdata None shows the step for the first time.
"""
from importlib import import_module
from importlib.util import find_spec

from forms.base import StepForm
from forms.context import FormContext

__all__ = ["FormContext", "StepForm", "form_class", "has_form"]


class BareForm(StepForm):
    """No questions: a button and an opinion are all. For signers before and after a step."""


def form_class(name: str) -> type[StepForm]:
    """The form of a step.

    Args:
        name: '<flow>.<element id>', such as 'hidden_danger.confirm'; 'hidden_danger.start' for a start form; '' asks nothing.

    Raises:
        LookupError: there is no such form.
    """
    if not name:
        return BareForm
    flow, _, step = name.partition(".")
    class_name = "".join(part.capitalize() for part in step.split("_")) + "Form"
    if not flow.isidentifier() or find_spec(f"forms.{flow}") is None:
        raise LookupError(name)
    found = getattr(import_module(f"forms.{flow}"), class_name, None)
    if found is StepForm or not (isinstance(found, type) and issubclass(found, StepForm)):
        raise LookupError(name)
    return found


def has_form(name: str) -> bool:
    """Whether there is such a form; lint asks it."""
    try:
        form_class(name)
    except LookupError:
        return False
    return bool(name)
