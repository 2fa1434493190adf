"""异常与死信: what failed in cases, messages that found nobody, and what could not leave the house — on one page, tried again many at once."""
from typing import Any

from flask import Blueprint, flash, g, render_template, request, url_for
from sqlalchemy import select

from data_model.outbox import OutboxMessage
from data_model.process import Delivery, Incident, ProcessInstance
from data_model.scope import EVERYWHERE
from data_model.session import unit_of_work
from engine import dead_letters, failures, operations
from engine.actions import operating
from engine.errors import EngineError
from engine.failures import Query, Tried
from web.access import allow
from web.hue import hue
from web.i18n import tr
from web.inbox_filters import LARGEST_ID
from web.request_work import go
from web.steps import ids

bp = Blueprint("incidents", __name__, url_prefix="/incidents")

TABS = {"open": "待处理异常", "resolved": "已处理异常", "messages": "未送达的流程消息", "outbox": "搁置的外发消息"}


@bp.get("")
@allow("process.monitor")
def index():
    return render_template("incidents/index.html", **_view(_asked(request.args)))


@bp.post("/retry")
@allow("incident.retry", unit=False)
def retry():
    """Each chosen incident in a unit of work of its own; the page tells of each what became of it."""
    return _several(failures.retry_many)


@bp.post("/redeliver")
@allow("process.operate", unit=False)
def redeliver():
    return _several(failures.redeliver_many)


def _several(deed: Any) -> Any:
    said = {name.removeprefix("f-"): value for name, value in request.form.items() if name.startswith("f-")}
    chosen = list(ids(request.form.getlist("row")))
    try:
        results = deed(lambda: unit_of_work(g.actor), g.actor, chosen)
    except EngineError as error:
        flash(tr(error.text, **error.params), "danger")
        return go(url_for("incidents.index", **{name: value for name, value in said.items() if value}))
    with unit_of_work(g.actor, write=False) as session:
        g.session = session
        return render_template("incidents/index.html", results=results, titles=_titles(results, said.get("tab", "")), **_view(_asked(said)))


def _asked(said: Any) -> dict[str, Any]:
    """What the address means; what it cannot mean is as if it were not there."""
    words = {name: said.get(name, "").replace("\0", "").strip()[:100] for name in ("tab", "flow", "step", "q")}
    before = said.get("before", "")
    words["tab"] = words["tab"] if words["tab"] in TABS else "open"
    return {**words, "before": int(before) if before.isdecimal() and int(before) < LARGEST_ID else 0}


def _view(said: dict[str, Any]) -> dict[str, Any]:
    flows = operations.flows(g.session)
    rows, following = _rows(said)
    kept = {name: said[name] for name in ("tab", "flow", "step", "q") if said[name]}
    return {"said": said, "kept": kept, "tabs": TABS, "rows": rows, "more": following, "flows": flows, "names": dict(flows), "hue": hue,
            "may_retry": g.actor.can("incident.retry"), "may_operate": g.actor.can(operating.OPERATE),
            "sources": _sources(rows) if said["tab"] == "messages" else {}}


def _rows(said: dict[str, Any]) -> tuple[Any, int]:
    if said["tab"] == "messages":
        return failures.undelivered(g.session, said["before"])
    if said["tab"] == "outbox":
        chosen = dead_letters.listed("", "dead").limit(failures.PAGE + 1)
        found = g.session.scalars(chosen.where(OutboxMessage.id < said["before"]) if said["before"] else chosen).all()
        return found[:failures.PAGE], found[failures.PAGE - 1].id if len(found) > failures.PAGE else 0
    return failures.page(g.session, g.actor, Query(said["flow"], said["step"], said["q"], said["tab"] == "resolved", said["before"]))


def _sources(rows: list[Delivery]) -> dict[int, ProcessInstance]:
    """The cases that sent the messages."""
    found = g.session.scalars(select(ProcessInstance).where(ProcessInstance.id.in_({row.source_id for row in rows})),
                              execution_options=EVERYWHERE)
    return {row.id: row for row in found}


def _titles(results: list[Tried], tab: str) -> dict[int, str]:
    """What each tried one was about."""
    wanted = [one.id for one in results]
    if tab == "messages":
        return {row.id: row.name for row in g.session.scalars(select(Delivery).where(Delivery.id.in_(wanted)))}
    rows = g.session.execute(select(Incident.id, ProcessInstance.code, ProcessInstance.title).join(
        ProcessInstance, ProcessInstance.id == Incident.instance_id).where(Incident.id.in_(wanted)), execution_options=EVERYWHERE)
    return {row.id: f"{row.code} {row.title}".strip() for row in rows}
