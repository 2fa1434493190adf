"""流程监控 and 异常与死信 as the process owner uses them; the auditor looks, nobody else comes in."""
import html
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, event

from data_model import clock
from data_model.actor import SYSTEM
from data_model.process import Delivery, HistoryEvent, Incident, ProcessDefinition, ProcessInstance
from data_model.session import unit_of_work
from engine import actions
from engine.deployment import load_shipped
from tests.diagrams import catch, end, script, start, user
from tests.diagrams import event as bpmn_event
from tests.engine.workshop import Workshop, mine
from tests.flows.story import MONDAY, Story


@pytest.fixture
def works(house, app):
    with clock.at(MONDAY):
        yield Workshop(house)


@pytest.fixture
def twenty(works):
    """Two versions of a flow; twenty cases of the first, four of them a step further."""
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e", key="line")
    cases = [works.start("line", note=str(n)) for n in range(20)]
    for task in works.open_tasks()[:4]:
        works.do_task("wang", task.id)
    works.deploy(start(), mine("a", due="P3D"), mine("more"), mine("c"), end(), "s > a > more > c > e", key="line")
    return cases


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


def newest(works, key="line"):
    return max(row.id for row in works.rows(ProcessDefinition) if row.key == key)


def listed(answer):
    return re.findall(r'class="ops-link" href="/operations/(\d+)"', text(answer))


def hidden(page, name):
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def test_who_comes_in(works, twenty, visit):
    for who in ("wang", "zhang", "admin"):
        visitor = visit(who)
        assert visitor.get("/operations").status_code == visitor.get("/incidents").status_code == 403
        assert "流程监控" not in text(visitor.get("/me"))
    auditor = visit("au")
    page = text(auditor.get("/operations"))
    assert len(listed(auditor.last)) == 20 and "data-ops-case" not in page and 'href="/operations"' in page
    case = text(auditor.get(f"/operations/{twenty[0]}"))
    assert "/deeds/" not in case and auditor.get("/incidents").status_code == 200
    for path in (f"/operations/{twenty[0]}/deeds/suspend", "/operations/bulk/suspend", "/operations/migrate", "/incidents/retry",
                 "/incidents/redeliver"):
        assert auditor.post(path, {"case": twenty[0], "reason": "x", "row": 1}).status_code == 403
    assert works.instance(twenty[0]).status == "running"


def test_cases_are_found_by_whatever_one_knows(works, twenty, visit):
    with unit_of_work(SYSTEM) as session:
        row = session.get_one(ProcessInstance, twenty[5])
        row.code, row.title = "HD-7", "护栏松动"
    works.deploy(start(), mine("x"), end(), "s > x > e", key="other")
    works.start("other", by="qian")
    po = visit("po")
    for asked, found in (("q=HD-7", 1), ("q=护栏", 1), ("q=钱进", 1), ("q=过滤区", 20), ("flow=line", 20), ("flow=line&step=b", 4),
                         ("flow=line&version=1", 20), ("flow=line&version=2", 0), ("flow=line&version=9", 0), ("state=running", 21),
                         ("state=suspended", 0), (f"unit={works.ids['unit:plant3']}", 1), ("state=nonsense", 21),
                         ("after=xx~1", 21), ("unit=99999999999999999999", 21)):
        assert len(listed(po.get(f"/operations?{asked}"))) == found, asked
    page = text(po.get("/operations?flow=line"))
    assert re.search(r"step=a[^>]*>a <b>16</b>", page) and re.search(r"step=b[^>]*>b <b>4</b>", page)


def test_pages_follow_in_every_order_and_keep_the_filters(works, twenty, visit):
    with unit_of_work(SYSTEM) as session:
        for number, case in enumerate(twenty):
            session.get_one(ProcessInstance, case).code = f"C-{number % 7}"
    for _ in range(15):
        works.start("line")
    po, whole = visit("po"), {}
    for sort in ("newest", "oldest", "code"):
        seen, address = [], f"/operations?flow=line&state=running&sort={sort}"
        while address:
            page = po.get(address)
            seen += listed(page)
            following = re.search(r'rel="next" href="([^"]+)"', text(page))
            address = following[1] if following else ""
            assert not address or ("flow=line" in address and "state=running" in address)
        whole[sort] = seen
        assert len(seen) == len(set(seen)) == 35
    assert whole["newest"] == whole["oldest"][::-1] and whole["code"][-5:] == whole["code"][-5:]


