"""Signing in and out: what a thief, a guesser and a forgetful person meet."""
import statistics
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import LoginFailure, LoginSession, User
from data_model.session import unit_of_work
from tests.web.conftest import PASSWORD, Visitor
from web import login, patience
from web.app import create_app


def test_wang_signs_in_and_sees_his_page(visit):
    wang = visit("wang")
    page = wang.get("/me")
    assert page.status_code == 200 and "王强" in page.get_data(as_text=True)


def test_a_stranger_is_sent_to_the_door_and_from_there_back_to_the_page(visit):
    stranger = visit()
    sent = stranger.get("/me/messages?show=unread")
    assert (sent.status_code, sent.location) == (302, "/login?next=/me/messages?show%3Dunread")
    stranger.get(sent.location)
    entered = stranger.post(sent.location, {"login": "wang", "password": PASSWORD})
    assert (entered.status_code, entered.location) == (303, "/me/messages?show=unread")


@pytest.mark.parametrize("login, password", [("wang", "wrong"), ("nobody", PASSWORD), ("", PASSWORD), ("wang", ""), ("wang", "x" * 200),
                                             ("w" * 300, "x")])
def test_a_wrong_name_or_password_is_refused_in_the_same_words(visit, login, password):
    answer = visit().sign_in(login, password)
    assert answer.status_code == 422
    if login and 0 < len(password) < 100 and len(login) < 65:
        assert "账号或密码不正确" in answer.get_data(as_text=True)


def test_a_name_that_no_database_can_hold_is_a_bad_request(visit):
    assert visit().sign_in("wang\x00", PASSWORD).status_code == 400


def test_a_guesser_waits_longer_and_longer_and_the_page_says_how_long(visit):
    guesser = visit()
    for _ in range(3):
        assert guesser.sign_in("wang", "wrong").status_code == 422
    answer = guesser.sign_in("wang", PASSWORD)
    assert answer.status_code == 429 and 1 <= int(answer.headers["Retry-After"]) <= 2
    assert f"请 {answer.headers['Retry-After']} 秒后再试" in answer.get_data(as_text=True)


def test_nobody_is_locked_out_for_ever(visit, house):
    start = clock.now()
    with clock.at(start):
        guesser = visit()
        for _ in range(16):
            while guesser.sign_in("wang", "wrong").status_code == 429:
                clock.move(timedelta(seconds=int(guesser.last.headers["Retry-After"])))
        assert clock.now() - start > timedelta(minutes=20)
        assert int(guesser.sign_in("wang", PASSWORD).headers["Retry-After"]) <= 300
        clock.move(timedelta(minutes=5))
        assert guesser.sign_in("wang", PASSWORD).status_code == 303
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.scalar(select(func.count()).where(LoginFailure.subject == "account:wang")) == 0


def test_the_delay_grows_and_has_an_end():
    assert [patience.delay_after(n, "account").total_seconds() for n in (1, 2, 3, 4, 5, 11, 12, 10**9)] == [0, 0, 1, 2, 4, 256, 300, 300]


def test_one_address_trying_many_names_is_slowed_too(visit):
    guesser = visit()
    answers = [guesser.sign_in(f"user{n}", "wrong").status_code for n in range(22)]
    assert answers[:19] == [422] * 19 and 429 in answers[19:]


def test_an_unknown_name_takes_as_long_as_a_known_one(web_app, house):
    def seconds(name):
        begun = time.perf_counter()
        login.passwords.fits(_stored(web_app, name), "wrong")
        return time.perf_counter() - begun

    known, unknown = ([seconds(name) for _ in range(7)] for name in ("wang", "nobody"))
    assert 0.5 < statistics.median(unknown) / statistics.median(known) < 2


def _stored(web_app, name):
    with web_app.app_context(), unit_of_work(SYSTEM, write=False) as session:
        return session.scalar(select(User.password_hash).where(User.login == name))


def test_a_stolen_cookie_is_worth_nothing_after_logout(visit):
    wang, thief = visit("wang"), visit()
    thief.client.set_cookie("anlan", wang.cookie())
    assert thief.get("/me").status_code == 200
    assert wang.post("/logout").status_code == 303
    assert thief.get("/me").status_code == 302 and wang.cookie() is None


