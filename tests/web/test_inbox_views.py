"""What a person keeps of the inbox, how it is sorted, and one answer for several tasks."""
import re

import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.process import Task
from data_model.session import unit_of_work
from engine import actions, deployment
from engine.principals import actor_for
from tests.diagrams import diagram, end, start, user

BULK = {"candidates": "grid_owner(start.grid)", "bulk": "yes", "due": "P2D", "form": "hidden_danger.approve_plan",
        "outcomes": '[{"value": "agree", "label": "同意"}, {"value": "return", "label": "退回", "opinion": true}]'}


@pytest.fixture
def waiting(web_app, house):
    """Three tasks that li may answer together."""
    with web_app.app_context():
        with unit_of_work(SYSTEM) as session:
            xml = diagram(start("s"), user("a", **BULK), end("e"), "s > a > e", properties={"starters": "everyone"})
            deployment.deploy(session, SYSTEM, {"p.bpmn": xml}, "test")
        with unit_of_work(SYSTEM) as session:
            wang = actor_for(session, session.scalars(select(User).where(User.login == "wang")).one())
        for number in range(3):
            with unit_of_work(wang) as session:
                actions.start(session, wang, "p", {"grid": house["unit:filter"]}, idem_key=f"k{number}")
        with unit_of_work(SYSTEM, write=False) as session:
            return [task.id for task in session.scalars(select(Task).order_by(Task.id))]


def test_a_view_is_kept_on_the_server_and_dropped_by_its_owner_only(visit, house):
    li, wang = visit("li"), visit("wang")
    li.get("/inbox?tab=overdue&sort=priority")
    assert li.post("/inbox/views", {"name": "紧急超时", "back": "tab=overdue&sort=priority"}).status_code == 303
    page = visit("li").get("/inbox").get_data(as_text=True)  # another device
    assert "紧急超时" in page and "/inbox?tab=overdue&amp;sort=priority" in page
    view_id = re.search(r"/inbox/views/(\d+)/delete", page)[1]
    wang.post(f"/inbox/views/{view_id}/delete", {})
    assert "紧急超时" in li.get("/inbox").get_data(as_text=True)
    li.post(f"/inbox/views/{view_id}/delete", {})
    assert "紧急超时" not in li.get("/inbox").get_data(as_text=True)


@pytest.mark.parametrize("name", ["", "   ", "太" * 31])
def test_a_view_needs_a_short_name(visit, house, name):
    li = visit("li")
    li.post("/inbox/views", {"name": name, "back": "tab=overdue"})
    assert "请给视图起个名字" in li.get("/inbox").get_data(as_text=True)


def test_one_answer_for_several_tasks_tells_of_each(visit, waiting):
    li = visit("li")
    assert li.get("/inbox").get_data(as_text=True).count("data-bulk-kind") == 3
    answer = li.post("/inbox/bulk", {"task": [waiting[0], waiting[1]], "outcome": "agree", "bulk_key": "one"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and page.count("is-done") == 2 and "is-refused" not in page
    again = li.post("/inbox/bulk", {"task": waiting, "outcome": "agree", "bulk_key": "two"}).get_data(as_text=True)
    assert again.count('class="is-done"') == 1 and again.count('class="is-refused"') == 2


def test_what_needs_an_opinion_needs_it_in_bulk_too(visit, waiting):
    li = visit("li")
    li.get("/inbox")
    page = li.post("/inbox/bulk", {"task": waiting, "outcome": "return", "bulk_key": "k"}).get_data(as_text=True)
    assert page.count('class="is-refused"') == 3
    page = li.post("/inbox/bulk", {"task": waiting, "outcome": "return", "opinion": "资料不全", "bulk_key": "k2"}).get_data(as_text=True)
    assert page.count('class="is-done"') == 3


def test_somebody_elses_tasks_are_refused_one_by_one(visit, waiting):
    chen = visit("chen")
    chen.get("/inbox")
    page = chen.post("/inbox/bulk", {"task": waiting, "outcome": "agree", "bulk_key": "k"}).get_data(as_text=True)
    assert page.count('class="is-refused"') == 3


def test_nothing_chosen_is_said(visit, waiting):
    li = visit("li")
    li.get("/inbox")
    li.post("/inbox/bulk", {"outcome": "agree", "bulk_key": "k"})
    assert "请选择要办理的任务" in li.get("/inbox").get_data(as_text=True)


@pytest.mark.parametrize("sort", ["created", "priority", "", "junk"])
def test_the_list_can_be_sorted(visit, waiting, sort):
    page = visit("li").get(f"/inbox?sort={sort}").get_data(as_text=True)
    assert page.count("data-row>") == 3
