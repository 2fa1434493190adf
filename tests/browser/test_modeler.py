"""绘制 in real Chromium: a process owner changes the hidden-danger diagram, and nothing that was in it is lost."""
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select

import anlan
from data_model.actor import SYSTEM
from data_model.organisation import Grant, OrgUnit, Role
from data_model.session import unit_of_work
from data_model.workshop import Draft, Kind
from engine import bpmn_xml
from engine.lint import Known
from engine.workshop import checking

SHIPPED = sorted((Path(__file__).parents[2] / "bpmn").glob("*.bpmn"))
EVERYTHING = Path(__file__).parents[1] / "data" / "every_extension.bpmn"
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(autouse=True)
def names():
    """As `anlan run` wires it."""
    checking.use(anlan._known(None))
    yield
    checking.use(Known())


@pytest.fixture
def board(visit):
    """board("po") -> the page with the diagram open and checked once."""
    def opens(who="po", key="hidden_danger", language="zh-CN"):
        page = visit(who, language=language)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"/modeler/{key}")
        page.wait_for_selector("[data-count]:not([data-worst=unknown])")
        return page
    return opens


@pytest.fixture
def second(site):
    """高安 is a process owner too."""
    with unit_of_work(SYSTEM) as session:
        top = session.scalars(select(OrgUnit).where(OrgUnit.parent_id.is_(None))).one()
        session.add(Grant(user_id=site.ids["ga"], role=Role.PROCESS_OWNER, unit_id=top.id, path=top.path))
    return "ga"


def pick(page, id):
    """Bring an element into sight and click it, as a person would."""
    page.evaluate("""id => { const m = window.anlan.board.modeler, e = m.get('elementRegistry').get(id);
        m.get('canvas').scrollToElement(e, { top: 200, bottom: 200, left: 260, right: 160 }); }""", id)
    page.locator(f".djs-element[data-element-id={id}] > .djs-hit").first.click()
    page.wait_for_function("id => document.querySelector('#mo-id')?.value === id", arg=id)


def middle(page, flow):
    """Where on the screen the first stretch of an arrow has its middle."""
    return page.evaluate("""id => { const m = window.anlan.board.modeler, canvas = m.get('canvas'), e = m.get('elementRegistry').get(id);
        canvas.scrollToElement(e, { top: 250, bottom: 250, left: 300, right: 250 });
        const [a, b] = e.waypoints, view = canvas.viewbox(), room = canvas.getContainer().getBoundingClientRect();
        return [(a.x + b.x) / 2 - view.x, (a.y + b.y) / 2 - view.y].map((at, n) => at * view.scale + [room.left, room.top][n]); }""", flow)


def drop_an_approval(page):
    """The pattern of an approval, on the arrow behind the plan of a major danger; it asks the drawn form."""
    x, y = middle(page, "to_supervise_from_major_plan")
    page.click(".djs-palette [data-action='pattern.approval']")
    page.mouse.move(x - 30, y - 60)
    page.mouse.move(x, y, steps=5)
    page.mouse.click(x, y)
    page.wait_for_function("() => window.anlan.board.tasks().some(({ name }) => name === '审批')")
    page.fill("#mo-name", "重大隐患复审")
    page.fill("#mo-id", "major_review")
    page.keyboard.press("Tab")
    page.wait_for_function("() => window.anlan.board.tasks().some(({ id }) => id === 'major_review')")
    page.select_option("#mo-form", "major_review")


def entry(page, name):
    return page.locator(f".mo-panel [data-entry-id={name}]")


def saved(page):
    page.wait_for_selector("[data-state=done]:has-text('已保存')")


def drawn(key="hidden_danger"):
    with unit_of_work(SYSTEM, write=False) as session:
        return session.scalars(select(Draft.content).where(Draft.kind == Kind.DIAGRAM, Draft.key == key)).one_or_none()


def says(element, key="hidden_danger"):
    """The properties of an element in the draft."""
    return dict(bpmn_xml.read(drawn(key).encode()).by_id[element].properties)


def facts(xml):
    """Every element with what it says, wherever it stands: what a save must not lose."""
    def said(node):
        return tuple(sorted((name, value) for name, value in node.attrib.items() if (name, value) != ("cancelActivity", "true")))  # its default
    return Counter((node.tag, said(node), (node.text or "").strip()) for node in etree.fromstring(xml.encode()).iter(etree.Element))


def test_no_diagram_loses_anything_when_it_is_saved(board):
    page = board()
    for path in [*SHIPPED, EVERYTHING]:
        source = path.read_text()
        once, twice = page.evaluate("""async xml => { const m = window.anlan.board.modeler, saved = async () => (await m.saveXML({ format: true })).xml;
            await m.importXML(xml); const once = await saved();
            await m.importXML(once); return [once, await saved()]; }""", source)
        lost = facts(source) - facts(once)
        assert not lost, (path.name, list(lost)[:5])
        assert once == twice, path.name


