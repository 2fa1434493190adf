"""One case, running or ended: its record, its diagram, its history, and with whom it is."""
from typing import Any

from flask import Blueprint, flash, g, jsonify, render_template, request, url_for
from flask_babel import gettext

from engine import actions, cases, rights
from web.access import EVERYONE, allow
from web.around import around
from web.inbox_filters import Filters
from web.request_work import go
from web.spoken import spoken

bp = Blueprint("case", __name__, url_prefix="/cases")


@bp.get("/<int:instance_id>")
@allow(EVERYONE)
def page(instance_id: int):
    return _page(cases.case_view(g.session, g.actor, instance_id))


@bp.get("/<int:instance_id>/diagram")
@allow(EVERYONE)
def diagram(instance_id: int):
    """The drawing and where the case stands on it, for the viewer."""
    cases.case_view(g.session, g.actor, instance_id)
    marks = cases.diagram(g.session, instance_id)
    return jsonify(xml=spoken(marks.xml), done=list(marks.done), flows=list(marks.flows), current=list(marks.current),
                   failed=list(marks.failed), badges=dict(marks.badges))


@bp.post("/<int:instance_id>/incidents/<int:incident_id>/retry")
@allow("incident.retry")
def retry(instance_id: int, incident_id: int):
    """The failed element once more, now that its cause is mended."""
    actions.retry(g.session, g.actor, incident_id)
    flash(gettext("已重试。"), "success")
    return go(url_for(".page", instance_id=instance_id))


def _page(view: Any) -> str:
    way = Filters.from_back(request.args.get("back", "")).address()
    return render_template("case/page.html", view=view, inbox_address=url_for("inbox.index") + (way or "?tab=started"),
                           mine=_mine(view), last=actions.can_withdraw(g.session, g.actor, view.instance.id), **around(view, way.removeprefix("?") or None))


def _mine(view: Any) -> frozenset[int]:
    """Which of the open steps the person may do."""
    return frozenset(step.task.id for step in view.steps if rights.may_act(g.session, g.actor, step.task))
