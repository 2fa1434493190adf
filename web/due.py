"""Under which heading of the inbox a limit falls. Words for the time left are in web/format.py."""
from datetime import datetime, timedelta

from flask_babel import gettext

from data_model import clock
from web.format import day


def group(at: datetime | None) -> str:
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
