"""A coded form at a step that locks part of it: the same keeping as for drawn ones, and the form's own rules still see every field."""
import html
import re

import pytest

from data_model.actor import SYSTEM
from data_model.audit import AuditEntry
from data_model.process import HistoryEvent, Task
from data_model.session import unit_of_work
from engine import deployment
from tests.diagrams import diagram, end, start, user
from tests.flows.story import Story
from tests.web.test_task_screen import key


@pytest.fixture
def story(house):
    """The handling form of 任务指派: the progress is fixed at what the form begins with, photos are not asked."""
    step = user("handle", form="assignment.handle", candidates=f"users([{house['li']}])", fields='{"progress": "read-only", "photos": "hidden"}')
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"small.bpmn": diagram(start(), step, end(), "s > handle > e", key="small",
                                                                  properties={"starters": "everyone"})})
    return Story(house)


@pytest.fixture
def task(story, visit):
    wang = visit("wang")
    assert wang.post("/start/small", {"idem_key": key(wang.get("/start/small"))}).status_code == 303
    return story.row(Task, element_id="handle")


def test_what_is_locked_is_words_or_nothing(visit, task):
    page = html.unescape(visit("li").get(f"/tasks/{task.id}").get_data(as_text=True))
    assert 'name="progress"' not in page and re.search(r'data-field="progress">.*?100', page, re.DOTALL) and 'data-photos="photos"' not in page
    assert 'name="result"' in page


@pytest.mark.parametrize("sent", [{"progress": "50"}, {"photos": "1"}])
def test_locked_all_the_same_is_refused_and_remembered(visit, story, task, sent):
    li = visit("li")
    asked = {"idem_key": key(li.get(f"/tasks/{task.id}")), "outcome": "done", "result": "护栏已紧固"}
    answer = li.post(f"/tasks/{task.id}", {**asked, **sent})
    assert answer.status_code == 422 and "护栏已紧固" in answer.get_data(as_text=True)
    assert story.row(AuditEntry, deed="refused").changes == {"fields": list(sent)}
    assert li.post(f"/tasks/{task.id}", asked).status_code == 303
    assert story.row(HistoryEvent, action="complete").data == {"result": "护栏已紧固"}


def test_nor_by_a_colleague_who_was_asked_or_by_a_draft(visit, story, task):
    li = visit("li")
    li.get(f"/tasks/{task.id}")
    li.post(f"/tasks/{task.id}/draft", {"progress": "50", "result": "写了一半"})
    page = li.get(f"/tasks/{task.id}").get_data(as_text=True)
    assert "写了一半" in page and 'name="progress"' not in page
    deed = li.get(f"/tasks/{task.id}/deeds/delegate")
    assert li.post(f"/tasks/{task.id}/deeds/delegate", {"idem_key": key(deed), "to": story.ids["chen"], "reason": "看看"}).status_code == 303
    chen = visit("chen")
    sent = {"idem_key": key(chen.get(f"/tasks/{task.id}")), "opinion": "可以", "progress": "50"}
    assert chen.post(f"/tasks/{task.id}/give_back", sent).status_code == 422
    del sent["progress"]
    assert chen.post(f"/tasks/{task.id}/give_back", sent).status_code == 303
