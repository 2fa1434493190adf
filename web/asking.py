"""A deed's form between the browser and the engine: in a sheet over the page, or as a page of its own without scripts."""
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from flask import flash, g, make_response, render_template, request
from flask_babel import gettext

from data_model.session import unit_of_work
from engine.errors import EngineError, TooLate
from forms import StepForm
from web.deeds import Deed
from web.request_work import go, is_htmx
from web.security import came_from, safe_target
from web.steps import LONGEST_KEY, looking, said, typed

FIELDS = {"users": "people", "to": "people"}  # what the engine calls a field that the form calls otherwise


@dataclass
class Ask:
    """A deed about to be done.

    Attributes:
        target: id of the task or case it is done to.
        title: what the person knows that by.
        address: where the form is sent.
        back: the page the sheet was opened over.
        offered: the page would offer the deed now; what it would not is left to the engine to refuse, or to know as done.
    """

    deed: Deed
    form: StepForm
    target: int
    title: str
    address: str
    back: str
    offered: bool = True
    more: dict[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=lambda: request.form.get("idem_key", "")[:LONGEST_KEY] or uuid4().hex)


def came_over(default: str) -> str:
    """The page a sheet was opened over; the form remembers it."""
    return safe_target(request.form.get("next")) or came_from(default)


def show(ask: Ask, refusal: EngineError | None = None, status: int = 200) -> Any:
    """The form; who came too late reads who was first, and finds the words typed, to copy them."""
    late = isinstance(refusal, TooLate)
    page = "deeds/_ask.html" if is_htmx() else "deeds/page.html"
    return make_response(render_template(page, ask=ask, deed=ask.deed, refusal=refusal, late=late,
                                         lost=typed(ask.form) if late else []), status)


def do(build: Callable[[], Ask], after: Callable[[Any, Ask, Any], str]) -> Any:
    """Check what was filled in, call the one action, and go on; the engine's word is the last.

    Args:
        after: (session, ask, the action's answer) -> where the person goes.
    """
    with looking():
        ask = build()
        if ask.offered and not ask.form.validate():
            return show(ask, status=422)
        answers = ask.form.answers()
    try:
        with unit_of_work(g.actor) as session:
            answer = ask.deed.act(session, g.actor, ask.target, answers, ask.key)
            address = after(session, ask, answer)
    except EngineError as error:
        return _refused(ask, error)
    flash(gettext(ask.deed.done), "success")
    return go(address)


def _refused(ask: Ask, error: EngineError) -> Any:
    with looking():
        ask.form.context = replace(ask.form.context, session=g.session)
        name = error.field if error.field in ask.form else FIELDS.get(error.field or "", "")
        if error.status == 422 and name in ask.form:
            ask.form[name].errors = [said(error)]
            return show(ask, status=422)
        return show(ask, error, error.status)
