"""What went wrong, as programs read it: application/problem+json (RFC 9457), in the language they accept."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException

from engine.errors import EngineError
from web import tokens
from web.doors import VERSION
from web.i18n import tr

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: what happened, and what to do now."""

    status: int
    title: str
    detail: str


KINDS: dict[str, Kind] = {
    "bad-request": Kind(400, "请求有误", "请求无法理解，请检查地址和内容。"),
    "bad-json": Kind(400, "请求有误", "请求内容不是有效的 JSON：{what}。"),
    "no-key": Kind(400, "缺少 Idempotency-Key", "请在请求头 Idempotency-Key 中给出 1 至 255 个可见 ASCII 字符，每次提交一个新的。"),
    "no-token": Kind(401, "需要访问令牌", "请在请求头中给出 Authorization: Bearer 和您的访问令牌。"),
    "bad-token": Kind(401, "访问令牌无效", "令牌不存在、已过期或已撤销。请在“我的 → 访问令牌”中新建。"),
    "forbidden": Kind(403, "无权访问", "您没有这项权限。如确有需要，请联系管理员。"),
    "scope": Kind(403, "访问令牌的范围不够", "此操作需要范围 {scopes}。"),
    "password": Kind(403, "须先修改密码", "您的密码还是初始密码，请先在网页上修改，访问令牌随即可用。"),
    "missing": Kind(404, "没有找到", "地址有误，或内容已被移走。"),
    "method": Kind(405, "不支持此方法", "此地址不支持方法 {method}。"),
    "late": Kind(409, "已有变化", "别人先处理了，请重新读取后再试。"),
    "large": Kind(413, "内容过大", "请求内容过大，请减小后再试。"),
    "media": Kind(415, "不支持的内容类型", "请以 {wanted} 提交。"),
    "invalid": Kind(422, "内容有误", "请按 errors 中的提示修改后重新提交。"),
    "reused": Kind(422, "Idempotency-Key 已用过", "此 Idempotency-Key 已用于另一请求，请换一个新的。"),
    "busy": Kind(429, "操作太频繁", "无效的令牌太多，请 {seconds} 秒后再试。"),
    "broken": Kind(500, "流程无法继续", "什么都没有改变，异常已记录，由流程管理员处理。"),
    "internal": Kind(500, "系统出错", "问题已记录。请稍后再试；若仍出现，请联系管理员。"),
}
BY_STATUS = {400: "bad-request", 403: "forbidden", 404: "missing", 409: "late", 413: "large", 422: "invalid"}


class Problem(Exception):
    """Carries one out of a view; what the view changed is undone.

    Args:
        kind: one of KINDS.
        errors: of several fields, as (name, words).
        params: fill the named places of the detail, and are told beside it.
    """

    def __init__(self, kind: str, errors: Sequence[tuple[str, Any]] = (), detail: Any = "", **params: Any) -> None:
        super().__init__(kind)
        self.kind, self.errors, self.detail, self.params = kind, errors, detail, params


def prepare(app: Flask) -> None:
    app.register_error_handler(Problem, lambda problem: told(problem.kind, problem.errors, problem.detail, **problem.params))


def told(kind: str, errors: Sequence[tuple[str, Any]] = (), detail: Any = "", **params: Any) -> Response:
    """The answer that says it."""
    known = KINDS[kind]
    body = {"type": f"{VERSION}/docs#{kind}", "title": tr(known.title), "status": known.status,
            "detail": tr(detail) if detail else tr(known.detail, **params), **params}
    if errors:
        body["errors"] = [{"field": name, "message": tr(words)} for name, words in errors]
    return _answer(body)


def of_http(error: HTTPException) -> Response:
    """For what Flask refuses before or beside a view."""
    code = error.code or 500
    if code == 401:
        return _unknown()
    if code >= 500:
        return told("internal")
    if code == 405:
        response = told("method", method=request.method)
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
        return response
    response = told(BY_STATUS.get(code, "bad-request"))
    if response.status_code != code:  # rare ones such as 416 and 431
        response = _answer({**response.get_json(), "status": code})
    return response


def of_engine(error: EngineError) -> Response:
    """For what an action refuses, in its own words."""
    words = tr(error.text, **error.params)
    return told(BY_STATUS.get(error.status, "invalid"), [(error.field, words)] if error.field else (), words)


def of_broken() -> Response:
    return told("broken")


def _unknown() -> Response:
    """Nobody known asks. Bad tokens are counted, and after too many of them their address waits."""
    realm = 'Bearer realm="Anlan"'
    if not tokens.presented(request):
        response = told("no-token")
        response.headers["WWW-Authenticate"] = realm
    elif wait := tokens.wait_after_bad(request.remote_addr or ""):
        response = told("busy", seconds=wait)
        response.headers["Retry-After"] = str(wait)
    else:
        response = told("bad-token")
        response.headers["WWW-Authenticate"] = f'{realm}, error="invalid_token"'
    return response


def _answer(body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), body["status"], content_type=MEDIA_TYPE)
