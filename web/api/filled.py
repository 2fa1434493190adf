"""JSON answers, through the very form that the screen shows: the same fields, the same rules, the same words."""
from collections.abc import Mapping
from typing import Any

from forms import StepForm
from forms.context import FormContext
from web.api.form_shapes import posted
from web.api.strict import Fault
from web.problems import Problem
from web.steps import Posted, Step


def filled(name: str, context: FormContext, answers: Mapping[str, Any], opinion: str = "", opinion_needed: bool = False) -> dict[str, Any]:
    """What the form makes of the answers.

    Raises:
        Problem: naming each field that is not right.
    """
    sent = Posted(posted(name, context, answers), {}, context.outcome, opinion)
    step = Step.build(name, context, sent)
    if not step.check(sent, opinion_needed):
        raise Problem("invalid", [*_faults(step.form), *([("opinion", step.opinion_error)] if step.opinion_error else [])])
    return step.form.answers()


def _faults(form: StepForm) -> list[Fault]:
    return [(f"answers.{field.name}", words) for field in form for words in _flat(field.errors)]


def _flat(errors: Any) -> list[Any]:
    return [words for one in errors for words in (_flat(one) if isinstance(one, (list, tuple)) else [one])]