def test_the_list_costs_the_same_however_long(works, twenty, visit):
    po, costs = visit("po"), []

    def count(*_):
        costs[-1] += 1
    for size in (1, 2):
        po.get("/operations?flow=line&state=running" if size == 2 else f"/operations?flow=line&q={'x' * 50}")
        event.listen(Engine, "before_cursor_execute", count)
        for asked in ("flow=line&step=b", "flow=line"):
            costs.append(0)
            po.get(f"/operations?{asked}")
        event.remove(Engine, "before_cursor_execute", count)
    assert len(set(costs)) == 1, costs


def test_sixteen_of_twenty_move_over_and_the_report_says_which(works, twenty, visit):
    po = visit("po")
    query = "&".join(f"case={one}" for one in twenty)
    page = text(po.get(f"/operations/migrate?{query}&f-flow=line"))
    assert page.count("「a」的办理时限改变（— → 3 个工作日）") == 16
    assert "16 个可以迁移，4 个不能" in page and page.count("「b」在新版本中已删除") == 4 and "v1 → v2" in page
    form = {name: hidden(page, name)[-1] for name in ("idem_key", "to")} | {"case": [str(one) for one in twenty], "f-flow": "line"}
    refused = po.post("/operations/migrate", form)
    assert refused.status_code == 422 and "请填写原因" in text(refused) and works.events("migrate") == []
    report = text(po.post("/operations/migrate", {**form, "reason": "多一道把关"}))
    assert "已迁移 16 个流程，4 个未迁移" in report and report.count("「b」在新版本中已删除") == 4
    assert len(works.events("migrate")) == 16 and {line.opinion for line in works.events("migrate")} == {"多一道把关"}
    po.post("/operations/migrate", {**form, "reason": "多一道把关"})
    assert len(works.events("migrate")) == 16
    rest = [one for one in twenty if works.instance(one).definition_id != newest(works)]
    mapped = text(po.get("/operations/migrate?" + "&".join(f"case={one}" for one in rest) + "&map-b=c"))
    assert "4 个可以迁移，0 个不能" in mapped and hidden(mapped, "map-b") == ["c"]
    done = text(po.post("/operations/migrate", {"idem_key": "k2", "to": newest(works), "case": rest, "map-b": "c", "reason": "对应新步骤"}))
    assert "已迁移 4 个流程，0 个未迁移" in done and works.waiting().count("c") == 4


def test_the_way_to_the_preview_carries_cases_and_filters_and_no_secret(works, twenty, visit):
    po = visit("po")
    page = text(po.get("/operations?flow=line"))
    assert 'formaction="/operations/migrate/chosen"' in page and "formmethod" not in page
    form = {name: hidden(page, name)[-1] for name in ("idem_key", "f-flow")} | {"reason": "x", "case": [str(one) for one in twenty[:2]]}
    address = po.post("/operations/migrate/chosen", form).location
    assert address == f"/operations/migrate?case={twenty[0]}&case={twenty[1]}&f-flow=line"
    assert "共 2 个流程" in text(po.get(address)) and works.events("migrate") == []
    assert visit("au").post("/operations/migrate/chosen", form).status_code == 403


def test_one_flow_at_a_time(works, twenty, visit):
    works.deploy(start(), mine("x"), end(), "s > x > e", key="other")
    other, po = works.start("other"), visit("po")
    for asked in ("", f"case={twenty[0]}&case={other}", "case=abc"):
        assert po.get(f"/operations/migrate?{asked}").status_code == 303
    assert "请选择同一流程的" in text(po.get("/operations"))


def test_stopping_several_and_letting_them_go_on(works, twenty, visit):
    po = visit("po")
    form = {"case": [str(one) for one in twenty[:3]], "reason": "停电检修", "idem_key": "k", "f-flow": "line"}
    page = text(po.post("/operations/bulk/suspend", form))
    assert "成功 3 项，未成功 0 项" in page and {works.instance(one).status for one in twenty[:3]} == {"suspended"}
    again = text(po.post("/operations/bulk/suspend", {**form, "idem_key": "k2"}))
    assert "成功 0 项，未成功 3 项" in again and "流程已由 彭流 于" in again
    assert "已挂起" in text(po.get("/operations?state=suspended")) and len(listed(po.last)) == 3
    assert po.post("/operations/bulk/suspend", {**form, "reason": " "}).status_code == 303
    assert po.post("/operations/bulk/approve", form).status_code == 404
    page = text(po.post("/operations/bulk/resume", {**form, "idem_key": "k3"}))
    assert "成功 3 项" in page and {works.instance(one).status for one in twenty[:3]} == {"running"}
    page = text(po.post("/operations/bulk/cancel", {**form, "idem_key": "k4"}))
    assert "成功 3 项" in page and {works.instance(one).status for one in twenty[:3]} == {"cancelled"}


