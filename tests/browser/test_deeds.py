"""Deeds in the browser: sent back and resubmitted, a signer added beside, signed by finger on a phone, a draft that waits."""
import re

import pytest

from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.process import HistoryEvent, Task
from data_model.session import unit_of_work
from engine import actions, deployment
from engine.principals import actor_for
from tests.diagrams import diagram, end, start, user

AGREE = '{"value":"agree","label":"通过"}'
REFUSE = '{"value":"refuse","label":"不通过","opinion":true,"style":"danger"}'
FOUR = f'[{AGREE},{REFUSE},{{"value":"ask","label":"补充资料","style":"secondary"}},{{"value":"later","label":"暂缓","style":"secondary"}}]'
SIGNED = f'[{{"value":"agree","label":"通过","signature":true}},{REFUSE}]'
ALLOW = "transfer,delegate,cc,remind,return,reject,add_signer,withdraw"
EVERYONE = {"starters": "everyone"}


def drawn(xml, *elements):
    """The same with a drawing: the elements in a row."""
    shapes = "".join(
        f'<bpmndi:BPMNShape id="d_{name}" bpmnElement="{name}"><dc:Bounds x="{60 + 160 * at}" y="80" width="{100 if 0 < at < len(elements) - 1 else 36}" '
        f'height="{80 if 0 < at < len(elements) - 1 else 36}"/></bpmndi:BPMNShape>' for at, name in enumerate(elements))
    plane = f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="dp" bpmnElement="p">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    return xml.replace(b"</bpmn:definitions>", plane.encode() + b"</bpmn:definitions>")


@pytest.fixture
def house(site):
    """Deploys a diagram, starts a case for Wang, and lets people act without a browser."""

    class House:
        ids = site.ids

        def deploy(self, *parts):
            names = [part.id for part in parts if not isinstance(part, str)]
            with site.app.app_context(), unit_of_work(SYSTEM) as session:
                deployment.deploy(session, SYSTEM, {"p.bpmn": drawn(diagram(*parts, properties=EVERYONE), *names)})

        def begin(self):
            return self._as("wang", lambda session, actor: actions.start(session, actor, "p", {}, idem_key="begin").instance_id)

        def do(self, who, element, outcome="done"):
            task = self.task(element)
            self._as(who, lambda session, actor: actions.complete(session, actor, task, outcome, {}, idem_key=f"{task}-{who}"))

        def task(self, element, who=""):
            return next(t.id for t in self.rows(Task) if t.element_id == element and t.status == "open"
                        and (not who or f"u{site.ids[who]}" in t.candidates))

        def rows(self, model):
            with site.app.app_context(), unit_of_work(SYSTEM, write=False) as session:
                return session.query(model).order_by(model.id).all()

        def _as(self, who, deed):
            with site.app.app_context():
                with unit_of_work(SYSTEM, write=False) as session:
                    actor = actor_for(session, session.get_one(User, site.ids[who]))
                with unit_of_work(actor) as session:
                    return deed(session, actor)

    return House()


def more(page, deed):
    """更多 → the deed's sheet."""
    page.click(".more-deeds > summary")
    page.locator(".more-deeds .menu-item:visible").filter(has_text=deed).first.click()
    page.wait_for_selector("dialog.sheet[open] .ask-deed")


def send(page):
    page.click("dialog.sheet .ask-foot button")


def pick(page, field, name):
    page.fill(f"#{field}", name)
    page.locator(f"#{field}-list [data-id]").filter(has_text=name).first.click()


def test_zhang_sends_it_back_and_wang_resubmits(house, visit, shot):
    house.deploy(start("s"), user("write", candidates="starter()"), user("check", candidates=f"users([{house.ids['li']}])"),
                 user("decide", candidates=f"users([{house.ids['zhang']}])", outcomes=FOUR, returnable_to="any", allow=ALLOW), end("e"),
                 "s > write > check > decide > e")
    house.begin()
    house.do("wang", "write")
    house.do("li", "check")
    zhang = visit("zhang")
    zhang.goto(f"/tasks/{house.task('decide')}")
    zhang.click(".more-deeds > summary")
    shot(zhang, "deeds-menu-desk")
    zhang.keyboard.press("Escape")
    more(zhang, "退回")
    shot(zhang, "deeds-return-desk")
    send(zhang)  # nothing filled in: said beside the fields, in the sheet
    zhang.wait_for_selector("dialog.sheet #reason-error")
    zhang.locator(".target").filter(has_text="王强").click()
    assert zhang.get_by_text("「check」须重新办理").first.is_visible()
    zhang.fill("dialog.sheet #reason", "请补充三家比价")
    send(zhang)
    zhang.wait_for_selector(".toast-success")
    wang = visit("wang", phone=True)
    wang.goto(f"/tasks/{house.task('write')}")
    assert wang.get_by_text("请补充三家比价").first.is_visible() and wang.get_by_text("第 2 轮").first.is_visible()
    shot(wang, "deeds-returned-phone", whole=True)
    wang.click("button[name=outcome][value=done]")
    wang.wait_for_selector(".toast-success")
    assert [e.action for e in house.rows(HistoryEvent) if e.action in ("return", "complete")] == ["complete", "complete", "return", "complete"]


