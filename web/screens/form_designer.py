"""表单: the list, a new one, and the page on which one is drawn, looked at and put into service."""
import json
from typing import Any

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from data_model.workshop import Kind
from engine.errors import EngineError
from engine.workshop import drafts, names, part_use, standing
from forms.dictionaries import DICTIONARIES
from web.access import allow
from web.format import moment
from web.i18n import tr
from web.security import let_styles_in

bp = Blueprint("form_designer", __name__, url_prefix="/forms")
DEEDS = ("save", "visit", "check", "preview", "try_out")


@bp.get("")
@allow("definition.view")
def index():
    return render_template("form_designer/index.html", forms=part_use.listing(g.session, Kind.FORM))


@bp.get("/new")
@allow("definition.edit")
def new():
    return render_template("form_designer/new.html", typed={name: request.args.get(name, "") for name in ("key", "name", "copy")}, refusal=None,
                           forms=part_use.listing(g.session, Kind.FORM))


@bp.post("/new")
@allow("definition.edit")
def create():
    """An empty form, or a copy of another, as a draft."""
    typed = {name: request.form.get(name, "").strip()[:100] for name in ("key", "name", "copy")}
    try:
        _begin(typed)
    except EngineError as refusal:
        return render_template("form_designer/new.html", typed=typed, refusal=refusal, forms=part_use.listing(g.session, Kind.FORM)), refusal.status
    return redirect(url_for(".page", key=typed["key"]), 303)


@bp.get("/<key>")
@allow("definition.view")
def page(key: str):
    """The drawing board of a form, and how it will look; who may not draw sees how it looks."""
    opened = drafts.open_draft(g.session, g.actor, Kind.FORM, names.checked(key))
    may_edit = g.actor.can("definition.edit")
    desk = {
        "key": key, "name": opened.name, "xml": opened.content, "revision": opened.revision, "mayEdit": may_edit, "me": g.actor.name,
        "shelf": "anlan-form", "file": names.file_name(Kind.FORM, key),
        "dictionaries": [{"value": name, "label": tr(label)} for name, (label, _) in DICTIONARIES.items()],
        "urls": {name: url_for(f"form_desk.{name}", key=key) for name in DEEDS},
    }
    found = render_template("form_designer/page.html", desk=desk, opened=opened, may_edit=may_edit, versions=part_use.versions(g.session, Kind.FORM, key),
                            saved_at=moment(opened.saved_at) if opened.saved_at else "")
    return let_styles_in(make_response(found))


@bp.get("/<key>/file")
@allow("definition.view")
def file(key: str):
    """The draft, or what runs, as a file."""
    opened = drafts.open_draft(g.session, g.actor, Kind.FORM, names.checked(key))
    return Response(opened.content, content_type="application/json; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{names.file_name(Kind.FORM, key)}"'})


@bp.post("/<key>/versions/<int:number>/restore")
@allow("definition.edit")
def restore(key: str, number: int):
    standing.restore(g.session, g.actor, Kind.FORM, names.checked(key), number, _revision())
    flash(gettext("版本 %(n)s 已成为草稿；部署后才会生效。", n=number), "success")
    return redirect(url_for(".page", key=key), 303)


@bp.post("/<key>/drop")
@allow("definition.edit")
def drop(key: str):
    """Give the draft up; a form that was never deployed is gone then."""
    drafts.drop(g.session, g.actor, Kind.FORM, names.checked(key), _revision() or None)
    flash(gettext("草稿已删除。"), "success")
    there = part_use.versions(g.session, Kind.FORM, key)
    return redirect(url_for(".page", key=key) if there else url_for(".index"), 303)


def _begin(typed: dict[str, str]) -> None:
    if names.checked(typed["key"]) == "new":
        raise EngineError("编号 {key} 是保留字，请换一个", "key", key=typed["key"])
    if not typed["name"]:
        raise EngineError("请填写名称", "name")
    if any(one.key == typed["key"] for one in part_use.listing(g.session, Kind.FORM)):
        raise EngineError("已有编号为 {key} 的表单，请换一个", "key", key=typed["key"])
    schema: dict[str, Any] = {"type": "default", "id": f"Form_{typed['key']}", "components": []}
    if typed["copy"]:
        schema = json.loads(drafts.open_draft(g.session, g.actor, Kind.FORM, names.checked(typed["copy"])).content)
    content = json.dumps({**schema, "name": typed["name"]}, ensure_ascii=False, indent=2)
    drafts.save(g.session, g.actor, Kind.FORM, typed["key"], content, 0, typed["name"])


def _revision() -> int:
    sent = request.form.get("revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
