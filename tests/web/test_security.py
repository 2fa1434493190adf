"""What a browser is told, what it may not send, and where nobody is sent."""
from dataclasses import replace

import pytest

from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.session import unit_of_work
from engine.errors import EngineError, TooLate
from tests.web.conftest import PASSWORD
from web.access import EVERYONE, allow
from web.app import create_app
from web.security import safe_target


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/healthz", "/static/anlan.svg", "/me"])
def test_every_answer_carries_the_headers(visit, path):
    headers = visit().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(self)" in headers["Permissions-Policy"] and "Strict-Transport-Security" not in headers


def test_pages_are_not_kept_by_caches_but_bundles_are_for_a_year(visit):
    wang = visit("wang")
    assert wang.get("/me").headers["Cache-Control"] == "no-store"
    address = next(part for part in wang.last.get_data(as_text=True).split('"') if part.startswith("/static/anlan.svg?v="))
    kept = wang.get(address).headers["Cache-Control"]
    assert "immutable" in kept and "max-age=31536000" in kept


def test_a_change_without_a_token_is_refused(visit):
    wang = visit("wang")
    assert wang.client.post("/logout").status_code == 400
    assert wang.client.post("/language", data={"language": "en", "csrf_token": "guessed"}).status_code == 400
    assert wang.client.post("/me/messages/read", json={}).status_code == 400
    assert wang.get("/me").status_code == 200


def test_a_token_of_another_browser_does_not_help(visit):
    wang, mallory = visit("wang"), visit("li")
    assert wang.client.post("/logout", headers={"X-CSRFToken": mallory.token}).status_code == 400


def test_signing_in_makes_a_new_token(visit):
    wang = visit()
    wang.get("/login")
    before = wang.token
    wang.sign_in("wang")
    assert wang.client.post("/logout", headers={"X-CSRFToken": before}).status_code == 400


OPEN_REDIRECTS = ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil",
                  "javascript:alert(1)", "http:evil", "///evil.example", " //evil.example", "/ok\r\nSet-Cookie: a=b", "evil", "",
                  "/\x00/evil", "//[evil", "/" + "a" * 3000]


@pytest.mark.parametrize("target", OPEN_REDIRECTS)
def test_nobody_is_sent_to_another_house(target):
    assert safe_target(target) is None


@pytest.mark.parametrize("target", ["/", "/me", "/inbox?tab=mine&q=%E6%B0%B4", "/ledger#row-3"])
def test_our_own_pages_are_fine(target):
    assert safe_target(target) == target


def test_after_sign_in_a_foreign_next_is_ignored(visit):
    visitor = visit()
    visitor.get("/login")
    answer = visitor.post("/login?next=https://evil.example", {"login": "wang", "password": PASSWORD})
    assert answer.location == "/"
    visitor.get("/me")
    assert visitor.post("/language", {"language": "en", "next": "//evil.example"}).location == "/"


def test_only_the_hosts_we_answer_to(settings, house):
    client = create_app(replace(settings, trusted_hosts=("anlan.example.com",))).test_client()
    assert client.get("/healthz", base_url="http://anlan.example.com").status_code == 200
    assert client.get("/healthz", base_url="http://evil.example").status_code == 400


def test_too_much_is_refused_in_words(visit):
    answer = visit("wang").post("/language", data={"language": "x" * (21 * 1024 * 1024)})
    assert answer.status_code == 413 and "文件过大" in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", [f"/me/sessions/{10**30}/revoke", f"/me/messages/{2**63}/open", "/me/messages?before=" + "9" * 40])
def test_a_number_that_no_database_holds_is_no_page_of_ours(visit, address):
    wang = visit("wang")
    answer = wang.get(address) if "?" in address else wang.post(address)
    assert answer.status_code == (200 if "?" in address else 404)


@pytest.fixture
def troubled(web_app, house):
    """Views that go wrong in every way a view can, after having changed something."""

    def view(kind):
        from flask import abort, g  # inside, as the views are made here

        g.session.get_one(User, g.actor.user_id).phone = "changed"
        g.session.flush()
        if kind == "engine":
            raise TooLate("已由 {who} 于 {when} 处理", who="<b>李敏</b>", when="2026-11-24T09:12:00+08:00")
        if kind == "mend":
            raise EngineError("请填写整改措施")
        if kind == "crash":
            raise RuntimeError("the password is 1234")
        if kind == "page":
            return "no good", 422
        return abort(int(kind))

    web_app.add_url_rule("/trouble/<kind>", "trouble", allow(EVERYONE)(view), methods=["POST"])
    web_app.testing = False
    return web_app


@pytest.mark.parametrize("kind, status, words", [
    ("engine", 409, "已由 &lt;b&gt;李敏&lt;/b&gt; 于"), ("mend", 422, "请填写整改措施"), ("crash", 500, "系统出错"),
    ("page", 422, "no good"),
    ("400", 400, "请求有误"), ("403", 403, "无权访问"), ("404", 404, "页面不存在"), ("409", 409, "已有变化"), ("413", 413, "文件过大"),
    ("422", 422, "内容有误"), ("429", 429, "操作太频繁")])
def test_what_goes_wrong_is_told_in_words_and_leaves_nothing_behind(troubled, visit, house, kind, status, words):
    wang = visit("wang")
    answer = wang.post(f"/trouble/{kind}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == status and words in page
    assert "Traceback" not in page and "1234" not in page and (kind == "page" or "王强" in page)
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.get(User, house["wang"]).phone == ""


def test_trouble_is_told_in_english_in_fragments_and_in_json(troubled, visit):
    wang = visit("wang")
    wang.post("/language", {"language": "en"})
    assert "Something changed" in wang.post("/trouble/409").get_data(as_text=True)
    fragment = wang.post("/trouble/409", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in fragment and "Somebody else was first" in fragment
    answer = wang.post("/trouble/409", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["title"]) == (409, "Something changed")


def test_a_form_left_open_too_long_is_told_so(visit):
    page = visit("wang").client.post("/language", data={"language": "en"}).get_data(as_text=True)
    assert "页面已过期" in page


def test_the_watchman_gets_his_answer_without_an_account(visit):
    answer = visit().get("/healthz")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "ok\n")
