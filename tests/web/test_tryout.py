"""试运行 at the screen: as anybody, by each one's own form, with a clock; nothing is kept but the list of steps."""
import html
import re

import pytest
from sqlalchemy import func, select

from data_model.actor import SYSTEM
from data_model.attachment import Attachment
from data_model.hidden_danger import HiddenDanger
from data_model.organisation import User
from data_model.outbox import Message
from data_model.process import ProcessDefinition, ProcessInstance
from data_model.session import unit_of_work
from data_model.workshop import FormDesign, Kind, Scenario, Trial
from engine import deployment
from engine.principals import actor_for
from engine.workshop import drafts, scenarios
from tests.diagrams import diagram, end, event, node, start, user
from tests.forms.drawn import one, schema, text

PAGE = "/tryout/hidden_danger"
AT = "2026-03-02T09:00"
NEVER = (HiddenDanger, Message, ProcessInstance, Attachment)


class Trying:
    """A process owner before the page of a try."""

    def __init__(self, visitor, ids, app):
        self.visitor, self.ids, self.app = visitor, ids, app

    def page(self, **query):
        return self.text(self.visitor.get(PAGE, query_string=query))

    def text(self, answer):
        return html.unescape(re.sub(r"<script type=.application/json.*?</script>", "", answer.get_data(as_text=True), flags=re.S))

    @property
    def revision(self):
        """As the page's own forms carry it, also those of the beginning."""
        pages = (self.visitor.get(PAGE, query_string=query).get_data(as_text=True) for query in ({}, {"as": self.ids["wang"]}))
        return next(found[1] for page in pages if (found := re.search(r'name="revision" value="(\d+)"', page)))

    def post(self, path="step", **data):
        return self.visitor.post(f"{PAGE}/{path}", {"revision": self.revision, **data})

    def start(self, who="wang", **more):
        return self.post(do="start", **{"as": self.ids[who]}, begins=AT, **{
            "grid": self.ids["unit:filter"], "description": "滤池走道护栏松动", "photos-samples": "1", **more})

    def act(self, who, step, outcome, **fields):
        return self.post(do="complete", **{"as": self.ids[who]}, step=step, process="hidden_danger", nth=0, outcome=outcome, **fields)

    def confirm(self, **more):
        return self.act("li", "confirm", "configure", **{
            "is_danger": "yes", "is_source": "no", "danger_class": "物", "level": "一般Ⅲ", "urgent": "no", "stop_work": "no", **more})

    def rows(self, model):
        with self.app.app_context(), unit_of_work(SYSTEM, write=False) as session:
            return list(session.scalars(select(model)))

    def never(self):
        with self.app.app_context(), unit_of_work(SYSTEM, write=False) as session:
            return [session.scalar(select(func.count()).select_from(model)) for model in NEVER]


@pytest.fixture
def shipped(web_app, house):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        deployment.load_shipped(session)
        scenarios.load_missing(session)
    return house


@pytest.fixture
def po(shipped, visit, web_app):
    return Trying(visit("po"), shipped, web_app)


def test_only_a_process_owner_tries(shipped, visit):
    for who in ("wang", "au", "ga"):
        assert visit(who).get(PAGE).status_code == 403
        assert visit(who).post(f"{PAGE}/step", {"do": "start"}).status_code == 403
    assert visit("po").get("/tryout/nothing").status_code == 404


def test_people_who_may_begin_are_found_by_a_few_letters(po):
    assert "以谁的身份发起" in po.page()
    found = po.page(find="过滤区")
    assert "王强" in found and "李敏" in found and "陈刚" not in found
    assert "隐患描述" in po.page(**{"as": po.ids["wang"]})


def test_a_case_goes_on_from_person_to_person_and_nothing_of_it_is_kept(po):
    before = po.never()
    assert po.start().status_code == 303
    shown = po.page()
    assert "李敏</strong>：您是「过滤区」的负责人" in shown and "待办到达" in shown and "HD-QINGYUAN-2026-0001" in shown
    assert "您有新的待办：确认" in shown and "3月2日 09:00" in shown
    assert po.confirm().status_code == 303
    planned = po.act("li", "configure", "done", engineering="加固护栏", rectifier=po.ids["chen"], checker=po.ids["sun"], deadline="2026-03-06")
    assert planned.status_code == 303
    assert po.act("chen", "rectify", "done", result="护栏已加固并刷漆", rectified_on="2026-03-02", **{"photos_after-samples": "1"}).status_code == 303
    assert po.act("sun", "recheck", "pass").status_code == 303
    assert "流程已结束：已关闭" in po.page()
    assert po.never() == before
    (trial,) = po.rows(Trial)
    assert trial.steps[2]["data"]["rectifier"] == {"$user": "chen"} and trial.steps[0]["data"]["grid"] == {"$unit": "filter"}
    assert trial.steps[0]["data"]["photos"] == {"$photos": 1}


