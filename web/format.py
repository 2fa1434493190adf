"""Numbers and times as people write them, in both languages."""
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from flask_babel import get_locale, gettext

from data_model import clock

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SOON = timedelta(hours=24)
SOON_SHARE = 0.2


def prepare(app: Flask) -> None:
    app.jinja_env.filters.update(moment=moment, day=day, iso_moment=iso_moment, ago=ago, due_words=due_words,
                                 due_state=due_state, duration=duration, file_size=file_size)


def moment(value: datetime | None) -> str:
    """11月24日 09:12 this year, 2025年11月24日 09:12 before; Nov 24, 09:12 in English."""
    if value is None:
        return ""
    there = clock.local(value)
    return f"{_day(there.date())} {there:%H:%M}"


def day(value: date | None) -> str:
    """2026-11-24: for forms and tables, in both languages."""
    return value.isoformat()[:10] if value else ""


def _day(there: date) -> str:
    this_year = there.year == clock.today().year
    if _english():
        return f"{MONTHS[there.month - 1]} {there.day}," if this_year else f"{MONTHS[there.month - 1]} {there.day}, {there.year},"
    return f"{there.month}月{there.day}日" if this_year else f"{there.year}年{there.month}月{there.day}日"


def iso_moment(value: datetime | None) -> str:
    """For the `datetime` attribute and for titles: exact, in the company's zone."""
    return clock.local(value).isoformat(timespec="minutes") if value else ""


def ago(value: datetime | None) -> str:
    """刚刚, 5 分钟前, 3 小时前, then the date."""
    if value is None:
        return ""
    past = clock.now() - value
    if past < timedelta(minutes=1):
        return gettext("刚刚")
    if past < timedelta(hours=24):
        return gettext("%(time)s前", time=duration(past))
    return moment(value)


def due_words(value: datetime | None) -> str:
    """剩 6 小时 / 刚到期 / 已超时 2 天; nothing without a limit."""
    if value is None:
        return ""
    left = value - clock.now()
    if -timedelta(minutes=1) < left <= timedelta(0):
        return gettext("刚到期")
    if left > timedelta(0):
        return gettext("剩 %(time)s", time=duration(left))
    return gettext("已超时 %(time)s", time=duration(-left))


def due_state(value: datetime | None, since: datetime | None = None) -> str:
    """'overdue', 'soon' (less than a fifth of the time left), 'later' or '': for the colour that goes with the words.

    Args:
        since: when the time began to run; without it a day is soon.
    """
    if value is None:
        return ""
    left = value - clock.now()
    near = (value - since) * SOON_SHARE if since is not None and since < value else SOON
    return "overdue" if left <= timedelta(0) else "soon" if left <= near else "later"


def due_group(at: datetime | None) -> str:
    """late, today, tomorrow, week, later or none."""
    if at is None:
        return "none"
    if at < clock.now():
        return "late"
    days = (clock.local(at).date() - clock.today()).days
    return "today" if days == 0 else "tomorrow" if days == 1 else "week" if days < 7 else "later"


def group_words(key: str) -> str:
    """The heading itself; near days carry their date, so that nobody counts on fingers."""
    words = {
        "late": gettext("已超时"), "today": gettext("今天到期"), "tomorrow": gettext("明天到期"),
        "week": gettext("一周内到期"), "later": gettext("一周后到期"), "none": gettext("不限时"),
    }[key]
    near = {"today": 0, "tomorrow": 1}.get(key)
    return words if near is None else f"{words} · {day(clock.today() + timedelta(days=near))}"


def duration(value: timedelta | float | None) -> str:
    """Rounded down to one unit: 2 天, 6 小时, 5 分钟. A number is seconds."""
    if value is None:
        return ""
    minutes = int((value.total_seconds() if isinstance(value, timedelta) else value) // 60)
    if minutes >= 48 * 60:
        return gettext("%(n)s 天", n=minutes // 1440)
    if minutes >= 60:
        return gettext("%(n)s 小时", n=minutes // 60)
    return gettext("%(n)s 分钟", n=max(minutes, 1))


def file_size(value: int | None) -> str:
    if value is None:
        return ""
    size: Any = value
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


def _english() -> bool:
    return str(get_locale()) == "en"
