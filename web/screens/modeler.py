"""绘制: the process owner draws a diagram; the page asks here what may be named, what is wrong, and keeps the draft."""
from typing import Any

from flask import Blueprint, abort, current_app, g, jsonify, make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from data_model.session import unit_of_work
from data_model.workshop import Kind
from engine import bpmn_xml, xml_guard
from engine.lint import Finding
from engine.workshop import checking, completion, drafts, names, trial, vocabulary
from engine.workshop.offers import Offer
from engine.workshop.pointing import property_of
from forms import listing
from web.access import allow
from web.drafting import kept, visited
from web.form_fields import fields_of
from web.format import moment
from web.i18n import tr
from web.security import let_styles_in

bp = Blueprint("modeler", __name__, url_prefix="/modeler/<key>")
_LARGEST_SAMPLE = 256 * 1024


@bp.get("")
@allow("definition.view")
def page(key: str):
    """The drawing board, with the draft in it."""
    opened = drafts.open_draft(g.session, g.actor, Kind.DIAGRAM, key)
    may_edit = g.actor.can("definition.edit")
    board = {
        "key": key, "name": opened.name, "xml": opened.content, "revision": opened.revision, "mayEdit": may_edit,
        "savedAt": moment(opened.saved_at) if opened.saved_at else "", "savedBy": opened.saved_by_name, "me": g.actor.name, "person": g.actor.user_id,
        "effective": opened.effective_version, "urls": _urls(key, opened.effective_version),
    }
    response = make_response(render_template("modeler/page.html", board=board, opened=opened, may_edit=may_edit))
    return let_styles_in(response)


@bp.put("/draft")
@allow("definition.edit")
def save(key: str):
    """Keep what has been drawn so far; 409 with who and when, when somebody else has saved meanwhile."""
    sent = _sent("content", "revision")
    return kept(Kind.DIAGRAM, key, sent)


@bp.get("/draft")
@allow("definition.view")
def read(key: str):
    """The draft as it is now: theirs, after a conflict."""
    opened = drafts.open_draft(g.session, g.actor, Kind.DIAGRAM, key)
    return jsonify(content=opened.content, revision=opened.revision, savedBy=opened.saved_by_name,
                   savedAt=moment(opened.saved_at) if opened.saved_at else "")


@bp.post("/visit")
@allow("definition.edit")
def visit(key: str):
    """A heartbeat: who else has it open, and the revision that is kept now."""
    return visited(Kind.DIAGRAM, key)


@bp.get("/vocabulary")
@allow("definition.view")
def lists(key: str):
    """What every pick-list offers, in the reader's language."""
    coded = checking.known(g.session).forms or frozenset()
    return jsonify(_translated(vocabulary.vocabulary(g.session, filter(listing.is_of_a_flow, coded))))


@bp.get("/fields/<form>")
@allow("definition.view")
def fields(key: str, form: str):
    """The fields of one form, for the rules of a step about them."""
    found = fields_of(g.session)(form)
    return jsonify(fields=[{"key": field.key, "label": tr(field.label), "type": field.type} for field in found or ()], known=found is not None)


@bp.post("/lint")
@allow("definition.view", unit=False)
def check(key: str):
    """What is wrong with the drawing: the same question deployment asks."""
    sent = _sent("content")
    with unit_of_work(g.actor, write=False) as session:
        found = checking.findings(session, names.file_name(Kind.DIAGRAM, key), sent["content"].encode("utf-8", "surrogatepass"))
    return jsonify(findings=[_finding(one) for one in found])


@bp.post("/completion")
@allow("definition.view", unit=False)
def complete(key: str):
    """The data known at one element, and a sample of it."""
    sent = _sent("content", "element")
    try:
        diagram = bpmn_xml.read(sent["content"].encode("utf-8", "surrogatepass"))
    except xml_guard.XmlRefused:
        abort(400)
    with unit_of_work(g.actor, write=False) as session:
        found = _known_at(session, diagram, sent["element"]) if diagram.processes else []
        place = trial.any_place(session)
    elements = diagram.by_id
    shown = [{**offer.plain(), "label": tr(offer.label), "of": elements[offer.source].name if offer.source in elements else ""} for offer in found]
    return jsonify(fields=shown, sample=completion.sample(found, g.actor.user_id, place.id if place else 0))


@bp.post("/evaluate")
@allow("definition.view", unit=False)
def evaluate(key: str):
    """What an expression gives on sample data, or what is wrong with it, in words."""
    if (request.content_length or 0) > _LARGEST_SAMPLE:
        abort(413)
    sent = _sent("source")
    data = sent.get("data")
    with unit_of_work(g.actor, write=False) as session:
        tried = trial.try_it(session, g.actor, sent["source"], data if isinstance(data, dict) else {}, str(sent.get("kind") or "expr"))
    where = tr("第 {line} 行第 {column} 列：", line=tried.line, column=tried.column) if tried.line is not None else ""
    return jsonify(value=tried.value, people=list(tried.people), wrong=where + tr(tried.wrong, **tried.params) if tried.wrong else "")


def _known_at(session: Session, diagram: bpmn_xml.Diagram, element: str) -> list[Offer]:
    return completion.available(diagram, element, fields_of(session), lambda table: vocabulary.outputs(session, table))


def _finding(found: Finding) -> dict[str, Any]:
    return {**found.plain(tr), "property": property_of(found.rule, str(found.params.get("where", "")))}


def _sent(*needed: str) -> dict[str, Any]:
    """The JSON object that was sent; 400 when an entry that is needed is missing or of another type."""
    sent = request.get_json(silent=True)
    types = {"revision": int}
    if not isinstance(sent, dict) or not all(type(sent.get(name)) is types.get(name, str) for name in needed):
        abort(400)
    return sent


def _urls(key: str, effective: int | None) -> dict[str, str]:
    """Addresses the page's script asks, and those of pages it leads to, as far as they are there."""
    own = {name: url_for(f".{name}", key=key) for name in ("save", "visit", "lists", "check", "complete", "evaluate")}
    own |= {"board": url_for(".page", key="KEY"), "fields": url_for(".fields", key=key, form="FORM"), "people": url_for("org.people")}
    pages = {"try": f"/tryout/{key}", "deploy": f"/definitions/{key}/deploy", "definition": f"/definitions/{key}", "form": "/forms/KEY",
             "newForm": "/forms/new", "table": "/tables/KEY", "compare": f"/definitions/{key}/compare?old={effective}&new=draft" if effective else ""}
    return own | {name: path for name, path in pages.items() if path and _leads_somewhere(path)}


def _leads_somewhere(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path.partition("?")[0])
    except HTTPException:
        return False
    return True


_WORDS = {"label", "help"}


def _translated(value: Any) -> Any:
    """Every label and help below, in the reader's language; other entries as they are."""
    if isinstance(value, dict):
        return {name: tr(inner) if name in _WORDS and isinstance(inner, str) else _translated(inner) for name, inner in value.items()}
    return [_translated(inner) for inner in value] if isinstance(value, list | tuple) else value