def test_an_owner_picks_who_approves_and_the_draft_saves_itself(board):
    page = board()
    assert drawn() is None
    pick(page, "approve_plan")
    rows = entry(page, "candidates").locator(".mo-row")
    assert rows.count() == 3 and rows.nth(1).locator(".mo-join").input_value() == "+"
    rows.nth(2).locator("select[aria-label=谁来办理]").select_option("role")
    rows.nth(2).locator(".mo-small select").first.select_option(label="公司安全管理员")
    assert rows.nth(2).locator(".mo-small select").nth(1).input_value() == "grid"
    entry(page, "candidates").locator(".mo-right", has_text="吴建国").wait_for()
    entry(page, "due").locator("input").fill("2")
    saved(page)
    assert says("approve_plan") | {"candidates": 'gm(grid) + chair(grid) or role("company_safety_admin", grid)', "due": "P2D"} == says("approve_plan")
    assert page.get_attribute("[data-count]", "data-worst") == "fine"
    page.click("[data-do=undo]")
    page.click("[data-do=undo]")
    assert rows.nth(2).locator("select[aria-label=谁来办理]").input_value() == "role"
    page.click("[data-do=undo]")
    assert rows.nth(2).locator("select[aria-label=谁来办理]").input_value() == "fgld"


def test_a_finding_leads_to_the_property_and_is_mended(board):
    page = board()
    pick(page, "passed")
    page.select_option("#mo-default", "")
    page.wait_for_selector("[data-count][data-worst=error]")
    assert page.locator(".mo-mark-error").count() == 2  # the gateway, and the branch that has no condition now
    page.locator(".mo-canvas").click(position={"x": 700, "y": 20})
    page.click("[data-do=check]")
    finding = page.locator(".mo-finding", has_text="没有默认分支")
    assert finding.locator(".mo-finding-where").inner_text() == "通过？"
    finding.click()
    page.wait_for_function("() => document.activeElement.id === 'mo-default'")
    assert page.input_value("#mo-id") == "passed"
    page.select_option("#mo-default", "to_major_done_from_passed")
    page.wait_for_selector("[data-count][data-worst=fine]")
    assert page.locator(".mo-fine").is_visible()


def test_an_expression_completes_what_is_known_there_and_is_tried_at_once(board):
    page = board()
    pick(page, "confirm")
    area = page.locator("#mo-candidates")
    area.fill("grid_owner(pla")
    page.locator(".mo-offers li", has_text="place").wait_for()
    area.press("Enter")
    assert area.input_value() == "grid_owner(place"
    page.locator(".mo-result .mo-wrong").wait_for()
    area.press("End")
    area.type(")")
    page.locator(".mo-right", has_text="李敏").wait_for()
    saved(page)


def test_without_a_connection_the_work_stays_and_arrives_later(board):
    page = board()
    pick(page, "confirm")
    page.context.set_offline(True)
    page.fill("#mo-name", "确认隐患")
    page.wait_for_selector("[data-state=offline]")
    assert drawn() is None
    page.context.set_offline(False)
    saved(page)
    assert 'name="确认隐患"' in drawn()


def test_what_was_drawn_offline_is_there_when_the_page_is_opened_again(board):
    page = board()
    pick(page, "confirm")
    page.context.set_offline(True)
    page.fill("#mo-name", "先确认")
    page.wait_for_selector("[data-state=offline]")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto("/modeler/hidden_danger")
    saved(page)
    assert 'name="先确认"' in drawn()


def test_two_owners_are_told_of_each_other_and_the_later_one_keeps_a_copy(board, second):
    first, other = board("po"), board(second)
    other.locator("[data-others]", has_text="彭流 也在编辑").wait_for()
    pick(first, "confirm")
    first.fill("#mo-name", "核实")
    saved(first)
    pick(other, "confirm")
    other.fill("#mo-name", "查看")
    dialog = other.locator("dialog", has_text="彭流")
    dialog.wait_for()
    dialog.locator("[data-word=copy]").click()
    other.wait_for_url("**/modeler/hidden_danger_2")
    assert 'name="核实"' in drawn() and 'name="查看"' in drawn("hidden_danger_2") and '<bpmn:process id="hidden_danger_2"' in drawn("hidden_danger_2")


def test_a_limit_with_escalation_is_added_in_one_click(board):
    page = board()
    pick(page, "recheck")
    before = page.evaluate("window.anlan.board.modeler.get('elementRegistry').filter(e => e.type === 'bpmn:BoundaryEvent').length")
    page.click(".djs-context-pad [data-action='pattern.escalation']")
    saved(page)
    assert page.evaluate("window.anlan.board.modeler.get('elementRegistry').filter(e => e.type === 'bpmn:BoundaryEvent').length") == before + 1
    assert "flow.escalate" in drawn() and page.get_attribute("[data-count]", "data-worst") != "error"
    assert page.evaluate("""() => { const all = window.anlan.board.modeler.get('elementRegistry');
        const step = all.find(e => e.businessObject.name === '升级上一级' && e.type === 'bpmn:ServiceTask');
        return all.filter(e => e !== step && e.type !== 'bpmn:Lane' && e.parent === step.parent && e.width && !e.waypoints
            && e.x < step.x + step.width && e.x + e.width > step.x
            && e.y < step.y + step.height && e.y + e.height > step.y).map(e => e.id); }""") == []
    entry(page, "timer").locator("input[type=number]").fill("0")
    assert "图中仍是 2" in entry(page, "timer").locator(".mo-wrong").inner_text()
    entry(page, "timer").locator("input[type=number]").fill("3")
    assert entry(page, "timer").locator(".mo-wrong").count() == 0
    page.select_option("#mo-on_timeout", "remind")
    saved(page)
    assert "workdays(3)" in drawn() and 'name="on_timeout" value="remind"' in drawn()


