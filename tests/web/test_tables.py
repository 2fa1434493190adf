"""决策表 on the screen: Peng Liu owns the rules, auditors read them, nobody else comes in; two owners are told of each other."""
import html
import json
import re

import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.organisation import Grant, Role
from data_model.process import DecisionTable, ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Scenario, Switch
from engine import deployment
from engine.workshop import checking, table_rows
from tests.engine.dmn_files import dmn

JSON = {"Accept": "application/json"}


@pytest.fixture
def shipped(web_app, house, monkeypatch):
    monkeypatch.setattr(deployment, "_lint", [checking.errors])  # as wired at start-up
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        deployment.load_shipped(session)
        table_rows.load_missing(session)


@pytest.fixture
def read(web_app):
    """read(select(…)): the first row of a query, outside of any request."""
    def first(query):
        with web_app.app_context(), unit_of_work(SYSTEM, write=False) as session:
            return session.scalars(query).first()
    return first


@pytest.fixture
def po(visit, shipped):
    return visit("po")


def desk(page):
    return json.loads(html.unescape(re.search(r'<script type="application/json" id="desk">(.*?)</script>', page.get_data(as_text=True), re.S)[1]))


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


def ask(visitor, path, method="post", **sent):
    visitor.get("/tables")
    call = getattr(visitor.client, method)
    return call(path, json=sent, headers={**JSON, "X-CSRFToken": visitor.token})


def test_who_may_read_who_may_draw_who_may_not_come_in(visit, shipped):
    owner, auditor, worker = visit("po"), visit("au"), visit("wang")
    page = text(owner.get("/tables"))
    assert "隐患预分级" in page and "隐患治理" in page and "新建决策表" in page
    page = text(auditor.get("/tables/danger_level"))
    assert "只读" in page and "data-editor" not in page and "符合重大判定标准" in page
    assert worker.get("/tables").status_code == worker.get("/tables/danger_level").status_code == 403
    xml = desk(owner.get("/tables/danger_level"))["xml"]
    assert ask(auditor, "/tables/danger_level/draft", "put", content=xml, revision=0).status_code == 403
    assert auditor.get("/tables/danger_level/deploy").status_code == 403
    assert ask(auditor, "/tables/danger_level/try", content=xml, values={"clues.cost": "60000"}).get_json()["counted"] == [9]
    assert ask(worker, "/tables/danger_level/try", content=xml, values={}).status_code == 403


def test_an_owner_changes_tries_and_deploys(po, read):
    xml = desk(po.get("/tables/danger_level"))["xml"]
    changed = xml.replace("&gt; 50000", "&gt; 30000")
    saved = ask(po, "/tables/danger_level/draft", "put", content=changed, revision=0, name="隐患预分级")
    assert saved.get_json()["revision"] == 1
    found = ask(po, "/tables/danger_level/check", content=changed).get_json()
    assert [one["rule"] for one in found["findings"]] == [] and [row["name"] for row in found["rows"] if not row["ok"]] == ["费用正好五万元"]
    assert found["fields"][6] == {"key": "clues.cost", "label": "预计费用（元）", "kind": "number", "choices": [], "beside": False}
    page = text(po.get("/tables/danger_level/deploy"))
    assert "有错误，不能部署" in page and "测试行“费用正好五万元”应得" in page
    refused = po.post("/tables/danger_level/deploy", {"revision": "1", "note": "门槛"})
    assert refused.status_code == 422 and read(select(DecisionTable).where(DecisionTable.key == "danger_level", DecisionTable.version == 2)) is None

    row = next(row for row in found["rows"] if not row["ok"])
    assert all(one["ok"] for one in ask(po, "/tables/danger_level/rows", content=changed, values=row["inputs"], name=row["name"]).get_json()["rows"])
    page = text(po.get("/tables/danger_level/deploy"))
    assert "<del>> 50000</del> → <ins>> 30000</ins>" in page and "有错误" not in page
    refused = po.post("/tables/danger_level/deploy", {"revision": "1", "note": " "})
    assert refused.status_code == 422 and "请填写部署说明" in text(refused)
    answer = po.post("/tables/danger_level/deploy", {"revision": "1", "note": "门槛改为三万元"})
    assert answer.status_code == 303
    page = text(po.get(answer.location))
    assert "门槛改为三万元" in page and "隐患治理 2" in page and 'data-version="2"' in page
    flow = read(select(ProcessDefinition).where(ProcessDefinition.key == "hidden_danger", ProcessDefinition.status == "effective"))
    table = read(select(DecisionTable).where(DecisionTable.key == "danger_level").order_by(DecisionTable.version.desc()))
    assert (flow.version, flow.pins["dmn"]["danger_level"], table.version) == (2, table.id, 2)

    assert po.post("/tables/danger_level/versions/1/restore", {"revision": "0"}).status_code == 303
    assert desk(po.get("/tables/danger_level"))["xml"] == xml
    page = text(po.get("/tables/danger_level/compare?old=2&new=draft"))
    assert "<del>> 30000</del> → <ins>> 50000</ins>" in page and "第 9 行" in page
    assert "草稿从版本" not in text(po.get("/tables/danger_level/deploy"))
    assert po.post("/tables/danger_level/drop", {"revision": "1"}).status_code == 303
    assert po.get("/tables/danger_level/compare?old=2&new=draft").status_code == 404


