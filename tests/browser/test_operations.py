"""The process owner at work in a real browser: twenty cases to a new version, failures tried again, a case stopped and moved."""
import pytest

from data_model.process import Incident, ProcessInstance
from engine import actions
from tests.diagrams import end, script, start
from tests.engine.workshop import Workshop, mine


@pytest.fixture
def works(site):
    return Workshop(site.ids)


def test_twenty_cases_move_over_with_a_preview_and_a_report(works, visit):
    works.deploy(start(), mine("a"), mine("z"), end(), "s > a > z > e", key="line")
    cases = [works.start("line") for _ in range(20)]
    works.deploy(start(), mine("a"), mine("check"), mine("z"), end(), "s > a > check > z > e", key="line")
    page = visit("po")
    page.click("nav.ways a:has-text('流程监控')")
    page.select_option("#ops-flow", "line")
    page.wait_for_url("**/operations?flow=line**")
    assert page.locator("[data-ops-deed]").first.is_disabled()
    page.check("[data-ops-all]")
    assert page.inner_text("[data-ops-count]") == "已选 20 项"
    page.click("text=迁移版本…")
    page.wait_for_selector("text=共 20 个流程：20 个可以迁移，0 个不能")
    page.fill("[name=reason]", "增加一道把关")
    page.click("text=迁移 20 个流程")
    page.wait_for_selector("text=已迁移 20 个流程，0 个未迁移")
    assert {row.definition_id for row in works.rows(ProcessInstance)} == {works.rows(ProcessInstance)[0].definition_id}
    assert len(works.events("migrate")) == 20
    page.click("text=返回列表")
    page.wait_for_url("**/operations?flow=line**")
    works.do_task("wang", works.open_tasks()[0].id)
    assert "check" in works.waiting()
    page.goto(f"/operations/{cases[0]}")
    page.wait_for_selector("text=增加一道把关")


def test_failures_are_tried_again_many_at_once(works, visit):
    works.deploy(start(), mine("a"), script("x", "y = 1 / start.n"), mine("z"), end(), "s > a > x > z > e", key="line")
    cases = [works.start("line", n=0) for _ in range(3)]
    for task in works.open_tasks():
        works.do_task("wang", task.id)
    for case in cases[:2]:
        works.act("po", actions.edit_data, case, "start.n", 1, {}, "填错了")
    page = visit("po", phone=True)
    page.goto("/incidents")
    page.check("[data-ops-all]")
    page.click("text=批量重试")
    page.wait_for_selector("text=成功 2 项，未成功 1 项")
    assert page.locator(".ops-results .is-refused").count() == 1 and works.waiting() == ["z", "z"]
    page.click("text=跳过")
    page.fill("dialog [name=result]", '{"y": 1}')
    page.fill("dialog [name=reason]", "人工算过")
    page.click("dialog .ask-foot button")
    page.wait_for_selector("text=这里没有要处理的")
    assert works.waiting() == ["z"] * 3 and all(row.resolved_at for row in works.rows(Incident))


def test_a_case_is_moved_then_stopped_and_its_holder_sees_why(works, visit):
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e", key="line")
    case, page = works.start("line", note="kurz"), visit("po")
    page.goto(f"/operations/{case}")
    page.click("a[href*='deeds/move']")
    page.check("dialog input[value='0/b']")
    assert "「a」将关闭（王强）" in page.inner_text("dialog")
    page.fill("dialog [name=reason]", "走错了")
    page.click("dialog .ask-foot button")
    page.wait_for_selector("text=已移动。")
    assert works.waiting() == ["b"]
    page.click("a[href*='path=start.note']")
    page.fill("dialog [name=value]", "kein JSON")
    page.fill("dialog [name=reason]", "填错了")
    page.click("dialog .ask-foot button")
    page.wait_for_selector("dialog .field-error")
    assert page.input_value("dialog [name=value]") == "kein JSON"
    page.fill("dialog [name=value]", '"lang"')
    page.click("dialog .ask-foot button")
    page.wait_for_selector("text=数据已修改。")
    page.click("a[href$='deeds/suspend']")
    page.fill("dialog [name=reason]", "等待鉴定报告")
    page.click("dialog .ask-foot button")
    page.wait_for_selector("text=流程已挂起。")
    wang = visit("wang", phone=True)
    wang.goto("/inbox")
    wang.wait_for_selector("text=已挂起")
    wang.click(".inbox-link")
    wang.wait_for_selector("text=等待鉴定报告")
    assert wang.locator("button[name=outcome]").count() == 0
