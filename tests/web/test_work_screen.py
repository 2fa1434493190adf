"""任务管理 as people use it: who finds what under which tab, the two meanings of 待审, paging, and a steady number of statements."""
import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event

from data_model import clock
from data_model.actor import SYSTEM
from data_model.assignment import Assignment
from data_model.organisation import OrgUnit
from data_model.session import unit_of_work
from engine import actions
from engine.deployment import load_shipped
from tests.flows.story import MONDAY, Story

TABS = ("all", "todo", "done", "assigned", "followed", "copied", "approvals", "waiting", "pending", "finished", "started")


@pytest.fixture
def story(house):
    with clock.at(MONDAY):
        with unit_of_work(SYSTEM) as session:
            load_shipped(session)
        yield Story(house)


@pytest.fixture
def painted(story):
    """Zhang asks Wang to paint the railings; Sun gets a copy."""
    return ask(story, "zhang", "wang", "护栏刷漆", cc=[story.ids["sun"]])


def ask(story, by, who, title, **more):
    return story.start(by, "assignment", title=title, content="按要求完成", assignees=[story.ids[who]], deadline=date(2026, 3, 6), **more)


def report(story, who, words):
    return story.start(who, "hidden_danger", grid=story.ids["unit:filter"], description=words, photos=[story.photo(who)])


def titles(page):
    return [html.unescape(t) for t in re.findall(r'class="inbox-link"[^>]*>([^<]+)<', page.get_data(as_text=True))]


def seen(visit, who, tab, **more):
    return titles(visit(who).get("/work", query_string={"tab": tab, **more}))


def test_each_finds_the_task_where_it_belongs(story, painted, visit):
    zhang, wang, sun, chen = (visit(who) for who in ("zhang", "wang", "sun", "chen"))
    at = {who: {tab: titles(browser.get(f"/work?tab={tab}")) for tab in TABS}
          for who, browser in (("zhang", zhang), ("wang", wang), ("sun", sun), ("chen", chen))}
    one = ["护栏刷漆"]
    assert {tab for tab, rows in at["zhang"].items() if rows == one} == {"all", "assigned", "approvals", "pending", "started"}
    assert {tab for tab, rows in at["wang"].items() if rows == one} == {"all", "todo"}
    assert {tab for tab, rows in at["sun"].items() if rows == one} == {"all", "copied", "approvals"}
    assert not any(at["chen"].values())


def test_done_and_passed_it_moves_on(story, painted, visit):
    story.do("wang", "handle", "submit", result="已刷")
    assert seen(visit, "wang", "done") == ["护栏刷漆"]
    assert seen(visit, "zhang", "todo") == ["护栏刷漆"]
    story.do("zhang", "review", "pass")
    assert (seen(visit, "zhang", "pending"), seen(visit, "zhang", "finished")) == ([], ["护栏刷漆"])
    assert seen(visit, "zhang", "all", state="已完成") == ["护栏刷漆"]
    assert seen(visit, "zhang", "all", state="处理中") == []


def test_what_i_submitted_is_not_what_waits_for_me(story, visit):
    """Wang reports a danger: it is 待审 of Wang, and what Li has to do with it is in Li's inbox. The page says which is which."""
    report(story, "wang", "滤池护栏松动")
    assert (len(seen(visit, "wang", "pending")), len(seen(visit, "wang", "waiting"))) == (1, 0)
    assert (len(seen(visit, "li", "pending")), len(seen(visit, "li", "waiting")), story.inbox("li")) == (0, 0, ["确认"])
    page = visit("li").get("/work?tab=waiting").get_data(as_text=True)
    assert "“待审”是您提交、还没审完的" in html.unescape(page)
    assert "手册中的“待审”" in html.unescape(visit("li").get("/work?tab=pending").get_data(as_text=True))


def test_a_copy_is_marked_until_it_is_opened(story, painted, visit):
    sun = visit("sun")
    page = sun.get("/work?tab=copied").get_data(as_text=True)
    assert re.search(r'id="work-tab-copied">[^<]*<span class="inbox-count is-late">1<', page)
    assert "is-urgent\">未读" in page
    assert sun.post(f"/cases/{painted}/read").status_code == 204  # as the case page says by itself when it is opened
    page = sun.get("/work?tab=copied").get_data(as_text=True)
    assert titles(sun.last) == ["护栏刷漆"] and 'is-urgent">未读' not in page and 'is-late">1<' not in page


def test_followed_cases(story, painted, visit):
    actor = story.actor("zhang")
    with unit_of_work(actor) as session:
        actions.follow(session, actor, painted)
    assert (seen(visit, "zhang", "followed"), seen(visit, "sun", "followed")) == (["护栏刷漆"], [])


def test_filters_of_all_approvals(story, painted, visit):
    report(story, "wang", "滤池护栏松动")
    zhang = visit("zhang")
    assert len(titles(zhang.get("/work?tab=approvals"))) == 2
    assert titles(zhang.get("/work?tab=approvals&flow=assignment")) == ["护栏刷漆"]
    assert len(titles(zhang.get("/work?tab=approvals&q=松动"))) == 1
    assert titles(zhang.get("/work?tab=approvals&state=completed")) == []
    assert "没有符合条件的事项" in zhang.last.get_data(as_text=True)


