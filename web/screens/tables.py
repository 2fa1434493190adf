"""决策表: the list, one table as it is drawn, its versions, what they changed, and the way into service."""
from typing import Any

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import ImmutableMultiDict

from data_model.workshop import Kind
from engine.dmn.model import Table
from engine.errors import EngineError, Missing, Refused
from engine.lint import Severity
from engine.workshop import (
    checking,
    drafts,
    four_eyes,
    names,
    part_use,
    release,
    standing,
    table_changes,
    table_new,
    table_rows,
    table_trial,
    table_use,
)
from engine.workshop.drafts import Opened
from engine.workshop.table_new import Column
from web.access import allow
from web.form_fields import fields_of
from web.format import moment
from web.i18n import tr
from web.security import let_styles_in
from web.table_words import HOW, TYPES, readable, told

bp = Blueprint("tables", __name__, url_prefix="/tables")
_STARTS = ({"label": "", "said": "", "type": "string"},)


@bp.get("")
@allow("definition.view")
def index():
    return render_template("tables/index.html", tables=part_use.listing(g.session, Kind.TABLE))


@bp.get("/new")
@allow("definition.edit")
def new():
    return _new({"key": "", "name": ""}, {"inputs": _STARTS, "outputs": _STARTS})


@bp.post("/new")
@allow("definition.edit")
def create():
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("key", "name")}
    columns = {side: _columns(request.form, side) for side in ("inputs", "outputs")}
    if "more" in request.form:
        side = request.form["more"] if request.form["more"] in columns else "inputs"
        return _new(typed, columns | {side: [*columns[side], *_STARTS]})
    kept = {side: [Column(**one) for one in found if one["label"] or one["said"]] for side, found in columns.items()}
    try:
        table_new.create(g.session, g.actor, typed["key"], typed["name"], kept["inputs"], kept["outputs"])
    except EngineError as refusal:
        return _new(typed, columns, refusal), refusal.status
    return redirect(url_for(".page", key=typed["key"]), 303)


@bp.get("/<key>")
@allow("definition.view")
def page(key: str):
    """The table, to be changed by who may, to be read and tried by all who may see it."""
    opened = drafts.open_draft(g.session, g.actor, Kind.TABLE, key)
    may_edit = g.actor.can("definition.edit")
    desk = {
        "key": key, "name": opened.name, "xml": opened.content, "revision": opened.revision, "mayEdit": may_edit, "me": g.actor.name,
        "savedBy": opened.saved_by_name, "savedAt": moment(opened.saved_at) if opened.saved_at else "",
        "urls": {name: url_for(f"table_desk.{name}", key=key) for name in ("save", "visit", "check", "try_it", "keep")}
        | {"forget": url_for("table_desk.forget", key=key, row_id=0)},
    }
    found = render_template("tables/page.html", desk=desk, opened=opened, may_edit=may_edit, table=readable(opened.content),
                            versions=part_use.versions(g.session, Kind.TABLE, key))
    return let_styles_in(make_response(found))


