"""Access tokens: made by who knows the password, shown once, ended at once; and what a guesser with a cookie gets."""
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.api_token import ApiToken, Scope
from data_model.audit import AuditEntry
from data_model.organisation import LoginFailure, User
from data_model.session import unit_of_work
from tests.api.conftest import Program
from tests.web.conftest import PASSWORD
from web import tokens

ASKED = {"name": "报表同步", "scopes": ["tasks:read", "cases:read"], "days": "90", "password": PASSWORD}


def made(visitor, **said):
    page = visitor.post("/me/tokens", {**ASKED, **said})
    found = re.search(r'>(anlan_[^<]+)<', page.get_data(as_text=True))
    return page, found and found[1]


def rows():
    with unit_of_work(SYSTEM, write=False) as session:
        return list(session.scalars(select(ApiToken).order_by(ApiToken.id)))


def test_li_makes_a_token_sees_it_once_and_a_program_comes_in_with_it(visit, web_app):
    li = visit("li")
    page, secret = made(li)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert len(secret) > 40, "256 bits"
    me = Program(web_app, secret).get("/me")
    assert me["login"] == "li" and me["token"] == {"name": "报表同步", "scopes": ["cases:read", "tasks:read"], "expires_at": me["token"]["expires_at"]}
    again = li.get("/me/tokens").get_data(as_text=True)
    assert secret not in again and "报表同步" in again and "刚刚" in again
    (row,) = rows()
    assert secret not in str(vars(row)) and row.token_hash == tokens.fingerprint(secret)
    with unit_of_work(SYSTEM, write=False) as session:
        audited = session.scalars(select(AuditEntry).where(AuditEntry.kind == "api_token")).all()
        assert [entry.deed for entry in audited] == ["create"] and row.token_hash not in str(audited[0].changes)


@pytest.mark.parametrize("wrong, words", [
    ({"name": " "}, "请填写名称"), ({"scopes": []}, "请至少选择一项范围"), ({"scopes": ["everything"]}, "aria-invalid"), ({"days": "36500"}, "aria-invalid"),
    ({"password": "wrong"}, "当前密码不正确"), ({"password": ""}, "请填写当前密码"), ({"name": "x" * 61}, "aria-invalid")])
def test_what_is_not_right_makes_no_token(visit, wrong, words):
    page, secret = made(visit("li"), **wrong)
    assert page.status_code == 422 and words in page.get_data(as_text=True) and not secret and not rows()


def test_somebody_at_an_open_desk_cannot_guess_the_password_there(visit):
    li = visit("li")
    for _ in range(3):
        made(li, password="guess")
    page, secret = made(li)
    assert page.status_code == 429 and not secret and not rows()


def test_nobody_has_more_tokens_than_can_be_looked_over(program, visit, house):
    for _ in range(tokens.MOST):
        program("li")
    page, secret = made(visit("li"))
    assert page.status_code == 422 and "最多 20 个" in page.get_data(as_text=True) and not secret


def test_a_revoked_token_opens_nothing_and_only_its_owner_revokes_it(program, visit):
    machine, li = program("li"), visit("li")
    (row,) = rows()
    assert visit("wang").post(f"/me/tokens/{row.id}/revoke").status_code == 404
    machine.get("/me")
    assert li.post(f"/me/tokens/{row.id}/revoke").status_code == 303
    told = machine.get("/me", 401)
    assert told["type"].endswith("#bad-token") and "invalid_token" in machine.last.headers["WWW-Authenticate"]
    assert li.post(f"/me/tokens/{row.id}/revoke").status_code == 404


def test_a_token_ends_by_itself_and_never_lives_longer_than_a_year(program):
    with clock.at(clock.now()):
        short, long = program("li", life=timedelta(days=30)), program("li", life=timedelta(days=9999))
        clock.move(timedelta(days=30))
        short.get("/me", 401)
        long.get("/me")
        clock.move(timedelta(days=335))
        long.get("/me", 401)


def test_whoever_is_disabled_is_out_and_stays_out_when_enabled_again(program, house):
    machine = program("li")
    for active in (False, True):
        with unit_of_work(SYSTEM) as session:
            session.get(User, house["li"]).active = active
        machine.get("/me", 401)


def test_before_a_forced_password_change_a_token_opens_nothing(program, house):
    machine = program("li")
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["li"]).must_change_password = True
    assert machine.get("/tasks", 403)["type"].endswith("#password")


def test_a_cookie_opens_nothing_here_and_a_forged_form_does_nothing(visit, reported, story):
    li, task = visit("li"), story.task("confirm")
    assert li.get("/api/v1/me").status_code == 401 and li.get("/inbox").status_code == 200
    forged = li.post(f"/api/v1/tasks/{task}/claim", json={}, headers={"Idempotency-Key": "x"})
    assert forged.status_code == 401 and "Set-Cookie" not in forged.headers


def test_a_token_is_no_way_into_the_pages(program):
    machine = program("li")
    assert machine.client.get("/inbox", headers={"Authorization": f"Bearer {machine.token}"}).status_code == 302


@pytest.mark.parametrize("header", ["", "Basic bGk6eA==", "Bearer", "Bearer  ", "Token x", "Bearer " + "x" * 5000, "Bearer anlan_钥匙",
                                    "Bearer anlan_" + "x" * 43])
def test_what_is_no_token_is_told_so(stranger, header):
    answer = stranger.client.get("/api/v1/me", headers={"Authorization": header.encode().decode("latin-1")} if header else {})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json") and "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_guesser_waits_longer_and_longer_and_stops_nobody_else(stranger, program):
    li = program("li")
    stranger.token = "anlan_guess"
    answers = [stranger.raw("GET", "/me").status_code for _ in range(22)]
    assert answers[:20] == [401] * 20 and answers[-1] == 429
    assert int(stranger.last.headers["Retry-After"]) >= 1 and stranger.last.json["type"].endswith("#busy")
    li.get("/me")
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert stranger.raw("GET", "/me").status_code == 401
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.scalar(select(func.count()).select_from(LoginFailure)) == 1


def test_last_used_is_noted_at_most_once_a_minute(program):
    with clock.at(clock.now()):
        machine, begun = program("li"), clock.now()
        machine.get("/me")
        clock.move(timedelta(seconds=50))
        machine.get("/me")
        assert rows()[0].last_used_at == begun
        clock.move(timedelta(seconds=10))
        machine.get("/me")
        assert rows()[0].last_used_at == clock.now()


def test_scopes_are_words_of_the_house():
    assert [str(scope) for scope in Scope] == ["tasks:read", "tasks:act", "cases:read", "cases:start", "definitions:read"]
