"""隐患 from a phone to closed: who does what in the browser, sent back once, with two escalations by the clock on the way."""
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.hidden_danger import HiddenDanger
from data_model.process import TimerRow
from data_model.session import unit_of_work
from engine import timers
from engine.demo import scenes


@pytest.fixture
def photo(tmp_path):
    def made(kind="pool", cured=False):
        path = tmp_path / f"{kind}-{cured}.jpg"
        path.write_bytes(scenes.jpeg(kind, cured, 3))
        return path
    return made


@pytest.fixture
def let_ring(site):
    """The moment of a boundary timer comes, for the clock's own job; everything due before it rings too."""
    def ring(element):
        with site.app.app_context():
            with unit_of_work(SYSTEM, write=False) as session:
                due = session.scalars(select(TimerRow.due_at).where(TimerRow.element_id == element)).one()
            with clock.at(due + timedelta(seconds=1)):
                assert timers.fire_due(partial(unit_of_work, SYSTEM)) >= 1
    return ring


def open_task(page, step):
    """The most pressing task of that step, from the inbox."""
    page.goto("/inbox")
    page.locator("[data-row]").filter(has_text=step).first.click()
    page.wait_for_url("**/tasks/**")


def press(page, outcome):
    page.click(f"button[name=outcome][value={outcome}]")
    page.wait_for_selector(".toast-success")


def choose(page, field, name):
    page.fill(f"#{field}", name)
    page.locator(f"#{field}-list [data-id]").filter(has_text=name).first.click()


def test_a_danger_travels_from_a_phone_to_closed(site, visit, photo, let_ring, shot):
    wang = visit("wang", phone=True)
    wang.goto("/snapshot")
    wang.set_input_files("#photos", photo())
    wang.fill("#grid-search", "过滤")
    wang.locator("#grid-list [role=option]").filter(has_text="过滤区").first.click()
    wang.fill("#description", "3号滤池东侧护栏缺失约两米，夜间巡检有落水危险")
    shot(wang, "snapshot-phone")
    wang.click("[data-send]")
    wang.wait_for_selector("[data-thanks]:not([hidden])")
    shot(wang, "snapshot-thanks-phone")

    li = visit("li")
    open_task(li, "判断")
    li.select_option("#harm", "serious")
    shot(li, "judge-desk")
    press(li, "danger")

    let_ring("confirm_overdue")  # nobody confirms for two workdays: the station's owner is asked as well
    zhang = visit("zhang")
    open_task(zhang, "确认")
    assert zhang.locator(".timeline, [data-timeline], main").filter(has_text="升级").first.is_visible()
    shot(zhang, "escalated-desk")

    open_task(li, "确认")
    assert li.locator("#level").input_value() == "一般Ⅱ"  # the decision table's suggestion
    li.select_option("#danger_class", "物")
    press(li, "configure")
    open_task(li, "配置整改")
    li.fill("#engineering", "恢复护栏并加装踢脚板")
    choose(li, "rectifier", "陈刚")
    choose(li, "checker", "孙丽")
    shot(li, "configure-desk")
    press(li, "done")

    let_ring("cure_overdue")  # the limit passes: reminded, then lifted to the next owner
    chen = visit("chen", phone=True)
    _rectify(chen, photo("pool", True), "已恢复护栏两米", shot)

    sun = visit("sun")
    open_task(sun, "复核")
    sun.click("button[name=outcome][value=fail]")
    assert sun.locator("#opinion-error").is_visible()  # sending back needs words
    sun.fill("#opinion", "踢脚板未装，请补装")
    press(sun, "fail")

    _rectify(chen, photo("pool", True), "已补装踢脚板", None)
    open_task(sun, "复核")
    sun.locator("[data-diagram]").scroll_into_view_if_needed()
    sun.wait_for_selector("[data-diagram] svg .djs-element")
    shot(sun, "task-desk", whole=True)
    press(sun, "pass")

    with site.app.app_context(), unit_of_work(SYSTEM, write=False) as session:
        danger = session.scalars(select(HiddenDanger)).one()
    assert (danger.stage, danger.failed_checks, danger.level) == ("已关闭", 1, "一般Ⅱ")
    assert danger.escalations == 2 and danger.rectifier_id == site.ids["chen"] and danger.checker_id == site.ids["sun"]

    li.goto("/ledger/hidden_danger")
    li.get_by_text(danger.code).first.click()
    li.wait_for_url("**/ledger/hidden_danger/**")
    assert li.get_by_text("已关闭").first.is_visible()
    shot(li, "ledger-row-desk", whole=True)


def _rectify(page, photo, words, shot):
    open_task(page, "整改")
    page.fill("#result", words)
    page.locator("input[type=file]").first.set_input_files(photo)
    page.wait_for_selector(".photo img, [data-photos] img")
    if shot:
        shot(page, "rectify-phone")
    press(page, "done")
