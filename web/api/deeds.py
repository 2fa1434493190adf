"""What may be done to a task or a case, as a table: one more action is one more line, with the shape or the form of what it takes.

Each is POST /tasks/{id}/<word> or /cases/{id}/<word>, happens once for an Idempotency-Key, and answers as `Answer`.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.api_token import Scope
from data_model.permissions import EVERYONE
from data_model.process import Task
from engine import actions, cases
from engine.actions import Answer
from engine.errors import EngineError, TooLate
from forms import StepForm
from forms.context import FormContext
from web.api import show
from web.api.filled import filled, said
from web.api.route import Route, Sent, at, room
from web.api.shapes import (
    ANYTHING,
    FORMS,
    FREE,
    LONGEST_OPINION,
    LONGEST_REASON,
    MOST_FILES,
    NOTHING,
    Shape,
    asked,
    listed,
    number,
    text,
)
from web.i18n import tr
from web.problems import Problem

bp = room("deeds")
Act = Callable[[Session, Actor, int, Mapping[str, Any], str], Any]  # to which task or case, what came in, the engine's key


@dataclass(frozen=True)
class Deed:
    """One action; what comes in has a shape, or is asked by a form."""

    word: str
    summary: str
    act: Act
    body: Shape | None = None
    form: type[StepForm] | None = None
    to: str = "tasks"
    permission: str = "inbox.use"
    scopes: tuple[str, ...] = (Scope.TASKS_ACT,)


def _complete(session: Session, actor: Actor, task_id: int, body: Mapping[str, Any], key: str) -> Answer:
    """Whether the task is this person's is asked first: only then does the form speak."""
    view = cases.task_view(session, actor, task_id)
    outcome, opinion, answers = body["outcome"], body.get("opinion", "").strip(), {}
    if "complete" in view.may:
        chosen = next((one for one in view.outcomes if one.value == outcome), None)
        if chosen is None:
            raise EngineError("没有「{outcome}」这个选项", "outcome", outcome=outcome)
        context = FormContext(session, actor, view.data, outcome, view.instance.starter_id)
        answers = filled(view.form, context, body.get("answers", {}), opinion, chosen.opinion)
    return actions.complete(session, actor, task_id, outcome, answers, idem_key=key, opinion=opinion, files=body.get("files", ()))


def _claim(session: Session, actor: Actor, task_id: int, body: Mapping[str, Any], key: str) -> Answer:
    actions.claim(session, actor, task_id)
    return Answer(session.get_one(Task, task_id).instance_id, task_id, task_id)


def _unclaim(session: Session, actor: Actor, task_id: int, body: Mapping[str, Any], key: str) -> None:
    actions.unclaim(session, actor, task_id)


def _cancel(session: Session, actor: Actor, instance_id: int, body: Mapping[str, Any], key: str) -> Answer:
    return actions.cancel(session, actor, instance_id, body["reason"].strip(), idem_key=key)


DEEDS = (
    Deed("complete", "办理", _complete, asked(
        {"outcome": text("办理结果（outcomes 之一）", maxLength=40), "answers": {**FREE, "description": "表单的字段", FORMS: "step"},
         "opinion": text("意见", maxLength=LONGEST_OPINION), "files": listed(number(), "随意见提交的附件", maxItems=MOST_FILES)},
        ("outcome",))),
    Deed("claim", "认领", _claim),
    Deed("unclaim", "退还给候选人", _unclaim),
    Deed("cancel", "撤销流程", _cancel, asked({"reason": text("撤销原因", minLength=1, maxLength=LONGEST_REASON)}, ("reason",)),
         to="cases", permission=EVERYONE, scopes=(Scope.CASES_START,)),
)


def _open(deed: Deed) -> None:
    argument = {"tasks": "task_id", "cases": "instance_id"}[deed.to]
    body = ANYTHING if deed.form else deed.body or NOTHING
    route = Route(deed.permission, deed.scopes, deed.summary, "Answer", body=body, form=deed.form, keyed=True)

    @at(bp, "POST", f"/{deed.to}/<int:{argument}>/{deed.word}", route, f"{deed.to}_{deed.word}")
    def does(sent: Sent, **ids: int) -> dict[str, Any]:
        told = said(deed.form, FormContext(g.session, g.actor), sent.body) if deed.form else sent.body
        try:
            answer = deed.act(g.session, g.actor, ids[argument], told, sent.idem_key)
        except TooLate as late:
            raise Problem("late", detail=tr(late.text, **late.params), **_first(ids.get("task_id"))) from late
        return show.answer(answer if isinstance(answer, Answer) else _plain(**ids))


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
