"""导出包、导入包: a process with everything it needs, as one file."""
from io import BytesIO

from flask import Blueprint, g, render_template, request, send_file

from engine.errors import EngineError
from engine.workshop import bundle, zip_guard
from web.access import allow
from web.request_work import forget

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
            raise EngineError("请选择一个包（.zip）", "file")
        with upload.stream as stream:
            data = stream.read(zip_guard.MAX_BYTES + 1)
        landed = bundle.take(g.session, g.actor, bundle.read(data), over=request.form.get("over") == "yes")
    except EngineError as refusal:
        forget()
        return render_template("definitions/import.html", refusal=refusal, taken=getattr(refusal, "taken", ())), refusal.status
    return render_template("definitions/landed.html", landed=landed, name=upload.filename[:120])
