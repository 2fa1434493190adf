"""我的: password, devices, language, messages."""
import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.outbox import Message
from data_model.session import unit_of_work
from tests.web.conftest import PASSWORD
from web import passwords

NEW = "清水长流-2088"


@pytest.fixture
def told(house):
    """told("wang", 3): three messages for Wang, the oldest first."""

    def tell(who, count, **more):
        with unit_of_work(SYSTEM) as session:
            for number in range(1, count + 1):
                session.add(Message(**{"user_id": house[who], "code": "N-02", "text": "请 {who} 处理第 {n} 件",
                                       "params": {"who": "王强", "n": str(number)}, **more}))
                session.flush()

    return tell


def change(visitor, old=PASSWORD, new=NEW, again=None):
    return visitor.post("/me/password", {"old": old, "new": new, "again": new if again is None else again})


def test_wang_changes_his_password_and_his_other_browsers_are_out(visit):
    desk, phone = visit("wang"), visit("wang")
    former = desk.cookie()
    assert change(desk).status_code == 303
    assert desk.cookie() != former and desk.get("/me").status_code == 200 and phone.get("/me").status_code == 302
    assert visit().sign_in("wang").status_code == 422
    assert visit().sign_in("wang", NEW).status_code == 303


@pytest.mark.parametrize("said, words", [
    ({"old": "wrong"}, "当前密码不正确"), ({"new": "short"}, "密码至少 8 个字符"), ({"new": "x" * 129}, "密码最多 128 个字符"),
    ({"new": "password1"}, "这个密码太常见"), ({"new": "PassWord123"}, "这个密码太常见"), ({"new": "23456789"}, "这个密码太常见"),
    ({"again": "something else"}, "两次输入的密码不一致"), ({"new": PASSWORD}, "新密码不能与当前密码相同"), ({"old": ""}, "请填写当前密码")])
def test_a_bad_change_is_refused_beside_the_field_and_changes_nothing(visit, said, words):
    wang = visit("wang")
    answer = change(wang, **said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and words in page and 'aria-invalid="true"' in page
    assert visit().sign_in("wang").status_code == 303


def test_guessing_the_old_password_at_an_open_desk_is_slowed_like_signing_in(visit):
    wang = visit("wang")
    for _ in range(3):
        change(wang, old="guess")
    assert change(wang).status_code == 429


def test_the_first_password_must_be_changed_and_then_the_house_opens(visit, house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).must_change_password = True
    wang = visit("wang")
    assert wang.get("/").location == "/me/password"
    assert "这是初始密码" in wang.get("/me/password").get_data(as_text=True)
    assert change(wang).status_code == 303
    assert wang.get("/me").status_code == 200


def test_a_password_may_not_be_the_account_name():
    assert passwords.objection("WangQiang1", "wangqiang1") == "密码不能与登录账号相同"
    assert passwords.objection("江河安澜二零二六", "wang") is None


def test_an_old_hash_is_renewed_at_sign_in(visit, house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    visit("wang")
    with unit_of_work(SYSTEM, write=False) as session:
        assert "m=32768,t=2,p=1" in session.get(User, house["wang"]).password_hash


def test_the_language_stays_with_the_person_and_with_the_browser(visit, house):
    wang = visit("wang")
    assert wang.post("/language", {"language": "en", "next": "/me"}).location == "/me"
    assert 'lang="en"' in wang.get("/me").get_data(as_text=True)
    assert "Signed-in devices" in wang.last.get_data(as_text=True)
    wang.post("/logout")
    assert "Use the account your administrator gave you" in wang.get("/login").get_data(as_text=True)
    assert 'lang="en"' in visit("wang").get("/me").get_data(as_text=True), "on another browser too"
    wang.post("/language", {"language": "xx"})
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.get(User, house["wang"]).language == "en"


@pytest.mark.parametrize("asked, given", [("en-US,en;q=0.9", "en"), ("zh-TW,zh;q=0.9", "zh-CN"), ("fr", "zh-CN"), ("", "zh-CN")])
def test_before_a_choice_the_browsers_language_counts(visit, asked, given):
    assert f'lang="{given}"' in visit().get("/login", headers={"Accept-Language": asked}).get_data(as_text=True)


def test_the_bell_counts_what_wang_has_not_read(visit, told):
    told("wang", 3)
    told("li", 2)
    wang = visit("wang")
    assert ">3<" in wang.get("/me/messages/unread").get_data(as_text=True)
    told("wang", 120)
    assert ">99+<" in wang.get("/me/messages/unread").get_data(as_text=True)
    assert wang.post("/me/messages/read").status_code == 303
    assert "unread-count" not in wang.get("/me/messages/unread").get_data(as_text=True)
    assert ">2<" in visit("li").get("/me/messages/unread").get_data(as_text=True)


def test_messages_come_latest_first_and_each_exactly_once_over_the_pages(visit, told):
    told("wang", 45)
    wang, address, seen = visit("wang"), "/me/messages", []
    while address:
        page = wang.get(address, headers={"HX-Request": "true"} if "before" in address else {}).get_data(as_text=True)
        seen += [int(part.split(" 件")[0]) for part in page.split("请 王强 处理第 ")[1:]]
        found = re.search(r'hx-get="([^"]*before=[^"]*)"', page)
        address = found and found[1].replace("&amp;", "&")
    assert seen == list(range(45, 0, -1))


def test_opening_a_message_reads_it_and_follows_its_link_but_never_out_of_the_house(visit, told, house):
    told("wang", 1, link="/inbox")
    told("wang", 1, link="https://evil.example")
    wang = visit("wang")
    with unit_of_work(SYSTEM, write=False) as session:
        first, second = session.scalars(select(Message.id).order_by(Message.id)).all()
    assert wang.post(f"/me/messages/{first}/open").location == "/inbox"
    assert wang.post(f"/me/messages/{second}/open").location == "/me/messages"
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.scalar(select(func.count()).where(Message.read_at.is_(None))) == 0


def test_a_message_is_shown_in_the_readers_language_and_as_text(visit, house):
    with unit_of_work(SYSTEM) as session:
        session.add(Message(user_id=house["wang"], code="N-01", text="待办", params={}))
        session.add(Message(user_id=house["wang"], code="N-01", text="<script>alert(1)</script>{x}", params={"x": "{y}<b>"}))
    wang = visit("wang")
    wang.post("/language", {"language": "en"})
    page = wang.get("/me/messages").get_data(as_text=True)
    assert "Inbox" in page.split('class="messages"')[1] and "<script>alert" not in page and "{y}&lt;b&gt;" in page


def test_the_personal_page_says_who_one_is_here(visit):
    page = visit("li").get("/me").get_data(as_text=True)
    assert all(words in page for words in ("李敏", "网格负责人", "普通员工", "安澜水务集团 / 自来水 / 清源供水公司 / 第一水厂 / 过滤区", "本机"))


def test_devices_that_fell_silent_are_not_listed(visit):
    with clock.at(clock.now()):
        visit("wang")
        clock.move(timedelta(hours=2))
        page = visit("wang").get("/me").get_data(as_text=True)
    assert page.count('class="devices"') == 1 and "让这台设备退出登录" not in page
