"""Groups are told by their robots: in the shape and with the signature that 企业微信, 钉钉 and 飞书 ask for."""
import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.session import unit_of_work
from engine import robots as addresses
from engine.errors import EngineError
from scheduler import outbox, web_post
from tests.scheduler.conftest import LATE, MORNING, NOON

SECRET = "SEC1234567890"
LINK = "https://anlan.example.com/tasks/7"


@pytest.fixture(autouse=True)
def at_noon(house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).phone = "13800000001"
        session.get(User, house["li"]).phone = "none; drop"
    with clock.at(NOON):
        yield


@pytest.fixture
def told(put, robot, house):
    """told("wecom"): a post for Wang and Li by a new robot of that kind; its id."""

    def say(kind, more=None, **said):
        return put(channel=kind, robot_id=robot(kind, **more or {}), **{"details": {"to": [house["wang"], house["li"]]}} | said)

    return say


def digest(key, message):
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def test_wecom_gets_text_and_the_phones_of_those_meant(told, settings, receiver, rows):
    number = told("wecom")
    assert (outbox.post(settings), outbox.post(settings)) == (1, 0)
    (taken,) = receiver.taken
    assert taken.path == "/hook" and taken.query == {"token": "abc"} and "application/json" in taken.headers["Content-Type"]
    assert taken.body["msgtype"] == "text" and taken.body["text"]["mentioned_mobile_list"] == ["13800000001"]
    assert taken.body["text"]["content"] == f"【待办到达】您有新的待办：整改（池面护栏）\n通知对象：王强、李敏\n{LINK}"
    assert rows(number).sent_at == NOON


def test_dingtalk_is_signed_in_the_address(told, settings, receiver):
    told("dingtalk", {"secret": SECRET})
    outbox.post(settings)
    (taken,) = receiver.taken
    stamp = taken.query["timestamp"]
    assert stamp == str(int(NOON.timestamp() * 1000)) and taken.query["token"] == "abc"
    assert taken.query["sign"] == digest(SECRET, f"{stamp}\n{SECRET}")
    assert taken.body["at"] == {"atMobiles": ["13800000001"], "isAtAll": False} and "@13800000001" in taken.body["text"]["content"]


def test_feishu_is_signed_in_the_body(told, settings, receiver):
    receiver.say(200, {"code": 0, "msg": "success"})
    told("feishu", {"secret": SECRET})
    assert outbox.post(settings) == 1
    body = receiver.taken[0].body
    assert body["timestamp"] == str(int(NOON.timestamp())) and body["sign"] == digest(f"{body['timestamp']}\n{SECRET}", "")
    assert body["msg_type"] == "text" and LINK in body["content"]["text"]


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_without_a_secret_nothing_is_signed(told, settings, receiver, kind):
    told(kind)
    assert outbox.post(settings) == 1
    assert "sign" not in receiver.taken[0].body and "sign" not in receiver.taken[0].query


def test_a_title_cannot_call_the_whole_group(told, settings, receiver):
    told("feishu", params={"task": "整改", "title": '<at user_id="all">所有人</at>'})
    outbox.post(settings)
    assert "<" not in receiver.taken[0].body["content"]["text"]


def test_a_robot_may_be_told_to_call_nobody_and_to_speak_english(told, settings, receiver, english):
    told("wecom", {"mentions": False, "language": "en"})
    outbox.post(settings)
    text = receiver.taken[0].body["text"]
    assert text["mentioned_mobile_list"] == [] and text["content"].startswith("【New tasks】") and "For: 王强, 李敏" in text["content"]


def test_long_words_are_cut_to_what_a_robot_takes_and_the_way_stays(told, settings, receiver):
    told("wecom", subject="管" * 300, params={}, body="")
    told("dingtalk", subject="{x}", params={"x": "水" * 3000})
    outbox.post(settings)
    for taken in receiver.taken:
        text = taken.body["text"]["content"]
        assert len(text.encode()) <= 2048 and LINK in text


@pytest.mark.parametrize("answer", [
    (500, b"oops"), (502, b""), (429, b""), (200, {"errcode": 45009, "errmsg": "too often"}), (200, {"errcode": -1, "errmsg": "busy"}),
    (200, {"errcode": 130101, "errmsg": "too fast"}), (200, {"code": 11232, "msg": "limited"}), (200, b"<html>captive</html>")])
def test_what_may_pass_is_tried_again(told, settings, receiver, rows, answer):
    receiver.say(*answer)
    number = told("dingtalk")
    assert outbox.post(settings) == 0
    assert rows(number).dead_at is None and rows(number).tries == 1 and f"HTTP {answer[0]}" in rows(number).last_error
    clock.move(timedelta(minutes=2))
    assert outbox.post(settings) == 1 and rows(number).last_error == ""


