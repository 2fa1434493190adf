"""The doors of the table in web/api/acts.py: POST /tasks/{id}/<word> or /cases/{id}/<word>, once for an Idempotency-Key.

What asks a form first shows it by GET there, with what it offers at this moment.
"""
from collections.abc import Callable, Mapping
from typing import Any

from flask import g

from data_model.api_token import Scope
from data_model.process import Task
from engine import cases
from engine.actions import Answer
from engine.errors import TooLate
from forms import StepForm
from forms.context import FormContext
from web.api import show
from web.api.acts import DEEDS, Deed
from web.api.filled import said
from web.api.form_shapes import shape_of
from web.api.route import Route, Sent, at, room
from web.api.shapes import ANYTHING, NOTHING
from web.choices import CHOICES
from web.i18n import tr
from web.problems import Problem

bp = room("deeds")
READ = {"tasks": (Scope.TASKS_READ,), "cases": (Scope.CASES_READ,)}


def _open(deed: Deed) -> None:
    body = ANYTHING if deed.form else deed.body or NOTHING
    rule, name = f"/{deed.to}/<int:{deed.argument}>/{deed.word}", f"{deed.to}_{deed.word}"

    @at(bp, "POST", rule, Route(deed.permission, (deed.scope,), deed.summary, "Answer", body=body, form=deed.form, keyed=True), name)
    def does(sent: Sent, **ids: int) -> dict[str, Any]:
        row_id = ids[deed.argument]
        try:
            told = _told(deed, row_id, sent.body)
            answer = deed.act(g.session, g.actor, row_id, told, sent.idem_key)
        except TooLate as late:
            raise Problem("late", detail=tr(late.text, **late.params), **_first(ids.get("task_id"))) from late
        return show.answer(answer if isinstance(answer, Answer) else _plain(**ids))

    if deed.form is not None:
        _ask(deed, deed.form, rule, f"{name}_form")


def _ask(deed: Deed, kind: type[StepForm], rule: str, name: str) -> None:
    """What a program reads first: the form with what it offers now, such as where a task may be returned to."""
    @at(bp, "GET", rule, Route(deed.permission, READ[deed.to], deed.summary, "DeedForm"), name)
    def asks(sent: Sent, **ids: int) -> dict[str, Any]:
        build, offered = _form(deed, kind, ids[deed.argument])
        return {"offered": offered, "form": shape_of(build(None))}


def _told(deed: Deed, row_id: int, body: Mapping[str, Any]) -> Mapping[str, Any]:
    if deed.form is None:
        return body
    build, offered = _form(deed, deed.form, row_id)
    return said(build, body, offered)


def _form(deed: Deed, kind: type[StepForm], row_id: int) -> tuple[Callable[[Any], StepForm], bool]:
    """How the deed's form is made for this task or case, and whether the page would offer the deed now."""
    view: Any = (cases.task_view if deed.to == "tasks" else cases.case_view)(g.session, g.actor, row_id)
    offered, offer = deed.word in view.may, CHOICES.get(deed.word)

    def build(sent: Any) -> StepForm:
        form = kind(sent, context=FormContext(g.session, g.actor, getattr(view, "data", {})))
        if offered and offer:
            offer(form, view)
        return form
    return build, offered


def _plain(task_id: int = 0, instance_id: int = 0) -> Answer:
    """Of a deed that has no more to say."""
    return Answer(instance_id or g.session.get_one(Task, task_id).instance_id, task_id or None)


def _first(task_id: int | None) -> dict[str, Any]:
    """Who was first, and when, for programs: the words say it too."""
    task = g.session.get(Task, task_id) if task_id else None
    if task is None or task.completed_at is None:
        return {}
    return {"who": task.completed_by_name, "when": show.moment(task.completed_at)}


for _deed in DEEDS:
    _open(_deed)