def test_two_owners_are_told_of_each_other(web_app, house, visit, po):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        session.add(Grant(user_id=house["zhao"], role=Role.PROCESS_OWNER, unit_id=house["unit:group"], path=f"/{house['unit:group']}/"))
    zhao = visit("zhao")
    xml = desk(po.get("/tables/danger_route"))["xml"]
    assert ask(po, "/tables/danger_route/draft", "put", content=xml.replace("90", "80"), revision=0).status_code == 200
    ask(po, "/tables/danger_route/visit")
    assert ask(zhao, "/tables/danger_route/visit").get_json() == {"others": ["彭流"], "revision": 1, "savedBy": "彭流"}
    late = ask(zhao, "/tables/danger_route/draft", "put", content=xml.replace("90", "70"), revision=0)
    assert late.status_code == 409 and "彭流 已于" in late.get_json()["error"]


def test_a_draft_that_was_overtaken_says_so(web_app, po):
    xml = desk(po.get("/tables/danger_route"))["xml"]
    ask(po, "/tables/danger_route/draft", "put", content=xml.replace("90", "80"), revision=0)
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"danger_route.dmn": xml.replace("90", "85").encode()})
    assert "草稿从版本 1 改起，现已有版本 2" in text(po.get("/tables/danger_route/deploy"))


def test_with_four_eyes_a_table_waits_for_a_second_person(web_app, po, read):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        session.add(Switch(name="four_eyes", value=True))
    xml = desk(po.get("/tables/danger_route"))["xml"]
    ask(po, "/tables/danger_route/draft", "put", content=xml.replace("<text>90</text>", "<text>60</text>"), revision=0)
    for row in ask(po, "/tables/danger_route/check", content=xml).get_json()["rows"]:
        po.client.delete(f"/tables/danger_route/rows/{row['id']}", headers={**JSON, "X-CSRFToken": po.token})
    assert po.post("/tables/danger_route/deploy", {"revision": "1", "note": "缩短"}).status_code == 303
    assert read(select(DecisionTable).where(DecisionTable.key == "danger_route").order_by(DecisionTable.version.desc())).version == 1
    assert "已有一份发布申请等待处理" in text(po.get("/tables/danger_route/deploy"))


def test_a_new_table_keeps_what_was_typed_until_it_can_be_made(po):
    typed = {"name": "加价", "key": "surcharge", "inputs-label": ["天数"], "inputs-said": ["start.days"], "inputs-type": ["number"],
             "outputs-label": ["档次"], "outputs-said": [""], "outputs-type": ["string"]}
    refused = po.post("/tables/new", typed)
    assert refused.status_code == 422 and "每列都要有名称和类型" in text(refused) and 'value="start.days"' in text(refused)
    assert text(po.post("/tables/new", typed | {"more": "inputs"})).count('name="inputs-said"') == 2
    assert "已有编号为 danger_level 的决策表" in text(po.post("/tables/new", typed | {"outputs-said": ["band"], "key": "danger_level"}))
    answer = po.post("/tables/new", typed | {"outputs-said": ["band"]})
    assert answer.status_code == 303
    made = desk(po.get(answer.location))
    assert made["revision"] == 1 and 'name="band"' in made["xml"]
    found = ask(po, "/tables/surcharge/check", content=made["xml"]).get_json()
    assert [one["text"] for one in found["findings"]] == ["第 1 行“档次”列没有输出，结果将是空的，请填写"]
    assert "尚未部署" in text(po.get("/tables"))


