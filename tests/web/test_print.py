"""The approval sheet: everything that was decided is on it, for whoever may open the case and nobody else."""
import html
import re
import sys
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import event, select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.db import db
from data_model.hidden_danger import HiddenDanger
from data_model.process import HistoryEvent, ProcessInstance
from data_model.session import unit_of_work
from engine.deployment import load_shipped
from tests.flows.story import MONDAY, Story
from web import pdf

CONFIRM = {"danger_class": "物", "level": "一般Ⅱ", "level_reason": "风险可控"}
HOSTILE = '"><script>alert(1)</script><img src="http://evil.example/x.png">{{ 7*7 }}</td>'


@pytest.fixture
def story(house):
    with clock.at(MONDAY):
        with unit_of_work(SYSTEM) as session:
            load_shipped(session)
        yield Story(house)


@pytest.fixture
def case(story):
    """Wang has reported, Li has confirmed with a word and ordered Chen to rectify."""
    case = story.start("wang", "hidden_danger", grid=story.ids["unit:filter"], description="滤池护栏松动", photos=[story.photo("wang")])
    story.do("li", "confirm", "configure", opinion="当日内先围挡", **CONFIRM)
    story.do("li", "configure", "done", engineering="更换护栏立柱", rectifier=story.ids["chen"], checker=story.ids["sun"],
             deadline=clock.today() + timedelta(days=3))
    return case


def pages(answer):
    assert answer.status_code == 200 and answer.content_type == "application/pdf"
    return [page.extract_text().replace("\n", "") for page in PdfReader(BytesIO(answer.data)).pages]


def words(answer):
    return html.unescape(answer.get_data(as_text=True))


def test_the_sheet_says_all_that_was_decided(visit, story, case):
    page = words(visit("wang").get(f"/cases/{case}/print"))
    for said in ("隐患治理审批单", "清源供水公司", "HD-QINGYUAN-2026-0001", "滤池护栏松动", "王强", "2026-03-02 09:00", "办理中", "李敏",
                 "当日内先围挡", "确认并配置整改", "陈刚", "等待办理", f"/cases/{case}/diagram.svg?part=0"):
        assert said in page, said
    assert "登记隐患" not in re.search(r'<table class="lines">.*?</table>', page, re.S)[0]  # what the system did is no opinion
    assert " style=" not in page and "<script>" not in page


def test_the_pdf_says_the_same_with_pages_and_the_readers_name_on_each(visit, story, case):
    found = pages(visit("wang").get(f"/cases/{case}/print.pdf"))
    whole = "".join(found)
    for said in ("隐患治理审批单", "清源供水公司", "HD-QINGYUAN-2026-0001", "滤池护栏松动", "当日内先围挡", "确认并配置整改", "等待办理"):
        assert said in whole, said
    assert len(found) >= 3 and all(f"{n} / {len(found)}" in page for n, page in enumerate(found, 1))
    assert all(page.count("王强 2026-03-02 09:00") >= 5 for page in found)
    assert "批准治理方案" in whole and "流程图" in whole  # the diagram's own words, as text


def test_in_english_only_what_people_wrote_is_chinese(visit, story, case):
    wang = visit("wang")
    wang.post("/language", {"language": "en"})
    page = wang.get(f"/cases/{case}/print").get_data(as_text=True)
    ours = re.sub(r"<(\w+)[^>]* data-text[^>]*>.*?</\1>", "", page, flags=re.S)
    assert 'lang="en"' in page and not re.findall(r"[\u3400-\u9fff]+", ours)
    assert "Approval sheet" in "".join(pages(wang.get(f"/cases/{case}/print.pdf")))
    svg = wang.get(f"/cases/{case}/diagram.svg").get_data(as_text=True)
    assert "Confirm" in svg and not re.findall(r"[\u3400-\u9fff]+", svg)


@pytest.mark.parametrize(("who", "status"), [("wang", 200), ("li", 200), ("chen", 200), ("au", 200), ("qian", 403), ("feng", 403), (None, 302)])
def test_whoever_may_open_the_case_may_print_it(visit, story, case, who, status):
    visitor = visit(who)
    for path in ("", "/print", "/print.pdf", "/diagram.svg"):
        assert visitor.get(f"/cases/{case}{path}").status_code == status, path
    for path in ("/print", "/print.pdf", "/diagram.svg"):
        assert visitor.get(f"/cases/{2**40}{path}").status_code == (404 if who else 302)


