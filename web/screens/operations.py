"""流程监控: every case by version, step and state; one case with its tokens and its data; the process owner's deeds on one or many."""
import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, g, render_template, request, url_for
from sqlalchemy import select

from data_model.process import InstanceStatus, ProcessDefinition, ProcessInstance
from data_model.scope import EVERYWHERE
from data_model.session import unit_of_work
from engine import actions, cases, catalog, operations
from engine.actions import editing, moving, operating, reassigning
from engine.broken import EngineBroken
from engine.errors import EngineError, Missing, NotYours
from engine.failures import Tried
from engine.operations import MONITOR
from web import asking, case_words, operation_deeds, operation_sheet
from web.access import allow
from web.asking import Ask, came_over
from web.case_fields import schema
from web.history_words import WORDS
from web.hue import hue
from web.i18n import tr
from web.operation_filters import SORTS, STATES, Filters
from web.operation_units import places
from web.request_work import go
from web.steps import ids

bp = Blueprint("operations", __name__, url_prefix="/operations")

MOST = 200
BULK = {"suspend": (actions.suspend, "挂起"), "resume": (actions.resume, "恢复"), "cancel": (actions.cancel, "撤销")}


@bp.get("")
@allow("process.monitor")
def index():
    return render_template("operations/index.html", **_view(Filters.asked(request.args)))


def _view(filters: Filters) -> dict[str, Any]:
    """Everything the list shows; no query grows with the rows."""
    versions = operations.versions_of(g.session, filters.flow) if filters.flow else ()
    query = filters.query(_definition_id(filters, versions))
    flows = operations.flows(g.session)
    return {
        "filters": filters, "page": operations.page(g.session, g.actor, query), "counts": operations.counts(g.session, g.actor, query),
        "cap": operations.CAP, "states": STATES, "sorts": SORTS, "flows": flows, "names": dict(flows), "versions": versions,
        "elements": operations.elements(g.session, g.actor, query) if filters.flow else (), "units": places(g.session, g.actor), "hue": hue,
        "key": uuid4().hex, "may_operate": g.actor.can(operating.OPERATE)}


def _definition_id(filters: Filters, versions: Sequence[ProcessDefinition]) -> int:
    return next((row.id for row in versions if row.version == filters.version), -1) if filters.version else 0


@bp.get("/export")
@allow("process.monitor")
def export():
    """The list as an Excel sheet, under the same filters."""
    filters = Filters.asked(request.args)
    versions = operations.versions_of(g.session, filters.flow) if filters.flow else ()
    query = filters.query(_definition_id(filters, versions))
    found = operation_sheet.answer(query)
    if found is None:
        flash(tr("超过 {limit} 行，无法一次导出。请用筛选缩小范围后再导出。", limit=f"{operation_sheet.LIMIT:,}"), "warning")
        return go(filters.address())
    return found


# ── many ──

@bp.post("/bulk/<word>")
@allow("process.operate", unit=False)
def bulk(word: str):
    """The same deed on several cases, each in a unit of work of its own; the page tells of each what became of it."""
    if word not in BULK:
        raise Missing("没有这条记录，或已被删除")
    chosen, key = list(ids(request.form.getlist("case"))), request.form.get("idem_key", "")[:40]
    filters = _from_form()
    reason = request.form.get("reason", "").strip()
    if not chosen or len(chosen) > MOST or not reason:
        flash(tr("请选择流程并填写原因，一次最多 {limit} 个", limit=MOST), "danger")
        return go(filters.address())
    results = [_one(BULK[word][0], one, reason, f"{key}:{word}:{one}") for one in chosen]
    with unit_of_work(g.actor, write=False) as session:
        g.session = session
        return render_template("operations/index.html", results=results, done=BULK[word][1], titles=_titles(chosen), **_view(filters))


def _one(deed: Any, instance_id: int, reason: str, key: str) -> Tried:
    try:
        with unit_of_work(g.actor) as session:
            deed(session, g.actor, instance_id, reason, idem_key=key)
    except EngineError as error:
        return Tried(instance_id, False, error.text, error.params)
    except EngineBroken as broken:
        return Tried(instance_id, False, broken.reason)
    return Tried(instance_id, True)


def _from_form() -> Filters:
    """The list the deed was begun on, as the form carries it."""
    return Filters.asked({name.removeprefix("f-"): value for name, value in request.form.items() if name.startswith("f-")})


def _titles(chosen: Sequence[int]) -> dict[int, ProcessInstance]:
    rows = g.session.scalars(select(ProcessInstance).where(ProcessInstance.id.in_(chosen)), execution_options=EVERYWHERE)
    return {row.id: row for row in rows}


# ── one ──

@bp.get("/<int:instance_id>")
@allow("process.monitor")
def case(instance_id: int):
    """Where one case stands, what it knows, and what can be done to it."""
    view = cases.case_view(g.session, g.actor, instance_id)
    _check_monitors(view.instance)
    flow = catalog.flow(g.session, view.instance.definition_id)
    fields = schema(flow)
    may = g.actor.can_at(operating.OPERATE, view.instance.org_path)
    try:
        spots, data = moving.spots(g.session, instance_id), editing.data_of(g.session, instance_id)
    except EngineBroken as broken:
        spots, data = (), {}
        flash(tr(broken.reason), "danger")
    return render_template(
        "operations/case.html", view=view, case=view.instance, version=flow.version, hue=hue, spots=spots, data=data, fields=fields,
        told=case_words.told(g.session, data, case_words.labels(flow)),
        steps=frozenset({"start", *(address.rpartition("/")[2] for address in flow.rules)}), lines=_lines(instance_id), may=may,
        deeds=operation_deeds.on_case(view.instance) if may else [], running=view.instance.status == InstanceStatus.RUNNING,
        queued={step.task.id for step in view.steps if reassigning.is_queued(step.task)}, states=STATES, is_editable=editing.is_editable, words=WORDS,
        said=_as_json)


def _as_json(value: Any) -> str:
    """A value of the data as one would type it."""
    return json.dumps(value, ensure_ascii=False)


def _lines(instance_id: int) -> list[Any]:
    """What process owners have done to the case."""
    return [line for line in cases.timeline(g.session, instance_id)
            if line.action in ("suspend", "resume", "move", "skip", "edit", "reassign", "migrate", "cancel", "retry", "incident")][-30:]


def _check_monitors(instance: ProcessInstance) -> None:
    if not g.actor.can_at(MONITOR, instance.org_path):
        raise NotYours("您不能查看此流程")


@bp.get("/<int:instance_id>/deeds/<word>")
@allow("process.operate")
def ask(instance_id: int, word: str):
    return asking.show(_asked(instance_id, word))


@bp.post("/<int:instance_id>/deeds/<word>")
@allow("process.operate", unit=False)
def do(instance_id: int, word: str):
    return asking.do(lambda: _asked(instance_id, word), lambda _session, asked, _answer: asked.back)


def _asked(instance_id: int, word: str) -> Ask:
    instance = g.session.scalars(select(ProcessInstance).where(ProcessInstance.id == instance_id), execution_options=EVERYWHERE).first()
    if instance is None:
        raise Missing("没有这个流程")
    operating.check_operates(g.actor, instance)
    found = operation_deeds.prepared(word, instance)
    address = url_for("operations.do", instance_id=instance_id, word=word, **found.more.get("keep", {}))
    return Ask(found.deed, found.form, instance_id, f"{instance.code} {found.about}".strip(), address,
               came_over(url_for("operations.case", instance_id=instance_id)), found.offered, found.more)