@pytest.mark.parametrize("values, said", [
    ({"x": "7"}, {"counted": [1], "told": [{"label": "o", "name": "o", "value": '"a"'}], "wrong": ""}),
    ({"x": "many"}, {"wrong": "“x”填的 many 不对，请改正"}), ({"x": "1", "limit": "9"}, {"counted": []}),
    ({}, {"counted": [], "told": [{"label": "o", "name": "o", "value": "null"}]}),
    ({"x": "7", "limit": "text"}, {"wrong": "决策表“分级”第 1 行“x”列：7 与 \"text\" 不能比较大小"}),
])
def test_values_are_tried_and_what_is_wrong_is_said(po, values, said):
    xml = dmn([("x", "number")], [("o", "string")], [["> limit", '"a"']], "UNIQUE", key="probe")
    found = ask(po, "/tables/probe/try", content=xml, values={"limit": "5", **values}).get_json()
    assert {name: found[name] for name in said} == said


def test_data_that_no_diagram_has_is_told_with_the_diagram(po):
    xml = desk(po.get("/tables/danger_route"))["xml"].replace("confirm.level", "confirm.levle")
    found = ask(po, "/tables/danger_route/check", content=xml).get_json()["findings"]
    assert [(one["text"], one["element"]) for one in found] == [("流程“隐患治理”到“责任与期限”时没有数据 confirm.levle，请核对名称", "danger_route_in_1")]


@pytest.mark.parametrize("content", [
    "", "<a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", dmn([("x", "")], [("o", "")], [["__import__('os').system('id')", "1"]])])
def test_a_hostile_table_is_findings_and_nothing_else(po, content):
    found = ask(po, "/tables/probe/check", content=content)
    assert found.status_code == 200 and any(one["severity"] == "error" for one in found.get_json()["findings"])
    assert ask(po, "/tables/probe/try", content=content, values={}).get_json()["wrong"]
    assert ask(po, "/tables/probe/rows", content=content, values={}, name="x").status_code == 422


def test_words_of_a_table_are_text_on_every_page(po):
    evil = '"><script>alert(1)</script>'
    xml = dmn([(f"x{evil}", "")], [("o", "")], [["-", "1"]], key="probe").replace('name="分级"', f'name="{html.escape(evil)}"')
    assert ask(po, "/tables/probe/draft", "put", content=xml, revision=0, name=evil).status_code == 200
    for path in ("", "/deploy", "/versions"):
        assert "<script>alert" not in po.get(f"/tables/probe{path}").get_data(as_text=True)
    assert "<script>alert" not in po.get("/tables").get_data(as_text=True)


def test_english_readers_read_english(visit, shipped):
    owner = visit("po")
    owner.client.set_cookie("anlan_language", "en")
    xml = desk(owner.get("/tables/danger_level"))["xml"]
    found = ask(owner, "/tables/danger_level/check", content=xml.replace("FIRST", "UNIQUE")).get_json()["findings"]
    assert re.match(r"Rows \d+ and \d+ match at once \(.*\), which UNIQUE does not allow", found[0]["text"])
    bad = ask(owner, "/tables/danger_level/check", content=xml.replace("&gt; 50000", "[5..1]")).get_json()["findings"]
    assert bad[0]["text"] == "Row 9, column “Expected cost (yuan)”: “[5..1]” must be mended: The range from 5 to 1 holds nothing"
    assert "Used by" in text(owner.get("/tables/danger_level"))


def test_rows_of_a_table_are_kept_apart_from_scenarios(po, read):
    row = read(select(Scenario).where(Scenario.process_key == "dmn:danger_level", Scenario.name == "轻微"))
    assert row.expected["outputs"]["suggested_days"] == 1 and row.steps[0]["inputs"]["clues.cost"] == "0"
    gone = po.client.delete(f"/tables/danger_route/rows/{row.id}", headers={**JSON, "X-CSRFToken": po.token})
    assert gone.status_code == 404
