"""One step of a case: the form, the record, the diagram, what happened so far; and the deeds that may be done to it."""
from typing import Any

from flask import Blueprint, flash, g, make_response, render_template, request
from flask_babel import gettext

from data_model.session import unit_of_work
from engine import actions, cases, opinions
from engine.errors import EngineError, NotYours, TooLate
from engine.properties import Outcome
from forms.fields import PhotoField
from web import half_filled, signing
from web.access import allow
from web.around import around
from web.asked import broken, context_of, kind_of, remember
from web.i18n import tr
from web.request_work import go
from web.steps import Posted, Step, looking, typed
from web.votes import votes
from web.way_back import back, inbox_address, next_address, task_address

bp = Blueprint("task", __name__, url_prefix="/tasks")

Lost = list[tuple[str, str, list[int]]]


@bp.get("/<int:task_id>")
@allow("inbox.use")
def page(task_id: int):
    view = cases.task_view(g.session, g.actor, task_id)
    if view.closed:
        return _page(view, None)
    draft = actions.draft_of(g.session, g.actor, task_id) if "draft" in view.may else None
    return _page(view, _step(view, draft=draft), draft=draft)


@bp.post("/<int:task_id>")
@allow("inbox.use", unit=False)
def complete(task_id: int):
    """One answer, once: checked while only reading, then given to the engine, whose word is the last."""
    posted = Posted.read()
    with looking():
        view = cases.task_view(g.session, g.actor, task_id)
        step, button = _step(view, posted), _button(view, posted.outcome)
        locked = broken(step.form, task_id)
        if view.closed is None and not locked and not step.check(posted, button=button):
            return make_response(_page(view, step), 422)
        answers = step.form.answers()
    try:
        if locked:
            raise locked
        with unit_of_work(g.actor) as session:
            answer = actions.complete(session, g.actor, task_id, posted.outcome, answers, idem_key=posted.key, opinion=posted.opinion,
                                      files=posted.files, signature=posted.signature)
            address = next_address(session, answer.next_task_id)
    except EngineError as error:
        return _refused(task_id, posted, error)
    flash(_said_what(view, posted.outcome), "success")
    return go(address)


@bp.post("/<int:task_id>/give_back")
@allow("inbox.use", unit=False)
def give_back(task_id: int):
    """What a colleague was asked for: an opinion, and whatever of the form they could fill in. Nothing is decided by it."""
    posted = Posted.read()
    with looking():
        view = cases.task_view(g.session, g.actor, task_id)
        step = _step(view, posted)
        locked, answers = broken(step.form, task_id), step.form.answers()
    try:
        if locked:
            raise locked
        with unit_of_work(g.actor) as session:
            actions.give_back(session, g.actor, task_id, answers, posted.opinion, idem_key=posted.key)
            address = next_address(session)
    except EngineError as error:
        return _refused(task_id, posted, error)
    flash(gettext("已交回，由 %(owner)s 决定。", owner=view.owner), "success")
    return go(address)


@bp.post("/<int:task_id>/draft")
@allow("inbox.use", unit=False)
def save_draft(task_id: int):
    """Kept every few seconds while somebody types; whoever acts on it meanwhile is told of here already."""
    signature, _ = signing.taken(request.form.get("signature", ""), g.actor)
    try:
        with unit_of_work(g.actor) as session:
            actions.save_draft(session, g.actor, task_id, half_filled.kept(request.form, signature))
    except EngineError as error:
        return {"error": tr(error.text, **error.params)}, error.status
    return {"saved": True, "signature": signature}


@bp.post("/<int:task_id>/draft/drop")
@allow("inbox.use")
def drop_draft(task_id: int):
    cases.task_view(g.session, g.actor, task_id)
    actions.drop_draft(g.session, g.actor, task_id)
    return go(task_address(task_id))


@bp.post("/<int:task_id>/claim")
@allow("inbox.use")
def claim(task_id: int):
    actions.claim(g.session, g.actor, task_id)
    flash(gettext("已认领，现在由您办理。"), "success")
    return go(task_address(task_id))


@bp.post("/<int:task_id>/unclaim")
@allow("inbox.use")
def unclaim(task_id: int):
    actions.unclaim(g.session, g.actor, task_id)
    flash(gettext("已退还，其他候选人可以认领。"), "success")
    return go(inbox_address())


def _step(view: Any, posted: Posted | None = None, draft: Any = None) -> Step:
    """The form as posted, as it was left, or for the first time. Who is only asked is not asked for evidence."""
    context, kind = context_of(view, posted.outcome if posted else ""), kind_of(view.asked)
    if draft:
        posted = half_filled.restored(draft, kind(None, context=context))
    step = Step.build(kind, context, posted)
    if "give_back" in view.may:
        for name in [one.name for one in step.form if isinstance(one, PhotoField)]:
            del step.form[name]
    return step


def _refused(task_id: int, posted: Posted, error: EngineError):
    """The page again with everything typed; too late: what was typed can be copied, and who acted is told."""
    remember(error)
    with looking():
        try:
            view = cases.task_view(g.session, g.actor, task_id)
        except NotYours:
            raise error from None
        step = _step(view, posted)
        if isinstance(error, TooLate):
            return make_response(_page(view, None, late=error, lost=[*typed(step.form), *_words(posted)]), error.status)
        step.form.validate()
        step.blame(error)
        return make_response(_page(view, step), error.status)


def _words(posted: Posted) -> Lost:
    return [("意见", posted.opinion, list(posted.files))] if posted.opinion or posted.files else []


def _page(view: Any, step: Step | None, late: TooLate | None = None, lost: Lost | None = None, draft: Any = None) -> str:
    ready = opinions.phrases(g.session, g.actor) if step else ()
    return render_template("task/page.html", view=view, task=view.task, step=step, late=late, lost=lost or [], draft=draft, phrases=ready,
                           inbox_address=inbox_address(), votes=votes(view), **around(view, back()))


def _button(view: Any, outcome: str) -> Outcome | None:
    return next((one for one in view.outcomes if one.value == outcome), None)


def _said_what(view: Any, outcome: str) -> str:
    button = _button(view, outcome)
    return gettext("“%(title)s”已办理：%(step)s · %(outcome)s", title=view.task.title or view.task.code or tr(view.process_name),
                   step=tr(view.task.name), outcome=tr(button.label) if button else "")
