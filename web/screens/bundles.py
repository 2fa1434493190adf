"""导出包、导入: a process with everything it needs as one file, or a diagram from elsewhere."""
from io import BytesIO

from flask import Blueprint, g, render_template, request, send_file

from data_model.workshop import Kind
from engine.errors import EngineError
from engine.workshop import bundle, checking, drafts, names, zip_guard
from engine.workshop.imports import taking
from engine.workshop.imports.report import How
from web.access import allow
from web.i18n import tr
from web.request_work import forget

HOWS = {How.HAND: "须手工处理", How.LOOK: "已转换，请核对", How.DONE: "已转换", How.NEEDLESS: "不需要"}
_ZIP = b"PK"
bp = Blueprint("bundles", __name__, url_prefix="/definitions")


@bp.get("/<key>/bundle.zip")
@allow("definition.view")
def export(key: str):
    return send_file(BytesIO(bundle.export(g.session, key)), "application/zip", as_attachment=True, max_age=0, download_name=f"{key}.zip")


@bp.get("/import")
@allow("definition.edit")
def page():
    return render_template("definitions/import.html")


@bp.post("/import")
@allow("definition.edit")
def take():
    """Everything lands in drafts; the page then shows what each would change."""
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise EngineError("请选择一个文件（.zip、.bpmn 或 .xml）", "file")
        with upload.stream as stream:
            data = stream.read(zip_guard.MAX_BYTES + 1)
        if not data.startswith(_ZIP) and not upload.filename.lower().endswith(".zip"):
            return _elsewhere(data, upload.filename)
        landed = bundle.take(g.session, g.actor, bundle.read(data), over=request.form.get("over") == "yes")
    except EngineError as refusal:
        forget()
        return render_template("definitions/import.html", refusal=refusal, taken=getattr(refusal, "taken", ())), refusal.status
    return render_template("definitions/landed.html", landed=landed, name=upload.filename[:120])


def _elsewhere(data: bytes, name: str) -> str:
    """A diagram of another tool: what became of what it said, and what the check still finds."""
    taken = taking.take(g.session, g.actor, data, name)
    content = drafts.open_draft(g.session, g.actor, Kind.DIAGRAM, taken.key).content
    found = checking.findings(g.session, names.file_name(Kind.DIAGRAM, taken.key), content.encode())
    return render_template("definitions/imported.html", taken=taken, file=name[:120], findings=[finding.plain(tr) for finding in found],
                           hows={how: tr(words) for how, words in HOWS.items()})