def test_chen_adds_zhang_beside_and_three_votes_are_counted(house, visit, shot):
    three = ", ".join(str(house.ids[who]) for who in ("li", "chen", "sun"))
    house.deploy(start("s"), user("sign", candidates=f"users([{three}])", outcomes=f"[{AGREE},{REFUSE}]", signing='{"mode":"all"}', allow=ALLOW),
                 end("e"), "s > sign > e")
    house.begin()
    chen = visit("chen")
    chen.goto(f"/tasks/{house.task('sign', 'chen')}")
    more(chen, "加签")
    pick(chen, "people", "张伟")
    pick(chen, "people", "周明")
    chen.locator(".picker-chosen li").filter(has_text="周明").locator("[data-drop]").click()
    chen.select_option("#where", "alongside")
    chen.fill("dialog.sheet #reason", "涉及厂区停产，请厂长一并会签")
    shot(chen, "deeds-add-signer-desk")
    send(chen)
    chen.wait_for_selector(".toast-success")
    assert chen.locator(".votes li").count() == 4 and chen.get_by_text("还需 4 人").is_visible()
    shot(chen, "deeds-votes-desk")
    zhang = visit("zhang", phone=True)
    zhang.goto(f"/tasks/{house.task('sign', 'zhang')}")
    assert zhang.locator(".votes li").filter(has_text="张伟").get_by_text("陈刚").is_visible()  # who asked him
    zhang.click("button[name=outcome][value=agree]")
    zhang.wait_for_selector(".toast-success")


def test_li_signs_with_her_finger(house, visit, shot):
    house.deploy(start("s"), user("sign", candidates=f"users([{house.ids['li']}])", outcomes=SIGNED), end("e"), "s > sign > e")
    case = house.begin()
    li = visit("li", phone=True)
    li.goto(f"/tasks/{house.task('sign')}")
    li.click("button[name=outcome][value=agree]")
    assert li.locator("[data-pad-error]").is_visible()  # not without a signature
    li.wait_for_timeout(600)  # the pad has come into view
    box = li.locator("[data-pad] canvas").bounding_box()
    pen = li.context.new_cdp_session(li)
    for stroke in ([(30, 60), (80, 40), (130, 110)], [(160, 50), (220, 120), (280, 70)]):
        finger(pen, [(box["x"] + x, box["y"] + y) for x, y in stroke])
    assert li.locator("[data-pad-error]").is_hidden()
    shot(li, "deeds-signature-phone")
    li.click("[data-pad-undo]")
    assert li.locator("[name=signature]").input_value()
    li.click("[data-pad-clear]")
    assert not li.locator("[name=signature]").input_value()
    finger(pen, [(box["x"] + x, box["y"] + y) for x, y in ((30, 60), (120, 100), (250, 50))])
    li.click("button[name=outcome][value=agree]")
    li.wait_for_selector(".toast-success")
    wang = visit("wang")
    wang.goto(f"/cases/{case}")
    image = wang.locator("img.signature")
    image.scroll_into_view_if_needed()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    shot(wang, "deeds-signed-desk")


def finger(pen, points):
    """One stroke by touch, as a phone tells it."""
    for kind, at in [("touchStart", points[0]), *(("touchMove", p) for p in points[1:])]:
        pen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})
    pen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_draft_waits_while_sun_is_signed_out(house, visit, shot):
    house.deploy(start("s"), user("check", candidates=f"users([{house.ids['sun']}])", outcomes=f"[{AGREE},{REFUSE}]"), end("e"), "s > check > e")
    house.begin()
    task = house.task("check")
    sun = visit("sun")
    sun.goto(f"/tasks/{task}")
    sun.fill("#opinion", "数据与台账不一致，")
    sun.locator("[data-draft-state]").filter(has_text="已暂存").wait_for()
    sun.goto("/me")
    sun.locator(".leave button").first.click()
    sun.wait_for_url(re.compile("/login"))
    again = visit("sun")
    again.goto(f"/tasks/{task}")
    assert again.locator("#opinion").input_value() == "数据与台账不一致，" and again.get_by_text("已恢复草稿").is_visible()
    shot(again, "deeds-draft-desk")
    again.click("[data-draft-drop]")
    again.wait_for_selector("[data-draft-note]", state="detached")
    assert again.locator("#opinion").input_value() == ""


def test_sun_mentions_li_and_uses_a_ready_opinion_on_a_phone(house, visit, shot):
    house.deploy(start("s"), user("check", candidates=f"users([{house.ids['sun']}])", outcomes=FOUR, allow=ALLOW), end("e"), "s > check > e")
    house.begin()
    sun = visit("sun", phone=True)
    sun.goto(f"/tasks/{house.task('check')}")
    shot(sun, "deeds-task-phone")
    sun.click("[data-ready] .canned-edit")
    sun.fill("#phrase", "同意，请按计划实施。")
    send(sun)
    sun.wait_for_selector(".canned-list [data-phrase]")
    shot(sun, "deeds-opinions-phone")
    sun.click(".sheet-close")
    sun.click("[data-ready] [data-canned]")
    assert sun.locator("#opinion").input_value() == "同意，请按计划实施。"
    sun.locator("#talk-text").fill("@李")
    sun.locator(".mention-list [data-name=李敏]").click()
    assert sun.locator("#talk-text").input_value() == "@李敏 "
    sun.locator("#talk-text").type("请看比价")
    sun.click(".talk-form button")
    sun.wait_for_selector(".mention")
    shot(sun, "deeds-talk-phone", whole=True)
    sun.click(".more-deeds > summary")
    sun.wait_for_timeout(300)
    assert sun.locator(".more-deeds [value=later]").is_visible()  # the third and fourth answer wait in the sheet
    shot(sun, "deeds-menu-phone")
