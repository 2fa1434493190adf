"""导入: one page for bundles and for diagrams from elsewhere; the report says what became of each thing, in both languages."""
import io
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.process import ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Draft
from tests.web.test_both_languages import CHINESE, Words

FILES = Path(__file__).parents[1] / "data" / "imports"
HOSTILE = b'''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
<process id="x" name="&lt;script&gt;alert(1)&lt;/script&gt;" camunda:versionTag="{0.__class__} %s &lt;img src=x onerror=alert(1)&gt;"><startEvent id="s"/>
<userTask id="t" name="&lt;svg onload=alert(1)&gt;"
  camunda:assignee="${&lt;script&gt;alert(1)&lt;/script&gt;}" camunda:taskListener="{text}"/></process></definitions>'''


def sent(visitor, name, data=None):
    return visitor.post("/definitions/import", {"file": (io.BytesIO((FILES / name).read_bytes() if data is None else data), name)})


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def po(visit):
    return visit("po")


def test_a_process_owner_reads_what_became_of_the_file_and_goes_on_in_the_modeler(po, web_app):
    page = po.get("/definitions/import").get_data(as_text=True)
    assert ".bpmn" in page and ".zip" in page
    answer = sent(po, "camunda7.bpmn")
    html, page = answer.get_data(as_text=True), text(answer)
    assert answer.status_code == 200
    assert "Camunda 7" in page and "动火作业审批" in page and "本系统没有角色“firefighters”" in page
    assert html.index('data-how="hand"') < html.index('data-how="look"') < html.index('data-how="done"') < html.index('data-how="lint"')
    assert "没有指定处理程序" in page, "what lint still finds"
    (link,) = re.findall(r'href="(/modeler/[^"]+)"', html)
    assert po.get(link).status_code == 200
    with web_app.app_context(), unit_of_work(SYSTEM, write=False) as session:
        assert [draft.key for draft in session.scalars(select(Draft))] == ["hot_work_permit"]
        assert not session.scalars(select(ProcessDefinition.id)).all()


def test_the_report_is_english_for_readers_of_english(po):
    po.client.set_cookie("anlan_language", "en")
    for name in ("camunda7.bpmn", "camunda8.bpmn", "flowable.bpmn20.xml", "plain.bpmn"):
        words = Words()
        words.feed(sent(po, name).get_data(as_text=True))
        left = [word for word in words.found if CHINESE.search(re.sub("“[^”]*”", "", word))]  # names in quotes are the file's own
        assert not left, left


@pytest.mark.parametrize("name, data, words", [
    ("a.bpmn", b"<html/>", "这不是 BPMN 2.0 文件"), ("a.bpmn", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
    ("a.xml", b"", "空"), ("a.zip", b"no zip", "不是有效的包"), ("a.bpmn", b"PK\x03\x04", "不是有效的包"),
])
def test_what_is_no_such_file_is_refused_beside_the_field(po, name, data, words):
    answer = sent(po, name, data)
    assert answer.status_code == 422
    assert words in text(answer)
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)


def test_words_of_a_hostile_file_are_words_on_the_page(po):
    html = sent(po, "x.bpmn", HOSTILE).get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in html and "&lt;svg onload" in html and "{0.__class__} %s" in html
    assert not re.search(r"<script[^>]*>alert|<svg onload|<img src=x", html)
    for path in ("/definitions", "/definitions/x", "/modeler/x"):
        assert not re.search(r"<script[^>]*>alert|<svg onload|<img src=x", po.get(path).get_data(as_text=True)), path


def test_only_process_owners_import(visit):
    assert sent(visit("zhao"), "plain.bpmn").status_code == 403
