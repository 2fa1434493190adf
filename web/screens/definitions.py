"""流程: every process definition, its versions, and what may be done to them."""
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from data_model.organisation import ROLE_NAMES
from data_model.process import DefinitionStatus
from data_model.workshop import Kind
from engine.bpmn_xml import EVERYONE
from engine.errors import EngineError
from engine.workshop import drafts, four_eyes, release, shelf, standing, template
from web.access import allow
from web.definition_pages import DRAFT, Which, chosen, first_words, of_key, which
from web.i18n import tr

bp = Blueprint("definitions", __name__, url_prefix="/definitions")

TABS = {"processes": "流程", "tables": "决策表", "forms": "表单"}
_KINDS = {"tables": Kind.TABLE, "forms": Kind.FORM}


@bp.get("")
@allow("definition.view")
def index():
    tab = request.args.get("tab", "processes")
    tab = tab if tab in TABS else "processes"
    q = request.args.get("q", "").strip()[:100]
    everything = shelf.processes(g.session) if tab == "processes" else shelf.parts(g.session, _KINDS[tab])
    rows = [row for row in everything if not q or any(q.lower() in word.lower() for word in (row.name, row.key, row.category, tr(row.name)))]
    categories = list(dict.fromkeys(row.category for row in rows))
    return render_template("definitions/index.html", tab=tab, tabs=TABS, rows=rows, categories=categories, q=q, any=bool(everything),
                           waiting=len(release.waiting(g.session)), four_eyes=four_eyes.is_on(g.session), many=four_eyes.how_many(g.session))


@bp.get("/new")
@allow("definition.edit")
def new():
    return _new_page({"source": request.args.get("source", "")})


@bp.post("/new")
@allow("definition.edit")
def create():
    """A small diagram that runs, or a copy of another, as a draft under a new key."""
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("name", "key", "source")}
    try:
        template.begin(g.session, g.actor, typed["key"], typed["name"], typed["source"])
    except EngineError as refusal:
        return _new_page(typed, refusal), refusal.status
    flash(gettext("已新建草稿。"), "success")
    return redirect(url_for(".page", key=typed["key"]), 303)


@bp.get("/<key>")
@allow("definition.view")
def page(key: str):
    return _page(of_key(key))


@bp.get("/<key>/versions/<number>")
@allow("definition.view")
def version(key: str, number: str):
    """One version, or the draft, as a drawing."""
    one, shown = of_key(key), which(key, number)
    return render_template("definitions/version.html", one=one, shown=shown, draft=one.draft)


@bp.post("/<key>/versions/<int:number>/restore")
@allow("definition.edit")
def restore(key: str, number: int):
    standing.restore(g.session, g.actor, Kind.DIAGRAM, key, number, _number("revision"))
    flash(gettext("版本 %(n)s 已成为草稿；部署后才会生效。", n=number), "success")
    return redirect(url_for(".page", key=key), 303)


@bp.post("/<key>/versions/<int:number>/discard")
@allow("definition.deploy")
def discard(key: str, number: int):
    standing.discard(g.session, g.actor, key, number)
    flash(gettext("已搁置来自文件的版本 %(n)s。", n=number), "success")
    return redirect(url_for(".page", key=key), 303)


@bp.post("/<key>/draft/drop")
@allow("definition.edit")
def drop(key: str):
    drafts.drop(g.session, g.actor, Kind.DIAGRAM, key, _number("revision"))
    flash(gettext("草稿已删除。"), "success")
    there = shelf.versions(g.session, Kind.DIAGRAM, key)
    return redirect(url_for(".page", key=key) if there else url_for(".index"), 303)


@bp.post("/<key>/starters")
@allow("definition.deploy")
def starters(key: str):
    """Who may start it by hand."""
    who = request.form.get("who", "")
    roles = [EVERYONE] if who == EVERYONE else request.form.getlist("roles") if who == "roles" else []
    if who == "roles" and not roles:
        return _page(of_key(key), starters_wrong=gettext("请至少选择一个角色")), 422
    standing.set_starters(g.session, g.actor, key, _number("version"), roles)
    flash(gettext("已保存可发起的人。"), "success")
    return redirect(url_for(".page", key=key) + "#starters", 303)


@bp.post("/<key>/retire")
@allow("definition.deploy")
def retire(key: str):
    try:
        standing.retire(g.session, g.actor, key, _number("version"))
    except EngineError as refusal:
        if refusal.status != 422:
            raise
        return _page(of_key(key), retire_wrong=tr(refusal.text, **refusal.params)), 422
    flash(gettext("流程已停用：不能再发起，在办的继续办完。"), "success")
    return redirect(url_for(".page", key=key), 303)


def _new_page(typed: dict[str, str], refusal: EngineError | None = None) -> Any:
    rows = [row for row in shelf.processes(g.session) if row.version]
    wrong = {(refusal.field or "key") if refusal else "": tr(refusal.text, **refusal.params) if refusal else ""}
    return render_template("definitions/new.html", typed=typed, wrong=wrong, rows=rows)


def _page(one: shelf.Shelved, **more: Any) -> Any:
    versions = shelf.versions(g.session, Kind.DIAGRAM, one.key)
    effective = next((v for v in versions if v.status == DefinitionStatus.EFFECTIVE), None)
    shown = chosen(one.key, str(effective.number)) if effective else chosen(one.key, DRAFT) if one.draft else None
    return render_template(
        "definitions/page.html", one=one, versions=versions, effective=effective, shown=shown, roles=ROLE_NAMES, everyone=EVERYONE,
        parts=_parts(shown), requests=release.waiting(g.session, one.key), callers=standing.callers(g.session, one.key) if effective else [],
        words=first_words, **more)


def _parts(shown: Which | None) -> list[tuple[Kind, Any]]:
    return shelf.parts_of(g.session, shown.row) if shown and shown.row else []


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not text.isdecimal() or len(text) > 9:
        abort(400)
    return int(text)
