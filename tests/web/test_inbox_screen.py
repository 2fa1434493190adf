"""The inbox as people use it: tabs that agree with their counts, search and filters, paging, quiet refresh, words for emptiness."""
import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import OrgUnit, Ownership
from data_model.process import ProcessInstance, Task
from data_model.session import unit_of_work
from engine import actions, inbox
from engine.deployment import load_shipped
from tests.flows.story import MONDAY, Story

TABS = ("all", "mine", "unclaimed", "soon", "overdue")


@pytest.fixture
def story(house):
    """The shipped diagrams on a simulated Monday."""
    with clock.at(MONDAY):
        with unit_of_work(SYSTEM) as session:
            load_shipped(session)
        yield Story(house)


@pytest.fixture
def reported(story):
    """Wang reports a railing of the filter area, and Chen an eye-wash in the dosing area; Li owns both today."""
    with unit_of_work(SYSTEM) as session:
        session.add(Ownership(unit_id=story.ids["unit:dosing"], user_id=story.ids["li"]))
    railing = report(story, "wang", "filter", "滤池护栏松动")
    clock.move(timedelta(hours=30))
    eyewash = report(story, "chen", "dosing", "加药间洗眼器无水")
    return {"railing": railing, "eyewash": eyewash}


def report(story, who, grid, words):
    return story.start(who, "hidden_danger", grid=story.ids[f"unit:{grid}"], description=words, photos=[story.photo(who)])


def titles(page):
    return [html.unescape(t) for t in re.findall(r'class="inbox-link"[^>]*>([^<]+)<', page.get_data(as_text=True))]


def count(page, tab):
    return re.search(rf'id="inbox-tab-{tab}">[^<]*<span class="inbox-count[^"]*">([^<]+)<', page.get_data(as_text=True))[1]


def many(ids, number, first_due=None):
    """Open tasks at the filter's owner, straight into the tables."""
    with unit_of_work(SYSTEM) as session:
        place = session.get_one(OrgUnit, ids["unit:filter"])
        instance = session.scalars(select(ProcessInstance).limit(1)).one()
        tasks = [Task(instance_id=instance.id, token_id=f"token-{n}", element_id="confirm", name="确认", process_key="hidden_danger",
                      process_name="隐患治理", code=f"HD-{n:03}", title=f"第 {n} 件", starter_id=ids["wang"], starter_name="王强",
                      org_path=place.path, candidates=[f"owner@{place.id}"], due_at=(first_due + timedelta(hours=n)) if first_due else None)
                 for n in range(number)]
        session.add_all(tasks)
        session.flush()
        inbox.add(session, tasks)


def test_counts_are_what_the_lists_hold(visit, story, reported):
    clock.move(timedelta(hours=10))
    task, actor = story.task("confirm", reported["eyewash"]), story.actor("li")
    with unit_of_work(actor) as session:
        actions.claim(session, actor, task)
    li = visit("li")
    for tab in TABS:
        page = li.get(f"/inbox?tab={tab}")
        assert count(page, tab) == str(len(titles(page))), tab
    assert titles(li.get("/inbox?tab=mine")) == ["加药消毒区：加药间洗眼器无水"]
    assert titles(li.get("/inbox?tab=unclaimed")) == titles(li.get("/inbox?tab=soon")) == ["过滤区：滤池护栏松动"]
    clock.move(timedelta(days=1))
    assert "过滤区：滤池护栏松动" in titles(visit("li").get("/inbox?tab=overdue"))


def test_nobody_elses_tasks_are_listed(visit, reported):
    assert titles(visit("feng").get("/inbox")) == []


@pytest.mark.parametrize(("asked", "found"), [
    ("q=护栏", 1), ("q=陈刚", 1), ("q=0002", 1), ("q=没有的词", 0), ("flow=hidden_danger", 2), ("flow=snapshot", 0),
    ("due=today", 0), ("due=7d", 2), ("q=洗眼器&flow=hidden_danger&due=7d", 1), ("q=%25", 0),
])
def test_search_and_filters_narrow_list_and_counts_alike(visit, reported, asked, found):
    page = visit("li").get(f"/inbox?{asked}")
    assert len(titles(page)) == found
    assert count(page, "all") == str(found)


def test_station_filter_offers_the_stations_of_ones_company_only(visit, story, reported):
    page = visit("li").get(f"/inbox?station={story.ids['unit:plant2']}").get_data(as_text=True)
    assert "第二水厂" in page and "城东污水厂" not in page
    assert not titles(visit("li").get(f"/inbox?station={story.ids['unit:plant2']}"))
    assert len(titles(visit("li").get(f"/inbox?station={story.ids['unit:plant1']}"))) == 2


def test_pages_by_key_without_gap_or_double(visit, story, reported):
    many(story.ids, 45, clock.now())
    li, seen, address = visit("li"), [], "/inbox"
    while address:
        page = li.get(address)
        seen += titles(page)
        more = re.search(r'<a class="btn" href="(/inbox\?[^"]+)"', page.get_data(as_text=True))
        address = html.unescape(more[1]) if more else ""
    assert len(seen) == len(set(seen)) == 47


