"""JSON answers, through the very form that the screen shows: the same fields, the same rules, the same words."""
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.designs import Asked
from engine.locked import FieldsLocked
from forms import StepForm
from forms.context import FormContext
from web.api.form_shapes import posted
from web.api.strict import Fault
from web.asked import broken, kind_of
from web.problems import Problem
from web.steps import Posted, Step


def filled(
    asked: Asked, context: FormContext, answers: Mapping[str, Any], opinion: str = "", opinion_needed: bool = False, task_id: int | None = None,
) -> dict[str, Any]:
    """What the form of a step makes of the answers.

    Raises:
        Problem: naming each field that is not right.
        FieldsLocked: one that this step does not let be changed.
    """
    kind = kind_of(asked)
    sent = Posted(_unlocked(kind(None, context=context), answers, task_id), {}, context.outcome, opinion)
    step = Step.build(kind, context, sent)
    if locked := broken(step.form, task_id):
        raise locked
    if not step.check(sent, opinion_needed):
        whole = [("answers", words) for words in step.form.form_errors]
        raise Problem("invalid", [*_faults(step.form, "answers."), *whole, *([("opinion", step.opinion_error)] if step.opinion_error else [])])
    return step.form.answers()


def _unlocked(shown: StepForm, answers: Mapping[str, Any], task_id: int | None) -> MultiDict[str, str]:
    """The answers as posted; those to hidden fields are refused as such, not as fields that are not there."""
    if hidden := shown.locks.hidden & set(answers):
        raise FieldsLocked(hidden, [shown.locks.names[name] for name in sorted(hidden)], task_id)
    return posted(shown, answers)


def said(build: Callable[[Any], StepForm], answers: Mapping[str, Any], offered: bool) -> dict[str, Any]:
    """The same for the form that is asked before a deed; its fields are the whole request.

    Args:
        build: the form with what was posted, or None, and with what it offers at this moment.
        offered: what nobody offered is not checked here: the engine refuses it, in its words.
    """
    form = build(posted(build(None), answers, ""))
    if locked := broken(form):
        raise locked
    if offered and not form.validate():
        raise Problem("invalid", _faults(form))
    return form.answers()


def _faults(form: StepForm, within: str = "") -> list[Fault]:
    return [(f"{within}{field.name}", words) for field in form for words in _flat(field.errors)]


def _flat(errors: Any) -> list[Any]:
    return [words for one in errors for words in (_flat(one) if isinstance(one, (list, tuple)) else [one])]
