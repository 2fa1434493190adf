"""What gathers around a case: talk, followers, receipts of copies, a nudge for who holds it."""
from flask import Blueprint, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext

from data_model.session import unit_of_work
from engine import actions, cases
from engine.errors import EngineError, NotYours
from web.access import EVERYONE, allow
from web.around import mentioned, new_key, talk
from web.i18n import tr
from web.request_work import go, is_htmx
from web.security import came_from
from web.steps import LONGEST_KEY, ids, looking

bp = Blueprint("casework", __name__, url_prefix="/cases")


@bp.post("/<int:instance_id>/comments")
@allow(EVERYONE, unit=False)
def comment(instance_id: int):
    """The talk again with the new words in it; refused, the words are still in the box."""
    text, refusal = request.form.get("text", ""), None
    _seen(instance_id)
    try:
        with unit_of_work(g.actor) as session:
            actions.comment(session, g.actor, instance_id, text, idem_key=_key(), mentions=ids(request.form.getlist("mentions")))
    except EngineError as error:
        if error.status != 422 or not is_htmx():
            raise
        refusal = error
    if not is_htmx():
        return go(came_from(url_for("case.page", instance_id=instance_id)) + "#talk")
    with looking():
        view = cases.case_view(g.session, g.actor, instance_id)
        page = render_template("case/_talk.html", view=view, case=view.instance, talk=talk(cases.timeline(g.session, instance_id)),
                               refusal=refusal, said=text if refusal else "", new_key=new_key, mentioned=mentioned)
    return make_response(page, 422 if refusal else 200)


@bp.post("/<int:instance_id>/follow")
@allow(EVERYONE)
def follow(instance_id: int):
    actions.follow(g.session, g.actor, instance_id)
    flash(gettext("已关注，有进展会通知您。"), "success")
    return go(_here(instance_id))


@bp.post("/<int:instance_id>/unfollow")
@allow(EVERYONE)
def unfollow(instance_id: int):
    cases.case_view(g.session, g.actor, instance_id)
    actions.unfollow(g.session, g.actor, instance_id)
    flash(gettext("已取消关注。"), "success")
    try:
        cases.case_view(g.session, g.actor, instance_id)
    except NotYours:
        return go(url_for("home.index"))  # it was in sight only as long as it was followed
    return go(_here(instance_id))


@bp.post("/<int:instance_id>/remind")
@allow(EVERYONE, unit=False)
def remind(instance_id: int):
    """Too soon after the last time: said so, on the same page."""
    _seen(instance_id)
    try:
        with unit_of_work(g.actor) as session:
            actions.remind(session, g.actor, instance_id, idem_key=_key())
    except EngineError as error:
        if error.status != 422:
            raise
        flash(tr(error.text, **error.params), "danger")
    else:
        flash(gettext("已催办，办理人会收到消息。"), "success")
    return go(_here(instance_id))


@bp.post("/<int:instance_id>/read")
@allow(EVERYONE)
def read(instance_id: int):
    """The page says that it has been opened: the receipt of a copy is signed."""
    cases.case_view(g.session, g.actor, instance_id)
    actions.read_copy(g.session, g.actor, instance_id)
    return "", 204


def _seen(instance_id: int) -> None:
    """
    Raises:
        NotYours: the person may not see the case.
    """
    with looking():
        cases.case_view(g.session, g.actor, instance_id)


def _here(instance_id: int) -> str:
    return came_from(url_for("case.page", instance_id=instance_id))


def _key() -> str:
    return request.form.get("idem_key", "")[:LONGEST_KEY]
