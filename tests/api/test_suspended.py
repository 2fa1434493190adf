"""A program meets a case that the process owner has stopped: told who, when and why, with 409, and nothing happens."""
from data_model.process import Task
from data_model.session import unit_of_work
from engine import actions

CLOSE = {"outcome": "close", "answers": {"is_danger": False}, "opinion": "误报"}


def test_a_suspended_case_refuses_and_says_why(program, reported, story):
    task, po = story.task("confirm"), story.actor("po")
    case = story.row(Task, id=task).instance_id
    with unit_of_work(po) as session:
        actions.suspend(session, po, case, "等待鉴定报告", idem_key="s")
    li = program("li")
    answer = li.post(f"/tasks/{task}/complete", CLOSE, status=409)
    assert "彭流" in answer["detail"] and "等待鉴定报告" in answer["detail"]
    assert "complete" not in li.get(f"/tasks/{task}")["may"]
    assert li.get(f"/cases/{case}")["case"]["status"] == "suspended"
    with unit_of_work(po) as session:
        actions.resume(session, po, case, "报告已到", idem_key="r")
    li.post(f"/tasks/{task}/complete", CLOSE)
