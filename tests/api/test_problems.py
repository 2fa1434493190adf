"""Whatever goes wrong is told as application/problem+json, in the language asked for, and never as a page."""
import json
from dataclasses import replace

import pytest

from data_model.actor import SYSTEM
from data_model.db import db
from data_model.organisation import User
from data_model.session import unit_of_work
from engine.broken import EngineBroken
from web.app import create_app
from web.problems import KINDS

DEEP = "[" * 50_000 + "]" * 50_000


def problem(answer, status, kind):
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.get_data(as_text=True)
    told = answer.json
    assert told["status"] == status and told["type"] == f"/api/v1/docs#{kind}" and told["title"] and told["detail"]
    return told


@pytest.mark.parametrize("method, path, status, kind", [
    ("GET", "/nothing", 404, "missing"), ("GET", "/tasks/99999999999999999999", 404, "missing"), ("PUT", "/tasks", 405, "method"),
    ("DELETE", "/me", 405, "method"), ("POST", "/docs", 405, "method"), ("GET", "/tasks/-1", 404, "missing"), ("GET", "/tasks/x", 404, "missing"),
    ("GET", "/tasks/done?cursor=%00", 400, "bad-request"), ("GET", "/tasks?nothing=1", 422, "invalid"),
    ("GET", "/tasks?tab=all&tab=mine", 422, "invalid"), ("GET", "/tasks?limit=0", 422, "invalid"), ("GET", "/tasks?limit=x", 422, "invalid"),
    ("GET", "/tasks?limit=-999999999999999999999", 422, "invalid"), ("GET", "/cases?which=all", 422, "invalid"),
    ("GET", "/tasks?cursor=nonsense", 422, "invalid"), ("GET", "/tasks?limit=１", 422, "invalid")])
def test_a_wrong_address(program, method, path, status, kind):
    told = problem(program("li").raw(method, path), status, kind)
    if status == 405:
        assert "Allow" in program("li").raw(method, path).headers
    assert ("errors" in told) == (status == 422)


@pytest.mark.parametrize("body, status, kind", [
    (b"", 422, "invalid"), (b"{", 400, "bad-json"), (b"\xff{}", 400, "bad-json"), (b'{"reason": NaN}', 400, "bad-json"),
    (b'{"reason": Infinity}', 400, "bad-json"), (b'{"reason": 1e999}', 400, "bad-json"), (b'{"reason": ' + b"9" * 5000 + b"}", 400, "bad-json"),
    (b'{"reason": "a", "reason": "b"}', 400, "bad-json"), (DEEP.encode(), 400, "bad-json"), (b'{"reason": "' + b'\\"' * 120_000, 400, "bad-json"),
    (b'{"reason": "' + b"x" * 300_000 + b'"}', 413, "large"), (b"[]", 422, "invalid"), (b"null", 422, "invalid"), (b"{}", 422, "invalid"),
    (b'{"reason": 5}', 422, "invalid"), (b'{"reason": "x", "and": 1}', 422, "invalid"), (b'{"reason": "a\\u0000b"}', 422, "invalid"),
    (b'{"reason": "\\ud800"}', 422, "invalid"), (b'{"reason": "x", "\\ud800": 1}', 422, "invalid"), (b'{"reason": "   "}', 422, "invalid")])
def test_a_wrong_body(program, reported, body, status, kind):
    told = problem(program("wang").raw("POST", f"/cases/{reported}/cancel", data=body, content_type="application/json",
                                       headers={"Idempotency-Key": "k"}), status, kind)
    assert "\\ud800" not in json.dumps(told)


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/xml"])
def test_another_media_type(program, reported, media):
    more = {"content_type": media} if media else {}
    problem(program("wang").raw("POST", f"/cases/{reported}/cancel", data=b'{"reason": "x"}', headers={"Idempotency-Key": "k"}, **more), 415, "media")
    problem(program("wang").raw("POST", "/files", json={}), 415, "media")


def test_a_file_that_is_no_photo_and_one_that_is_too_large(program):
    wang = program("wang")
    problem(wang.raw("POST", "/files", data={"file": (__file__, "x.png")}), 422, "invalid")
    problem(wang.raw("POST", "/files", data={"other": "x"}, content_type="multipart/form-data"), 422, "invalid")
    problem(wang.raw("POST", "/files", data=b"x" * (21 * 1024 * 1024), content_type="multipart/form-data; boundary=x"), 413, "large")


@pytest.mark.parametrize("accepted, chinese", [("en-GB,en;q=0.9", False), ("zh-CN", True), ("fr", True), ("", True)])
def test_every_kind_in_the_language_asked_for(stranger, accepted, chinese):
    told = stranger.client.get("/api/v1/me", headers={"Accept-Language": accepted}).json
    assert told["title"].isascii() != chinese and told["detail"].isascii() != chinese


def test_a_persons_own_language_counts_only_when_none_is_asked_for(program, house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["li"]).language = "en"
    li = program("li")
    assert li.get("/tasks/999999", 404)["title"] == "Not found"
    assert li.get("/tasks/999999", 404, **{"Accept-Language": "zh"})["title"] == "没有找到"


def test_what_breaks_shows_nothing_of_the_inside(web_app, program, reported, monkeypatch):
    web_app.testing = False
    wang = program("wang")
    monkeypatch.setattr("web.api.me.moment", lambda at: 1 / 0)
    told = problem(wang.raw("GET", "/me"), 500, "internal")
    assert "division" not in json.dumps(told) and set(told) == {"type", "title", "status", "detail"}


def test_a_case_that_cannot_go_on_is_told_as_that(web_app, program, reported, monkeypatch):
    def broken(*_args, **_more):
        raise EngineBroken("流程状态无法读取", None, detail="inside")
    monkeypatch.setattr("engine.actions.cancel", broken)
    wang = program("wang")
    told = problem(wang.raw("POST", f"/cases/{reported}/cancel", json={"reason": "x"}, headers={"Idempotency-Key": "k"}), 500, "broken")
    assert "inside" not in json.dumps(told)


def test_an_unknown_host_is_told_so_too(settings, house, monkeypatch):
    app = create_app(replace(settings, trusted_hosts=("anlan.example.com",)))
    problem(app.test_client().get("/api/v1/me", base_url="http://evil.example"), 400, "bad-request")
    with app.app_context():
        db.engine.dispose()


def test_statuses_agree_with_their_kinds():
    assert all(400 <= kind.status < 600 for kind in KINDS.values())
