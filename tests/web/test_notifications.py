"""通知设置, the outbox and group robots, over HTTP: what people choose is kept, what was laid aside is sent again."""
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.audit import AuditEntry
from data_model.notice_kinds import KINDS, Channel
from data_model.notification import NotificationChoice, Robot
from data_model.organisation import User
from data_model.outbox import Message, OutboxMessage
from data_model.session import unit_of_work
from engine import choices, notify
from scheduler import outbox
from tests.http_receiver import HttpReceiver
from tests.web.conftest import Visitor
from web.app import create_app

ADDRESS = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret-key-4711"
GOOD = {"name": "第一水厂安全群", "kind": "wecom", "url": ADDRESS, "kinds": ["task", "major"], "mentions": "y", "language": "zh",
        "quiet": "y", "quiet_from": "1320", "quiet_to": "420", "enabled": "y"}


def rows(table, *where):
    with unit_of_work(SYSTEM, write=False) as session:
        return session.scalars(select(table).where(*where).order_by(table.id)).all()


def text(answer):
    return answer.get_data(as_text=True)


def ticked(page, channel):
    boxes = re.findall(rf'<input class="form-check-input" type="checkbox" name="{channel}" value="(\w+)"([^>]*)>', page)
    return {key for key, more in boxes if " checked" in more}


# ── choices ──

def test_everybody_begins_with_the_catalogue(visit):
    page = text(visit("wang").get("/me/notifications"))
    assert ticked(page, "mail") == {kind.key for kind in KINDS if kind.mail}
    assert ticked(page, "in_app") == ticked(page, "group") == {kind.key for kind in KINDS} | {"other"}
    assert all(kind.name in page for kind in KINDS) and "邮件尚未开通" in page
    assert rows(NotificationChoice) == []


def test_what_wang_chooses_is_kept_and_shown_again_and_others_keep_theirs(visit, house):
    wang = visit("wang")
    answer = wang.post("/me/notifications", {"mail": ["task", "result"], "in_app": ["publish"], "group": ["major"], "digest": "y", "digest_hour": "18",
                                             "quiet": "y", "quiet_from": "1290", "quiet_to": "390"})
    assert answer.status_code == 303
    page = text(wang.get("/me/notifications"))
    assert ticked(page, "mail") == {"task", "result"} and ticked(page, "group") == {"major"}
    assert ticked(page, "in_app") == {kind.key for kind in KINDS if kind.must} | {"publish"}
    assert '<option value="18" selected>18:00' in page and '<option value="1290" selected>21:30' in page
    (kept,) = rows(NotificationChoice)
    assert (kept.user_id, kept.digest, kept.quiet, kept.quiet_to) == (house["wang"], True, True, 390)
    assert "result" in ticked(text(visit("li").get("/me/notifications")), "in_app")
    (entry,) = rows(AuditEntry, AuditEntry.kind == "notification_choice")
    assert entry.actor_id == house["wang"] and entry.deed == "create"


def test_a_kind_left_as_it_was_follows_the_catalogue(visit):
    everything = {channel.value: [kind.key for kind in (*KINDS,) if kind.by_default(channel)] for channel in Channel}
    times = {"digest_hour": "8", "quiet_from": "1320", "quiet_to": "420"}
    visit("wang").post("/me/notifications", {**everything, **times, "in_app": [*everything["in_app"], "other"], "group": [*everything["group"], "other"]})
    assert rows(NotificationChoice)[0].choices == {}


def test_back_to_the_defaults(visit):
    wang = visit("wang")
    wang.post("/me/notifications", {"digest": "y", "digest_hour": "18", "quiet_from": "1320", "quiet_to": "420"})
    assert wang.post("/me/notifications/defaults").status_code == 303
    (kept,) = rows(NotificationChoice)
    assert (kept.choices, kept.digest, kept.digest_hour) == ({}, False, 8)


@pytest.mark.parametrize("wrong", [{"mail": ["nothing"]}, {"digest_hour": "24"}, {"digest_hour": "x"}, {"quiet_from": "-30"}, {"quiet_to": ""},
                                   {"quiet": "y", "quiet_from": "420", "quiet_to": "420"}])
def test_what_cannot_be_is_refused(visit, wrong):
    answer = visit("wang").post("/me/notifications", {"digest_hour": "8", "quiet_from": "1320", "quiet_to": "420", **wrong})
    assert answer.status_code == 422 and rows(NotificationChoice) == []


def test_two_windows_at_once_keep_one_row(visit, house, app):
    first, second = visit("wang"), visit("wang")
    for window, hour in ((first, "9"), (second, "10")):
        window.post("/me/notifications", {"digest_hour": hour, "quiet_from": "1320", "quiet_to": "420"})
    assert [kept.digest_hour for kept in rows(NotificationChoice)] == [10]


