"""Programs fill in forms that were drawn in the browser: told in JSON Schema, checked by the same rules, locked as the step says."""
import pytest

from data_model.actor import SYSTEM
from data_model.audit import AuditEntry
from data_model.process import HistoryEvent, Task
from data_model.session import unit_of_work
from engine import deployment
from tests.diagrams import diagram, end, node, user
from tests.forms.drawn import choices, one, schema, text

FORM = schema(
    text("title", "事项", required=True, maxLength=30), one("number", "cost", "费用", decimalDigits=2, max=1000),
    one("radio", "kind", "类别", values=choices(small="小额", large="大额"), required=True),
    one("textarea", "why", "理由", required=True, hide='=kind != "large"'),
    one("dynamiclist", "items", "明细", components=[text("name", "名称", required=True), one("number", "count", "数量", decimalDigits=0)]),
    one("checklist", "tags", "标签", values=choices(a="甲", b="乙")), text("note", "内部备注"))
START = '<spiffworkflow:properties><spiffworkflow:property name="form" value="purchase"/></spiffworkflow:properties>'


@pytest.fixture
def buying(house, shipped):
    review = user("review", form="purchase", candidates=f"users([{house['li']}])", fields='{"title": "read-only", "note": "hidden"}')
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"purchase.form": FORM.encode(), "buy.bpmn": diagram(
            node("startEvent", "s", START), review, end(), "s > review > e", key="buy", properties={"starters": "everyone"})})


@pytest.fixture
def begun(program, buying):
    """Wang's program has started it."""
    return program("wang").post("/cases", {"definition": "buy", "answers": {
        "title": "买滤料", "kind": "small", "cost": 12.5, "items": [{"name": "石英砂", "count": 20}], "tags": ["a"], "note": "已口头同意"}}, 201)["case_id"]


def test_the_form_is_told_and_what_is_sent_is_judged_by_it(program, buying):
    wang = program("wang")
    form = wang.get("/definitions/buy")["form"]
    assert form["required"] == ["title", "kind"] and form["properties"]["cost"] == {"title": "费用", "type": ["number", "null"],
                                                                                 "minimum": -10**12, "maximum": 1000}
    assert form["properties"]["items"]["items"]["properties"]["count"]["type"] == ["integer", "null"]
    wrong = wang.post("/cases", {"definition": "buy", "answers": {"title": "买", "kind": "large", "items": [{"count": 1}]}}, 422)
    assert {fault["field"] for fault in wrong["errors"]} == {"answers.why", "answers.items"}
    assert wang.post("/cases", {"definition": "buy", "answers": {"title": "买", "kind": "small", "nonsense": 1}}, 422)["errors"]


def test_it_is_in_the_document_of_who_is_signed_in(program, buying):
    told = program("wang").get("/openapi.json")["components"]["schemas"]
    assert told["form.purchase"]["properties"]["why"]["title"] == "理由"
    nobody = program("wang")
    nobody.client.environ_base.pop("HTTP_AUTHORIZATION", None)
    bare = nobody.client.get("/api/v1/openapi.json").json["components"]["schemas"]
    assert "form.purchase" not in bare and "form.hidden_danger.confirm" in bare


def test_a_reviewer_sees_no_hidden_field_and_cannot_send_one(program, begun, story):
    li, task = program("li"), story.row(Task, element_id="review").id
    seen = li.get(f"/tasks/{task}")
    shown = seen["form"]["properties"]
    assert "note" not in shown and shown["title"]["readOnly"] is True and shown["title"]["default"] == "买滤料"
    assert "已口头同意" not in li.last.get_data(as_text=True)
    assert "已口头同意" not in str(li.get(f"/cases/{begun}/timeline")) and "已口头同意" in str(program("wang").get(f"/cases/{begun}/timeline"))
    for answers, label in (({"note": "x"}, "内部备注"), ({"title": "改"}, "事项")):
        refused = li.post(f"/tasks/{task}/complete", {"outcome": "done", "answers": {"kind": "small", **answers}}, 422)
        assert label in refused["detail"]
    assert [entry.changes["fields"] for entry in story.rows(AuditEntry, deed="refused")] == [["note"], ["title"]]
    li.post(f"/tasks/{task}/complete", {"outcome": "done", "answers": {"title": "买滤料", "cost": 13}})
    done = story.row(HistoryEvent, action="complete").data
    assert done["cost"] == 13 and done["items"] == [{"name": "石英砂", "count": 20}] and done["tags"] == ["a"] and "title" not in done
