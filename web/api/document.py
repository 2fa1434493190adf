"""The OpenAPI document, made from the routes and the forms themselves: nothing is said twice."""
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from flask import Flask, current_app, g
from werkzeug.routing import Rule

import forms
from data_model.permissions import PUBLIC
from engine import form_versions
from engine.deployment import SHIPPED
from forms import StepForm, form_class
from forms.designed import form_class as designed_class
from web.api.form_shapes import shape_of_kind
from web.api.route import JSON, LONGEST_KEY, Route, Sent, at, room
from web.api.shapes import FORMS, NAMED, Shape, asked, number, ref, text
from web.api.strict import LARGEST_NUMBER
from web.i18n import language, tr
from web.problems import KINDS, MEDIA_TYPE

bp = room("document")
ARGUMENT = re.compile(r"<(?:(int):)?(\w+)>")
INTRODUCTION = "安澜的任务、流程实例与流程定义。权限、组织范围与网页相同；每个令牌再按其范围收窄。"


@at(bp, "GET", "/openapi.json", Route(PUBLIC, (), "本文档（OpenAPI 3.1）", "Document"))
def openapi(sent: Sent) -> dict[str, Any]:
    return document()


def document() -> dict[str, Any]:
    """The whole document in the language of the request; made once for each, and again when a form was drawn anew.

    Forms that come with the house are told to everybody, those drawn in it only to who is signed in.
    """
    kept: dict[tuple[str, Any], Any] = current_app.extensions.setdefault("openapi", {})
    drawn = form_versions.newest_versions(g.session) if g.actor.user_id else ()
    key = (language(), drawn)
    if key not in kept:
        for old in [old for old in kept if old[0] == key[0] and old[1] and drawn]:
            del kept[old]
        kept[key] = _spoken(_document(current_app, bool(drawn)))
    return kept[key]


def _document(app: Flask, with_drawn: bool) -> dict[str, Any]:
    drawn = {one.key: one.schema for one in form_versions.newest(g.session)} if with_drawn else {}
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, route in routes(app):
        paths.setdefault(_path(rule), {})[method.lower()] = _operation(rule, route, tuple(drawn))
    steps = {_name(step): shape_of_kind(form_class(step)) for step in step_forms()}
    steps |= {_name(key): shape_of_kind(designed_class(schema)) for key, schema in drawn.items()}
    return {
        "openapi": "3.1.0", "info": {"title": "安澜 API", "version": "1", "description": INTRODUCTION},
        "paths": paths, "components": {
            "schemas": {**NAMED, **steps},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "个人访问令牌，在“我的 → 访问令牌”中新建"}}}}


