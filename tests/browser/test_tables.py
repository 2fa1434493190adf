"""Peng Liu, process owner, at a decision table: a threshold changes, an overlap is named and mended, values are tried, the table is deployed."""
import os

import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.process import DecisionTable, ProcessDefinition
from data_model.session import unit_of_work
from engine.workshop import table_rows

SHOTS = os.environ.get("TABLE_SHOTS")


@pytest.fixture
def rows(site):
    with unit_of_work(SYSTEM) as session:
        table_rows.load_missing(session)


def look(page, name):
    """For the eyes of whoever changes the page; the folder is named in the environment."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def write(page, cell, text):
    """Type into a cell of the editor, in place of what is there."""
    page.locator(f"[data-editor] td[data-element-id={cell}]").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.locator("[data-editor] .rule-index").first.click()


def checked(page, words):
    page.locator("[data-findings]", has_text=words).wait_for()


def test_an_owner_changes_a_threshold_and_deploys_it(visit, rows):
    page = visit("po")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/tables")
    look(page, "list")
    page.click("text=隐患预分级")
    page.locator("[data-rows-count]", has_text="13 / 13 通过").wait_for()
    write(page, "danger_level_r9_in_7", "> 30000")
    checked(page, "没有发现问题")
    page.locator("[data-state]", has_text="已保存").wait_for()

    page.fill("[data-key='clues.cost']", "40000")
    page.click("main [data-try] button.btn-primary")
    page.locator("[data-output=suggested_level]", has_text="一般Ⅰ").wait_for()
    assert page.locator("[data-editor] td.is-counted").first.get_attribute("data-row-id") == "danger_level_rule_9"
    page.fill("[data-keep-name]", "费用四万元")
    page.click("[data-keep-deed]")
    page.locator("[data-row-name=费用四万元].is-good").wait_for()
    page.locator("[data-row-name=费用正好五万元].is-bad").wait_for()
    look(page, "tried")

    page.click("[data-deploy]")
    page.locator(".tb-blocked").wait_for()
    page.locator(".tb-findings", has_text="测试行“费用正好五万元”应得").wait_for()
    look(page, "blocked")
    page.click("text=返回修改")
    page.click("[data-row-name=费用正好五万元] [title=以现在的结果为准]")
    page.locator("[data-rows-count]", has_text="14 / 14 通过").wait_for()
    page.click("[data-deploy]")
    page.locator(".tb-change", has_text="> 50000").wait_for()
    look(page, "deploy")
    page.fill("#note", "费用门槛改为三万元")
    page.click("main button.btn-primary")
    page.locator("[data-version='2']", has_text="费用门槛改为三万元").wait_for()
    assert "隐患治理" in page.inner_text("[data-version='2'] .tb-uses")
    look(page, "versions")
    with unit_of_work(SYSTEM, write=False) as session:
        newest = session.scalars(select(DecisionTable).where(DecisionTable.key == "danger_level").order_by(DecisionTable.id.desc())).first()
        flow = session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == "hidden_danger", ProcessDefinition.status == "effective")).one()
        assert flow.version == 2 and flow.pins["dmn"]["danger_level"] == newest.id


def test_a_table_from_scratch_whose_overlap_is_named_and_mended(visit, site):
    page = visit("po")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/tables/new")
    page.fill("#name", "加价分档")
    page.fill("#key", "surcharge")
    page.fill("[name=inputs-label]", "天数")
    page.fill("[name=inputs-said]", "start.days")
    page.select_option("[name=inputs-type]", "number")
    page.fill("[name=outputs-label]", "档次")
    page.fill("[name=outputs-said]", "band")
    look(page, "new")
    page.click("form.tb-new > .card-body > button.btn-primary")
    page.locator("[data-editor] .rule-index").wait_for()
    page.click("[data-editor] .hit-policy .dms-input")
    look(page, "policy")
    page.click(".dms-select-options .option >> text=唯一 UNIQUE")
    page.locator("[data-editor] .hit-policy .dms-input", has_text="UNIQUE").wait_for()
    write(page, "surcharge_r1_input_1", "<= 10")
    write(page, "surcharge_r1_output_1", '"low"')
    checked(page, "没有一行符合这种情形：天数 > 10")
    page.click("[data-editor] tfoot .add-rule, [data-editor] .add-rule-add")
    second = page.locator("[data-editor] tbody tr").nth(1)
    ids = [cell.get_attribute("data-element-id") for cell in second.locator("td.cell").all()]
    write(page, ids[0], "> 5")
    write(page, ids[1], '"high"')
    checked(page, "第 1 行与第 2 行同时符合（天数 ]5..10]）")
    page.click("[data-rule=overlap]")
    assert page.locator("[data-editor] td.is-pointed-at").first.get_attribute("data-row-id") == ids[2]
    look(page, "overlap")
    write(page, ids[0], "> 10")
    checked(page, "没有发现问题")
    page.fill("[data-key='start.days']", "11")
    page.click("main [data-try] button.btn-primary")
    page.locator("[data-output=band]", has_text='"high"').wait_for()
    page.locator("[data-state]", has_text="已保存").wait_for()
    page.click("[data-deploy]")
    page.fill("#note", "新表")
    page.click("main button.btn-primary")
    page.locator("[data-version='1']", has_text="新表").wait_for()


def test_a_phone_reads_and_tries_and_english_holds_no_chinese(visit, rows):
    phone = visit("po", phone=True, language="en")
    phone.goto("/tables")
    look(phone, "phone-list")
    phone.goto("/tables/danger_level")
    phone.locator("[data-rows-count]", has_text="13 of 13 pass").wait_for()
    assert phone.locator(".tb-editor").is_hidden() and phone.locator(".tb-reader [data-row='9']").is_visible()
    phone.fill("[data-key='clues.cost']", "60000")
    phone.click("main [data-try] button.btn-primary")
    phone.locator("[data-result]", has_text="Matches row 9").wait_for()
    assert phone.locator(".tb-reader tr.is-counted").get_attribute("data-row") == "9"
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    look(phone, "phone")
    auditor = visit("au")
    auditor.goto("/tables/danger_level")
    auditor.locator("[data-rows-count]", has_text="13 / 13 通过").wait_for()
    assert auditor.locator("[data-editor], [data-deploy], [data-keep]").count() == 0
    look(auditor, "reader")
