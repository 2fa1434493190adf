"""随手拍: from seeing to reported in half a minute, on a phone, with or without a network."""
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, send_from_directory, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from data_model import clock
from data_model.organisation import OrgUnit
from data_model.process import Command, ProcessInstance
from data_model.session import unit_of_work
from data_model.snapshot import Snapshot
from engine import actions
from engine.errors import EngineError
from forms import FormContext, StepForm, form_class
from web.access import EVERYONE, PUBLIC, allow
from web.i18n import language, tr
from web.ledger.register import all_registers
from web.static_files import FOLDER
from web.uploads import with_photos

bp = Blueprint("snapshot", __name__)

KEY_LENGTH = 64
RECENT = 10


@bp.get("/snapshot")
@allow("process.start")
def index() -> str:
    return _page(form_class("snapshot.start")(None, context=_context({"grid": _grid_of_code()})))


@bp.get("/snapshot/shell")
@allow(PUBLIC, unit=False)
def shell() -> str:
    """The page without anybody's data: what the service worker keeps for working offline."""
    return render_template("snapshot/shell.html")


@bp.get("/snapshot/ticket")
@allow(EVERYONE)
def ticket() -> Response:
    """Who is signed in here, and a fresh token, for reports that waited."""
    return jsonify(user=g.actor.user_id, name=g.actor.name, csrf=generate_csrf(), language=language())


@bp.get("/snapshot/grids")
@allow("process.start")
def grids() -> Response:
    """The places one may pick, kept on the phone for working offline."""
    places = _context().grids
    codes = dict(g.session.execute(select(OrgUnit.id, OrgUnit.code).where(OrgUnit.id.in_([i for i, _name in places]))).all())
    return jsonify(user=g.actor.user_id, own=g.actor.unit_id, grids=[[i, name, codes[i]] for i, name in places])


@bp.post("/snapshot")
@allow("process.start", unit=False)
def report() -> Any:
    """One report, once: the same key again gets the first one's answer. Photos come as ids, or as files without scripts."""
    key = request.form.get("key", "")[:KEY_LENGTH]
    if not key:
        return _refused(_("请刷新页面后重新提交"), {}, request.form)
    if (case := _reported(key)) is not None:
        return _thanks(case)
    posted, bad_photos = with_photos(request.form, request.files, g.actor)
    try:
        with unit_of_work(g.actor) as session:
            form = form_class("snapshot.start")(_as_entered(posted), context=FormContext(session, g.actor))
            faults = {name: [tr(bad.text, **bad.params)] for name, bad in bad_photos.items()}
            if not form.validate():
                faults |= {field.name: [_said(error) for error in field.errors] for field in form if field.errors}
            if faults:
                raise _Faulty(faults)
            grid = form.grid.data
            answer = actions.start(session, g.actor, "snapshot", form.answers(), idem_key=key, unit_id=grid)
            case = session.get_one(ProcessInstance, answer.instance_id, execution_options={"everywhere": True})
            session.expunge(case)
    except _Faulty as faulty:
        return _refused(_("请按提示修改后重新提交。"), faulty.faults, posted)
    except EngineError as error:
        return _refused(tr(error.text, **error.params), {}, posted, error.status)
    return _thanks(case)


