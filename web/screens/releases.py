"""部署: look once more at what changes, say why, and make it the running version; with four eyes, ask and decide."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from data_model.workshop import Kind, ReleaseRequest
from engine.errors import EngineError, Refused
from engine.lint import Finding, Severity
from engine.workshop import checking, drafts, four_eyes, names, parcel, release, scenarios, shelf
from engine.workshop.compare import Change, How
from web.access import allow
from web.definition_pages import NOWHERE
from web.i18n import tr
from web.request_work import forget

bp = Blueprint("releases", __name__, url_prefix="/definitions")


class ScenariosDiffer(EngineError):
    """Saved scenarios went another way, and nobody has said that this is meant."""

    def __init__(self, done: list[scenarios.Replayed]) -> None:
        super().__init__("有场景与预期不同，请看清楚，勾选“我看过了，仍要部署”后再部署", "anyway")
        self.done = done


@dataclass
class Part:
    """One draft that may go along."""

    name: str
    kind: Kind
    key: str
    title: str
    revision: int
    saved_by: str
    saved_at: Any
    new: bool
    chosen: bool
    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def errors(self) -> int:
        return sum(finding.severity == Severity.ERROR for finding in self.findings)

    @property
    def executing(self) -> int:
        return sum(change.executes and not (change.what and change.kind in (How.ADDED, How.REMOVED)) for change in self.changes)


@bp.get("/<key>/deploy")
@allow("definition.deploy")
def page(key: str):
    """The draft of a diagram, with the tables and forms that are drawn for it."""
    return _page(key, Kind.DIAGRAM)


@bp.get("/<any('bpmn', 'dmn', 'form'):kind>/<key>/deploy")
@allow("definition.deploy")
def part(kind: str, key: str):
    """The same for a table or a form alone."""
    return _page(key, Kind(kind))


@bp.post("/<any('bpmn', 'dmn', 'form'):kind>/<key>/deploy")
@allow("definition.deploy")
def deploy(kind: str, key: str):
    """All that was chosen, or nothing."""
    note = request.form.get("note", "")
    try:
        done = release.deploy_drafts(g.session, g.actor, _chosen(), note, heed=None if "anyway" in request.form else _as_expected)
    except EngineError as refusal:
        forget()
        shown = _page(key, Kind(kind), refusal, note)
        return shown if isinstance(shown, tuple) else (shown, refusal.status)  # nothing is drawn any more: that page has its own status
    if done.request is not None:
        flash(gettext("已提交发布申请，等待另一位流程管理员同意。"), "success")
        return redirect(url_for(".requests"), 303)
    also = [] if kind == Kind.DIAGRAM else [row.name for row in done.made]
    flash(gettext("已部署，随之更新的流程：%(names)s", names="、".join(map(tr, also))) if also else gettext("已部署。"), "success")
    return redirect(_after(key, Kind(kind), [row.key for row in done.made]), 303)


@bp.get("/<key>/deployed")
@allow("definition.view")
def deployed(key: str):
    """What came of a deployment: the new version, and the cases that stay where they are."""
    versions = shelf.versions(g.session, Kind.DIAGRAM, key)
    if not versions:
        raise EngineError(NOWHERE, key=key[:80])
    return render_template("definitions/deployed.html", key=key, versions=versions, behind=[v for v in versions[1:] if v.running],
                           also=request.args.getlist("also"))


@bp.post("/<any('bpmn', 'dmn', 'form'):kind>/<key>/replay")
@allow("definition.deploy")
def replay(kind: str, key: str):
    """The saved scenarios on what is about to be deployed; nothing of it stays."""
    contents = drafts.contents(g.session)
    files = {name: contents[name].encode() for name in _chosen() if name in contents}
    done = scenarios.replay_all(g.session, g.actor, files)
    return render_template("definitions/_replayed.html", done=done, key=key)


@bp.get("/releases")
@allow("definition.deploy")
def requests():
    return _requests()


@bp.get("/releases/<int:request_id>")
@allow("definition.deploy")
def asked(request_id: int):
    """One request: what it would change."""
    return _asked(request_id)


@bp.post("/releases/<int:request_id>/<any('agree', 'refuse', 'withdraw'):deed>")
@allow("definition.deploy")
def decide(request_id: int, deed: str):
    try:
        if deed == "agree":
            release.agree(g.session, g.actor, request_id)
        elif deed == "refuse":
            release.refuse(g.session, g.actor, request_id, request.form.get("reason", ""))
        else:
            release.withdraw(g.session, g.actor, request_id)
    except EngineError as refusal:
        if refusal.status != 422:
            raise
        forget()
        return _asked(request_id, refusal), 422
    flash({"agree": gettext("已同意。"), "refuse": gettext("已拒绝。"), "withdraw": gettext("已撤回。")}[deed], "success")
    return redirect(url_for(".requests"), 303)


@bp.post("/releases/switch")
@allow("definition.deploy")
def switch():
    """On at once; off only when a second person agrees."""
    try:
        if request.form.get("to") == "on":
            four_eyes.turn_on(g.session, g.actor)
            flash(gettext("双人发布已开启。"), "success")
        else:
            four_eyes.ask_off(g.session, g.actor, request.form.get("note", ""))
            flash(gettext("已提交关闭申请，等待另一位流程管理员同意。"), "success")
    except EngineError as refusal:
        forget()
        return _requests(refusal), refusal.status
    return redirect(url_for(".requests"), 303)


@bp.app_template_global()
def finding_words(finding: Finding) -> str:
    """What lint says, in the language of the reader."""
    return finding.message(tr)


def _page(key: str, kind: Kind, refusal: EngineError | None = None, note: str = "") -> Any:
    main = names.file_name(kind, names.checked(key))
    parts = _parts(main, request.form.getlist("file") if refusal else None)
    if not parts or parts[0].name != main:
        return render_template("definitions/nothing_drawn.html", key=key, kind=kind), 404 if not refusal else refusal.status
    kept = [scenario for part in parts if part.kind is Kind.DIAGRAM for scenario in scenarios.listing(g.session, part.key)]
    return render_template(
        "definitions/deploy.html", key=key, kind=kind, main=parts[0], parts=parts, note=note, refusal=refusal,
        refused=refusal.findings if isinstance(refusal, Refused) else (), four_eyes=four_eyes.is_on(g.session),
        waiting=release.waiting(g.session, key), scenarios=len(kept),
        done=refusal.done if isinstance(refusal, ScenariosDiffer) else None, running=_running(key) if kind is Kind.DIAGRAM else [])


def _as_expected(files: Mapping[str, bytes]) -> None:
    """The scenarios are replayed in the request itself: a page that has not shown them yet lets nothing through."""
    done = scenarios.replay_all(g.session, g.actor, files)
    if not all(one.ok for one in done):
        raise ScenariosDiffer(done)


def _parts(main: str, chosen: list[str] | None) -> list[Part]:
    """The draft itself, then drafts that it asks for, each ticked unless the person has ticked for themselves."""
    contents = drafts.contents(g.session)
    if main not in contents:
        return []
    needed = parcel.needed(contents, main)
    found = []
    for draft in drafts.listing(g.session):
        name = names.file_name(draft.kind, draft.key)
        if name == main or name in needed:
            now = shelf.versions(g.session, draft.kind, draft.key)
            content = contents[name].encode()
            found.append(Part(
                name, draft.kind, draft.key, draft.name, draft.revision, draft.saved_by_name, draft.saved_at, not now,
                name == main or chosen is None or any(name == one.partition(":")[0] for one in chosen),
                checking.findings(g.session, name, content), parcel.changes(g.session, draft.kind, draft.key, content)))
    return sorted(found, key=lambda part: part.name != main)


def _chosen() -> dict[str, int]:
    """File names with the revisions that the page showed: `p.bpmn:3`."""
    given = [text.rpartition(":") for text in request.form.getlist("file")]
    return {name: int(revision) for name, _, revision in given if name and revision.isdecimal() and len(revision) < 10}


def _running(key: str) -> list[shelf.Version]:
    return [version for version in shelf.versions(g.session, Kind.DIAGRAM, key) if version.running]


def _after(key: str, kind: Kind, made: Iterable[str]) -> str:
    also = [other for other in made if other != key]
    if kind is Kind.DIAGRAM:
        return url_for(".deployed", key=key, also=also)
    return url_for("definitions.index", tab="tables" if kind is Kind.TABLE else "forms")


def _requests(refusal: EngineError | None = None) -> Any:
    return render_template("definitions/requests.html", waiting=release.waiting(g.session), decided=release.decided(g.session),
                           on=four_eyes.is_on(g.session), many=four_eyes.how_many(g.session), turn_off=four_eyes.TURN_OFF, refusal=refusal)


def _asked(request_id: int, refusal: EngineError | None = None) -> Any:
    row = g.session.get(ReleaseRequest, request_id)
    if row is None:
        raise EngineError("没有这份发布申请")
    parts = [(name, *names.parted(name), parcel.changes(g.session, *names.parted(name), content.encode())) for name, content in row.files.items()]
    return render_template("definitions/asked.html", row=row, parts=parts, refusal=refusal, turn_off=four_eyes.TURN_OFF, moved=How.MOVED,
                           mine=row.asked_by == g.actor.user_id, wrong=tr(refusal.text, **refusal.params) if refusal else "")


