"""One step of a case: the form, the record, the diagram, what happened so far; and the deeds that may be done to it."""
from typing import Any

from flask import Blueprint, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext

from data_model.session import unit_of_work
from engine import actions, cases, inbox
from engine.errors import EngineError, TooLate
from forms.context import FormContext
from web import records
from web.access import allow
from web.hue import hue
from web.i18n import tr
from web.inbox_filters import Filters
from web.request_work import go
from web.steps import Posted, Step, looking, typed

bp = Blueprint("task", __name__, url_prefix="/tasks")


@bp.get("/<int:task_id>")
@allow("inbox.use")
def page(task_id: int):
    view = cases.task_view(g.session, g.actor, task_id)
    return _page(view, None if view.closed else Step.build(view.form, _context(view)))


@bp.post("/<int:task_id>")
@allow("inbox.use", unit=False)
def complete(task_id: int):
    """One answer, once: checked while only reading, then given to the engine, whose word is the last."""
    posted = Posted.read()
    with looking():
        view = cases.task_view(g.session, g.actor, task_id)
        step = Step.build(view.form, _context(view, posted.outcome), posted)
        if view.closed is None and not step.check(posted, _opinion_needed(view, posted.outcome)):
            return make_response(_page(view, step), 422)
        answers = step.form.answers()
    try:
        with unit_of_work(g.actor) as session:
            answer = actions.complete(session, g.actor, task_id, posted.outcome, answers, idem_key=posted.key, opinion=posted.opinion)
            following = answer.next_task_id or _following(session)
    except EngineError as error:
        return _refused(task_id, posted, error)
    flash(_said_what(view, posted.outcome), "success")
    return go(url_for(".page", task_id=following, back=_back()) if following else _inbox())


@bp.post("/<int:task_id>/claim")
@allow("inbox.use")
def claim(task_id: int):
    actions.claim(g.session, g.actor, task_id)
    flash(gettext("已认领，现在由您办理。"), "success")
    return go(url_for(".page", task_id=task_id, back=_back()))


@bp.post("/<int:task_id>/unclaim")
@allow("inbox.use")
def unclaim(task_id: int):
    actions.unclaim(g.session, g.actor, task_id)
    flash(gettext("已退还，其他候选人可以认领。"), "success")
    return go(_inbox())


def _refused(task_id: int, posted: Posted, error: EngineError):
    """The page again with everything typed; too late: what was typed can be copied, and who acted is told."""
    with looking():
        view = cases.task_view(g.session, g.actor, task_id)
        step = Step.build(view.form, _context(view, posted.outcome), posted)
        if isinstance(error, TooLate):
            return make_response(_page(view, None, late=error, lost=[*typed(step.form), *_words(posted)]), error.status)
        step.form.validate()
        step.blame(error)
        return make_response(_page(view, step), error.status)


def _words(posted: Posted) -> list[tuple[str, str, list[int]]]:
    return [("意见", posted.opinion, [])] if posted.opinion else []


def _page(view: Any, step: Step | None, late: TooLate | None = None, lost: list[tuple[str, str, list[int]]] | None = None) -> str:
    kind, row_id = view.subject or ("", None)
    return render_template(
        "task/page.html", view=view, task=view.task, case=view.instance, step=step, late=late, lost=lost or [], hue=hue, back=_back(),
        inbox_address=_inbox(), record=records.record_of(g.session, kind, row_id), lines=cases.timeline(g.session, view.instance.id))


def _context(view: Any, outcome: str = "") -> FormContext:
    return FormContext(g.session, g.actor, view.data, outcome, view.instance.starter_id)


def _opinion_needed(view: Any, outcome: str) -> bool:
    return any(o.opinion for o in view.outcomes if o.value == outcome)


def _said_what(view: Any, outcome: str) -> str:
    label = next((o.label for o in view.outcomes if o.value == outcome), "")
    return gettext("“%(title)s”已办理：%(step)s · %(outcome)s", title=view.task.title or view.task.code or tr(view.process_name),
                   step=tr(view.task.name), outcome=tr(label))


def _following(session: Any) -> int | None:
    """The next thing in the list the person came from."""
    page = inbox.page(session, g.actor, Filters.from_back(_back() or "").query(size=1))
    return page.items[0].id if page.items else None


def _back() -> str | None:
    """The view of the inbox the person came from, as far as an address may say it."""
    return Filters.from_back(request.args.get("back", "")).address().removeprefix("?") or None


def _inbox() -> str:
    return url_for("inbox.index") + Filters.from_back(request.args.get("back", "")).address()