@bp.get("/sw.js")
@allow(PUBLIC, unit=False, always=True)
def service_worker() -> Response:
    """From the root, so that it may answer for every page."""
    response = send_from_directory(FOLDER / "bundles", "sw.js", mimetype="text/javascript", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@bp.get("/manifest.webmanifest")
@allow(PUBLIC, unit=False, always=True)
def manifest() -> Response:
    """What a phone needs to put Anlan on its home screen."""
    icons = [{"src": url_for("static_files.file", filename=f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
              "purpose": "any maskable"} for size in (192, 512)]
    return Response(jsonify(
        name=_("安澜 · 安全生产"), short_name=_("安澜"), lang=language(), start_url="/", scope="/", display="standalone",
        background_color="#ffffff", theme_color="#0a4a6b", icons=icons,
        shortcuts=[{"name": _("随手拍"), "url": url_for(".index"), "icons": icons[:1]}]).data, mimetype="application/manifest+json")


class _Faulty(Exception):
    """Carries what is wrong out of a unit of work that must not be kept."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        self.faults = faults


def _context(query: dict[str, str] | None = None) -> FormContext:
    return FormContext(g.session, g.actor, query=query or {})


def _grid_of_code() -> str:
    """The id behind ?grid=CODE of a printed QR code; '' when there is no such place."""
    code = request.args.get("grid", "").replace("\0", "")[:40]
    found = g.session.scalar(select(OrgUnit.id).where(OrgUnit.code == code, OrgUnit.active)) if code else None
    return str(found or "")


def _page(form: StepForm, faults: dict[str, list[str]] | None = None, refusal: str = "", key: str = "") -> str:
    places = _context().grids
    asked = request.args.get("grid", "")
    lost = bool(asked) and form.grid.data not in dict(places)
    return render_template(
        "snapshot/index.html", form=form, places=places, faults=faults or {}, refusal=refusal, key=key or uuid4().hex,
        lost_code=asked if lost else "", done=_done(), recent=_recent(), colours=all_registers()["snapshot"].colours)


def _done() -> ProcessInstance | None:
    """The case just reported, for browsers without scripts."""
    number = request.args.get("done", 0, int)
    return g.session.scalar(select(ProcessInstance).where(
        ProcessInstance.id == number, ProcessInstance.starter_id == g.actor.user_id)) if 0 < number < 2**53 else None


def _recent() -> list[tuple[Snapshot, str, int | None]]:
    """The person's own latest reports: row, name of the place, case."""
    case = select(ProcessInstance.id).where(ProcessInstance.subject_kind == "snapshot", ProcessInstance.subject_id == Snapshot.id) \
        .correlate(Snapshot).limit(1).scalar_subquery()
    rows = g.session.execute(select(Snapshot, OrgUnit.name, case).join(OrgUnit, OrgUnit.id == Snapshot.grid_id)
                             .where(Snapshot.reporter_id == g.actor.user_id).order_by(Snapshot.id.desc()).limit(RECENT))
    return [(row[0], row[1], row[2]) for row in rows]


def _as_entered(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """The moment a phone tells (ISO, UTC) on the company's clock; a phone whose clock is ahead took the photo now."""
    entered = posted.copy()
    try:
        taken = datetime.fromisoformat(posted.get("taken_at", "").replace("Z", "+00:00"))
    except ValueError:
        taken = clock.now()
    if taken.tzinfo is None:
        taken = taken.replace(tzinfo=clock.zone())
    entered["taken_at"] = clock.local(min(taken, clock.now())).strftime("%Y-%m-%dT%H:%M:%S")
    return entered


def _reported(key: str) -> ProcessInstance | None:
    """The case this report has already become."""
    with unit_of_work(g.actor, write=False) as session:
        command = session.get(Command, key)
        if command is None or command.actor_id != g.actor.user_id or not command.result:
            return None
        case = session.get(ProcessInstance, command.result["instance_id"], execution_options={"everywhere": True})
        if case is not None:
            session.expunge(case)
        return case


def _thanks(case: ProcessInstance) -> Any:
    if _wants_json():
        return jsonify(id=case.id, code=case.code, url=f"/cases/{case.id}")
    return redirect(url_for(".index", done=case.id), 303)


def _refused(refusal: str, faults: dict[str, list[str]], posted: MultiDict[str, str], status: int = 422) -> Any:
    """The page again, nothing typed lost; for a script the words, and whether photos must be sent again."""
    if _wants_json():
        words = " ".join(word for field in faults.values() for word in field) or refusal
        return jsonify(error=words, fields=faults, gone="photos" in faults and bool(posted.getlist("photos"))), status
    with unit_of_work(g.actor, write=False) as g.session:
        form = form_class("snapshot.start")(_as_entered(posted), context=_context())
        page = _page(form, faults, refusal, posted.get("key", ""))
    g.pop("session", None)
    return page, status


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html") == "application/json"


def _said(error: Any) -> str:
    """A form's words carry their message id."""
    return tr(getattr(error, "text", str(error)), **getattr(error, "params", {}))
