"""Pages for what went wrong: in both languages, in the same look, and never with the house's insides on them."""
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from engine.broken import EngineBroken
from engine.errors import EngineError
from engine.incidents import record_broken
from web import problems
from web.asked import remember
from web.doors import under_api
from web.i18n import tr
from web.people import administrators
from web.request_work import go, in_background, is_htmx, look_who_is_there
from web.security import came_from


@dataclass(frozen=True)
class Words:
    """What a person reads: what happened, and what to do now."""

    title: str
    hint: str


WORDS = {
    400: Words("请求有误", "请返回上一页，刷新后再试一次。"),
    401: Words("请先登录", "登录已失效，请重新登录。"),
    403: Words("无权访问", "您没有打开此页的权限。如确有需要，请联系管理员。"),
    404: Words("页面不存在", "地址有误，或内容已被移走。"),
    405: Words("请求有误", "请返回上一页，刷新后再试一次。"),
    409: Words("已有变化", "别人先处理了，请刷新后查看最新情况。"),
    413: Words("文件过大", "请压缩文件，或分几次上传。"),
    422: Words("内容有误", "请按提示修改后重新提交。"),
    429: Words("操作太频繁", "请稍等片刻再试。"),
    500: Words("系统出错", "问题已记录。请稍后再试；若仍出现，请联系管理员。"),
}
BROKEN = Words("流程无法继续", "什么都没有改变，异常已记录，由流程管理员处理。")
EXPIRED = Words("页面已过期", "页面打开太久，请刷新后重新提交。")


def prepare(app: Flask) -> None:
    problems.prepare(app)
    app.register_error_handler(CSRFError, lambda error: _page(400, EXPIRED))
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(EngineBroken, _engine_broken)
    app.register_error_handler(HTTPException, _http_error)


def _http_error(error: HTTPException) -> Any:
    if under_api() and (error.code or 500) >= 400:
        return problems.of_http(error)
    if isinstance(error, SecurityError):
        return Response("Unknown host.\n", 400, content_type="text/plain")  # under such a name no page of ours has an address
    if error.code == 401:
        return _to_login()
    if error.code is not None and error.code < 400:
        return error.get_response()
    status = error.code if error.code in WORDS else 500 if (error.code or 500) >= 500 else 400
    response = _page(status, WORDS[status])
    if error.code == 405 and (allowed := getattr(error, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(allowed)
    response.status_code = error.code or 500
    return response


def _engine_error(error: EngineError) -> Response:
    remember(error)
    if under_api():
        return problems.of_engine(error)
    words = WORDS.get(error.status, WORDS[422])
    return _page(error.status, Words(words.title, tr(error.text, **error.params)))


def _engine_broken(error: EngineBroken) -> Response:
    """The move was rolled back; the incident is written in a unit of work of its own."""
    record_broken(lambda: unit_of_work(SYSTEM), error)
    return problems.of_broken() if under_api() else _page(500, BROKEN)


def _to_login() -> Response:
    """To the sign-in page, and from there back to the page the person was on."""
    here = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") and not is_htmx() else came_from(url_for("home.index"))
    address = url_for("login.index", next=here if here != "/" else None)
    if is_htmx():
        headers = {"X-Login": address} if in_background() else {"HX-Redirect": address}  # nobody is torn from a half-filled form
        return Response(status=401, headers=headers)
    if _wants_json():
        return make_response(jsonify(error=gettext("登录已失效，请重新登录。"), login=address), 401)
    return go(address, 302)


def _page(status: int, words: Words) -> Response:
    if "actor" not in g and status < 500:
        look_who_is_there()  # refused before the view: the top bar still says who is signed in
    title, hint = tr(words.title), tr(words.hint)
    if _wants_json():
        return make_response(jsonify(error=hint, title=title), status)
    if is_htmx():
        return make_response(render_template("errors/fragment.html", title=title, hint=hint), status)
    if status == 403 and getattr(g, "actor", None) and g.actor.user_id and not g.actor.permissions:
        return make_response(render_template("errors/no_permission.html", administrators=administrators()), 403)
    return make_response(render_template("errors/error.html", status=status, title=title, hint=hint), status)


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json" and request.accept_mimetypes["application/json"] > request.accept_mimetypes["text/html"]