def test_the_page_says_when_there_is_no_address_to_write_to(settings, house):
    app = create_app(replace(settings, mail=replace(settings.mail, server="mail.example.com")))
    try:
        with unit_of_work(SYSTEM) as session:
            session.get(User, house["wang"]).email = ""
        wang = Visitor(app)
        wang.sign_in("wang")
        assert "您还没有登记邮箱" in text(wang.get("/me/notifications"))
    finally:
        notify.configure(mail=False)


# ── messages by kind ──

def test_messages_are_filtered_by_kind_and_by_unread(visit, house):
    with unit_of_work(SYSTEM) as session:
        for code, words, read in (("N-01", "甲", False), ("N-06", "乙", False), ("N-06", "丙", True), ("X-9", "丁", False)):
            session.add(Message(user_id=house["wang"], code=code, text=words, read_at=clock.now() if read else None))
    wang = visit("wang")

    def shown(query):
        page = text(wang.get(f"/me/messages{query}")).split("<section")[1]
        return {word for word in "甲乙丙丁" if f"data-text>{word}<" in page}

    assert shown("") == set("甲乙丙丁") and shown("?kind=task") == {"甲"} and shown("?kind=major") == {"乙", "丙"}
    assert shown("?kind=major&show=unread") == {"乙"} and shown("?kind=other") == {"丁"} and shown("?kind=nonsense") == set("甲乙丙丁")


# ── the outbox ──

@pytest.fixture
def mails(house):
    """Three for Wang: one laid aside, one that waits, one sent; and a robot's post laid aside."""
    now = clock.now()
    with unit_of_work(SYSTEM) as session:
        robot = Robot(unit_id=house["unit:plant1"], name="一厂群", kind="dingtalk", url=ADDRESS, kinds=["task"])
        session.add(robot)
        session.flush()
        common = {"to_user_id": house["wang"], "code": "N-01", "subject": "您有新的待办：{task}（{title}）", "params": {"task": "整改", "title": "护栏"}}
        for name, said in {"dead": {"dead_at": now, "tries": 8, "last_error": "SMTPDataError: 554 <b>spam</b>"}, "waiting": {}, "sent": {"sent_at": now},
                           "post": {"channel": "dingtalk", "to_user_id": 0, "robot_id": robot.id, "dead_at": now, "tries": 1,
                                    "last_error": "HTTP 404"}}.items():
            session.add(OutboxMessage(**{"dedupe_key": name, **common, **said}))
    return {row.dedupe_key: row.id for row in rows(OutboxMessage)}


def listed(visitor, query=""):
    page = text(visitor.get(f"/admin/outbox{query}"))
    return len(re.findall("<article", page)), page


def test_the_administrator_sees_what_was_laid_aside_and_why(visit, mails):
    admin = visit("admin")
    assert [listed(admin, query)[0] for query in ("", "?state=dead", "?state=waiting", "?state=sent", "?channel=mail", "?state=dead&channel=dingtalk",
                                                  "?channel=feishu", "?state=nonsense")] == [4, 2, 1, 1, 3, 1, 0, 4]
    page = listed(admin, "?state=dead")[1]
    assert "554 &lt;b&gt;spam" in page and "王强" in page and "一厂群" in page and "待办到达" in page
    assert "护栏" not in page, "the words of cases are not the system administrator's business"
    assert "护栏" in listed(visit("po"), "?state=dead")[1]


def test_one_is_sent_again_and_arrives_next_time(visit, mails, house):
    admin = visit("admin")
    assert admin.post(f"/admin/outbox/{mails['dead']}/resend", {"state": "dead"}).location == "/admin/outbox?state=dead"
    (row,) = rows(OutboxMessage, OutboxMessage.id == mails["dead"])
    assert (row.dead_at, row.tries, row.resent_by) == (None, 0, "管理员") and row.next_try_at <= clock.now()
    page = listed(admin, "?state=waiting")[1]
    assert "重新发送于" in page


def test_the_second_to_send_it_again_is_told_who_was_first(visit, mails):
    visit("admin").post(f"/admin/outbox/{mails['dead']}/resend")
    answer = visit("admin").post(f"/admin/outbox/{mails['dead']}/resend")
    assert answer.status_code == 409 and "已由 管理员 于" in text(answer)
    assert visit("admin").post(f"/admin/outbox/{mails['sent']}/resend").status_code == 409
    assert visit("admin").post("/admin/outbox/999999/resend").status_code == 404


def test_all_of_a_channel_are_sent_again(visit, mails):
    visit("admin").post("/admin/outbox/resend", {"channel": "dingtalk"})
    assert {row.dedupe_key for row in rows(OutboxMessage, OutboxMessage.dead_at.is_not(None))} == {"dead"}
    visit("admin").post("/admin/outbox/resend")
    assert rows(OutboxMessage, OutboxMessage.dead_at.is_not(None)) == [] and len(rows(OutboxMessage)) == 4


