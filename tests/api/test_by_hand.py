"""Programs sign by hand, answer several tasks at once, and fetch the photos their owners may see."""
import io

import pytest

from data_model.actor import SYSTEM
from data_model.process import HistoryEvent, Task
from data_model.session import unit_of_work
from engine import deployment, signatures
from tests.api.test_story import picture
from tests.diagrams import diagram, end, start, user

SIGNED = '[{"value": "agree", "label": "同意", "signature": true}, {"value": "no", "label": "不同意"}]'


@pytest.fixture
def approvals(house):
    """A flow with one step of Li's that wants a signature, and one whose step may be answered in bulk."""
    li = f"users([{house['li']}])"
    with unit_of_work(SYSTEM) as session:
        for key, more in (("signed", {"outcomes": SIGNED}), ("ticked", {"bulk": "true"})):
            parts = (start("s"), user("check", candidates=li, **more), end("e"), "s > check > e")
            deployment.deploy(session, SYSTEM, {f"{key}.bpmn": diagram(*parts, key=key, properties={"starters": "everyone"})})


def begin(program, key):
    case = program("wang").post("/cases", {"definition": key, "answers": {}}, 201)["case_id"]
    return next(row["id"] for row in program("li").get("/tasks")["items"] if row["case_id"] == case)


def send(program, path, content, name):
    return program.raw("POST", path, data={"file": (io.BytesIO(content), name)})


def test_a_signature_by_hand(program, approvals, story):
    task, li = begin(program, "signed"), program("li")
    refused = li.post(f"/tasks/{task}/complete", {"outcome": "agree"}, 422)
    assert refused["errors"][0]["field"] == "signature"
    assert send(li, "/files/signatures", b"no picture", "a.png").status_code == 422
    drawn = send(li, "/files/signatures", picture("black"), "a.png")
    assert drawn.status_code == 201
    wangs = send(program("wang"), "/files/signatures", picture("black"), "a.png").json["id"]
    assert li.post(f"/tasks/{task}/complete", {"outcome": "agree", "signature": wangs}, 422)["errors"][0]["field"] == "signature"
    li.post(f"/tasks/{task}/complete", {"outcome": "agree", "signature": drawn.json["id"]})
    (line,) = story.rows(HistoryEvent, action="complete")
    with story.looking() as session:
        assert signatures.is_sound(session, session.get(HistoryEvent, line.id))


def test_several_at_once_with_a_result_for_each(program, approvals, story):
    li = program("li")
    one, two, signed = begin(program, "ticked"), begin(program, "ticked"), begin(program, "signed")
    said = {"tasks": [one, signed, two, 10**9], "outcome": "done", "opinion": "同意"}
    first = li.post("/tasks/bulk", said, key="once")
    assert [(r["task_id"], r["ok"], r["status"]) for r in first["items"]] == [(one, True, 200), (signed, False, 403), (two, True, 200), (10**9, False, 404)]
    assert first["items"][1]["detail"] and first["items"][0]["detail"] == ""
    again = li.post("/tasks/bulk", said, key="once")
    assert [r["ok"] for r in again["items"]] == [True, False, True, False]  # the same answer, nothing done twice
    late = li.post("/tasks/bulk", {"tasks": [one], "outcome": "done"}, key="later")
    assert (late["items"][0]["status"], len(story.rows(HistoryEvent, action="complete"))) == (409, 2)
    li.post("/tasks/bulk", {"tasks": [], "outcome": "done"}, 422)
    assert {row.status for row in story.rows(Task) if row.id in (one, two)} == {"done"}


def test_a_photo_is_for_whoever_may_see_what_it_shows(program, house):
    wang = program("wang")
    photo = send(wang, "/files", picture("red"), "现场.png").json["id"]
    assert program("li").raw("GET", f"/files/{photo}").status_code == 404  # it hangs nowhere yet
    wang.post("/cases", {"definition": "hidden_danger", "answers": {
        "grid": house["unit:filter"], "description": "滤池护栏松动，可能坠落", "photos": [photo], "external_cause": False}}, 201)
    answer = program("li").raw("GET", f"/files/{photo}")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg") and answer.data.startswith(b"\xff\xd8")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert program("feng").raw("GET", f"/files/{photo}").status_code == 404  # another company
    assert program("li", "cases:start").raw("GET", f"/files/{photo}").status_code == 403
    assert program("li").raw("GET", "/files/999999").status_code == 404
