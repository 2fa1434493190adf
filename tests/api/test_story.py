"""Programs work for people: the same actions by another door, each once, and who was second is told who was first."""
import io

import pytest
from PIL import Image
from sqlalchemy import select

from data_model.attachment import Attachment
from data_model.process import Command, HistoryEvent, ProcessInstance
from tests.web.conftest import PASSWORD

CONFIRM = {"outcome": "configure", "answers": {"danger_class": "人的因素", "level": "一般Ⅲ级"}}


def picture(colour):
    held = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(held, "PNG")
    return held.getvalue()


def upload(program, content=None, name="现场.png"):
    answer = program.raw("POST", "/files", data={"file": (io.BytesIO(content or picture("red")), name)})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def test_a_danger_from_a_photo_to_the_grid_owners_confirmation(program, house, story):
    wang, li = program("wang"), program("li")
    form = wang.get("/definitions/hidden_danger")["form"]
    assert {"grid", "description", "photos"} <= set(form["required"]) and form["properties"]["photos"]["minItems"] == 1
    grid = wang.get("/picks/units?q=过滤")["items"][0]
    assert grid["id"] == house["unit:filter"]
    photo = upload(wang)
    begun = wang.post("/cases", {"definition": "hidden_danger", "answers": {
        "grid": grid["id"], "description": "滤池护栏松动，可能坠落", "photos": [photo], "external_cause": False}}, 201)
    assert wang.last.headers["Location"] == f"/api/v1/cases/{begun['case_id']}"
    row = li.get("/tasks")["items"][0]
    assert (row["case_id"], row["definition"], row["starter"]["name"]) == (begun["case_id"], "hidden_danger", "王强")
    task = li.get(f"/tasks/{row['id']}")
    assert task["why"] == ["您是「过滤区」的负责人"] and "complete" in task["may"] and task["form"]["properties"]["is_danger"]["default"] is True
    assert task["data"]["start"]["description"] == "滤池护栏松动，可能坠落"
    level = next(word for word in task["form"]["properties"]["level"]["enum"] if word and "Ⅲ" in word)
    kind = task["form"]["properties"]["danger_class"]["enum"][0]
    done = li.post(f"/tasks/{row['id']}/complete", {"outcome": "configure", "answers": {"danger_class": kind, "level": level}})
    assert done["case_id"] == begun["case_id"] and done["next_task_id"]
    assert li.get("/tasks/done")["items"][0]["outcome"] == "configure"
    assert [line["element"] for line in li.get(f"/cases/{begun['case_id']}/timeline")["items"] if line["open"]] == ["configure"]
    marks = li.get(f"/cases/{begun['case_id']}/diagram")
    assert marks["current"] == ["configure"] and "confirm" in marks["done"] and marks["xml"].startswith("<?xml")
    assert [holder for step in wang.get(f"/cases/{begun['case_id']}")["steps"] for holder in step["holders"]] == ["李敏"]
    assert story.rows(Attachment, id=photo)[0].owner_kind == "hidden_danger"


def test_two_at_once_and_the_second_is_told_who_was_first_and_when(program, reported, story, house):
    backup = program("li")
    task = story.task("confirm")
    story.do("li", "confirm", "close", "误报", is_danger=False)
    answer = backup.post(f"/tasks/{task}/complete", {"outcome": "close", "answers": {"is_danger": False}, "opinion": "误报"}, 409)
    assert answer["who"] == "李敏" and answer["when"].startswith("20") and "李敏" in answer["detail"]
    assert answer["type"] == "/api/v1/docs#late"


def test_the_same_key_again_gets_the_same_answer_though_the_form_would_now_refuse(program, house, story):
    wang = program("wang")
    body = {"definition": "hidden_danger", "answers": {
        "grid": house["unit:filter"], "description": "滤池护栏松动", "photos": [upload(wang)]}}
    first = wang.post("/cases", body, 201, key="once")
    assert wang.post("/cases", body, 201, key="once") == first
    assert wang.last.headers["Location"] == f"/api/v1/cases/{first['case_id']}"
    assert len(story.rows(ProcessInstance)) == 1
    assert wang.post("/cases", body, 422)["errors"][0]["field"] == "answers.photos", "another key: the photo hangs already"
    task = story.task("confirm")
    li = program("li")
    done = {"outcome": "close", "answers": {"is_danger": False}, "opinion": "误报"}
    assert li.post(f"/tasks/{task}/complete", done, key="k") == li.post(f"/tasks/{task}/complete", done, key="k")
    assert len(story.rows(HistoryEvent, element_id="confirm", action="complete")) == 1