def test_signing_in_again_ends_the_browsers_former_session(visit):
    wang = visit("wang")
    former, thief = wang.cookie(), visit()
    wang.client.get("/logout")  # GET changes nothing
    assert wang.get("/me").status_code == 200
    wang.post("/login", {"login": "wang", "password": PASSWORD})
    assert wang.cookie() != former
    thief.client.set_cookie("anlan", former)
    assert thief.get("/me").status_code == 302


def test_logout_everywhere_ends_every_browser_of_mine_and_nobody_elses(visit):
    phone, desk, li = visit("wang"), visit("wang"), visit("li")
    assert phone.post("/logout-everywhere").status_code == 303
    assert [visitor.get("/me").status_code for visitor in (phone, desk, li)] == [302, 302, 200]


def test_wang_ends_the_session_on_the_phone_he_lost_but_not_that_of_li(visit, house):
    desk, lost, li = visit("wang"), visit("wang"), visit("li")
    with unit_of_work(SYSTEM, write=False) as session:
        ids = dict(session.execute(select(LoginSession.token_hash, LoginSession.id)).all())
    number = {visitor: ids[login._fingerprint(visitor.cookie())] for visitor in (lost, li)}
    assert desk.post(f"/me/sessions/{number[lost]}/revoke").status_code == 303
    assert desk.post(f"/me/sessions/{number[li]}/revoke").status_code == 404
    assert [visitor.get("/me").status_code for visitor in (desk, lost, li)] == [200, 302, 200]


def test_disabling_a_person_ends_all_sessions_for_good(visit, house):
    wang = visit("wang")
    for active in (False, True):
        with unit_of_work(SYSTEM) as session:
            session.get(User, house["wang"]).active = active
        assert wang.get("/me").status_code == 302
    assert visit().sign_in("wang").status_code == 303


def test_a_disabled_person_cannot_sign_in(visit, house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).active = False
    answer = visit().sign_in("wang")
    assert answer.status_code == 422 and "账号或密码不正确" in answer.get_data(as_text=True)


@pytest.mark.parametrize("every, until, alive", [(50, 300, True), (70, 70, False), (50, 800, False)])
def test_a_session_ends_after_an_hour_of_silence_and_after_twelve_hours_in_any_case(visit, every, until, alive):
    with clock.at(clock.now()):
        wang, passed = visit("wang"), 0
        while passed < until:
            clock.move(timedelta(minutes=every))
            passed += every
            status = wang.get("/me").status_code
        assert (status == 200) is alive


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(visit):
    with clock.at(clock.now()):
        wang = visit("wang")
        for _ in range(7):
            clock.move(timedelta(minutes=10))
            answer = wang.get("/me/messages/unread", headers={"HX-Request": "true", "X-Background": "1"})
        assert answer.status_code == 401
        assert "HX-Redirect" not in answer.headers and answer.headers["X-Login"].startswith("/login")


def test_htmx_is_told_to_go_to_the_door(visit):
    answer = visit().get("/me/messages", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/me?x=1"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login?next=/me?x%3D1")


def test_the_cookie_is_closed_to_scripts_and_bound_to_the_host_under_https(settings, house):
    app = create_app(replace(settings, address="https://anlan.example.com"))
    visitor = Visitor(app)
    base = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/login"}}
    token = visitor.get("/login", **base) and visitor.token
    entered = visitor.client.post("/login", data={"login": "wang", "password": PASSWORD, "csrf_token": token}, **base)
    cookie = next(line for line in entered.headers.getlist("Set-Cookie") if line.startswith("__Host-anlan="))
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/")) and "Domain" not in cookie
    assert entered.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_last_seen_is_written_at_most_once_a_minute(visit, house):
    with clock.at(clock.now()):
        wang = visit("wang")
        seen = []
        for seconds in (10, 40, 20, 30):
            clock.move(timedelta(seconds=seconds))
            wang.get("/me")
            with unit_of_work(SYSTEM, write=False) as session:
                seen.append(session.scalar(select(LoginSession.last_seen_at)))
    assert len(set(seen)) == 2 and seen[1] < seen[2] == seen[3]
