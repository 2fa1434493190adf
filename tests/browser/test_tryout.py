"""A process owner tries the hidden-danger flow as three people, lets time pass until it escalates, and keeps it as a scenario."""
import pytest
from sqlalchemy import func, select

from data_model.actor import SYSTEM
from data_model.hidden_danger import HiddenDanger
from data_model.outbox import Message
from data_model.process import ProcessInstance
from data_model.session import unit_of_work
from engine.workshop import scenarios

COUNTED = (HiddenDanger, Message, ProcessInstance)


@pytest.fixture
def kept(site):
    """How many rows of what a try must never write there are."""
    with unit_of_work(SYSTEM) as session:
        scenarios.load_missing(session)

    def count():
        with unit_of_work(SYSTEM, write=False) as session:
            return [session.scalar(select(func.count()).select_from(model)) for model in COUNTED]
    return count


def start(page, who="王强"):
    page.goto("/tryout/hidden_danger")
    page.fill("[name=begins]", "2026-03-02T09:00")
    page.fill("[name=find]", who)
    page.click(".try-find button")
    page.locator(".try-person", has_text=who).click()
    page.locator("#act .try-as").get_by_text(who).wait_for()
    pick(page, "grid", "过滤区")
    page.fill("[name=description]", "滤池走道护栏松动")
    page.click("#try-form button.btn-outcome")
    page.locator("[data-turn=confirm]").wait_for()


def pick(page, name, words):
    """In a search box, or a plain select where a phone has one."""
    box = page.locator(f"[data-field={name}] input[role=combobox]")
    box.fill(words)
    page.locator(f"[data-field={name}] [role=option]", has_text=words).first.click()


def turn(page, step, who):
    page.locator(f"[data-turn={step}]").get_by_role("link", name=who).click()
    page.locator("#act .try-as").get_by_text(who).wait_for()


def test_three_people_and_the_clock(visit, kept, shot):
    before, page = kept(), visit("po")
    start(page)
    assert page.locator("[data-turn=confirm]").get_by_role("link", name="李敏").is_visible()
    page.locator(".try-diagram .an-current").first.wait_for()

    page.click(".try-clock button[name=next]")  # one workday: a reminder
    page.locator("#told").get_by_text("已满 1 个工作日").wait_for()
    page.click(".try-clock button[name=next]")  # two: it is lifted to the owner above
    page.locator("#told").get_by_text("已升级给您").wait_for()
    assert page.locator("[data-turn=confirm]").get_by_role("link", name="张伟").is_visible()
    assert "3月4日" in page.locator(".try-now").inner_text()
    shot(page, "tryout-escalated", whole=True)

    turn(page, "confirm", "李敏")
    page.click("button[value=configure]")
    page.locator("#act .field-error").first.wait_for()  # her own form, with its own rules
    assert "请选择隐患分类" in page.locator("#act").inner_text()
    page.select_option("[name=danger_class]", "物")
    page.click("button[value=configure]")
    page.locator("[data-turn=configure]").wait_for()

    turn(page, "configure", "李敏")
    page.fill("[name=engineering]", "加固护栏")
    pick(page, "rectifier", "陈刚")
    pick(page, "checker", "孙丽")
    page.click("button[value=done]")
    page.locator("[data-turn=rectify]").wait_for()

    turn(page, "rectify", "陈刚")
    page.fill("[name=result]", "护栏已加固")
    page.click("button[value=done]")
    page.locator("[data-turn=recheck]").wait_for()
    page.reload()
    turn(page, "recheck", "孙丽")
    page.click("button[value=pass]")
    page.get_by_text("流程已结束").first.wait_for()
    assert kept() == before

    page.fill("[name=name]", "确认超时后仍整改")
    page.click(".try-save button.btn-primary")
    page.locator(".try-scenario.is-ok", has_text="确认超时后仍整改").wait_for()
    page.get_by_role("link", name="全部重放").click()
    page.locator(".try-percent", has_text="100 %").wait_for()
    assert page.locator(".try-scenario.is-ok").count() == 8
    shot(page, "tryout-scenarios", whole=True)
    assert kept() == before


def test_on_a_phone_the_turns_come_first_and_the_diagram_on_demand(visit, kept, shot):
    page = visit("po", phone=True)
    start(page)
    assert page.locator("[data-diagram-canvas]").is_hidden()
    shot(page, "tryout-phone", whole=True)
    page.locator(".try-diagram summary").click()
    page.locator(".try-diagram .an-current").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.locator("#steps").get_by_role("button", name="撤销一步").click()
    page.get_by_text("以谁的身份发起").wait_for()
