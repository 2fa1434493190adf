"""Photos and signatures for forms: uploaded first, then named by id in the answers; and photos of what one may see."""
from typing import Any

from flask import Response, g, request, send_file
from werkzeug.datastructures import FileStorage

from data_model import storage
from data_model.api_token import Scope
from data_model.attachment import Attachment
from data_model.permissions import EVERYONE
from data_model.session import unit_of_work
from engine import signatures
from engine.errors import EngineError, Missing
from web.api.route import Route, Sent, at, room
from web.file_access import may_see
from web.problems import Problem
from web.uploads import keep, root, take

bp = room("files", "/files")
FORM = "multipart/form-data"
GIVEN = ("image/jpeg", "image/png", "application/octet-stream")


@at(bp, "GET", "/<int:file_id>", Route(EVERYONE, (Scope.TASKS_READ, Scope.CASES_READ), "下载有权查看的照片或附件", "File", gives=GIVEN))
def download(sent: Sent, file_id: int) -> Response:
    """What the token's owner may see in the browser, and nothing else; whatever is no picture is only bytes."""
    file = g.session.get(Attachment, file_id)
    path = storage.place(root(), file.sha256) if file is not None and may_see(g.session, g.actor, file) else None
    if file is None or path is None or not path.is_file():
        raise Missing("文件不存在，或您无权查看")
    kind = file.media_type if file.media_type in GIVEN else GIVEN[-1]
    return send_file(path, mimetype=kind, as_attachment=True, download_name=file.name, max_age=0)


@at(bp, "POST", "/signatures", Route("file.upload", (Scope.TASKS_ACT,), "上传一张手写签名（PNG，字段名 file）", "File", files=True,
                                     unit=False, status=201))
def sign(sent: Sent) -> dict[str, Any]:
    png = _sent().stream.read(signatures.LARGEST + 1)
    with unit_of_work(g.actor) as session:
        row = signatures.keep(session, g.actor, root(), png)
        return {"id": row.id, "name": row.name, "width": row.width, "height": row.height}


@at(bp, "POST", "", Route("file.upload", (Scope.TASKS_ACT, Scope.CASES_START), "上传一张照片（字段名 file）", "File", files=True,
                          unit=False, status=201))
def upload(sent: Sent) -> dict[str, Any]:
    file = _sent()
    photo = take(file)
    with unit_of_work(g.actor) as session:
        row = keep(session, g.actor, file.filename, photo)
        return {"id": row.id, "name": row.name, "width": row.width, "height": row.height}


def _sent() -> FileStorage:
    if request.mimetype != FORM:
        raise Problem("media", wanted=FORM)
    file = request.files.get("file")
    if file is None:
        raise EngineError("请选择照片", "file")
    return file
