"""The deeds on a task and a case: each asks a small form, calls one action, and goes back or on."""
from typing import Any

from flask import Blueprint, abort, g, request, url_for

from engine import cases, rights
from engine.errors import NotYours
from forms.context import FormContext
from web import asking
from web.access import EVERYONE, allow
from web.asking import Ask, came_over
from web.choices import CHOICES
from web.deeds import OF_CASE, OF_TASK
from web.way_back import back, next_address, task_address

bp = Blueprint("deed", __name__)


@bp.get("/tasks/<int:task_id>/deeds/<word>")
@allow("inbox.use")
def ask(task_id: int, word: str):
    view = cases.task_view(g.session, g.actor, task_id)
    if word not in view.may:
        rights.check_open(view.task)
        raise NotYours("您不能对此任务这样做")
    return asking.show(_of_task(task_id, word, view))


@bp.post("/tasks/<int:task_id>/deeds/<word>")
@allow("inbox.use", unit=False)
def do(task_id: int, word: str):
    return asking.do(lambda: _of_task(task_id, word, _view(task_id)), _after_task)


@bp.get("/cases/<int:instance_id>/deeds/<word>")
@allow(EVERYONE)
def ask_case(instance_id: int, word: str):
    view = cases.case_view(g.session, g.actor, instance_id)
    if word not in view.may:
        raise NotYours("您不能对此流程这样做")
    return asking.show(_of_case(instance_id, word, view))


@bp.post("/cases/<int:instance_id>/deeds/<word>")
@allow(EVERYONE, unit=False)
def do_case(instance_id: int, word: str):
    return asking.do(lambda: _of_case(instance_id, word, cases.case_view(g.session, g.actor, instance_id)),
                     lambda _session, asked, _answer: asked.back)


def _view(task_id: int) -> Any:
    """None for who may not see the task (any more): the engine says why, and who was first."""
    try:
        return cases.task_view(g.session, g.actor, task_id)
    except NotYours:
        return None


def _of_task(task_id: int, word: str, view: Any) -> Ask:
    deed = OF_TASK.get(word) or abort(404)
    form = deed.form(request.form or None, context=FormContext(g.session, g.actor, view.data if view else {}))
    offered = view is not None and word in view.may
    more = CHOICES[word](form, view) if offered and word in CHOICES else {}
    title = (view.task.title or view.task.name) if view else ""
    return Ask(deed, form, task_id, title, url_for("deed.do", task_id=task_id, word=word, back=back()),
               came_over(task_address(task_id)), offered, more)


def _of_case(instance_id: int, word: str, view: Any) -> Ask:
    deed = OF_CASE.get(word) or abort(404)
    form = deed.form(request.form or None, context=FormContext(g.session, g.actor))
    return Ask(deed, form, instance_id, view.instance.title, url_for("deed.do_case", instance_id=instance_id, word=word, back=back()),
               came_over(url_for("case.page", instance_id=instance_id)), word in view.may)


def _after_task(session: Any, asked: Ask, answer: Any) -> str:
    following = getattr(answer, "next_task_id", None)
    return asked.back if asked.deed.stays and not following else next_address(session, following)
