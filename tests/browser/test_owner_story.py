"""The story of the process owner: one more approver for major dangers, drawn, mended, compared, deployed; twenty cases moved; where they wait."""
import json

import pytest

import anlan
from data_model.actor import SYSTEM
from data_model.process import ProcessInstance
from data_model.session import unit_of_work
from data_model.workshop import Draft, Kind
from engine.lint import Known
from engine.workshop import checking
from tests.browser.test_definitions import deploy
from tests.browser.test_modeler import drop_an_approval, saved
from tests.engine.workshop import Workshop
from tests.flows.story import Story

FORM = {"type": "default", "components": [{"type": "textfield", "key": "advice", "label": "复审意见", "id": "f1"},
                                          {"type": "number", "key": "days", "label": "建议期限（天）", "id": "f2"}]}


@pytest.fixture(autouse=True)
def names():
    """As `anlan run` wires it."""
    checking.use(anlan._known(None))
    yield
    checking.use(Known())


@pytest.fixture
def running(site):
    """Twenty dangers that wait to be confirmed, and the draft of a small form."""
    story = Story(site.ids)
    for number in range(20):
        story.start("wang", "hidden_danger", grid=site.ids["unit:filter"], description=f"第 {number + 1} 处护栏松动", photos=[story.photo("wang")])
    with unit_of_work(SYSTEM) as session:
        session.add(Draft(kind=Kind.FORM, key="major_review", name="重大隐患复审", saved_by=0, content=json.dumps(FORM)))
    return Workshop(site.ids)


def test_one_more_approver_for_major_dangers(running, visit):
    page = visit("po")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/modeler/hidden_danger")
    page.wait_for_selector("[data-count]:not([data-worst=unknown])")
    draw_the_step(page)
    make_a_mistake_and_mend_it(page)

    page.goto("/definitions/hidden_danger")
    page.click("a:has-text('与现行版本对比')")
    page.wait_for_selector("[data-compare][data-ready]")
    assert page.locator("[data-side=new] .cmp-added[data-element-id=major_review]").count() == 1
    page.goto("/definitions/hidden_danger")
    deploy(page, "重大隐患增加一道复审")
    page.goto("/definitions/hidden_danger")
    assert "重大隐患增加一道复审" in page.inner_text("[data-version-row='2']")

    page.goto("/operations?flow=hidden_danger")
    page.check("[data-ops-all]")
    page.click("text=迁移版本…")
    page.wait_for_selector("text=共 20 个流程：20 个可以迁移，0 个不能")
    page.fill("[name=reason]", "按新版办理")
    page.click("text=迁移 20 个流程")
    page.wait_for_selector("text=已迁移 20 个流程，0 个未迁移")
    assert len({row.definition_id for row in running.rows(ProcessInstance)}) == 1 and len(running.events("migrate")) == 20

    page.goto("/analytics/hidden_danger?measure=open")
    page.wait_for_selector("#heat .heat-5[data-element-id=confirm]")
    assert page.locator("#heat .an-mark-badge").inner_text() == "20"
    page.click("#steps a:has-text('确认')")
    page.wait_for_url("**/operations?flow=hidden_danger&step=confirm")


def draw_the_step(page):
    """One more approval with a limit of two days, and the pattern that escalates it."""
    drop_an_approval(page)
    page.click(".djs-context-pad [data-action='pattern.escalation']")
    saved(page)


def make_a_mistake_and_mend_it(page):
    """An approval without a limit is refused by lint; a click on the finding leads to the field."""
    page.evaluate("() => { const m = window.anlan.board.modeler; m.get('selection').select(m.get('elementRegistry').get('major_review')); }")
    page.wait_for_function("() => document.querySelector('#mo-id')?.value === 'major_review'")
    page.select_option("#mo-due", "none")
    page.wait_for_selector("[data-count][data-worst=error]")
    page.click("[data-do=check]")
    page.click(".mo-finding:has-text('须有时限')")
    page.wait_for_function("() => document.activeElement.id === 'mo-due'")
    page.select_option("#mo-due", "days")
    page.wait_for_selector("[data-count]:not([data-worst=error])")
    saved(page)