@pytest.mark.parametrize("answer", [
    (400, b"no"), (404, b""), (403, b""), (200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
    (200, {"errcode": 310000, "errmsg": "sign not match"}), (200, {"code": 19021, "msg": "sign match fail"}), (200, {"nothing": 1})])
def test_what_never_will_be_taken_is_laid_aside_at_once(told, settings, receiver, rows, answer):
    receiver.say(*answer)
    number = told("feishu")
    outbox.post(settings)
    assert rows(number).dead_at == NOON and rows(number).tries == 1 and f"HTTP {answer[0]}" in rows(number).last_error
    assert "token=abc" not in rows(number).last_error, "whoever reads the list of failures learns no address"


def test_a_redirect_is_not_followed(told, settings, receiver, rows):
    receiver.say(302, b"", Location=f"http://{receiver.host}/elsewhere")
    number = told("wecom")
    outbox.post(settings)
    assert rows(number).dead_at and [taken.path for taken in receiver.taken] == ["/hook"]


def test_a_robot_that_says_nothing_is_tried_again_and_holds_up_no_other(told, settings, receiver, rows, robot, put, monkeypatch):
    monkeypatch.setattr(web_post, "TIMEOUT", 0.3)
    receiver.say("silence", 1.0)
    first = told("wecom")
    beside = put(channel="wecom", robot_id=rows(first).robot_id)
    other = told("feishu")
    assert outbox.post(settings) == 1
    assert rows(other).sent_at and "TimeoutError" in rows(first).last_error and rows(first).tries == 1
    assert rows(beside).tries == 0 and rows(beside).sent_at is None
    clock.move(timedelta(minutes=2))
    assert outbox.post(settings) == 2


def test_a_robot_that_is_switched_off_tells_nothing(told, settings, receiver, rows):
    number = told("wecom", {"enabled": False})
    outbox.post(settings)
    assert rows(number).dead_at and receiver.taken == []


def test_a_group_sleeps_at_night_but_hears_of_a_major_danger(told, settings, receiver, rows):
    with clock.at(LATE):
        waits = told("wecom", {"quiet": True})
        told("dingtalk", {"quiet": True}, code="N-06")
        assert outbox.post(settings) == 1
        assert rows(waits).next_try_at == MORNING
    with clock.at(MORNING):
        assert outbox.post(settings) == 1


def test_an_address_that_is_allowed_no_more_is_not_spoken_to(told, settings, receiver, rows):
    number = told("wecom")
    outbox.post(replace(settings, robot_hosts=()))
    assert rows(number).dead_at and receiver.taken == []


@pytest.mark.parametrize(("kind", "url"), [
    ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"), ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=x"),
    ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/x"), ("feishu", "https://open.larksuite.com/open-apis/bot/v2/hook/x"),
    ("wecom", "https://QYAPI.weixin.qq.com:443/x"), ("wecom", "http://relay.example.com:8080/x")])
def test_addresses_of_robots(kind, url):
    assert addresses.checked(kind, url, ("relay.example.com:8080",)).hostname


@pytest.mark.parametrize("url", [
    "http://qyapi.weixin.qq.com/x", "https://oapi.dingtalk.com/x", "https://qyapi.weixin.qq.com.evil.example/x", "https://evil.example/x",
    "https://qyapi.weixin.qq.com@evil.example/x", "https://qyapi.weixin.qq.com:8443/x", "https://127.0.0.1/x", "https://2130706433/x",
    "https://[::ffff:127.0.0.1]/x", "file:///etc/passwd", "gopher://relay.example.com:8080/", "//qyapi.weixin.qq.com/x", "", "https://",
    "https://qyapi.weixin.qq.com\\@evil.example/", "https://qyapi.weixin.qq.com/\r\nX: y", "https://qyapi.weixin.qq.com:x/", "https://[/",
    "https://relay.example.com:9999/x"])
def test_addresses_that_are_refused(url):
    with pytest.raises(EngineError):
        addresses.checked("wecom", url, ("relay.example.com:8080",))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
                                     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "fd00::1", "192.168.1.1"])
def test_addresses_inside_are_not_public(address):
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["121.14.77.201", "2408:8756:f50:1003:c::a6", "::ffff:121.14.77.201"])
def test_addresses_outside_are(address):
    assert addresses.is_public(address)


def test_a_name_that_leads_inside_is_not_followed_even_when_it_is_allowed(told, settings, receiver, rows, monkeypatch):
    """A robot's own host whose DNS has been bent to this machine: nothing is sent."""
    monkeypatch.setitem(addresses.HOSTS, "wecom", frozenset({"localhost"}))
    number = told("wecom", {"url": "https://localhost/hook"})
    outbox.post(replace(settings, robot_hosts=()))
    assert rows(number).dead_at and "not on the open internet" in rows(number).last_error and receiver.taken == []
