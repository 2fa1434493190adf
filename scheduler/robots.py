"""Tells a group through its robot: 企业微信, 钉钉 and 飞书, each in its own shape and with its own signature."""
import base64
import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import quote

from data_model import clock
from data_model.notice_kinds import kind_of
from data_model.notification import Robot, RobotKind
from data_model.settings import Settings
from engine.errors import EngineError
from engine.robots import checked, is_extra
from scheduler.failure import Hopeless, Later
from scheduler.letter import base, language_of
from scheduler.parcel import Parcel
from scheduler.web_post import post
from scheduler.words import say

MOST_NAMED = 20
LONGEST = 1_900  # bytes of text: 企业微信 takes 2,048
BUSY = {-1, 45009, 45033, 130101, 130102, 11232}  # too often, or its own trouble: asked again later
_PHONE = re.compile(r"\+?\d{6,15}")


def send(settings: Settings, parcel: Parcel) -> None:
    """Post to the group.

    Raises:
        Hopeless: the robot is gone, its address is not allowed, or it refuses for good.
        Later: it did not answer, or not now.
    """
    robot = parcel.robot
    if robot is None or not robot.enabled:
        raise Hopeless("the robot is gone or switched off")
    try:
        parts = checked(robot.kind, robot.url, settings.robot_hosts)
    except EngineError as error:
        raise Hopeless(str(error)) from error
    text = words(settings, parcel)
    phones = [user.phone for user in parcel.people[:MOST_NAMED] if robot.mentions and _PHONE.fullmatch(user.phone)]
    query, body = shaped(robot, parts.query, text, phones)
    judge(robot.kind, *post(parts, query, json.dumps(body, ensure_ascii=False).encode(), is_extra(parts, settings.robot_hosts)))


def words(settings: Settings, parcel: Parcel) -> str:
    """What the group reads: the kind of notice, the words, whom they concern, and the way there."""
    message, language = parcel.message, language_of(settings, parcel)
    head = say(language, "【{kind}】", kind=kind_of(message.code).name)
    named = [user.name for user in parcel.people[:MOST_NAMED]]
    whom = say(language, "通知对象：{names}", names=say(language, "、").join(named)) if named else ""
    if len(parcel.people) > MOST_NAMED:
        whom += say(language, " 等 {n} 人", n=len(parcel.people))
    way = f"{base(settings)}{message.link}"
    tail = "\n".join(part for part in (whom, way) if part)
    text = head + _plain(say(language, message.subject, **message.params))
    return f"{_cut(text, LONGEST - len(tail.encode()))}\n{tail}"


def _plain(text: str) -> str:
    """Words only: 飞书 would read <at user_id="all"> in somebody's title as a call to the whole group."""
    return text.replace("<", "＜").replace(">", "＞")


def _cut(text: str, most: int) -> str:
    return text.encode()[:max(most, 0)].decode(errors="ignore")


def shaped(robot: Robot, query: str, text: str, phones: list[str]) -> tuple[str, dict[str, Any]]:
    """The query and the body that this kind of robot expects, signed when it has a secret."""
    now = clock.now().timestamp()
    if robot.kind == RobotKind.WECOM:
        return query, {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": phones}}
    if robot.kind == RobotKind.DINGTALK:
        called = "".join(f" @{phone}" for phone in phones)
        body = {"msgtype": "text", "text": {"content": text + called}, "at": {"atMobiles": phones, "isAtAll": False}}
        return _signed_query(query, robot.secret, round(now * 1000)), body
    return query, {"msg_type": "text", "content": {"text": text}} | _signature_in_body(robot.secret, round(now))


def _signed_query(query: str, secret: str, stamp: int) -> str:
    if not secret:
        return query
    sign = base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()).decode()
    return f"{query}&timestamp={stamp}&sign={quote(sign, safe='')}"


def _signature_in_body(secret: str, stamp: int) -> dict[str, str]:
    if not secret:
        return {}
    sign = base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()
    return {"timestamp": str(stamp), "sign": sign}


def judge(kind: str, status: int, answer: bytes) -> None:
    """Whether the robot took it: robots say no with 200 and a code of their own.

    Raises:
        Later, Hopeless: it did not.
    """
    told = f"HTTP {status} {answer[:300].decode(errors='replace')}"
    if status in (408, 425, 429) or status >= 500:
        raise Later(told)
    if status != 200:
        raise Hopeless(told)
    try:
        said = json.loads(answer)
        code = said.get("errcode", said.get("code", said.get("StatusCode")))
    except (ValueError, AttributeError):
        raise Later(told) from None
    if code in BUSY:
        raise Later(told)
    if code != 0:
        raise Hopeless(told)