def test_the_same_key_with_another_body_or_at_another_address_is_refused(program, reported, story):
    li, task = program("li"), story.task("confirm")
    li.post(f"/tasks/{task}/complete", {"outcome": "close", "answers": {"is_danger": False}, "opinion": "误报"}, key="k")
    again = li.post(f"/tasks/{task}/complete", {"outcome": "close", "answers": {"is_danger": False}, "opinion": "另一个"}, 422, key="k")
    assert again["type"].endswith("#reused")
    assert li.post(f"/tasks/{task}/claim", {}, 422, key="k")["type"].endswith("#reused")


def test_a_key_is_its_owners_only(program, reported, story):
    wang, li, task = program("wang"), program("li"), story.task("confirm")
    wang.post(f"/cases/{reported}/cancel", {"reason": "重复登记"}, key="1")
    assert li.post(f"/tasks/{task}/claim", status=409, key="1")["type"].endswith("#late"), "not told of the other's key"


def test_what_was_refused_leaves_its_key_free(program, reported, story):
    li, task = program("li"), story.task("confirm")
    wrong = li.post(f"/tasks/{task}/complete", {"outcome": "configure", "answers": {"danger_class": None}}, 422, key="k")
    assert {one["field"] for one in wrong["errors"]} == {"answers.danger_class"}
    li.post(f"/tasks/{task}/complete", {"outcome": "close", "answers": {"is_danger": False}, "opinion": "误报"}, key="k")
    with story.looking() as session:
        assert all(session.scalars(select(Command.result)))


def test_a_deed_without_a_key_does_nothing(program, reported, story):
    li, task = program("li"), story.task("confirm")
    for key in ("", "x" * 256, "钥匙".encode().decode("latin-1"), "a b"):
        answer = li.raw("POST", f"/tasks/{task}/claim", json={}, headers={"Idempotency-Key": key} if key else {})
        assert (answer.status_code, answer.json["type"]) == (400, "/api/v1/docs#no-key")


def test_the_rules_of_the_form_are_those_of_the_screen_and_its_words_too(program, reported, story, visit):
    li, task = program("li"), story.task("confirm")
    body = {"outcome": "configure", "answers": {"is_danger": False, "is_source": True}}
    told = li.post(f"/tasks/{task}/complete", body, 422)
    page = visit("li").post(f"/tasks/{task}", {"outcome": "configure", "is_danger": "no", "is_source": "yes", "idem_key": "x"})
    assert page.status_code == 422 and all(one["message"] in page.get_data(as_text=True) for one in told["errors"])
    assert told["errors"] == [{"field": "answers.is_danger", "message": "确定是危险源的，一定是隐患"}]
    english = li.post(f"/tasks/{task}/complete", body, 422, headers={"Accept-Language": "en"})
    assert english["errors"][0]["message"] == "A confirmed hazard source is always a hidden danger" or english["errors"][0]["message"].isascii()
    assert english["title"].isascii() and english["detail"].isascii()


@pytest.mark.parametrize("body, field", [
    ({"outcome": "nonsense"}, "outcome"), ({}, "outcome"), ({"outcome": "close", "answers": {"is_danger": False}}, "opinion"),
    ({"outcome": "configure", "answers": {"is_danger": "yes"}}, "answers.is_danger"), ({"outcome": "configure", "more": 1}, "more"),
    ({"outcome": "configure", "answers": {"reporter": 3}}, "answers.reporter"), ({"outcome": "configure", "opinion": "x" * 2001}, "opinion")])
def test_what_is_wrong_is_told_by_field(program, reported, story, body, field):
    errors = program("li").post(f"/tasks/{story.task('confirm')}/complete", body, 422)["errors"]
    assert [one["field"] for one in errors] == [field] and errors[0]["message"]


def test_claimed_by_one_it_is_nobody_elses_until_given_back(program, house, story):
    case = story.start("wang", "hidden_danger", grid=house["unit:filter"], description="滤池护栏松动", photos=[story.photo("wang")])
    task, li, zhang = story.task("confirm", case), program("li"), program("zhang")
    claimed = li.post(f"/tasks/{task}/claim")
    assert claimed == {"case_id": case, "task_id": task, "next_task_id": task}
    assert li.get(f"/tasks/{task}")["task"]["assignee_id"] == house["li"]
    assert li.post(f"/tasks/{task}/unclaim")["next_task_id"] is None
    assert zhang.post(f"/tasks/{task}/claim", status=403)["type"].endswith("#forbidden")