def test_a_stopped_case_says_so_everywhere(works, twenty, visit):
    case = twenty[10]
    task = next(task.id for task in works.open_tasks() if task.instance_id == case)
    works.act("po", actions.suspend, case, "等待鉴定报告")
    wang = visit("wang")
    inbox = text(wang.get("/inbox"))
    assert inbox.count("已挂起") == 1 and "暂停计时" in inbox
    for path in (f"/tasks/{task}", f"/cases/{case}"):
        page = text(wang.get(path))
        assert "流程已挂起，暂不能办理" in page and "等待鉴定报告" in page and "彭流" in page and 'name="outcome"' not in page
    answer = wang.post(f"/tasks/{task}", {"outcome": "done", "idem_key": "x"})
    assert answer.status_code == 409 and "等待鉴定报告" in text(answer)
    assert "已挂起" in text(wang.get("/inbox?tab=started")) and "已挂起" in text(wang.get(f"/cases/{case}/print"))


def test_deeds_on_one_case(works, visit):
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e", key="line")
    case, po = works.start("line", note="kurz", n=1), visit("po")
    page = text(po.get(f"/operations/{case}"))
    assert 'title=""kurz"">kurz<' in page and f"/operations/{case}/deeds/move?token=" in page and "path=start.note" in page and "path=start.by" not in page
    move = re.search(rf'/operations/{case}/deeds/move\?token=[0-9a-f-]+', page)[0]
    ask = text(po.get(move))
    assert "「a」将关闭（王强）" in ask
    action = re.search(r'action="([^"]+deeds/move[^"]+)"', ask)[1]
    assert po.post(action, {"element": "0/b", "reason": "", "idem_key": "m0"}).status_code == 422
    assert po.post(action, {"element": "0/b", "reason": "走错了", "idem_key": "m1"}).status_code == 303 and works.waiting() == ["b"]
    assert po.post(action, {"element": "0/b", "reason": "走错了", "idem_key": "m2"}).status_code == 409
    edit = f"/operations/{case}/deeds/edit?path=start.n"
    seen = hidden(text(po.get(edit)), "before")
    assert seen == ["1"]
    for value in ("zwei", '"2"', "1"):
        assert po.post(edit, {"value": value, "before": "1", "reason": "填错了", "idem_key": value}).status_code == 422
    assert po.post(edit, {"value": "2", "before": "1", "reason": "填错了", "idem_key": "e"}).status_code == 303
    assert po.post(edit, {"value": "3", "before": "1", "reason": "填错了", "idem_key": "e2"}).status_code == 409
    for word, status in (("suspend", "suspended"), ("resume", "running"), ("cancel", "cancelled")):
        assert word in text(po.get(f"/operations/{case}"))
        assert po.post(f"/operations/{case}/deeds/{word}", {"reason": "说明", "idem_key": word}).status_code == 303
        assert works.instance(case).status == status
    page = text(po.get(f"/operations/{case}"))
    for words in ("移动令牌", "修改数据", "挂起", "恢复", "撤销", "start.n"):
        assert words in page
    assert po.get(f"/operations/{case}/deeds/approve").status_code == po.get("/operations/999999").status_code == 404


