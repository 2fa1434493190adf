"""Files of rows: taken in as checked photos, given out only to who may see the row they hang on."""
from flask import Blueprint, Response, abort, g, jsonify, request, send_file, url_for

from data_model import storage
from data_model.attachment import Attachment
from data_model.session import unit_of_work
from engine.errors import EngineError, Missing
from web import documents
from web.access import EVERYONE, allow
from web.file_access import may_see
from web.i18n import tr
from web.uploads import THUMB, keep, root, take

bp = Blueprint("files", __name__, url_prefix="/files")

INLINE = ("image/jpeg", "image/png")  # made by us; anything else is a download
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"


@bp.post("")
@allow("file.upload", unit=False)
def upload():
    """One photo; its id goes into the form that carries it."""
    sent = request.files.get("file")
    if sent is None:
        return _refused(EngineError("请选择照片"))
    try:
        photo = take(sent)
    except EngineError as bad:
        return _refused(bad)
    with unit_of_work(g.actor) as session:
        row = keep(session, g.actor, sent.filename, photo)
        return jsonify(id=row.id, name=row.name, width=row.width, height=row.height,
                       url=url_for(".whole", file_id=row.id), thumb=url_for(".thumb", file_id=row.id)), 201


@bp.post("/documents")
@allow("file.upload", unit=False)
def upload_document():
    """One file that is no photo, for a designed form."""
    sent = request.files.get("file")
    if sent is None:
        return _refused(EngineError("请选择文件"))
    try:
        document = documents.take(sent)
    except EngineError as bad:
        return _refused(bad)
    with unit_of_work(g.actor) as session:
        row = documents.keep(session, g.actor, document)
        return jsonify(id=row.id, name=row.name, url=url_for(".whole", file_id=row.id)), 201


@bp.get("/<int:file_id>")
@allow(EVERYONE)
def whole(file_id: int):
    return _given(file_id, "")


@bp.get("/<int:file_id>/thumb")
@allow(EVERYONE)
def thumb(file_id: int):
    return _given(file_id, THUMB)


def _given(file_id: int, suffix: str) -> Response:
    file = g.session.get(Attachment, file_id) if file_id < 2**53 else None
    if file is None or not may_see(g.session, g.actor, file):
        raise Missing("文件不存在，或您无权查看")
    path = storage.place(root(), file.sha256, suffix)
    if not path.is_file():
        abort(404)
    kind = "image/jpeg" if suffix else file.media_type
    answer = send_file(path, mimetype=kind, as_attachment=kind not in INLINE, download_name=file.name,
                       etag=file.sha256 + suffix, conditional=True, max_age=0)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-cache"  # asked again each time: rights change
    return answer


def _refused(error: EngineError):
    return jsonify(error=tr(error.text, **error.params)), error.status
