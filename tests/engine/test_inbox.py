"""The inbox: everyone sees what is theirs, once, the most pressing first; counts equal the lists."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.process import ProcessDefinition, ProcessInstance, Task
from data_model.session import unit_of_work
from engine import inbox
from engine.inbox import InboxQuery
from engine.principals import actor_for


@pytest.fixture
def office(house):
    """Open tasks by hand: put("title", principals, hours until due) and see("wang", tab) -> titles."""
    with unit_of_work(SYSTEM) as session:
        definition = ProcessDefinition(key="demo", version=1, name="演示", xml="", checksum="")
        session.add(definition)
        session.flush()
        instance = ProcessInstance(definition_id=definition.id, key="demo", starter_id=1, unit_id=house["unit:filter"], org_path="/")
        session.add(instance)
        session.flush()
        instance_id = instance.id

    class Office:
        def put(self, title, principals, hours=None, excluded=(), key="demo", priority=1):
            with unit_of_work(SYSTEM) as session:
                named = [p.format(**{k.replace("unit:", ""): v for k, v in house.items()}) for p in principals]
                task = Task(instance_id=instance_id, token_id=title, element_id="a", name="步骤", process_key=key, process_name="演示",
                            title=title, starter_id=1, org_path="/", priority=priority, candidates=named, excluded=[house[e] for e in excluded],
                            due_at=clock.now() + timedelta(hours=hours) if hours is not None else None)
                session.add(task)
                session.flush()
                inbox.write(session, [task])
                return task.id

        def actor(self, login):
            with unit_of_work(SYSTEM, write=False) as session:
                return actor_for(session, session.get_one(User, house[login]))

        def see(self, login, **query):
            actor = self.actor(login)
            with unit_of_work(actor, write=False) as session:
                return [t.title for t in inbox.page(session, actor, InboxQuery(**query)).items]

        def count(self, login, **query):
            actor = self.actor(login)
            with unit_of_work(actor, write=False) as session:
                return inbox.counts(session, actor, InboxQuery(**query))
    return Office()


def test_a_task_reaches_person_role_and_owner(office):
    office.put("给王强", ["u{wang}"], 3)
    office.put("给厂站领导", ["station_leader@{pool}"], 2)
    office.put("给过滤区负责人", ["owner@{filter}"], 1)
    assert office.see("wang") == ["给王强"]
    assert office.see("zhang") == ["给厂站领导"]
    assert office.see("li") == ["给过滤区负责人"]
    assert office.see("qian") == []


def test_two_addresses_of_one_person_show_the_task_once(office):
    office.put("都是他", ["u{li}", "owner@{filter}", "grid_owner@{filter}"], 1)
    assert office.see("li") == ["都是他"]
    assert office.count("li")["all"] == 1


def test_who_is_excluded_neither_sees_nor_counts_it(office):
    office.put("复核", ["owner@{filter}", "u{chen}"], 1, excluded=("li",))
    assert office.see("li") == [] and office.count("li")["all"] == 0
    assert office.see("chen") == ["复核"]


def test_tabs_agree_with_their_counts(office):
    office.put("超时", ["u{li}"], -2)
    office.put("快到期", ["owner@{filter}"], 5)
    office.put("不急", ["owner@{filter}"], 300)
    office.put("无期限", ["u{li}"])
    seen = {tab: office.see("li", tab=tab) for tab in inbox.TABS}
    assert seen == {"all": ["超时", "快到期", "不急", "无期限"], "mine": ["超时", "无期限"], "unclaimed": ["快到期", "不急"],
                    "soon": ["快到期"], "overdue": ["超时"]}
    assert office.count("li") == {tab: len(titles) for tab, titles in seen.items()}


def test_pages_follow_one_another_without_gap_or_double(office, house):
    for n in range(45):
        office.put(f"{n:02}", ["u{li}"] if n % 2 else ["owner@{filter}"], n // 3)
    actor, seen, cursor = office.actor("li"), [], ""
    with unit_of_work(actor, write=False) as session:
        while True:
            page = inbox.page(session, actor, InboxQuery(cursor=cursor, size=7))
            seen += [t.title for t in page.items]
            cursor = page.next
            if not cursor:
                break
    assert seen == [f"{n:02}" for n in range(45)]


@pytest.mark.parametrize(("sort", "order"), (
    ("due", ["急", "早", "晚", "无期限"]), ("created", ["无期限", "急", "晚", "早"]), ("priority", ["急", "早", "晚", "无期限"]),
    ("nonsense", ["急", "早", "晚", "无期限"]),
))
def test_each_order_pages_through_everything_once(office, sort, order):
    office.put("早", ["u{li}"], 2)
    office.put("晚", ["owner@{filter}"], 9)
    office.put("急", ["u{li}", "owner@{filter}"], 1, priority=0)
    office.put("无期限", ["u{li}"])
    actor, seen, cursor = office.actor("li"), [], ""
    with unit_of_work(actor, write=False) as session:
        while len(seen) < 9:
            page = inbox.page(session, actor, InboxQuery(cursor=cursor, size=1, sort=sort))
            seen += [task.title for task in page.items]
            cursor = page.next
            if not cursor:
                break
    assert seen == order


def test_an_urgent_task_stands_before_an_earlier_one(office):
    office.put("明天", ["u{li}"], 24)
    office.put("紧急", ["u{li}"], 100, priority=0)
    assert office.see("li") == ["明天", "紧急"]
    assert office.see("li", sort="priority") == ["紧急", "明天"]
    assert office.see("li", sort="priority", cursor="7.5") == ["紧急", "明天"]  # a position of another order


def test_search_and_filters(office):
    office.put("池面护栏缺失", ["u{li}"], 1)
    office.put("100%_灯坏", ["u{li}"], 1, key="snapshot")
    assert office.see("li", text="护栏") == ["池面护栏缺失"]
    assert office.see("li", text="%_") == ["100%_灯坏"]
    assert office.see("li", process_key="snapshot") == ["100%_灯坏"]
    assert office.see("li", cursor="nonsense") == ["池面护栏缺失", "100%_灯坏"]
