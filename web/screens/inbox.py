"""待办: what waits for me, what I did, what I started."""
from dataclasses import replace
from datetime import datetime
from hashlib import blake2s

from flask import Blueprint, flash, g, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from data_model import clock
from data_model.base import subtree
from data_model.organisation import Level, OrgUnit, UnitKind
from data_model.process import NEVER, Task
from data_model.session import unit_of_work
from engine import actions, inbox, past
from engine.bulk_offers import bulk_outcomes
from engine.errors import EngineError
from web import saved_views
from web.access import allow
from web.flows import flow_names
from web.format import due_group, group_words
from web.hue import hue
from web.i18n import tr
from web.inbox_filters import CURSOR, PAST, Filters
from web.request_work import go

bp = Blueprint("inbox", __name__, url_prefix="/inbox")

NAME_LENGTH = 30
MOST = 200  # rows a refresh re-reads after several "more"


@bp.get("")
@allow("inbox.use")
def index():
    view = _view(Filters.asked(request.args), inbox.PAGE)
    return render_template("inbox/index.html", **view, **_drawn(view))


@bp.get("/live")
@allow("inbox.use")
def live():
    """The tabs and rows again; 204 when they are as the browser has them, so that nothing moves under the finger."""
    shown = min(max(request.args.get("shown", 0, type=int), inbox.PAGE), MOST)
    view = _view(Filters.asked(request.args), shown)
    drawn = _drawn(view)
    return ("", 204) if request.args.get("seen") == drawn["seen"] else render_template("inbox/_live.html", **view, **drawn)


@bp.post("/views")
@allow("inbox.use")
def keep_view():
    """Keep the filters and the order under a name; the same name again replaces it."""
    filters, name = Filters.from_back(request.form.get("back", "")), " ".join(request.form.get("name", "").split())
    if not 0 < len(name) <= NAME_LENGTH:
        flash(gettext("请给视图起个名字，最多 %(most)s 个字。", most=NAME_LENGTH), "danger")
    elif not saved_views.keep(g.session, g.actor, "inbox", name, filters.address().removeprefix("?")):
        flash(gettext("最多保存 %(most)s 个视图，请先删除不用的。", most=saved_views.MOST), "danger")
    else:
        flash(gettext("已保存视图“%(name)s”。", name=name), "success")
    return go(url_for(".index") + filters.address())


@bp.post("/views/<int:view_id>/delete")
@allow("inbox.use")
def drop_view(view_id: int):
    saved_views.drop(g.session, g.actor, view_id)
    return go(url_for(".index") + Filters.from_back(request.form.get("back", "")).address())


@bp.post("/bulk")
@allow("inbox.use", unit=False)
def bulk():
    """The same answer to several tasks; the page tells of each what became of it."""
    key, chosen = request.form.get("bulk_key", ""), request.form.getlist("task", type=int)
    filters = Filters.from_back(request.form.get("back", ""))
    try:
        results = actions.bulk_complete(
            lambda: unit_of_work(g.actor), g.actor, [(task_id, f"{key[:36]}:{task_id}") for task_id in chosen],
            request.form.get("outcome", ""), request.form.get("opinion", "").strip()[:2000])
    except EngineError as error:
        flash(tr(error.text, **error.params), "danger")
        return go(url_for(".index") + filters.address())
    with unit_of_work(g.actor, write=False) as session:
        g.session = session
        view = _view(filters, inbox.PAGE)
        titles = {task.id: task for task in session.scalars(select(Task).where(Task.id.in_([r.task_id for r in results])))}
        return render_template("inbox/index.html", **view, **_drawn(view), results=results, titles=titles)


def _drawn(view: dict) -> dict:
    html = render_template("inbox/_lists.html", **view)
    return {"lists": Markup(html), "seen": blake2s(html.encode(), digest_size=8).hexdigest()}


def _view(filters: Filters, size: int) -> dict:
    """Everything the tabs and rows show: counts, one page, and the names of what it mentions; no query grows with the rows."""
    cursor = _cursor()
    flows, stations, page = flow_names(g.session), _stations(), _page(filters, cursor, size)
    return {
        "filters": filters, "cursor": cursor, "tabs": inbox.TABS, "cap": inbox.CAP,
        "counts": inbox.counts(g.session, g.actor, replace(filters, tab="all").query()), "page": page,
        "bulk": {} if filters.tab in PAST else bulk_outcomes(g.session, page.items),
        "flows": flows, "names": dict(flows), "stations": stations, "stations_by_id": dict(stations),
        "before": _group_before(cursor) if not filters.sort else "", "views": saved_views.of(g.session, g.actor, "inbox"),
        "back": filters.address().removeprefix("?") or None,
        "hue": hue, "group_of": due_group, "group_words": group_words,
    }


def _page(filters: Filters, cursor: str, size: int):
    if filters.tab in PAST:
        ask = past.done if filters.tab == "done" else past.started
        return ask(g.session, g.actor, filters.q, filters.flow, cursor, size)
    return inbox.page(g.session, g.actor, filters.query(cursor, size))


def _cursor() -> str:
    """Where the page goes on; what no page of ours can have said is the beginning."""
    cursor = request.args.get("cursor", "")
    return cursor if CURSOR.fullmatch(cursor) else ""


def _group_before(cursor: str) -> str:
    """The heading the rows before this page stood under, so that it is not repeated."""
    due = cursor.partition(".")[0]
    if not due:
        return ""
    return due_group(None if int(due) >= NEVER else datetime.fromtimestamp(int(due), clock.zone()))


def _stations() -> list[tuple[int, str]]:
    rows = g.session.execute(
        select(OrgUnit.id, OrgUnit.name).where(OrgUnit.level == Level.STATION, OrgUnit.kind == UnitKind.PLACE, OrgUnit.active,
                                               subtree(OrgUnit.path, g.actor.company_path)).order_by(OrgUnit.path))
    return [(row.id, row.name) for row in rows]
