"""From a task back to the list one came from, or on to the next in it."""
from typing import Any

from flask import g, request, url_for

from engine import inbox
from web.inbox_filters import Filters


def back() -> str | None:
    """The view of the inbox the person came from, as far as an address may say it."""
    return _filters().address().removeprefix("?") or None


def inbox_address() -> str:
    return url_for("inbox.index") + _filters().address()


def task_address(task_id: int) -> str:
    return url_for("task.page", task_id=task_id, back=back())


def next_address(session: Any, task_id: int | None = None) -> str:
    """The given task, else the first of the list, else the list itself when nothing is left in it."""
    following = task_id or next((item.id for item in inbox.page(session, g.actor, _filters().query(size=1)).items), None)
    return task_address(following) if following else inbox_address()


def _filters() -> Filters:
    return Filters.from_back(request.args.get("back", ""))
