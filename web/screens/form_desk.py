"""What the page of a designed form asks as one draws: keep the draft, look it over, show it, and try it."""
import json
from typing import Any

from flask import Blueprint, abort, g, jsonify, render_template, request
from werkzeug.datastructures import MultiDict

from data_model.session import unit_of_work
from data_model.workshop import Kind
from forms.context import FormContext
from forms.designed import Finding, check, form_class
from web.access import allow
from web.drafting import kept, visited
from web.i18n import tr
from web.steps import Step

bp = Blueprint("form_desk", __name__, url_prefix="/forms/<key>")


@bp.put("/draft")
@allow("definition.edit")
def save(key: str):
    """Keep what has been drawn so far; 409 with who and when, when somebody else has saved meanwhile."""
    sent = _sent()
    if not isinstance(sent.get("revision"), int):
        abort(400)
    return kept(Kind.FORM, key, sent)


@bp.post("/visit")
@allow("definition.edit")
def visit(key: str):
    """A heartbeat: who else has it open, and the revision that is kept now."""
    return visited(Kind.FORM, key)


@bp.post("/check", endpoint="check")
@allow("definition.view", unit=False)
def look_over(key: str):
    """What is wrong with it."""
    return jsonify(findings=[_told(one) for one in check(_sent()["content"])])


@bp.post("/preview")
@allow("definition.view", unit=False)
def preview(key: str):
    """How it will look: by the very fields and the template of a task page."""
    return _shown(_sent()["content"], None)


@bp.post("/try")
@allow("definition.view", unit=False)
def try_out(key: str):
    """The same with something filled in: what is wrong with it, or what the answers would be. Nothing is kept."""
    sent = _sent()
    values = sent.get("values")
    if not isinstance(values, list) or not all(isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in values):
        abort(400)
    return _shown(sent["content"], MultiDict([(name, said) for name, said in values]))


def _shown(content: str, filled: MultiDict[str, str] | None) -> Any:
    wrong = [one for one in check(content) if one.severity == "error"]
    if wrong:
        return render_template("form_designer/_preview.html", step=None, wrong=[_told(one)["text"] for one in wrong], answers=None)
    with unit_of_work(g.actor, write=False) as g.session:
        step = Step(form_class(content)(filled if filled is None or filled else MultiDict([("", "")]), context=FormContext(g.session, g.actor)))
        answers = json.dumps(step.form.answers(), ensure_ascii=False, indent=2) if filled is not None and step.form.validate() else None
        try:
            return render_template("form_designer/_preview.html", step=step, wrong=[], answers=answers)
        finally:
            g.pop("session", None)


def _told(one: Finding) -> dict[str, str]:
    return one.plain(tr)


def _sent() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("content"), str):
        abort(400)
    return sent
