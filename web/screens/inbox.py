"""待办: what waits for me, what I did, what I started."""
from dataclasses import replace
from datetime import datetime
from hashlib import blake2s

from flask import Blueprint, g, render_template, request
from markupsafe import Markup
from sqlalchemy import select

from data_model import clock
from data_model.base import subtree
from data_model.organisation import Level, OrgUnit, UnitKind
from data_model.process import NEVER, DefinitionStatus, ProcessDefinition
from engine import inbox, past
from web.access import allow
from web.due import group, group_words
from web.hue import hue
from web.inbox_filters import CURSOR, PAST, Filters

bp = Blueprint("inbox", __name__, url_prefix="/inbox")

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


def _drawn(view: dict) -> dict:
    html = render_template("inbox/_lists.html", **view)
    return {"lists": Markup(html), "seen": blake2s(html.encode(), digest_size=8).hexdigest()}


def _view(filters: Filters, size: int) -> dict:
    """Everything the tabs and rows show: counts, one page, and the names of what it mentions; no query grows with the rows."""
    cursor = _cursor()
    flows, stations = _flows(), _stations()
    return {
        "filters": filters, "cursor": cursor, "tabs": inbox.TABS, "cap": inbox.CAP,
        "counts": inbox.counts(g.session, g.actor, replace(filters, tab="all").query()), "page": _page(filters, cursor, size),
        "flows": flows, "names": dict(flows), "stations": stations, "stations_by_id": dict(stations),
        "before": _group_before(cursor), "back": filters.address().removeprefix("?") or None,
        "hue": hue, "group_of": group, "group_words": group_words,
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
    return group(None if int(due) >= NEVER else datetime.fromtimestamp(int(due), clock.zone()))


def _flows() -> list[tuple[str, str]]:
    """Every flow by its effective name: the filter holds across versions, since it asks for the key."""
    rows = g.session.execute(select(ProcessDefinition.key, ProcessDefinition.name)
                             .where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE).order_by(ProcessDefinition.name))
    return [(row.key, row.name) for row in rows]


def _stations() -> list[tuple[int, str]]:
    rows = g.session.execute(
        select(OrgUnit.id, OrgUnit.name).where(OrgUnit.level == Level.STATION, OrgUnit.kind == UnitKind.PLACE, OrgUnit.active,
                                               subtree(OrgUnit.path, g.actor.company_path)).order_by(OrgUnit.path))
    return [(row.id, row.name) for row in rows]
