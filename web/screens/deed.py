"""The deeds on a task and a case: each asks a small form, calls one action, and goes back or on."""
from typing import Any

from flask import Blueprint, abort, g, request, url_for

from engine import actions, cases, catalog, rights
from engine.errors import NotYours
from forms.context import FormContext
from forms.deeds import WAYS, WHERE
from web import asking
from web.access import EVERYONE, allow
from web.asking import Ask, came_over
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


def _targets(form: Any, view: Any) -> dict[str, Any]:
    """Where a task may be returned to, who did it, and what that cancels or repeats."""
    targets = actions.return_targets(g.session, g.actor, view.task.id)
    form.element.offer([(target.element, target.name) for target in targets])
    modes = {mode for target in targets for mode in target.modes}
    form.mode.offer([way for way in WAYS if way[0] in modes])
    if len(modes) < 2:
        del form.mode
    return {"targets": targets, "nowhere": not targets}


def _places(form: Any, view: Any) -> dict[str, Any]:
    """Beside the others only where several sign."""
    rules = catalog.flow(g.session, view.instance.definition_id).rules[view.task.element_id]
    several = rules.signing is not None and not view.task.helps
    form.where.offer([place for place in WHERE if several or place[0] != "alongside"])
    return {}


def _signers(form: Any, view: Any) -> dict[str, Any]:
    """Whom the person has added and may take out again."""
    form.signer.offer([(f"task:{one.task_id}" if one.task_id else f"person:{one.user_id}", one.name)
                       for one in actions.signers(g.session, g.actor, view.task.id) if one.removable])
    return {}


def _undone(_form: Any, view: Any) -> dict[str, Any]:
    """What taking the step back would close."""
    found = actions.can_withdraw(g.session, g.actor, view.instance.id)
    return {"effects": found.effects if found else ()}


CHOICES = {"return": _targets, "add_signer": _places, "remove_signer": _signers, "withdraw": _undone}