def test_pages_hold_each_task_once_under_the_same_filters_as_the_inbox(program, house, story):
    for number in range(7):
        story.start("wang", "hidden_danger", grid=house["unit:filter"], description=f"第{number}处护栏松动", photos=[story.photo("wang")])
    li, seen, cursor = program("li"), [], ""
    while cursor is not None:
        page = li.get(f"/tasks?limit=3{'&cursor=' + cursor if cursor else ''}")
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 7
    assert li.get("/tasks?tab=overdue")["items"] == [] and len(li.get("/tasks?flow=hidden_danger&due=7d")["items"]) <= 7
    wang, cases, cursor = program("wang"), [], ""
    while cursor is not None:
        page = wang.get(f"/cases?which=started&limit=2{'&cursor=' + cursor if cursor else ''}")
        cases += [row["id"] for row in page["items"]]
        cursor = page["next"]
    assert cases == sorted(set(cases), reverse=True) and len(cases) == 7
    assert [row["id"] for row in wang.get("/cases?which=mine&limit=100")["items"]] == cases
    assert li.get("/cases?which=mine")["items"] == [] and li.get("/cases?which=started")["items"] == []
    assert len(li.get("/cases?which=visible&status=running")["items"]) == 7


def test_the_starter_takes_a_case_back_with_a_reason(program, reported):
    wang = program("wang")
    assert wang.post(f"/cases/{reported}/cancel", {"reason": "   "}, 422)["errors"][0]["field"] == "reason"
    assert wang.post(f"/cases/{reported}/cancel", {"reason": "重复登记"})["case_id"] == reported
    assert wang.get(f"/cases/{reported}")["case"]["status"] == "cancelled"
    assert wang.post(f"/cases/{reported}/cancel", {"reason": "重复登记"}, 409)["title"] == "已有变化"


def test_a_moment_may_come_from_any_zone(program, house, story):
    wang = program("wang")
    answers = {"grid": house["unit:filter"], "description": "地面积水", "photos": [upload(wang)], "taken_at": "2026-01-05T01:30:00Z"}
    case = wang.post("/cases", {"definition": "snapshot", "answers": answers}, 201)["case_id"]
    line = wang.get(f"/cases/{case}/timeline")["items"][0]
    assert line["data"]["taken_at"] == "2026-01-05T09:30:00+08:00"


def test_who_the_token_stands_for(program, house):
    me = program("li", "tasks:read").get("/me")
    assert (me["login"], me["name"], me["unit"]["name"], me["token"]["scopes"]) == ("li", "李敏", "过滤区", ["tasks:read"])
    assert PASSWORD not in str(me)


def test_li_hands_her_task_to_a_colleague_by_the_form_of_the_page(program, reported, story, house):
    li, task = program("li"), story.task("confirm")
    asks = li.get(f"/tasks/{task}/transfer")
    assert asks["form"]["required"] == ["to", "reason"] and asks["form"]["properties"]["to"]["x-pick"] == "/api/v1/picks/people"
    if not asks["offered"]:
        assert li.post(f"/tasks/{task}/transfer", {"to": house["chen"], "reason": "请代为确认"}, 422)["detail"]
        return
    assert {one["field"] for one in li.post(f"/tasks/{task}/transfer", {"to": house["qian"]}, 422)["errors"]} == {"to", "reason"}
    li.post(f"/tasks/{task}/transfer", {"to": house["chen"], "reason": "请代为确认"})
    assert [row["id"] for row in program("chen").get("/tasks")["items"]] == [task]


def test_a_case_is_talked_about_followed_and_shown_around(program, reported, story, house):
    wang, li = program("wang"), program("li")
    wang.post(f"/cases/{reported}/comment", {"text": "请尽快", "mentions": [house["li"]]})
    assert "follow" in li.get(f"/cases/{reported}")["may"]
    assert li.post(f"/cases/{reported}/follow") == {"case_id": reported, "task_id": None, "next_task_id": None}
    assert "unfollow" in li.get(f"/cases/{reported}")["may"]
    li.post(f"/cases/{reported}/unfollow")
    program("qian").post(f"/cases/{reported}/follow", {}, 403)
    program("qian").post(f"/cases/{reported}/comment", {"text": "我也看看"}, 403)
