"""A form drawn in the browser, at work: started with it, reviewed with part of it locked, printed, asked by the API, drafted."""
import html
import re
from io import BytesIO

import pytest
from PIL import Image

from data_model import clock
from data_model.actor import SYSTEM
from data_model.attachment import Attachment
from data_model.audit import AuditEntry
from data_model.process import HistoryEvent, ProcessDefinition, Task
from data_model.session import unit_of_work
from data_model.workshop import FormDesign
from engine import deployment
from tests.diagrams import diagram, end, node, user
from tests.flows.story import MONDAY, Story
from tests.forms.drawn import choices, one, schema, text

FORM = schema(
    text("title", "事项", required=True, maxLength=30),
    one("number", "cost", "费用", decimalDigits=2, min=0, max=1000),
    one("radio", "kind", "类别", values=choices(small="小额", large="大额"), required=True),
    one("group", label="大额须填", hide='=kind != "large"', components=[one("textarea", "why", "理由", required=True)]),
    one("dynamiclist", "items", "明细", components=[text("name", "名称", required=True), one("number", "count", "数量", decimalDigits=0)]),
    one("person", "checker", "复核人"), one("photo", "photos", "照片"), one("attachment", "papers", "材料"),
    text("note", "内部备注"), name="采购申请")


@pytest.fixture
def story(house):
    """Wang asks to buy something; Li reviews: the title is fixed, the inner note is not for her."""
    review = user("review", form="purchase", candidates=f"users([{house['li']}])", fields='{"title": "read-only", "note": "hidden"}',
                  outcomes='[{"value":"pass","label":"同意"}]')
    with clock.at(MONDAY):
        with unit_of_work(SYSTEM) as session:
            deployment.deploy(session, SYSTEM, {"purchase.form": FORM.encode(), "buy.bpmn": diagram(
                node("startEvent", "s", PROPERTY), review, end(), "s > review > e", key="buy",
                properties={"starters": "everyone", "category": "采购"})}, "第一版")
        yield Story(house)


PROPERTY = ('<spiffworkflow:properties><spiffworkflow:property name="form" value="purchase"/></spiffworkflow:properties>')


def words(answer):
    return html.unescape(answer.get_data(as_text=True))


def key(page):
    return re.search(r'name="idem_key" value="(\w+)"', words(page))[1]


def begun(visit, **fields):
    wang = visit("wang")
    asked = {"title": "买滤料", "kind": "small", "cost": "12.50", "note": "领导已口头同意", **fields}
    page = wang.get("/start/buy")
    return wang, wang.post("/start/buy", {"idem_key": key(page), **asked})


def picture():
    content = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG")
    content.seek(0)
    return content


def test_wang_starts_with_it_and_li_reviews_what_she_may(visit, story):
    """From the start page to the end; the data keeps each step's answers apart."""
    wang, answer = begun(visit, **{"items-0-name": "石英砂", "items-0-count": "20", "items-1-name": "", "checker": story.ids["zhang"]})
    assert answer.status_code == 303, words(answer)
    task = story.row(Task, element_id="review")
    page = words(visit("li").get(f"/tasks/{task.id}"))
    assert "买滤料" in page and 'name="title"' not in page and "领导已口头同意" not in page and 'name="note"' not in page
    assert 'value="12.50"' in page or 'value="12.5"' in page
    li = visit("li")
    sent = {"idem_key": key(li.get(f"/tasks/{task.id}")), "outcome": "pass", "kind": "large", "why": "确需", "cost": "13", "items-0-name": "石英砂"}
    assert li.post(f"/tasks/{task.id}", sent).status_code == 303
    line = story.row(HistoryEvent, action="complete")
    assert line.data["why"] == "确需" and line.data["items"] == [{"name": "石英砂", "count": None}]
    assert not {"title", "note"} & set(line.data)
    case = words(wang.get(f"/cases/{task.instance_id}"))
    assert "领导已口头同意" in case and "石英砂" in case and "确需" in case
    assert "领导已口头同意" in words(wang.get(f"/cases/{task.instance_id}/print"))
    assert "领导已口头同意" not in words(visit("li").get(f"/cases/{task.instance_id}"))


def test_what_a_condition_hides_is_neither_wanted_nor_kept(visit, story):
    _, answer = begun(visit, kind="large")
    assert answer.status_code == 422 and "请填写此项" in words(answer) and "领导已口头同意" in words(answer)
    _, answer = begun(visit, kind="small", why="不该留下")
    assert answer.status_code == 303
    assert story.row(HistoryEvent, action="start").data["why"] is None


@pytest.mark.parametrize("sent, name", [({"title": "改了标题"}, "事项"), ({"note": "偷看"}, "内部备注")])
def test_a_locked_field_is_refused_in_words_and_remembered(visit, story, sent, name):
    """Li's browser sends what its page did not ask: nothing happens, she reads why, the audit keeps it."""
    begun(visit)
    task, li = story.row(Task, element_id="review"), visit("li")
    asked = {"idem_key": key(li.get(f"/tasks/{task.id}")), "outcome": "pass", "kind": "small", "cost": "99", **sent}
    answer = li.post(f"/tasks/{task.id}", asked)
    assert answer.status_code == 422 and f"「{name}」在这一步不能修改" in words(answer) and 'value="99"' in words(answer)
    assert story.row(Task, id=task.id).status == "open"
    entry = story.row(AuditEntry, deed="refused")
    assert (entry.actor_id, entry.row_id, entry.changes) == (story.ids["li"], task.id, {"fields": list(sent)})
    assert li.post(f"/tasks/{task.id}", {**asked, **sent, "title": "买滤料"} | {"note": ""}).status_code == 422  # hidden is hidden, even empty