def test_who_may_look_and_who_may_send_again(visit, mails):
    owner = visit("po")
    page = listed(owner, "?state=dead")[1]
    assert "重新发送" not in page.split("<main")[1] and owner.post(f"/admin/outbox/{mails['dead']}/resend").status_code == 403
    assert owner.post("/admin/outbox/resend").status_code == 403 and owner.get("/admin/robots").status_code == 403
    for stranger in ("wang", "ga", "zhao", "au"):
        assert visit(stranger).get("/admin/outbox").status_code == 403


def test_the_list_goes_on_page_by_page_each_once(visit, house):
    with unit_of_work(SYSTEM) as session:
        for number in range(70):
            session.add(OutboxMessage(dedupe_key=f"n{number}", to_user_id=house["wang"], subject="x", last_error=f"error-{number:03}", dead_at=clock.now()))
    admin, address, seen = visit("admin"), "/admin/outbox?state=dead", []
    while address:
        page = text(admin.get(address, headers={"HX-Request": "true"} if "before" in address else {}))
        seen += re.findall(r"error-(\d+)", page)
        found = re.search(r'hx-get="([^"]*before=[^"]*)"', page)
        address = found and found[1].replace("&amp;", "&")
    assert seen == [f"{number:03}" for number in range(69, -1, -1)]


# ── robots ──

def test_a_robot_is_added_changed_and_its_address_never_shown(visit, house):
    admin = visit("admin")
    assert admin.post("/admin/robots/new", {**GOOD, "unit_id": house["unit:plant1"], "secret": "signing-4712"}).status_code == 303
    (robot,) = rows(Robot)
    assert (robot.kind, robot.unit_id, robot.kinds, robot.secret) == ("wecom", house["unit:plant1"], ["task", "major"], "signing-4712")
    for page in ("/admin/robots", f"/admin/robots/{robot.id}"):
        shown = text(admin.get(page))
        assert "4711" not in shown and "4712" not in shown and "第一水厂" in shown
    admin.post(f"/admin/robots/{robot.id}", {**GOOD, "unit_id": house["unit:qingyuan"], "url": "", "secret": "", "enabled": ""})
    (robot,) = rows(Robot)
    assert (robot.url, robot.secret, robot.enabled, robot.unit_id) == (ADDRESS, "signing-4712", False, house["unit:qingyuan"])
    admin.post(f"/admin/robots/{robot.id}", {**GOOD, "unit_id": house["unit:qingyuan"], "url": "", "no_secret": "y"})
    assert rows(Robot)[0].secret == ""
    entries = rows(AuditEntry, AuditEntry.kind == "robot")
    assert len(entries) >= 2 and "471" not in str([entry.changes for entry in entries])


@pytest.mark.parametrize(("wrong", "words"), [
    ({"url": ""}, "请填写机器人地址"), ({"url": "https://evil.example/x"}, "地址的主机名不属于这类机器人：evil.example"),
    ({"url": "http://qyapi.weixin.qq.com/x"}, "机器人地址必须以 https:// 开头"), ({"url": "https://127.0.0.1/x"}, "地址的主机名不属于这类机器人"),
    ({"kind": "dingtalk"}, "地址的主机名不属于这类机器人"), ({"kinds": []}, "请至少选择一类"), ({"name": ""}, "请填写名称")])
def test_a_robot_that_cannot_be_is_refused_beside_the_field(visit, house, wrong, words):
    answer = visit("admin").post("/admin/robots/new", {**GOOD, "unit_id": house["unit:plant1"], **wrong})
    assert answer.status_code == 422 and words in text(answer) and rows(Robot) == []


def test_the_same_robot_twice_is_refused(visit, house):
    admin = visit("admin")
    said = {**GOOD, "unit_id": house["unit:plant1"]}
    assert [admin.post("/admin/robots/new", said).status_code for _ in range(2)] == [303, 422]
    assert "已有同名的机器人" in text(admin.last) and len(rows(Robot)) == 1


def test_a_trial_message_goes_the_whole_way_even_at_night(settings, house):
    with HttpReceiver() as receiver:
        settings = replace(settings, robot_hosts=(receiver.host,))
        admin = Visitor(create_app(settings))
        admin.sign_in("admin")
        admin.post("/admin/robots/new", {**GOOD, "unit_id": house["unit:plant1"], "url": f"http://{receiver.host}/hook"})
        (robot,) = rows(Robot)
        assert admin.post(f"/admin/robots/{robot.id}/test").location == "/admin/outbox?channel=wecom"
        with clock.at(clock.local(clock.now()).replace(hour=23) + timedelta(days=1)):
            assert outbox.post(settings) == 1
        assert "这是一条测试消息，由 管理员 发出" in receiver.taken[0].body["text"]["content"]


def test_defaults_are_what_the_engine_goes_by(house, app):
    with unit_of_work(SYSTEM, write=False) as session:
        mine = choices.of(session, house["wang"])
        assert choices.taken(mine, Channel.MAIL) == [kind.key for kind in KINDS if kind.mail]