def test_each_form_keeps_its_own_rules_and_everything_typed(po):
    refused = po.start(description="短", **{"photos-samples": "0"})
    said = po.text(refused)
    assert refused.status_code == 422 and "至少 5 个字" in said and 'value="2026-03-02T09:00"' in said
    po.start()
    refused = po.confirm(danger_class="", level_reason="看过了")
    said = po.text(refused)
    assert refused.status_code == 422 and "请选择隐患分类" in said and "看过了" in said
    refused = po.act("li", "confirm", "close", is_danger="no", is_source="no")
    assert refused.status_code == 422 and "请填写意见" in po.text(refused)
    refused = po.act("wang", "confirm", "configure", is_danger="yes", is_source="no", danger_class="物", level="一般Ⅲ")
    assert refused.status_code == 403 and "这不是您的待办" in po.text(refused)
    assert len(po.rows(Trial)[0].steps) == 1


def test_the_clock_is_moved_by_hand(po):
    po.start()
    assert po.post(do="clock", next="1").status_code == 303
    assert "已满 1 个工作日" in po.page()
    po.post(do="clock", minutes="1440")
    shown = po.page()
    assert "已升级给您" in shown and "张伟" in shown and "3月4日 09:00" in shown
    po.post(do="clock", until="2026-03-09T08:00")
    assert "3月9日 08:00" in po.page()
    refused = po.post(do="clock", until="2026-03-01T08:00")
    assert refused.status_code == 422 and "时钟只能向前" in po.text(refused)


def test_a_step_is_undone_and_the_try_begun_anew(po):
    po.start()
    po.confirm()
    po.post("undo")
    assert [one["do"] for one in po.rows(Trial)[0].steps] == ["start"]
    assert "转入整改配置" not in po.page()
    po.post("restart")
    assert "以谁的身份发起" in po.page() and po.rows(Trial)[0].steps == []
    po.start()
    assert "3月2日 09:00" in po.page()


def test_two_windows_of_one_person_do_not_overwrite_each_other(po):
    po.start()
    old = po.revision
    po.confirm()
    late = po.visitor.post(f"{PAGE}/step", {"revision": old, "do": "clock", "minutes": "60"})
    assert late.status_code == 409 and "另一个窗口" in po.text(late)
    assert po.visitor.post(f"{PAGE}/undo", {"revision": old}).status_code == 409
    assert len(po.rows(Trial)[0].steps) == 2


def test_a_deed_of_the_menu_asks_its_own_form(po):
    po.start()
    assert "转办" in po.page(step="confirm", **{"as": po.ids["li"]})
    asked = po.page(step="confirm", deed="transfer", **{"as": po.ids["li"]})
    assert "交给别人办理" in asked
    where = {"as": po.ids["li"], "step": "confirm", "process": "hidden_danger", "nth": 0, "do": "transfer"}
    assert po.post(**where, to=po.ids["chen"], reason="").status_code == 422
    assert po.post(**where, to=po.ids["chen"], reason="请代办").status_code == 303
    assert "陈刚" in po.page() and po.rows(Trial)[0].steps[1]["data"] == {"to": {"$user": "chen"}, "reason": "请代办"}
    assert po.post(do="cancel", **{"as": po.ids["wang"]}, reason="写错了").status_code == 303
    assert "流程已撤销" in po.page()


