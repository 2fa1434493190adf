"""The approval sheet of a case (审批单): to be printed by the browser, or as PDF."""
from flask import Blueprint, Response, make_response, render_template, request, url_for

from web import pdf
from web.access import EVERYONE, allow
from web.i18n import tr
from web.sheet import WORDING, Paper, as_pdf, sheet_of
from web.static_files import asset
from web.steps import looking

bp = Blueprint("print", __name__, url_prefix="/cases")

@bp.get("/<int:instance_id>/print")
@allow(EVERYONE)
def sheet(instance_id: int):
    return _page(instance_id)


@bp.get("/<int:instance_id>/print.pdf")
@allow(EVERYONE, unit=False)
def document(instance_id: int):
    """The database is let go before the sheet is set: that takes a second."""
    with looking():
        found = sheet_of(instance_id)
        html, shelf = as_pdf(found, render_template)
        name = f"{found.case.code or instance_id}.pdf"
    try:
        content = pdf.write(html, shelf)
    except pdf.NoPdf as missing:
        with looking():
            return make_response(_page(instance_id, tr(missing.text)), missing.status)
    answer = Response(content, content_type="application/pdf")
    answer.headers.set("Content-Disposition", "attachment" if "save" in request.args else "inline", filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(instance_id: int, refusal: str = "") -> str:
    found = sheet_of(instance_id)
    return render_template("print/sheet.html", sheet=found, paper=Paper(False, found), styles=asset("bundles/print.css"), refusal=refusal,
                           **WORDING, back=url_for("case.page", instance_id=instance_id))