def test_assigning_through_the_page(story, visit):
    zhang = visit("zhang")
    page = zhang.get("/work?tab=assigned").get_data(as_text=True)
    assert 'href="/start/assignment"' in page
    form = zhang.get("/start/assignment").get_data(as_text=True)
    key = re.search(r'name="idem_key" value="([^"]+)"', form)[1]
    said = {"idem_key": key, "title": "更换压力表", "content": "更换 3 号泵压力表", "assignees": [story.ids["wang"], story.ids["chen"]],
            "deadline": "2026-03-06", "urgency": "紧急"}
    assert zhang.post("/start/assignment", {**said, "title": ""}).status_code == 422
    assert zhang.post("/start/assignment", said).status_code in (302, 303)
    assert zhang.post("/start/assignment", said).status_code in (302, 303)  # the same button twice
    assert titles(zhang.get("/work?tab=assigned")) == ["更换压力表", "更换压力表"]
    assert seen(visit, "chen", "todo") == ["更换压力表"]


def many(ids, number):
    with unit_of_work(SYSTEM) as session:
        place = session.get_one(OrgUnit, ids["unit:filter"])
        session.add_all(Assignment(code=f"T-{n:03}", title=f"第 {n} 件", assigner_id=ids["zhang"], assignee_id=ids["wang"], unit_id=place.id,
                                   org_path=place.path, deadline=date(2026, 3, 6)) for n in range(number))


def test_page_after_page(story, visit):
    many(story.ids, 45)
    zhang, address, found = visit("zhang"), "/work?tab=all", []
    while address:
        page = zhang.get(address)
        found += titles(page)
        following = re.search(r'href="([^"]*cursor=[^"]*)"', page.get_data(as_text=True))
        address = html.unescape(following[1]) if following else ""
    assert found == [f"第 {n} 件" for n in reversed(range(45))]


@pytest.mark.parametrize("tab", TABS)
def test_the_number_of_statements_does_not_grow_with_the_rows(story, visit, tab):
    browsers = {who: visit(who) for who in ("zhang", "sun", "wang")}
    ask(story, "zhang", "wang", "第一件", cc=[story.ids["sun"]])
    few = {who: _statements(browser, tab) for who, browser in browsers.items()}
    for n in range(5):
        ask(story, "zhang", "wang", f"又一件 {n}", cc=[story.ids["sun"]])
    assert {who: _statements(browser, tab) for who, browser in browsers.items()} == few


def _statements(browser, tab):
    said = []

    def hear(connection, cursor, statement, *rest):
        said.append(statement)
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        assert browser.get(f"/work?tab={tab}").status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    return len(said)


@pytest.mark.parametrize("query", ["tab=nonsense", "tab=all&cursor=x", "tab=done&cursor=99999999999.9_1", "tab=approvals&state=x&flow=x",
                                   "tab=pending&cursor=999999999999999", "tab=copied&cursor=1.5", "tab=waiting&cursor=abc"])
def test_whatever_the_address_says_the_page_opens(story, painted, visit, query):
    assert visit("zhang").get(f"/work?{query}").status_code == 200


def test_late_tasks_are_marked(story, painted, visit):
    clock.move(timedelta(days=5))
    assert 'work-day is-late' in visit("zhang").get("/work?tab=all").get_data(as_text=True)


def test_waiting_for_my_approval_lists_approvals_only(story, visit):
    """Who has a hundred things to do still sees what waits for their yes; the naive list showed all that waits."""
    report(story, "wang", "池壁开裂渗水")
    story.do("li", "confirm", "configure", is_source=False, danger_class="物", level="重大", stop_work=True)
    ask(story, "zhang", "wu", "护栏刷漆")
    ask(story, "zhang", "zhao", "标识更换")
    five = {name: "已落实" for name in ("five_duty", "five_money", "five_measures", "five_time", "five_plan")}
    story.do("zhao", "configure", "done", engineering="加固", rectifier=story.ids["chen"], checker=story.ids["sun"], deadline=date(2026, 3, 20), **five)
    assert "批准治理方案" in story.inbox("wu") and "处理" in story.inbox("wu")
    assert seen(visit, "wu", "waiting") == ["过滤区：池壁开裂渗水"] and seen(visit, "zhao", "waiting") == []


def test_in_english_a_list_is_not_called_like_the_deed(story, visit):
    zhang = visit("zhang")
    zhang.post("/language", {"language": "en"})
    page = html.unescape(zhang.get("/work?tab=followed").get_data(as_text=True))
    tabs = [re.sub(r"<.*", "", words) for words in re.findall(r'id="work-tab-\w+">([^\n]*?)</a>', page)]
    assert {"To do", "Followed", "Copied to me"} <= set(tabs) and len(set(tabs)) == len(tabs)
