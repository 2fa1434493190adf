"""流程分析: where cases of a flow wait, drawn on its diagram and told in tables; the event log to take along."""
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, flash, g, jsonify, render_template, request, send_file

from data_model import clock
from data_model.organisation import ROLE_NAMES
from data_model.process import DefinitionStatus, ProcessDefinition
from engine import catalog, operations
from engine.analytics import loads, log, steps
from engine.analytics.scope import ANALYSE
from engine.errors import Missing
from web import event_log
from web.access import allow
from web.analysis_filters import MEASURES, Filters, heats
from web.i18n import tr
from web.operation_units import places
from web.request_work import go

bp = Blueprint("analytics", __name__, url_prefix="/analytics")

MOST_EVENTS = 2_000_000
ROLES = {**ROLE_NAMES, "owner": "网格负责人", "backup": "网格备用负责人", "person": "指定的人"}


@bp.get("")
@allow("process.analyse")
def index():
    filters = Filters.asked(request.args)
    return render_template("analytics/index.html", filters=filters, flows=loads.flows(g.session, g.actor, filters.scope()),
                           units=places(g.session, g.actor, ANALYSE))


@bp.get("/<key>")
@allow("process.analyse")
def page(key: str):
    filters, shown, versions = _asked(key)
    scope = filters.scope(key, shown.id if filters.version else 0)
    found = _steps(scope, shown)
    measure = MEASURES[filters.measure]
    cases, events = log.size(g.session, g.actor, scope)
    return render_template(
        "analytics/page.html", key=key, shown=shown, versions=versions, filters=filters, measures=MEASURES, measure=measure,
        steps=sorted(found, key=lambda step: (-measure.of(step), step.element)), heats=heats(found, measure),
        people=loads.people(g.session, g.actor, scope), roles=loads.roles(g.session, g.actor, scope), role_names=ROLES,
        units=places(g.session, g.actor, ANALYSE), cases=cases, events=events, may_monitor=g.actor.can(operations.MONITOR))


@bp.get("/<key>/heat")
@allow("process.analyse")
def heat(key: str):
    """For the viewer: the diagram, how hot each step is, and the figure on it."""
    filters, shown, _ = _asked(key)
    scope = filters.scope(key, shown.id if filters.version else 0)
    found, measure = _steps(scope, shown), MEASURES[filters.measure]
    marks = {element: f"heat-{heat}" for element, heat in heats(found, measure).items()}
    marked: dict[str, Any] = {step.element: measure.told(step) for step in found if measure.of(step)}
    flow = catalog.flow(g.session, shown.id)
    if filters.measure == "entered":
        taken = steps.ways(g.session, g.actor, scope)
        marked |= {id: {"text": f"{taken[way]}", "className": "heat-way"} for way, id in flow.flows.items() if way in taken}
    return jsonify(xml=shown.xml, marks=marks, marked=marked)


@bp.get("/<key>/log.<kind>")
@allow("process.analyse")
def export(key: str, kind: str):
    """Every history event under the filters. Without names unless `names` is asked for."""
    filters, shown, _ = _asked(key)
    scope = filters.scope(key, shown.id if filters.version else 0)
    if kind not in ("xes", "csv"):
        raise Missing("没有这个页面")
    if log.size(g.session, g.actor, scope)[1] > MOST_EVENTS:
        flash(tr("超过 {limit} 个事件，无法一次导出。请缩短时间后再导出。", limit=f"{MOST_EVENTS:,}"), "warning")
        return go(filters.address("analytics.page", key=key))
    secret = "" if request.args.get("names") else current_app.config["SECRET_KEY"]
    rows = log.rows(g.session, g.actor, scope, secret)
    out = event_log.xes(rows, shown.name) if kind == "xes" else event_log.comma_separated(rows)
    return send_file(out, "application/xml" if kind == "xes" else "text/csv; charset=utf-8", as_attachment=True, max_age=0,
                     download_name=f"{key}-{clock.today():%Y%m%d}.{kind}")


def _asked(key: str) -> tuple[Filters, ProcessDefinition, Any]:
    """The filters, the version whose diagram is shown, and all versions."""
    filters = Filters.asked(request.args)
    versions = operations.versions_of(g.session, key)
    if not versions:
        raise Missing("没有名为 {key} 的流程", key=key)
    wanted = next((row for row in versions if row.version == filters.version), None)
    running = next((row for row in versions if row.status == DefinitionStatus.EFFECTIVE), versions[0])
    return filters, wanted or running, versions


def _steps(scope: Any, shown: ProcessDefinition) -> list[steps.Step]:
    """As the diagram shown names them."""
    flow = catalog.flow(g.session, shown.id)
    return [replace(step, name=flow.name_of(step.element) or step.name) for step in steps.figures(g.session, g.actor, scope)]