def routes(app: Flask) -> Iterator[tuple[Rule, str, Route]]:
    """Every view that tells itself, by address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        route = getattr(app.view_functions[rule.endpoint], "route", None)
        if route is not None:
            yield rule, next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"})), route


@cache
def step_forms() -> tuple[str, ...]:
    """Names of the forms that come with the house, such as 'hidden_danger.confirm'; not those that others are built on."""
    found: dict[type, str] = {}
    for module in pkgutil.iter_modules(forms.__path__, "forms."):
        if not (SHIPPED / f"{module.name.partition('.')[2]}.bpmn").is_file():
            continue  # asked elsewhere than at a step
        for kind in vars(import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, StepForm) and kind.__module__ == module.name and kind is not StepForm:
                found[kind] = f"{module.name.partition('.')[2]}.{_snake(kind.__name__.removesuffix('Form'))}"
    return tuple(name for kind, name in found.items() if not any(issubclass(other, kind) for other in found if other is not kind))


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _name(step: str) -> str:
    return f"form.{step}"


def _path(rule: Rule) -> str:
    return ARGUMENT.sub(r"{\2}", rule.rule)


def _operation(rule: Rule, route: Route, drawn: tuple[str, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": rule.endpoint.removeprefix("api_").replace(".", "_"), "tags": [rule.rule.split("/")[3].partition(".")[0]],
        "summary": route.summary, "parameters": [*_arguments(rule), *_query(route), *_headers(route)],
        "responses": _responses(rule, route), "x-permission": route.permission,
        "security": [] if route.permission == PUBLIC else [{"token": [scope]} for scope in route.scopes] or [{"token": []}]}
    if route.body is not None:
        body = shape_of_kind(route.form) if route.form else route.body
        told["requestBody"] = {"required": bool(body["required"]), "content": {JSON: {"schema": _with_forms(body, drawn)}}}
    if route.files:
        picture = asked({"file": {"type": "string", "contentMediaType": "application/octet-stream"}}, ("file",))
        told["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": picture}}}
    return told


def _arguments(rule: Rule) -> Iterator[Shape]:
    for kind, name in ARGUMENT.findall(rule.rule):
        shape = number(minimum=1, maximum=LARGEST_NUMBER) if kind else text(minLength=1, maxLength=64)
        yield {"name": name, "in": "path", "required": True, "schema": shape}


def _query(route: Route) -> Iterator[Shape]:
    for name, shape in route.query.items():
        described = {"description": shape["description"]} if "description" in shape else {}
        yield {"name": name, "in": "query", **described, "schema": {k: v for k, v in shape.items() if k != "description"}}


def _headers(route: Route) -> Iterator[Shape]:
    if route.keyed:
        yield {"name": "Idempotency-Key", "in": "header", "required": True, "description": "每次提交一个新的；重复提交得到第一次的答复",
               "schema": text(minLength=1, maxLength=LONGEST_KEY, pattern=r"^[\x21-\x7e]+$")}


def _responses(rule: Rule, route: Route) -> dict[str, Shape]:
    content = {kind: {"schema": {"type": "string", "contentMediaType": kind}} for kind in route.gives} or {JSON: {"schema": ref(route.answer)}}
    done: Shape = {"description": route.summary, "content": content}
    if route.location:
        done["headers"] = {"Location": {"description": "新建的流程实例", "schema": text(format="uri-reference")}}
    problems = [400, 405, 422, 500]
    problems += [] if route.permission == PUBLIC else [401, 403, 429]
    problems += [404] if rule.arguments or route.body else []
    problems += [409] if route.keyed else []
    problems += [413, 415] if route.body is not None or route.files else []
    return {str(route.status): done, **{str(status): _problem(status) for status in sorted(problems)}}


def _problem(status: int) -> Shape:
    titles = dict.fromkeys(kind.title for kind in KINDS.values() if kind.status == status)
    return {"description": " / ".join(tr(title) for title in titles), "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}


def _with_forms(body: Shape, drawn: tuple[str, ...]) -> Shape:
    """The body with the forms there are: one alternative for each, and one for flows made later."""
    if body.get(FORMS) == "start":
        keys = [step.partition(".")[0] for step in step_forms() if step.endswith(".start")]
        plain = {name: value for name, value in body.items() if name != FORMS}
        known = [{**plain, "title": key, "properties": {"definition": {"const": key}, "answers": ref(_name(f"{key}.start"))}} for key in keys]
        other = {**plain["properties"], "definition": {**plain["properties"]["definition"], "not": {"enum": keys}}}
        return {"anyOf": [*known, {**plain, "title": "其他流程", "properties": other}]}
    answers: Mapping[str, Any] = body["properties"].get("answers", {})
    if answers.get(FORMS) != "step":
        return body
    forms_of_steps = [ref(_name(step)) for step in (*step_forms(), *drawn) if not step.endswith(".start")]
    whole = {"description": answers["description"], "anyOf": [*forms_of_steps, {"title": "其他表单", "type": "object"}]}
    return {**body, "properties": {**body["properties"], "answers": whole}}


def _spoken(value: Any) -> Any:
    """The same with its words in the reader's language."""
    if isinstance(value, dict):
        return {name: tr(part) if name in ("title", "description", "summary") and isinstance(part, str) else _spoken(part)
                for name, part in value.items()}
    return [_spoken(one) for one in value] if isinstance(value, list) else value
