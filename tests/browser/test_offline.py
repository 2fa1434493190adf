"""随手拍 without a network: nothing is lost, nothing goes twice, nobody sees another's reports."""
import re

import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.attachment import Attachment
from data_model.organisation import LoginSession, OrgUnit
from data_model.process import ProcessInstance
from data_model.session import unit_of_work
from data_model.snapshot import Snapshot
from engine.demo import scenes

QUEUE = "[data-queue-title]"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "pool.jpg"
    path.write_bytes(scenes.jpeg("pool", False, 3))
    return path


@pytest.fixture
def held(site):
    """held(Model): what the database holds."""
    def ask(model):
        with site.app.app_context(), unit_of_work(SYSTEM, write=False) as session:
            return session.scalars(select(model).order_by(model.id)).all()
    return ask


def until(page, expression):
    """Wait for a word of the page's own; Playwright's way would need eval, which our pages forbid."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def ready(page):
    """The page as a person leaves it open before going down into the pump room."""
    page.goto("/snapshot")
    until(page, "navigator.serviceWorker.controller !== null")
    until(page, "caches.match('/snapshot/shell').then((kept) => Boolean(kept))")
    page.wait_for_selector("[data-picks]:not([hidden])")


def fill(page, photo, words="滤池走道格栅板缺失一块", grid="过滤"):
    page.set_input_files("#photos", photo)
    page.wait_for_selector(".an-photo img")
    page.fill("#grid-search", grid)
    page.locator("#grid-list [role=option]").first.click()
    page.fill("#description", words)


def submit(page):
    page.click("[data-send]")
    page.wait_for_selector("[data-thanks]:not([hidden])")


def test_a_report_made_without_a_network_goes_once_when_it_returns(visit, photo, held, shot):
    wang = visit("wang", phone=True)
    ready(wang)
    wang.context.set_offline(True)
    fill(wang, photo)
    submit(wang)
    assert wang.inner_text("[data-thanks-title]") == "已保存在手机上"
    assert wang.inner_text(QUEUE) == "待上传 1 条"
    shot(wang, "snapshot-offline")
    wang.goto("/snapshot")  # closed and opened again, still without a network
    assert wang.locator("[data-shell]").count() == 1
    wang.wait_for_selector("[data-waiting] img")
    fill(wang, photo, "加药间地面渗漏", "加药")
    submit(wang)
    assert wang.inner_text(QUEUE) == "待上传 2 条"
    assert held(Snapshot) == []
    wang.context.set_offline(False)
    wang.wait_for_selector("[data-snapshot]:not([data-shell]) .snap-recent")
    wang.wait_for_selector("[data-queue]", state="hidden")
    wang.reload()
    assert [s.description for s in held(Snapshot)] == ["滤池走道格栅板缺失一块", "加药间地面渗漏"]
    assert len(held(ProcessInstance)) == 2
    assert [f.owner_kind for f in held(Attachment)] == ["snapshot", "snapshot"]


def test_an_answer_that_got_lost_does_not_make_a_second_case(visit, photo, held):
    wang = visit("wang", phone=True)
    wang.goto("/snapshot")
    lost = []

    def swallow(route):
        """The server hears it; the phone never learns."""
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            return route.abort()
        return route.continue_()
    wang.context.route(re.compile(r"/snapshot$"), swallow)
    fill(wang, photo)
    submit(wang)
    wang.wait_for_selector("[data-queue]", state="hidden")  # the worker has sent it again
    wang.wait_for_selector("[data-thanks]:not(.is-kept)")
    assert lost == [200]
    assert len(held(Snapshot)) == len(held(ProcessInstance)) == 1


def test_a_sign_in_that_ran_out_keeps_what_waits(visit, photo, held, site):
    wang = visit("wang", phone=True)
    ready(wang)
    with site.app.app_context(), unit_of_work(SYSTEM) as session:
        for signed_in in session.scalars(select(LoginSession)):
            session.delete(signed_in)
    fill(wang, photo)
    submit(wang)
    assert wang.is_visible("[data-signed-out]") and wang.inner_text(QUEUE) == "待上传 1 条"
    wang.click("[data-signed-out] a")
    wang.fill("[name=login]", "wang")
    wang.fill("[name=password]", "江河安澜-2026")
    wang.click("form[method=post] button.btn-primary")
    wang.wait_for_url("**/snapshot")
    wang.wait_for_selector(".snap-recent")
    assert len(held(Snapshot)) == 1


def test_the_next_person_on_this_phone_neither_sees_nor_sends_it(visit, photo, held):
    wang = visit("wang", phone=True)
    ready(wang)
    wang.context.set_offline(True)
    fill(wang, photo)
    submit(wang)
    wang.context.set_offline(False)
    wang.context.route(re.compile(r"/snapshot/ticket$"), lambda route: route.abort())
    wang.goto("/me")
    wang.click("summary.me")
    wang.click(".menu-list button:has-text('退出登录')")
    wang.wait_for_url("**/login*")
    assert wang.evaluate("""() => new Promise((done) => { indexedDB.open('anlan').onsuccess = ({ target }) =>
        target.result.transaction('facts').objectStore('facts').getAllKeys().onsuccess = (all) => done(all.target.result); })""") == []
    wang.context.set_offline(True)
    wang.goto("/snapshot")
    wang.wait_for_selector("[data-nobody]:not([hidden])")
    assert not wang.is_visible("[data-queue]") and wang.is_disabled("#description")
    wang.context.set_offline(False)
    wang.context.unroute_all()
    wang.goto("/login")
    wang.fill("[name=login]", "li")
    wang.fill("[name=password]", "江河安澜-2026")
    wang.click("form[method=post] button.btn-primary")
    wang.wait_for_url("**/inbox*")
    ready(wang)
    assert not wang.is_visible("[data-queue]")
    assert held(Snapshot) == []


def test_what_the_server_refuses_can_be_mended_or_thrown_away(visit, photo, held, site):
    wang = visit("wang", phone=True)
    ready(wang)
    wang.context.set_offline(True)
    fill(wang, photo, grid="加药")
    submit(wang)
    wang.click("[data-again]")
    with site.app.app_context(), unit_of_work(SYSTEM) as session:
        session.get_one(OrgUnit, site.ids["unit:dosing"]).active = False
    wang.context.set_offline(False)
    wang.wait_for_selector(".snap-state.is-refused")
    assert "请从本公司" in wang.inner_text(".snap-state.is-refused")
    wang.click("[data-waiting] button:has-text('修改')")
    wang.wait_for_selector(".an-photo img")
    assert wang.input_value("#description") == "滤池走道格栅板缺失一块"
    assert "请从本公司" in wang.inner_text("[data-fault=grid]")
    wang.fill("#grid-search", "过滤")
    wang.locator("#grid-list [role=option]").first.click()
    submit(wang)
    assert wang.inner_text("[data-thanks-title]") == "已上报，谢谢您！"
    assert [s.description for s in held(Snapshot)] == ["滤池走道格栅板缺失一块"]


def test_a_refusal_comes_back_to_the_form_when_nothing_else_was_begun(visit, photo, held, site):
    wang = visit("wang", phone=True)
    ready(wang)
    fill(wang, photo, grid="加药")
    with site.app.app_context(), unit_of_work(SYSTEM) as session:
        session.get_one(OrgUnit, site.ids["unit:dosing"]).active = False
    wang.click("[data-send]")
    wang.wait_for_selector("[data-fault=grid]:not([hidden])")
    assert "请从本公司" in wang.inner_text("[data-refusal]") and wang.is_visible(".an-photo img")
    assert held(Snapshot) == []


def test_a_draft_survives_the_page(visit, photo, held):
    """A phone short of memory throws the page away while the camera is open."""
    wang = visit("wang", phone=True)
    wang.goto("/snapshot")
    fill(wang, photo)
    wang.wait_for_timeout(700)
    wang.reload()
    wang.wait_for_selector(".an-photo img")
    assert wang.input_value("#description") == "滤池走道格栅板缺失一块" and wang.input_value("#grid-search") == "第一水厂 / 过滤区"
    submit(wang)
    assert len(held(Snapshot)) == 1


def test_the_code_on_the_wall_works_without_a_network(visit):
    wang = visit("wang", phone=True)
    ready(wang)
    wang.context.set_offline(True)
    wang.goto("/snapshot?grid=pool")
    until(wang, "document.querySelector('#grid-search').value === '第一水厂 / 过滤区 / 滤池'")


def test_any_page_without_a_network_offers_the_snapshot(visit):
    wang = visit("wang", phone=True)
    ready(wang)
    wang.context.set_offline(True)
    wang.goto("/inbox")
    assert wang.is_visible("[data-offline]") and wang.is_visible("#description")


def test_nothing_private_is_kept_in_the_cache(visit):
    wang = visit("wang", phone=True)
    ready(wang)
    wang.goto("/inbox")
    ready(wang)
    kept = wang.evaluate("""async () => { const found = [];
        for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys())
          found.push([new URL(request.url).pathname, await (await caches.match(request)).text()]);
        return found; }""")
    assert {path for path, _text in kept if not path.startswith("/static/")} == {"/snapshot/shell"}
    assert not any("王强" in text for _path, text in kept)
