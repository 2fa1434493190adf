"""Versions as drawings and files, and two of them side by side."""
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext

from data_model.workshop import Kind
from engine import bpmn_xml, diagram_svg, drawing, xml_guard
from engine.diagram_svg import Marks
from engine.errors import EngineError
from engine.workshop import shelf
from engine.workshop.compare import Change, How, differences, marks
from engine.workshop.element_words import spoken
from engine.workshop.fact_words import TAGS
from web.access import allow
from web.definition_pages import DRAFT, Which, effective_word, of_key, which
from web.i18n import tr
from web.screens.course import ONLY_A_PICTURE

bp = Blueprint("definition_files", __name__, url_prefix="/definitions/<key>")
_XML = "application/xml; charset=utf-8"


@bp.app_template_global()
def value_words(what: str, value: str) -> str:
    """What is written, as people read it; a line each."""
    lines = [value] if getattr(value, "params", None) else value.split("\n")
    return "\n".join(gettext("、").join(tr(part) for part in spoken(what, line)) for line in lines)


@dataclass(frozen=True)
class Element:
    """One element of the comparison, with everything that is different about it."""

    id: str
    name: str
    tag: str
    kind: str
    changes: list[Change] = field(default_factory=list)


@bp.get("/versions/<number>/diagram")
@allow("definition.view")
def diagram(key: str, number: str):
    """For the viewer: the drawing without marks."""
    return jsonify(xml=which(key, number).xml, done=[], flows=[], current=[], failed=[], badges={})


@bp.get("/versions/<number>/<name>.bpmn")
@allow("definition.view")
def bpmn(key: str, number: str, name: str):
    """The file, as a download."""
    if name != key:
        abort(404)
    return _download(which(key, number).xml, _XML, f"{_called(key, number)}.bpmn")


@bp.get("/versions/<number>/<name>.svg")
@allow("definition.view")
def svg(key: str, number: str, name: str):
    """The picture: in the page where it is shown without scripts, or as a download."""
    picture = drawing.read(bpmn_xml.read(which(key, number).xml.encode()).root) if name == key else None
    if picture is None:
        abort(404)
    answer = _download(diagram_svg.svg(picture, Marks(), tr), "image/svg+xml; charset=utf-8",
                       "" if "shown" in request.args else f"{_called(key, number)}.svg")
    answer.headers["Content-Security-Policy"] = ONLY_A_PICTURE
    return answer


@bp.get("/compare")
@allow("definition.view")
def compare(key: str):
    """What is different between two versions, or between what runs and what is drawn."""
    one = of_key(key)
    older, newer = _pair(key, one)
    if not older or not newer:
        return redirect(url_for("definitions.page", key=key), 303)
    old, new = which(key, older), which(key, newer)
    found = _differences(old, new)
    return render_template(
        "definitions/compare.html", one=one, old=old, new=new, versions=shelf.versions(g.session, Kind.DIAGRAM, key),
        executing=_elements([c for c in found if c.executes]), named=_elements([c for c in found if not c.executes and c.kind != How.MOVED]),
        moved=_elements([c for c in found if c.kind == How.MOVED]), tags=TAGS)


@bp.get("/compare/diagrams")
@allow("definition.view")
def compared(key: str):
    """Both drawings with their marks, for the viewer."""
    old, new = which(key, request.args.get("old", "")), which(key, request.args.get("new", ""))
    older, newer = marks(_differences(old, new))
    return jsonify(old={"xml": old.xml, "marks": older}, new={"xml": new.xml, "marks": newer})


def _pair(key: str, one: shelf.Shelved) -> tuple[str, str]:
    """Which two: as asked, else what runs and the draft, else the last two versions."""
    numbers = [str(version.number) for version in shelf.versions(g.session, Kind.DIAGRAM, key)]
    newer = request.args.get("new") or (DRAFT if one.draft else numbers[0] if numbers else "")
    earlier = [number for number in numbers if number != newer]
    return request.args.get("old") or (effective_word(key) if newer == DRAFT else "") or (earlier[0] if earlier else ""), newer


def _differences(old: Which, new: Which) -> list[Change]:
    try:
        return differences(old.xml.encode(), new.xml.encode())
    except xml_guard.XmlRefused as refusal:
        raise EngineError(refusal.text, **refusal.params) from None


def _elements(changes: list[Change]) -> list[Element]:
    """By element, in the order of the diagram; steps before the lines between them."""
    ordered = sorted(changes, key=lambda change: change.tag == "sequenceFlow")
    by_element = [(key, list(group)) for key, group in groupby(ordered, key=lambda change: (change.element, change.tag))]
    return [Element(id, group[0].name, tag, group[0].kind, [c for c in group if c.what and c.kind != How.MOVED])
            for (id, tag), group in by_element]


def _called(key: str, number: str) -> str:
    return f"{key}-{number if number == DRAFT else 'v' + number}"


def _download(content: str, kind: str, name: str) -> Response:
    answer: Any = Response(content, content_type=kind)
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