def test_incidents_are_tried_again_many_at_once_with_a_result_each(works, visit):
    works.deploy(start(), mine("a"), script("x", "y = 1 / start.n"), mine("z"), end(), "s > a > x > z > e", key="line")
    cases = [works.start("line", n=0) for _ in range(3)]
    for task in works.open_tasks():
        works.do_task("wang", task.id)
    for case in cases[:2]:
        works.act("po", actions.edit_data, case, "start.n", 1, {}, "除数不能为零")
    po = visit("po")
    page = text(po.get("/incidents"))
    rows = hidden(page, "row")
    reason = works.rows(Incident)[0].reason[-6:]
    assert len(rows) == 3 and reason in page
    result = text(po.post("/incidents/retry", {"row": rows, "f-tab": "open"}))
    assert "成功 2 项，未成功 1 项" in result and "仍然出错：" in result and works.waiting() == ["z", "z"]
    assert len(hidden(text(po.get(f"/incidents?flow=line&step=x&q={reason}")), "row")) == 1
    assert text(po.get("/incidents?tab=resolved")).count("inc-row") == 3
    (last,) = [row for row in works.rows(Incident) if row.resolved_at is None]
    skip = f"/operations/{last.instance_id}/deeds/skip?incident={last.id}"
    assert "结果数据" in text(po.get(skip))
    assert po.post(skip, {"result": "[1]", "reason": "人工算过", "idem_key": "s0"}).status_code == 422
    assert po.post(skip, {"result": '{"y": 7}', "reason": "人工算过", "idem_key": "s1"}).status_code == 303
    assert works.waiting() == ["z"] * 3 and "这里没有要处理的" in text(po.get("/incidents"))
    assert po.post("/incidents/retry", {"f-tab": "open"}).status_code == 303


def test_messages_nobody_wanted_are_sent_again(works, visit):
    works.deploy(start(), mine("a"), catch("c", bpmn_event("message", "news")), mine("z"), end(), "s > a > c > z > e", key="line")
    case = works.start("line")
    with unit_of_work(SYSTEM) as session:
        row = Delivery(kind="message", name="news", payload={}, correlation={}, source_id=case, done_at=clock.now(), last_error="nobody waited for it")
        session.add(row)
    po = visit("po")
    page = text(po.get("/incidents?tab=messages"))
    assert "news" in page
    works.do("wang", "a")
    result = text(po.post("/incidents/redeliver", {"row": hidden(page, "row"), "f-tab": "messages"}))
    assert "成功 1 项" in result
    works.deliver()
    assert works.waiting() == ["z"]
    assert [line.actor_name for line in works.rows(HistoryEvent) if line.action == "retry"] == ["彭流"]
    assert po.get("/incidents?tab=outbox").status_code == 200


def test_a_task_of_the_queue_is_given_to_somebody(works, visit):
    works.deploy(start(), user("q", candidates="users(start.people)", duty="approve", on_empty="process_owner"), end(), "s > q > e", key="line")
    case = works.start("line", people=[works.ids["wang"]])
    po = visit("po")
    page = text(po.get(f"/operations/{case}"))
    reassign = re.search(rf"/operations/{case}/deeds/reassign\?task=\d+", page)[0]
    assert reassign in text(po.get(f"/tasks/{works.task('q')}"))
    assert "李敏" in text(po.get(reassign)) and "冯磊" not in text(po.last)
    assert po.post(reassign, {"to": works.ids["li"], "reason": "请代办", "idem_key": "r"}).status_code == 303
    assert works.inbox("li") == ["q"] and "deeds/reassign" not in text(po.get(f"/operations/{case}"))


def test_the_list_as_a_sheet(works, twenty, visit):
    po = visit("po")
    answer = po.get("/operations/export?flow=line&step=b")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    assert rows[0][:5] == ("编号", "标题", "流程", "版本", "状态") and len(rows) == 5
    assert {row[3:6] for row in rows[1:]} == {(1, "办理中", "b")}
    assert visit("wang").get("/operations/export").status_code == 403


def test_a_danger_moved_by_the_process_owner(house, app, visit):
    """The record stands where the case was put."""
    with clock.at(MONDAY):
        with unit_of_work(SYSTEM) as session:
            load_shipped(session)
        story = Story(house)
        photo = story.photo("wang")
        story.start("wang", "hidden_danger", grid=house["unit:filter"], description="护栏松动松动", photos=[photo], harm="death")
        po = visit("po")
        (case,) = listed(po.get("/operations"))
        page = text(po.get(f"/operations/{case}"))
        assert "护栏松动松动" in page and "隐患描述" in page
        shown = set(re.findall(r'class="ops-value" data-text title="([^>]*)">([^<]*)<', page))
        assert (str(house["unit:filter"]), "过滤区") in shown and {('"death"', "可能死亡"), ("null", "—"), (f"[{photo}]", f"{photo}.jpg"),
                                                                 (str(house["wang"]), "王强")} <= shown
        ask = text(po.get(re.search(rf"/operations/{case}/deeds/move\?token=[0-9a-f-]+", page)[0]))
        keys = re.findall(r'name="element" value="([^"]+)"', ask)
        assert "0/rectify" in keys
