"""JSON answers, through the very form that the screen shows: the same fields, the same rules, the same words."""
from collections.abc import Callable, Mapping
from typing import Any

from forms import StepForm, form_class
from forms.context import FormContext
from web.api.form_shapes import posted
from web.api.strict import Fault
from web.problems import Problem
from web.steps import Posted, Step


def filled(name: str, context: FormContext, answers: Mapping[str, Any], opinion: str = "", opinion_needed: bool = False) -> dict[str, Any]:
    """What the form of a step makes of the answers.

    Raises:
        Problem: naming each field that is not right.
    """
    sent = Posted(posted(form_class(name)(None, context=context), answers), {}, context.outcome, opinion)
    step = Step.build(name, context, sent)
    if not step.check(sent, opinion_needed):
        raise Problem("invalid", [*_faults(step.form, "answers."), *([("opinion", step.opinion_error)] if step.opinion_error else [])])
    return step.form.answers()


def said(build: Callable[[Any], StepForm], answers: Mapping[str, Any], offered: bool) -> dict[str, Any]:
    """The same for the form that is asked before a deed; its fields are the whole request.

    Args:
        build: the form with what was posted, or None, and with what it offers at this moment.
        offered: what nobody offered is not checked here: the engine refuses it, in its words.
    """
    form = build(posted(build(None), answers, ""))
    if offered and not form.validate():
        raise Problem("invalid", _faults(form))
    return form.answers()


def _faults(form: StepForm, within: str = "") -> list[Fault]:
    return [(f"{within}{field.name}", words) for field in form for words in _flat(field.errors)]


def _flat(errors: Any) -> list[Any]:
    return [words for one in errors for words in (_flat(one) if isinstance(one, (list, tuple)) else [one])]
