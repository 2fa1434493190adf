"""A process owner draws a small form in the browser, looks at it, deploys it; an employee fills it in on a phone."""
import json

import pytest

from data_model.actor import SYSTEM
from data_model.process import HistoryEvent
from data_model.scope import EVERYWHERE
from data_model.session import unit_of_work
from engine import deployment
from tests.diagrams import diagram, end, node, user

BEGIN = '<spiffworkflow:properties><spiffworkflow:property name="form" value="major_review"/></spiffworkflow:properties>'


@pytest.fixture
def drawn(visit):
    """Peng's page of a new form with three fields, the third shown for 要 only."""
    page = visit("po")
    page.goto("/forms/new")
    page.fill("[name=name]", "重大隐患复审")
    page.fill("[name=key]", "major_review")
    page.click("main button.btn-primary")
    for kind in ("textfield", "radio", "textarea"):
        page.locator(f".fjs-palette-field[data-field-type={kind}]").press("Enter")
    _says(page, "textfield", label="结论", key="verdict")
    _tick(page, "校验", "必填")
    _says(page, "radio", label="是否停产", key="halt")
    _says(page, "textarea", label="停产理由", key="why")
    _tick(page, "校验", "必填")
    _open(page, "何时显示")
    page.select_option("#fd-show-field", "halt")
    page.select_option("#fd-show-value", "choice1")
    return page


def _open(page, group):
    head = page.locator(".bio-properties-panel-group-header", has_text=group)
    if "open" not in head.get_attribute("class").split():
        head.click()


def _says(page, kind, label, key):
    page.locator(f".fjs-form-field-{kind}").click()
    _open(page, "基本")
    page.locator("[data-entry-id=label] [role=textbox], [data-entry-id=label] textarea, [data-entry-id=label] input").first.fill(label)
    page.locator("[data-entry-id=key] input").fill(key)


def _tick(page, group, words):
    _open(page, group)
    page.locator(".bio-properties-panel-group", has_text=group).get_by_text(words, exact=True).click()


def test_drawn_previewed_and_tried(drawn, shot):
    """What Peng draws is saved by itself; the preview is the real look, on a desk and on a phone, and says what is wrong."""
    drawn.locator("[data-state]", has_text="已保存").wait_for()
    shot(drawn, "form-designer-desk")
    drawn.click("[data-tab=look]")
    paper = drawn.locator("[data-preview]")
    paper.get_by_text("试提交").wait_for()
    assert not paper.get_by_label("停产理由").is_visible()
    paper.get_by_label("选项 1").check()
    assert paper.get_by_label("停产理由").is_visible()
    paper.get_by_text("试提交").click()
    paper.locator(".refusal").wait_for()
    assert paper.locator(".field-error").count() == 2
    paper.get_by_label("结论").fill("整改到位")
    paper.get_by_label("停产理由").fill("水质超标")
    drawn.click("[data-width=phone]")
    paper.get_by_text("试提交").click()
    answers = json.loads(paper.locator(".fd-good pre").inner_text())
    assert answers == {"verdict": "整改到位", "halt": "choice1", "why": "水质超标"}
    shot(drawn, "form-preview-phone")


def test_deployed_and_filled_in_on_a_phone(drawn, visit, site, shot):
    """Peng deploys the form alone, then a diagram asks it; Wang starts with it on her phone."""
    drawn.locator("[data-state]", has_text="已保存").wait_for()
    drawn.click("[data-deploy]")
    drawn.fill("[name=note]", "第一版")
    drawn.locator("form button.btn-primary", has_text="部署").click()
    drawn.wait_for_url(lambda address: "/deploy" not in address)
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"halt.bpmn": diagram(
            node("startEvent", "s", BEGIN), user("look", candidates="starter()"), end(), "s > look > e", key="halt",
            properties={"starters": "everyone"})})
    phone = visit("wang", phone=True)
    phone.goto("/start/halt")
    assert not phone.get_by_label("停产理由").is_visible()
    phone.get_by_label("结论").fill("整改到位")
    phone.get_by_label("选项 1").check()
    phone.get_by_label("停产理由").fill("水质超标")
    shot(phone, "designed-form-phone", whole=True)
    phone.locator("button", has_text="提交").first.click()
    phone.wait_for_url("**/cases/*")
    assert phone.get_by_text("水质超标").first.is_visible()
    with unit_of_work(SYSTEM, write=False) as session:
        line = session.query(HistoryEvent).execution_options(**EVERYWHERE).filter_by(action="start").one()
        assert line.data == {"verdict": "整改到位", "halt": "choice1", "why": "水质超标"}
