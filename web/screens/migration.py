"""迁移: running cases go on with another version — first a preview of each, then a report of each."""
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, g, render_template, request, url_for
from sqlalchemy import select

from data_model.process import ProcessDefinition, ProcessInstance
from data_model.scope import EVERYWHERE
from data_model.session import unit_of_work
from engine import actions, catalog
from engine.actions import migrating, operating
from engine.errors import EngineError
from engine.workshop.fact_words import PROPERTIES
from web.access import allow
from web.hue import hue
from web.i18n import tr
from web.operation_filters import Filters
from web.request_work import go
from web.steps import ids

bp = Blueprint("migration", __name__, url_prefix="/operations/migrate")

MAP = "map-"  # names of the fields that say where a step lands


@bp.get("")
@allow("process.operate")
def preview():
    """What would become of each chosen case on the chosen version; the newest that runs, unless another is asked for."""
    chosen, back = _chosen(request.args), Filters.asked({k.removeprefix("f-"): v for k, v in request.args.items() if k.startswith("f-")})
    keys = {one.key for one in chosen}
    if not chosen or len(keys) > 1:
        flash(tr("请选择同一流程的、正在办理的流程，一次最多 {limit} 个", limit=migrating.MOST), "danger")
        return go(back.address())
    return _page(chosen, back)


@bp.post("/chosen")
@allow("process.operate")
def chosen():
    """From the list to the preview: its address says which cases and which filters, and nothing else of the list's form."""
    kept = {name: value for name, value in request.form.items() if name.startswith("f-") and value}
    return go(url_for("migration.preview", case=list(ids(request.form.getlist("case")))[:migrating.MOST], **kept))


def _page(chosen: Sequence[ProcessInstance], back: Filters, refusal: EngineError | None = None) -> str:
    versions = migrating.versions(g.session, chosen[0].key)
    target = _target(versions)
    mapping = _mapping(request.values)
    seen = migrating.preview(g.session, g.actor, [one.id for one in chosen], target.id, mapping)
    lost = {landing.element: landing.name for one in seen for landing in one.landings if not landing.to and landing.kind == "task"}
    lost |= {element: element for element in mapping if element not in lost}
    return render_template(
        "operations/migrate.html", seen=seen, versions=versions, target=target, steps=_named(target), lost=lost, mapping=mapping,
        back=back, hue=hue, key=request.form.get("idem_key", "")[:40] or uuid4().hex, reason=request.form.get("reason", ""), refusal=refusal,
        able=[one for one in seen if not one.problems], due_word=PROPERTIES["due"])


@bp.post("")
@allow("process.operate", unit=False)
def do():
    """Move those that can be moved; a report of each."""
    back = Filters.asked({k.removeprefix("f-"): v for k, v in request.form.items() if k.startswith("f-")})
    wanted, reason = list(ids(request.form.getlist("case"))), request.form.get("reason", "").strip()
    if not reason or not wanted:
        with unit_of_work(g.actor, write=False) as session:
            g.session = session
            chosen = _chosen(request.form)
            if chosen:
                return _page(chosen, back, EngineError("请填写原因", field="reason")), 422
        flash(tr("请选择同一流程的、正在办理的流程，一次最多 {limit} 个", limit=migrating.MOST), "danger")
        return go(back.address())
    definition_id = request.form.get("to", 0, type=int)
    reports = actions.migrate_many(lambda: unit_of_work(g.actor), g.actor, wanted, definition_id, _mapping(request.form), reason,
                                   request.form.get("idem_key", ""))
    with unit_of_work(g.actor, write=False) as session:
        g.session = session
        titles = {row.id: row for row in _rows(wanted)}
        target = session.get(ProcessDefinition, definition_id)
        return render_template("operations/report.html", reports=reports, titles=titles, target=target, back=back,
                               again=url_for("migration.preview", case=[one.instance_id for one in reports if not one.ok], to=definition_id))


def _rows(wanted: Sequence[int]) -> Sequence[ProcessInstance]:
    return g.session.scalars(select(ProcessInstance).where(ProcessInstance.id.in_(wanted)).order_by(ProcessInstance.id),
                             execution_options=EVERYWHERE).all()


def _chosen(said: Any) -> list[ProcessInstance]:
    """Cases the person may operate, of those the address names."""
    rows = _rows(ids(said.getlist("case"))[:migrating.MOST])
    return [row for row in rows if g.actor.can_at(operating.OPERATE, row.org_path)]


def _target(versions: Sequence[ProcessDefinition]) -> ProcessDefinition:
    wanted = request.values.get("to", 0, type=int)
    found = next((row for row in versions if row.id == wanted), None)
    return found or next((row for row in versions if row.status == "effective"), versions[0])


def _mapping(said: Any) -> dict[str, str]:
    """Where steps land that have another id in the new version."""
    return {name.removeprefix(MAP)[:170]: value[:170] for name, value in said.items() if name.startswith(MAP) and value}


def _named(target: ProcessDefinition) -> list[tuple[str, str]]:
    """The steps of people in the new version."""
    flow = catalog.flow(g.session, target.id)
    return [(address, flow.name_of(address) or address) for address in flow.rules]
