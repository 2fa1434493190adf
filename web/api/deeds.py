"""What may be done to a task or a case, as a table: one more action is one more line, with the shape of what it takes.

Each is POST /tasks/{id}/<name> or /cases/{id}/<name>, happens once for an Idempotency-Key, and answers as `Answer`.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g

from data_model.api_token import Scope
from data_model.permissions import EVERYONE
from data_model.process import Task
from engine import actions, cases
from engine.actions import Answer
from engine.errors import EngineError, TooLate
from forms.context import FormContext
from web.api import show
from web.api.filled import filled
from web.api.route import Route, Sent, at, room
from web.api.shapes import FORMS, FREE, LONGEST_OPINION, LONGEST_REASON, NOTHING, Shape, asked, text
from web.i18n import tr
from web.problems import Problem

bp = room("deeds")


@dataclass(frozen=True)
class Deed:
    """One action: does(id, what came in, key for the engine) -> Answer."""

    name: str
    summary: str
    does: Callable[[int, Mapping[str, Any], str], Answer]
    body: Shape = field(default_factory=lambda: NOTHING)
    to: str = "tasks"
    permission: str = "inbox.use"
    scopes: tuple[str, ...] = (Scope.TASKS_ACT,)


def complete(task_id: int, body: Mapping[str, Any], key: str) -> Answer:
    """Whether the task is this person's is asked first: only then does the form speak."""
    view = cases.task_view(g.session, g.actor, task_id)
    outcome, opinion, answers = body["outcome"], body.get("opinion", "").strip(), {}
    if "complete" in view.may:
        chosen = next((one for one in view.outcomes if one.value == outcome), None)
        if chosen is None:
            raise EngineError("没有「{outcome}」这个选项", "outcome", outcome=outcome)
        context = FormContext(g.session, g.actor, view.data, outcome, view.instance.starter_id)
        answers = filled(view.form, context, body.get("answers", {}), opinion, chosen.opinion)
    return actions.complete(g.session, g.actor, task_id, outcome, answers, idem_key=key, opinion=opinion)


def claim(task_id: int, body: Mapping[str, Any], key: str) -> Answer:
    actions.claim(g.session, g.actor, task_id)
    return Answer(g.session.get_one(Task, task_id).instance_id, task_id, task_id)


def unclaim(task_id: int, body: Mapping[str, Any], key: str) -> Answer:
    actions.unclaim(g.session, g.actor, task_id)
    return Answer(g.session.get_one(Task, task_id).instance_id, task_id)


def cancel(instance_id: int, body: Mapping[str, Any], key: str) -> Answer:
    return actions.cancel(g.session, g.actor, instance_id, body["reason"].strip(), idem_key=key)


DEEDS = (
    Deed("complete", "办理", complete, asked(
        {"outcome": text("办理结果（outcomes 之一）", maxLength=40), "answers": {**FREE, "description": "表单的字段", FORMS: "step"},
         "opinion": text("意见", maxLength=LONGEST_OPINION)}, ("outcome",))),
    Deed("claim", "认领", claim),
    Deed("unclaim", "退还给候选人", unclaim),
    Deed("cancel", "撤销流程", cancel, asked({"reason": text("撤销原因", minLength=1, maxLength=LONGEST_REASON)}, ("reason",)),
         "cases", EVERYONE, (Scope.CASES_START,)),
)


def _open(deed: Deed) -> None:
    argument = {"tasks": "task_id", "cases": "instance_id"}[deed.to]
    route = Route(deed.permission, deed.scopes, deed.summary, "Answer", body=deed.body, keyed=True)

    @at(bp, "POST", f"/{deed.to}/<int:{argument}>/{deed.name}", route, f"{deed.to}_{deed.name}")
    def does(sent: Sent, **ids: int) -> dict[str, Any]:
        try:
            return show.answer(deed.does(ids[argument], sent.body, sent.idem_key))
        except TooLate as late:
            raise Problem("late", detail=tr(late.text, **late.params), **_first(ids.get("task_id"))) from late


def _first(task_id: int | None) -> dict[str, Any]:
    """Who was first, and when, for programs: the words say it too."""
    task = g.session.get(Task, task_id) if task_id else None
    if task is None or task.completed_at is None:
        return {}
    return {"who": task.completed_by_name, "when": show.moment(task.completed_at)}


for _deed in DEEDS:
    _open(_deed)
