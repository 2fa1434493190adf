"""One outbox message as a letter: plain words and HTML, in the reader's language, with the way to the case and to the choices."""
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from data_model import clock
from data_model.settings import Settings
from scheduler.parcel import Parcel
from scheduler.words import line, say

CHOICES = "/me/notifications"
_PAGE = """<!doctype html><html lang="{lang}"><body style="margin:0;padding:24px 12px;background:#f3f7f9;color:#1d2b36;
font:15px/1.6 system-ui,'PingFang SC','Microsoft YaHei',sans-serif"><div style="max-width:560px;margin:0 auto">
<div style="padding:14px 24px;background:#0a4a6b;color:#fff;font-size:17px;font-weight:bold;border-radius:12px 12px 0 0">{brand}</div>
<div style="padding:24px;background:#fff;border:1px solid #dbe5ea;border-top:0;border-radius:0 0 12px 12px">{content}</div>
<p style="padding:0 24px;color:#566875;font-size:13px">{foot}</p></div></body></html>
"""
_BUTTON = ('<p style="margin:20px 0 0"><a href="{address}" style="display:inline-block;padding:10px 22px;border-radius:8px;'
           'background:#0b6e9e;color:#fff;text-decoration:none">{words}</a></p>')


@dataclass(frozen=True)
class Item:
    """One line of a letter and where it leads."""

    words: str
    address: str


def letter(settings: Settings, parcel: Parcel) -> EmailMessage:
    """The message as a letter; its id is the outbox key, so that a second delivery can be recognised."""
    message, user, language = parcel.message, parcel.user, language_of(settings, parcel)
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.mail.sender or "anlan@localhost", user.email if user else ""
    mail["Subject"] = line(language, message.subject, message.params)
    mail["Message-ID"] = message_id(message.dedupe_key)
    mail["Date"] = format_datetime(clock.local(clock.now()))
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{base(settings)}{CHOICES}>"
    greeting = say(language, "{who}，您好：", who=user.name if user else "")
    words = say(language, message.subject, **message.params)
    items = [Item(say(language, one["text"], **one["params"]), base(settings) + one["link"]) for one in message.details.get("lines", ())]
    more = message.details.get("more", 0)
    rest = say(language, "还有 {n} 条，请登录后查看。", n=more) if more else ""
    parts = [part for part in (greeting, words, message.body) if part], items, rest, base(settings) + message.link
    mail.set_content(_plain(settings, language, *parts))
    mail.add_alternative(_html(settings, language, *parts), subtype="html")
    return mail


def message_id(key: str) -> str:
    """Without the colons of a key: readers of mail cut an id off at the first one."""
    return f"<{quote(key, safe='')}@anlan>"


def base(settings: Settings) -> str:
    """How the house is reached from outside."""
    return settings.address or f"http://{settings.host}:{settings.port}"


def language_of(settings: Settings, parcel: Parcel) -> str:
    chosen = parcel.robot.language if parcel.robot else parcel.user.language if parcel.user else ""
    return chosen if chosen in settings.languages else settings.languages[0]


def _plain(settings: Settings, language: str, words: list[str], items: Iterable[Item], rest: str, address: str) -> str:
    listed = [f"· {item.words}\n  {item.address}" for item in items]
    parts = [*words, *listed, rest, f"{say(language, '查看')}: {address}", "--",
             f"{say(language, '通知设置')}: {base(settings)}{CHOICES}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(settings: Settings, language: str, words: list[str], items: Iterable[Item], rest: str, address: str) -> str:
    listed = "".join(f'<li style="margin:8px 0"><a href="{escape(item.address)}" style="color:#0a6390">{escape(item.words)}</a></li>'
                     for item in items)
    content = "".join(f'<p style="margin:0 0 12px;white-space:pre-line">{escape(part)}</p>' for part in words)
    content += f'<ul style="margin:0;padding-left:20px">{listed}</ul>' if listed else ""
    content += f"<p>{escape(rest)}</p>" if rest else ""
    content += _BUTTON.format(address=escape(address), words=escape(say(language, "查看")))
    choices = f'<a href="{escape(base(settings))}{CHOICES}" style="color:#566875">{escape(say(language, "通知设置"))}</a>'
    foot = f"{escape(say(language, '这封邮件由系统发出，请勿回复。'))} {choices}"
    return _PAGE.format(lang="en" if language == "en" else "zh-CN", brand=escape(say(language, "安澜")), content=content, foot=foot)
