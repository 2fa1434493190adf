"""Photos for forms: uploaded first, then named by id in the answers."""
from typing import Any

from flask import g, request

from data_model.api_token import Scope
from data_model.session import unit_of_work
from engine.errors import EngineError
from web.api.route import Route, Sent, at, room
from web.problems import Problem
from web.uploads import keep, take

bp = room("files", "/files")
FORM = "multipart/form-data"


@at(bp, "POST", "", Route("file.upload", (Scope.TASKS_ACT, Scope.CASES_START), "上传一张照片（字段名 file）", "File", files=True,
                          unit=False, status=201))
def upload(sent: Sent) -> dict[str, Any]:
    if request.mimetype != FORM:
        raise Problem("media", wanted=FORM)
    file = request.files.get("file")
    if file is None:
        raise EngineError("请选择照片", "file")
    photo = take(file)
    with unit_of_work(g.actor) as session:
        row = keep(session, g.actor, file.filename, photo)
        return {"id": row.id, "name": row.name, "width": row.width, "height": row.height}