def test_a_part_of_the_picture_that_is_not_there(visit, story, case):
    wang = visit("wang")
    assert wang.get(f"/cases/{case}/diagram.svg?part=1").status_code == 200
    assert [wang.get(f"/cases/{case}/diagram.svg?part={part}").status_code for part in (2, -1)] == [404, 404]
    assert wang.get(f"/cases/{case}/diagram.svg").headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_hostile_words_stay_words_on_paper(visit, story, case):
    with unit_of_work(SYSTEM) as session:
        session.scalars(select(HiddenDanger)).one().description = HOSTILE
        session.get_one(ProcessInstance, case).title = HOSTILE
        line = session.scalars(select(HistoryEvent).where(HistoryEvent.opinion != "")).first()
        line.opinion, line.actor_name, line.element_name, line.on_behalf_name = HOSTILE, HOSTILE[:60], HOSTILE, HOSTILE[:60]
    wang = visit("wang")
    page = wang.get(f"/cases/{case}/print").get_data(as_text=True)
    assert "<script>alert" not in page and "evil.example/x.png&#34;" in page and "49" not in re.findall(r"\{\{.*?\}\}", page)
    assert "<script>alert(1)</script>" in "".join(pages(wang.get(f"/cases/{case}/print.pdf")))


def test_nothing_but_what_lies_on_the_shelf_is_fetched(tmp_path):
    secret = tmp_path / "secret.css"
    secret.write_text("body::before { content: 'the secret' }")
    made = pdf.write(f'<link rel="stylesheet" href="{secret.as_uri()}"><img src="{secret.as_uri()}"><img src="anlan:../../etc/passwd">words', {})
    assert PdfReader(BytesIO(made)).pages[0].extract_text().strip() == "words"


def test_a_signature_and_for_whom_it_was_done_are_shown(visit, story, case):
    file = story.photo("li")
    with unit_of_work(SYSTEM) as session:
        line = session.scalars(select(HistoryEvent).where(HistoryEvent.opinion != "")).first()
        line.on_behalf_name, line.signature = "张伟", {"file": file, "image": "x", "content": "y"}
    page = words(visit("wang").get(f"/cases/{case}/print"))
    assert "张伟" in page and f'class="signature" src="/files/{file}"' in page
    assert "张伟" in "".join(pages(visit("wang").get(f"/cases/{case}/print.pdf")))  # the picture's file is gone: the sheet comes all the same


def test_without_pango_the_sheet_is_there_for_the_browser_and_says_why(visit, story, case, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # importing it fails, as it does without Pango
    answer = visit("wang").get(f"/cases/{case}/print.pdf")
    assert answer.status_code == 503 and "请用浏览器打印" in words(answer) and "滤池护栏松动" in words(answer)
    assert pdf.health()[2] is False and "libpango" in pdf.health()[1]


def test_the_doctor_finds_everything_for_pdf_here():
    assert pdf.health() == ("print", pdf.health()[1], True)


def test_the_page_of_the_case_tells_the_history_and_who_is_next(visit, story, case):
    page = words(visit("wang").get(f"/cases/{case}"))
    ahead = re.search(r'<li class="timeline-ahead">.*?</ul>', page, re.S)[0]
    assert "接下来" in ahead and "复核" in ahead and "孙丽" in ahead and "条件未定" in ahead
    assert "系统步骤 2 项" in page and f"/cases/{case}/print" in page and f'<img src="/cases/{case}/diagram.svg"' in page


def test_a_sheet_costs_the_same_statements_however_long_the_history(visit, web_app, story, case):
    wang, count = visit("wang"), []
    with web_app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: count.append(1))

    def cost(path):
        wang.get(path)
        count.clear()
        wang.get(path)
        return len(count)

    before = [cost(f"/cases/{case}{path}") for path in ("/print", "/print.pdf", "")]
    with unit_of_work(SYSTEM) as session:
        seq = session.get_one(ProcessInstance, case).events
        session.add_all(HistoryEvent(instance_id=case, seq=seq + n, action="complete", element_id="confirm", element_name="确认", actor_name="李敏",
                                     opinion=f"第 {n} 次") for n in range(1, 120))
    assert [cost(f"/cases/{case}{path}") for path in ("/print", "/print.pdf", "")] == before


@pytest.mark.parametrize(("status", "word"), [
    ("completed", "已办结"), ("terminated", "已终止"), ("cancelled", "已撤销"), ("rejected", "已驳回"),
])
def test_however_a_case_ended_its_sheet_says_how(visit, case, status, word):
    with unit_of_work(SYSTEM) as session:
        session.get_one(ProcessInstance, case).status = status
    assert word in words(visit("wang").get(f"/cases/{case}/print"))
