"""The process owner at the list of definitions: new, deployed, changed, compared on the diagram, brought back; on a desk and on a phone."""
import pytest

from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from engine.workshop import drafts


@pytest.fixture
def drawn(site):
    """Somebody draws: the text of the draft, changed."""
    def change(key, *changes):
        with site.app.app_context(), unit_of_work(SYSTEM) as session:
            opened = drafts.open_draft(session, SYSTEM, "bpmn", key)
            content = opened.content
            for old, new in changes:
                assert old in content
                content = content.replace(old, new)
            drafts.save(session, SYSTEM, "bpmn", key, content, opened.revision)
    return change


def deploy(page, note):
    page.click("a:has-text('部署草稿')")
    page.fill("#note", note)
    page.click(".deeds button.btn-primary")
    page.wait_for_url("**/deployed*")


def test_a_process_is_made_deployed_changed_compared_and_brought_back(visit, drawn):
    page = visit("po")
    page.goto("/definitions")
    page.click("a:has-text('新建流程')")
    page.fill("#name", "动火作业审批")
    page.fill("#key", "hot_work")
    page.click("form.narrow button.btn-primary")
    page.wait_for_selector("[data-version] .djs-shape[data-element-id=approve]")
    deploy(page, "第一版")
    assert "版本 1" in page.inner_text("h1")

    drawn("hot_work", ('value="P2D"', 'value="P5D"'), ('id="begin" name="发起"', 'id="begin" name="申请"'), ('<dc:Bounds x="452"', '<dc:Bounds x="472"'))
    page.goto("/definitions/hot_work")
    page.click("a:has-text('与现行版本对比')")
    page.wait_for_selector("[data-compare][data-ready]")
    for side in ("old", "new"):
        assert page.locator(f"[data-side={side}] .cmp-changed[data-element-id=approve]").count() == 1
        assert page.locator(f"[data-side={side}] .cmp-named[data-element-id=begin]").count() == 1
    assert page.locator("#executing .dfn-change").count() == 1 and "5 个工作日" in page.inner_text("#executing")
    assert "申请" in page.inner_text("#named") and page.locator("#moved .dfn-change").count() == 1
    page.click("#executing [data-go=approve]")
    assert page.locator(".cmp-here[data-element-id=approve]").count() == 2, "shown on both drawings, which move together"

    page.goto("/definitions/hot_work")
    deploy(page, "时限放宽到五天")
    page.goto("/definitions/hot_work")
    assert "时限放宽到五天" in page.inner_text("[data-version-row='2']")
    page.click("[data-version-row='1'] button:has-text('恢复为草稿')")
    page.wait_for_selector(".dfn-draft")
    page.click("a:has-text('与现行版本对比')")
    page.wait_for_selector("#executing")
    assert page.locator("#executing .dfn-before").inner_text() == "5 个工作日" and page.locator("#executing .dfn-after").inner_text() == "2 个工作日"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_all_but_the_drawing_works_on_a_phone(visit, drawn, language):
    drawn("hidden_danger", ('name="due" value="P2D"', 'name="due" value="P3D"'))
    page = visit("po", phone=True, language=language)
    for path in ("/definitions", "/definitions/new", "/definitions/hidden_danger", "/definitions/hidden_danger/compare",
                 "/definitions/hidden_danger/deploy", "/definitions/releases", "/definitions/import"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.goto("/definitions/hidden_danger/deploy")
    page.fill("#note", "确认期限改为三天")
    page.click(".deeds button.btn-primary")
    page.wait_for_url("**/deployed*")