def test_a_step_is_returned_to_whom_the_diagram_allows(po):
    po.start()
    po.confirm()
    po.act("li", "configure", "done", engineering="加固护栏", rectifier=po.ids["chen"], checker=po.ids["sun"], deadline="2026-03-06")
    po.act("chen", "rectify", "done", result="护栏已加固并刷漆", rectified_on="2026-03-02", **{"photos_after-samples": "1"})
    where = {"as": po.ids["sun"], "step": "recheck", "process": "hidden_danger", "nth": 0}
    asked = po.page(deed="return", **where)
    offered = re.findall(r'<option value="(\w+)"', asked)
    assert offered == ["configure"]
    assert po.post(do="return", **where, element="configure", reason="固定不牢").status_code == 303
    shown = po.page()
    assert 'data-turn="configure"' in shown and "固定不牢" in shown
    assert "孙丽" in shown


def test_the_draft_is_what_is_tried_and_one_with_errors_says_so(po):
    def draw(*parts):
        with po.app.app_context(), unit_of_work(SYSTEM) as session:
            actor = actor_for(session, session.get(User, po.ids["po"]))
            opened = drafts.open_draft(session, actor, Kind.DIAGRAM, "hidden_danger")
            xml = diagram(*parts, key="hidden_danger", properties={"starters": "everyone"})
            drafts.save(session, actor, Kind.DIAGRAM, "hidden_danger", xml.decode(), opened.revision)

    po.start()
    draw(start("s"), user("other", candidates="starter()"), end("e"), "s > other > e")
    shown = po.page()
    assert "草稿" in shown and 'data-turn="other"' in shown
    po.act("wang", "other", "done")
    draw(start("s"), user("third", candidates="starter()"), end("e"), "s > third > e")
    shown = po.page()
    assert "第 2 步现在做不到" in shown and "去掉这一步及以后" in shown
    po.post("undo", left="1")
    assert 'data-turn="third"' in po.page()
    deployment.use_lint(lambda session, files: {"hidden_danger.bpmn": (Wrong(),)})
    try:
        refused = po.visitor.get(PAGE)
        assert refused.status_code == 422 and "这里不对：third" in po.text(refused)
    finally:
        deployment._lint.clear()
    assert [row.version for row in po.rows(ProcessDefinition) if row.key == "hidden_danger"] == [1]


def test_a_form_that_is_only_drawn_is_asked_as_it_will_be(po):
    """The form and the diagram that names it are both drafts; photos, a file, a signature and rows are there."""
    drawn = schema(text("title", "事项", required=True), one("person", "checker", "复核人"), one("photo", "photos", "照片"),
                   one("attachment", "papers", "材料"), one("signature", "sign", "签名", required=True),
                   one("dynamiclist", "items", "明细", components=[text("name", "名称"), one("person", "whose", "归谁")]), name="采购申请")
    begin = node("startEvent", "s", '<spiffworkflow:properties><spiffworkflow:property name="form" value="purchase"/></spiffworkflow:properties>')
    xml = diagram(begin, user("review", candidates="users([start.checker])"), end("e"), "s > review > e", key="buy",
                  properties={"starters": "everyone"})
    with po.app.app_context(), unit_of_work(SYSTEM) as session:
        actor = actor_for(session, session.get(User, po.ids["po"]))
        drafts.save(session, actor, Kind.FORM, "purchase", drawn, 0)
        drafts.save(session, actor, Kind.DIAGRAM, "buy", xml.decode(), 0)
    before = po.never()
    address = "/tryout/buy"
    asked = po.text(po.visitor.get(address, query_string={"as": po.ids["wang"]}))
    assert all(words in asked for words in ("事项", "papers-samples", "sign-signed", "items-0-name"))
    sent = {"revision": "0", "do": "start", "as": po.ids["wang"], "begins": AT, "checker": po.ids["li"], "photos-samples": "1",
            "papers-samples": "2", "items-0-name": "滤料", "items-0-whose": po.ids["chen"]}
    refused = po.visitor.post(f"{address}/step", {**sent, "sign-signed": "1"})
    assert refused.status_code == 422 and "滤料" in po.text(refused)
    assert po.visitor.post(f"{address}/step", {**sent, "title": "买滤料", "sign-signed": "1"}).status_code == 303
    assert "李敏" in po.text(po.visitor.get(address))
    assert po.rows(Trial)[0].steps[0]["data"] == {
        "title": "买滤料", "checker": {"$user": "li"}, "photos": {"$photos": 1}, "papers": {"$photos": 2}, "sign": {"$signature": True},
        "items": [{"name": "滤料", "whose": {"$user": "chen"}}]}
    assert po.never() == before and po.rows(FormDesign) == []