def test_ninety_nine_and_more(visit, story, reported):
    many(story.ids, 101)
    assert count(visit("li").get("/inbox"), "all") == "99+"


def test_headings_say_when_each_group_is_due(visit, story, reported):
    many(story.ids, 1)
    page = visit("li").get("/inbox").get_data(as_text=True)
    assert re.findall(r'inbox-group-(\w+)"', page) == ["tomorrow", "week", "none"]


def test_refresh_is_silent_until_something_changes(visit, story, reported):
    li = visit("li")
    seen = re.search(r'data-seen="(\w+)"', li.get("/inbox").get_data(as_text=True))[1]
    assert li.get(f"/inbox/live?seen={seen}").status_code == 204
    report(story, "sun", "filter", "滤池盖板缺失")
    fresh = li.get(f"/inbox/live?seen={seen}")
    assert fresh.status_code == 200 and "过滤区：滤池盖板缺失" in titles(fresh)
    assert "<html" not in fresh.get_data(as_text=True)


def test_refresh_keeps_as_many_rows_as_were_loaded(visit, story, reported):
    many(story.ids, 45, clock.now())
    assert len(titles(visit("li").get("/inbox/live?shown=40"))) == 40


@pytest.mark.parametrize(("tab", "words"), [
    ("all", "没有待办事项"), ("mine", "您还没有认领的事项"), ("unclaimed", "没有待认领的事项"), ("soon", "没有即将超时的事项"),
    ("overdue", "没有超时的事项"), ("done", "还没有办理过的事项"), ("started", "您还没有发起过流程"),
])
def test_an_empty_list_says_why(visit, story, tab, words):
    assert words in visit("zheng").get(f"/inbox?tab={tab}").get_data(as_text=True)


def test_what_i_did_and_what_i_started(visit, story, reported):
    story.do("li", "confirm", "report_up", case=reported["railing"])
    done = visit("li").get("/inbox?tab=done")
    assert titles(done) == ["过滤区：滤池护栏松动"] and "上报" in done.get_data(as_text=True)
    started = visit("wang").get("/inbox?tab=started")
    assert titles(started) == ["过滤区：滤池护栏松动"]
    assert "张伟" in started.get_data(as_text=True)  # the plant's leader holds it now: whoever started it sees with whom it is


def test_the_list_of_done_pages_by_key(visit, story, reported):
    many(story.ids, 25)
    with unit_of_work(SYSTEM) as session:
        for number, task in enumerate(session.scalars(select(Task).where(Task.code.like("HD-0%"))).all()):
            task.status, task.completed_by, task.outcome = "done", story.ids["li"], "close"
            task.completed_at = clock.now() + timedelta(minutes=number // 3)  # several in the same minute
    li = visit("li")
    first = li.get("/inbox?tab=done")
    more = html.unescape(re.search(r'<a class="btn" href="(/inbox\?[^"]+)"', first.get_data(as_text=True))[1])
    second = li.get(more)
    assert len(titles(first)) == 20 and len(titles(second)) == 5
    assert not set(titles(first)) & set(titles(second))


def test_statements_do_not_grow_with_the_list(visit, story, reported):
    li = visit("li")
    li.get("/inbox")  # a definition is parsed the first time somebody meets it
    few = statements(lambda: li.get("/inbox"))
    many(story.ids, 60, clock.now())
    assert statements(lambda: li.get("/inbox")) == few <= 16
    assert statements(lambda: li.get("/inbox/live?shown=60")) <= few
    wang = visit("wang")
    alone = statements(lambda: wang.get("/inbox?tab=started"))
    for number in range(5):
        report(story, "wang", "filter", f"又一处隐患 {number}")
    assert statements(lambda: wang.get("/inbox?tab=started")) == alone <= 16


def statements(deed):
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        deed()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("asked", [
    "tab=nonsense", "station=x", "station=99999999999999999999999", "due=never", "cursor=rubbish", "cursor=1.x", "q=%00", "flow=%00",
    "tab=done&cursor=nan_1", "tab=done&cursor=1e300_5", "tab=started&cursor=99999999999999999999", "cursor=99999999999999999999.1",
    "q=" + "长" * 500,
])
def test_no_address_breaks_the_page(visit, reported, asked):
    assert visit("li").get(f"/inbox?{asked}").status_code in (200, 400)  # the door stops what no database can hold


def test_the_view_is_remembered_on_the_way_to_a_task_and_back(visit, reported):
    li = visit("li")
    row = re.search(r'class="inbox-link"[^>]*href="([^"]+)"', li.get("/inbox?tab=unclaimed&q=护栏").get_data(as_text=True))[1]
    task = li.get(html.unescape(row)).get_data(as_text=True)
    back = html.unescape(re.search(r'class="way-back" href="([^"]+)"', task)[1])
    assert titles(li.get(back)) == ["过滤区：滤池护栏松动"] and "tab=unclaimed" in back


def test_english(visit, reported):
    li = visit("li")
    page = li.get("/inbox", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Due soon" in page and " left" in page and "Handle" in page