def test_an_approval_dropped_on_an_arrow_stands_between_and_gets_its_drawn_form(board):
    with unit_of_work(SYSTEM) as session:
        session.add(Draft(kind=Kind.FORM, key="major_review", name="重大隐患复审", saved_by=0, content=json.dumps(
            {"type": "default", "components": [{"type": "textfield", "key": "advice", "label": "复审意见", "id": "f1"}]})))
    page = board()
    drop_an_approval(page)
    entry(page, "fields").locator(".mo-link").click()
    entry(page, "fields").locator("select").select_option("read-only")
    saved(page)
    assert says("major_review").items() >= {"form": "major_review", "duty": "approve", "due": "P2D", "fields": '{"advice": "read-only"}'}.items()
    flows = {(flow.source, flow.target) for flow in bpmn_xml.read(drawn().encode()).flows}
    assert {("major_plan", "major_review"), ("major_review", "supervise")} <= flows
    page.wait_for_function("() => document.querySelector('[data-count]').dataset.worst !== 'error'")


def test_only_what_runs_is_offered_and_a_step_is_copied_into_another_diagram(board):
    page = board()
    pick(page, "passed")
    page.click(".djs-context-pad [data-action=replace]")
    offered = page.locator(".djs-popup .entry").all_inner_texts()
    assert any("都走" in words for words in offered) and not any("复杂" in words or "Complex" in words for words in offered)
    page.keyboard.press("Escape")
    pick(page, "accept")
    page.keyboard.press("Control+c")
    page.goto("/modeler/snapshot")
    page.wait_for_selector("[data-count]:not([data-worst=unknown])")
    page.locator(".mo-canvas svg").first.click(position={"x": 500, "y": 700})
    page.keyboard.press("Control+v")
    page.mouse.move(540, 600, steps=4)
    page.wait_for_function("() => window.anlan.board.modeler.get('dragging').context()")
    page.mouse.click(540, 600)
    page.wait_for_function("() => window.anlan.board.tasks().some(({ name }) => name === '验收')")
    saved(page)
    assert "gm(grid) + chair(grid) or fgld(grid)" in drawn("snapshot")  # no quotes in it, so as it was written


def test_who_may_only_look_changes_nothing(board):
    page = board("zhao")
    assert page.locator(".djs-palette").count() == 0 and page.locator("[data-do=undo]").count() == 0
    page.evaluate("{ const m = window.anlan.board.modeler; m.get('selection').select(m.get('elementRegistry').get('confirm')) }")
    page.wait_for_selector("#mo-name")
    assert page.is_disabled("#mo-name") and page.is_disabled("#mo-due")


def test_a_walk_with_tokens_speaks_chinese(board):
    page = board()
    page.click("[data-do=simulate]")
    page.locator(".djs-overlays[data-container-id=report] .bts-context-pad[title='触发']").click()
    page.locator(".bts-log .bts-entry, .bts-notification", has_text="登记").first.wait_for(state="attached")
    assert page.locator("[title='模拟记录']").count() >= 1 and page.locator("[title='Toggle Simulation Log']").count() == 0
    page.click("[data-do=simulate]")


def test_everything_speaks_english_at_a_click(board):
    page = board(language="en-US")
    for id in ("confirm", "confirm_overdue", "remind_confirm", "grade", "confirmed"):
        pick(page, id)
        left = page.evaluate("""() => [...document.querySelectorAll('.mo-bar, .mo-panel')].flatMap(box => {
            const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), found = [];
            while (walk.nextNode()) { const n = walk.currentNode, p = n.parentElement;
              if (!p.closest('[data-text], textarea, option, .bio-properties-panel-header-label')) found.push(n.data); }
            return found; })""")
        assert [words for words in left if CHINESE.search(words)] == []
    assert page.locator(".mo-face span").first.inner_text() == "Move"


def test_a_file_without_a_drawing_is_laid_out(board, site):
    bare = re.sub(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", SHIPPED[0].read_text(), flags=re.S)
    bare = re.sub(r"<bpmn:(incoming|outgoing)>.*?</bpmn:\1>", "", bare)
    with unit_of_work(SYSTEM) as session:
        session.add(Draft(kind=Kind.DIAGRAM, key="assignment", name="任务", content=bare, saved_by=0))
    page = board(key="assignment")
    assert page.evaluate("window.anlan.board.modeler.get('elementRegistry').filter(e => e.waypoints).length") > 10
    assert page.locator(".toast-note", has_text="自动排版").count() == 1
    saved(page)
    assert "BPMNShape" in drawn("assignment") and "<bpmn:incoming>" in drawn("assignment")