@bp.get("/<key>/file")
@allow("definition.view")
def file(key: str):
    """The draft, or what runs, as a file."""
    opened = drafts.open_draft(g.session, g.actor, Kind.TABLE, key)
    return Response(opened.content, content_type="application/xml; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{names.file_name(Kind.TABLE, names.checked(key))}"'})


@bp.get("/<key>/versions")
@allow("definition.view")
def versions(key: str):
    found, opened = part_use.versions(g.session, Kind.TABLE, key), drafts.open_draft(g.session, g.actor, Kind.TABLE, key)
    return render_template("tables/versions.html", key=key, versions=found, opened=opened)


@bp.get("/<key>/versions/<int:number>")
@allow("definition.view")
def version(key: str, number: int):
    content = standing.content_of(g.session, Kind.TABLE, key, number)
    one = next(one for one in part_use.versions(g.session, Kind.TABLE, key) if one.version == number)
    return render_template("tables/version.html", key=key, one=one, table=readable(content))


@bp.get("/<key>/compare")
@allow("definition.view")
def compare(key: str):
    """Two versions rule by rule; `draft` is what is being drawn."""
    sides = [request.args.get(name, "") for name in ("old", "new")]
    old, new = (_side(key, side) for side in sides)
    return render_template("tables/compare.html", key=key, sides=sides, found=table_changes.changes(old, new), name=new.title, how=HOW,
                           versions=[one.version for one in part_use.versions(g.session, Kind.TABLE, key)],
                           drawn=drafts.open_draft(g.session, g.actor, Kind.TABLE, key).revision)


@bp.post("/<key>/versions/<int:number>/restore")
@allow("definition.edit")
def restore(key: str, number: int):
    revision = request.form.get("revision", "")
    standing.restore(g.session, g.actor, Kind.TABLE, key, number, int(revision) if revision.isdecimal() else 0)
    flash(gettext("版本 %(n)s 已成为草稿；部署后才会生效。", n=number), "success")
    return redirect(url_for(".page", key=key), 303)


@bp.post("/<key>/drop")
@allow("definition.edit")
def drop(key: str):
    """Give the draft up; a table that was never deployed is gone then."""
    revision = request.form.get("revision", "")
    drafts.drop(g.session, g.actor, Kind.TABLE, key, int(revision) if revision.isdecimal() else None)
    flash(gettext("草稿已删除。"), "success")
    there = part_use.versions(g.session, Kind.TABLE, key)
    return redirect(url_for(".page", key=key) if there else url_for(".index"), 303)


@bp.get("/<key>/deploy")
@allow("definition.deploy")
def before_deploy(key: str):
    return _deploy_page(key)


@bp.post("/<key>/deploy")
@allow("definition.deploy")
def deploy(key: str):
    """The draft becomes the newest version, and what uses it a new version that names it; or a second person is asked."""
    revision = request.form.get("revision", "")
    note = request.form.get("note", "")
    try:
        released = release.deploy_drafts(g.session, g.actor, {names.file_name(Kind.TABLE, key): int(revision) if revision.isdecimal() else 0}, note)
    except Refused as refusal:
        return _deploy_page(key, note, refusal), refusal.status
    except EngineError as refusal:
        if refusal.field != "note":
            raise
        return _deploy_page(key, note, refusal), refusal.status
    if released.request is not None:
        flash(gettext("已提交发布申请，等待另一位流程管理员同意。"), "success")
        return redirect(url_for(".page", key=key), 303)
    used = "、".join(f"{tr(row.name)} {row.version}" for row in released.made)
    flash(gettext("已部署。使用它的流程有了新版本：%(names)s", names=used) if used else gettext("已部署。"), "success")
    return redirect(url_for(".versions", key=key), 303)


def _deploy_page(key: str, note: str = "", refusal: EngineError | None = None) -> str:
    opened = drafts.open_draft(g.session, g.actor, Kind.TABLE, key)
    content = opened.content.encode()
    found = [*checking.findings(g.session, names.file_name(Kind.TABLE, key), content), *table_rows.findings(g.session, key, content)]
    if not any(finding.severity == Severity.ERROR for finding in found):
        found += table_use.unknown(g.session, table_trial.read(content), fields_of(g.session))
    there = part_use.versions(g.session, Kind.TABLE, key)
    errors = [finding for finding in found if finding.severity == Severity.ERROR]
    changes = None if errors or not there else table_changes.changes(_side(key, str(there[0].version)), _side(key, "draft"))
    return render_template("tables/deploy.html", key=key, opened=opened, findings=found, errors=errors, note=note, refusal=refusal, versions=there,
                           changes=changes, how=HOW, told=told, rows=len(table_rows.listing(g.session, key)), four_eyes=four_eyes.is_on(g.session),
                           request=next(iter(release.waiting(g.session, key)), None))


def _side(key: str, side: str) -> Table:
    """One side of a comparison."""
    if side == "draft":
        content = _draft(key).content
    elif side.isdecimal() and len(side) < 9:
        content = standing.content_of(g.session, Kind.TABLE, key, int(side))
    else:
        abort(404)
    table = readable(content)
    if table is None:
        raise EngineError("这张决策表读不出来，无法比较")
    return table


def _draft(key: str) -> Opened:
    opened = drafts.open_draft(g.session, g.actor, Kind.TABLE, key)
    if not opened.revision:
        raise Missing("没有草稿")
    return opened


def _new(typed: dict[str, str], columns: dict[str, Any], refusal: EngineError | None = None) -> str:
    return render_template("tables/new.html", typed=typed, columns=columns, refusal=refusal, types=TYPES)


def _columns(form: ImmutableMultiDict[str, str], side: str) -> list[dict[str, str]]:
    parts = [form.getlist(f"{side}-{part}")[:table_new.MOST + 1] for part in ("label", "said", "type")]
    return [{"label": label.strip()[:100], "said": said.strip()[:200], "type": type_} for label, said, type_ in zip(*parts, strict=False)]