def test_a_process_that_a_message_begins_begins_with_it(po):
    xml = diagram(start("s", event("message", "order")), user("check", candidates="grid_owner(5)"), end("e"), "s > check > e", key="heard")
    with po.app.app_context(), unit_of_work(SYSTEM) as session:
        actor = actor_for(session, session.get(User, po.ids["po"]))
        drafts.save(session, actor, Kind.DIAGRAM, "heard", xml.decode(), 0)
    shown = po.text(po.visitor.get("/tryout/heard"))
    assert "没有人可以手工发起此流程" in shown and "消息到达 order" in re.sub(r"<[^>]+>|\s+", " ", shown).replace("  ", " ")
    begun = po.visitor.post("/tryout/heard/step?kind=message", {"revision": "0", "do": "arise", "name": "order", "unit": "filter", "begins": AT})
    assert begun.status_code == 303
    assert "李敏" in po.text(po.visitor.get("/tryout/heard"))


class Wrong:
    """What lint finds."""

    element, text, params = "third", "这里不对：{element}", {"element": "third"}


# -- scenarios

def test_a_try_is_kept_as_a_scenario_replayed_renamed_opened_and_deleted(po):
    po.start()
    po.post(do="clock", next="1")
    kept = po.post("scenarios", name="只催一次", people="1")
    assert kept.status_code == 303
    mine = next(row for row in po.rows(Scenario) if row.name == "只催一次")
    assert mine.expected["after"][1] == {"waits": [["confirm", ["owner@filter"]]], "told": ["N-05"]}
    shown = po.text(po.visitor.get(kept.headers["Location"]))
    assert "已存为场景“只催一次”" in shown and "与预期一致" in shown and "覆盖率" in shown
    again = po.post("scenarios", name="只催一次")
    assert "已有名为「只催一次」的场景" in po.text(po.visitor.get(again.headers["Location"]))
    assert "刚才重放的 1 个场景" in shown and "按现在的结果更新预期" not in shown
    address = f"scenarios/{mine.id}"
    with po.app.app_context(), unit_of_work(SYSTEM) as session:
        session.get_one(Scenario, mine.id).expected = {"status": "completed"}  # as when the process had another way
    assert "按现在的结果更新预期" in po.text(po.visitor.get(f"{PAGE}/scenarios?run={mine.id}"))
    assert "与预期一致" in po.text(po.visitor.get(po.post(f"{address}/renew").headers["Location"]))
    assert next(row for row in po.rows(Scenario) if row.id == mine.id).expected["status"] == "running"
    refused = po.post(f"{address}/rename", name="一般隐患一次通过")
    assert refused.status_code == 422 and "已有名为「一般隐患一次通过」的场景" in po.text(refused)
    po.post(f"{address}/rename", name="催一次")
    po.post("restart")
    shipped = next(row for row in po.rows(Scenario) if row.name == "整改逾期，升级上一级")
    po.post(f"scenarios/{shipped.id}/open")
    assert "流程已结束：已关闭" in po.page()
    assert po.rows(Trial)[0].steps[0]["who"] == {"$user": "wang"}
    po.post(f"{address}/delete")
    assert "催一次" not in [row.name for row in po.rows(Scenario)]
    assert po.visitor.get(f"{PAGE}/scenarios/file").get_json()[0]["name"] == "一般隐患一次通过"


def test_all_are_replayed_and_the_arrows_nobody_went_along_are_listed(po):
    every = po.text(po.visitor.get(f"{PAGE}/scenarios?run=all"))
    assert "100 %" in every and "每一条连线都走过了" in every and every.count("与预期一致") == 7
    one = next(row for row in po.rows(Scenario))
    alone = po.text(po.visitor.get(f"{PAGE}/scenarios?run={one.id}"))
    assert "还没有走过的连线" in alone and "直接关闭" in alone
    assert po.never() == [0, 0, 0, 0]


def test_in_english(po):
    po.start()
    po.visitor.client.set_cookie("anlan_language", "en", domain="localhost")
    shown = po.page()
    for words in ("Next:", "To the next timer", "Notices that would go out", "not saved"):
        assert words in shown
    assert "as expected" in po.text(po.visitor.get(f"{PAGE}/scenarios?run=all"))