def test_a_fixed_field_sent_as_it_is_does_no_harm(visit, story):
    begun(visit)
    task, li = story.row(Task, element_id="review"), visit("li")
    asked = {"idem_key": key(li.get(f"/tasks/{task.id}")), "outcome": "pass", "kind": "small", "title": "买滤料"}
    assert li.post(f"/tasks/{task.id}", asked).status_code == 303


def test_photos_and_papers_belong_to_the_task_from_then_on(visit, story):
    """Without scripts the files travel in the form; Wang's photos of the start may be seen by Li, who kept them in the form."""
    wang = visit("wang")
    sent = {"idem_key": key(wang.get("/start/buy")), "title": "买滤料", "kind": "small", "photos-file": (picture(), "a.jpg"),
            "papers-document": (BytesIO(b"%PDF-1.4 x"), "报价.pdf")}
    assert wang.post("/start/buy", sent, content_type="multipart/form-data").status_code == 303
    photo, paper = story.rows(Attachment)
    assert {(row.owner_kind, row.stage) for row in (photo, paper)} == {("process_instance", "form")} and paper.name == "报价.pdf"
    li, task = visit("li"), story.row(Task, element_id="review")
    page = words(li.get(f"/tasks/{task.id}"))
    assert "报价.pdf" in page and f'name="photos" value="{photo.id}"' in page.replace("type=\"hidden\" ", "")
    assert li.get(f"/files/{paper.id}").headers["Content-Disposition"].startswith("attachment")
    asked = {"idem_key": key(li.get(f"/tasks/{task.id}")), "outcome": "pass", "kind": "small", "photos": photo.id, "papers": paper.id}
    assert li.post(f"/tasks/{task.id}", asked).status_code == 303


def test_no_program_comes_in_as_a_paper(visit, story):
    wang = visit("wang")
    wang.get("/start/buy")
    for name, content in (("x.html", b"<script>"), ("x.pdf", b"MZ"), ("x.svg", b"<svg/>"), ("x.exe", b"MZ")):
        answer = wang.post("/files/documents", {"file": (BytesIO(content), name)}, content_type="multipart/form-data")
        assert answer.status_code == 422, name


def test_a_draft_comes_back_without_what_is_locked(visit, story):
    begun(visit)
    task, li = story.row(Task, element_id="review"), visit("li")
    li.get(f"/tasks/{task.id}")
    assert li.post(f"/tasks/{task.id}/draft", {"why": "想一想", "kind": "large", "items-0-name": "活性炭", "note": "塞进来"}).status_code == 200
    page = words(li.get(f"/tasks/{task.id}"))
    assert "想一想" in page and "活性炭" in page and "塞进来" not in page
    asked = {"idem_key": key(li.get(f"/tasks/{task.id}")), "outcome": "pass", "kind": "large", "why": "想好了"}
    assert li.post(f"/tasks/{task.id}", asked).status_code == 303


def test_running_cases_keep_the_form_they_began_with(visit, story):
    """The form alone is deployed: the diagram gets a new version, Li's open task asks the old questions, new cases the new ones."""
    begun(visit)
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"purchase.form": schema(text("only", "唯一问题")).encode()}, "改版", source="modeler")
    task = story.row(Task, element_id="review")
    assert "理由" in words(visit("li").get(f"/tasks/{task.id}"))
    page = words(visit("wang").get("/start/buy"))
    assert "唯一问题" in page and "理由" not in page
    assert [row.version for row in story.rows(FormDesign)] == [1, 2]
    assert [(row.version, row.status) for row in story.rows(ProcessDefinition, key="buy")] == [(1, "retired"), (2, "effective")]


def test_a_step_may_say_that_it_asks_nothing(visit, story, house):
    """Of a flow with drawn forms, `none` is a start and a step with their buttons only."""
    nothing = PROPERTY.replace("purchase", "none")
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"nod.bpmn": diagram(
            node("startEvent", "s", nothing), user("nod", form="none", candidates=f"users([{house['li']}])", outcomes='[{"value":"pass","label":"同意"}]'),
            end(), "s > nod > e", key="nod", properties={"starters": "everyone"})}, "第一版")
    wang, li = visit("wang"), visit("li")
    assert wang.post("/start/nod", {"idem_key": key(wang.get("/start/nod"))}).status_code == 303
    task = story.row(Task, element_id="nod")
    page = li.get(f"/tasks/{task.id}")
    assert page.status_code == 200 and "同意" in words(page) and 'name="opinion"' in words(page)
    assert li.post(f"/tasks/{task.id}", {"idem_key": key(page), "outcome": "pass"}).status_code == 303
    assert story.row(HistoryEvent, action="complete", element_id="nod").outcome == "pass"
