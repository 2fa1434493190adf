"""Tasks: what waits for me, what I did, one with its form."""
from dataclasses import replace
from typing import Any

from flask import g

from data_model.api_token import Scope
from data_model.session import unit_of_work
from engine import actions, cases, inbox, past
from engine.actions.bulk import AT_ONCE
from web.api import show
from web.api.form_shapes import shape_of
from web.api.lists import SEARCH, page
from web.api.route import Route, Sent, at, room
from web.api.shapes import LONGEST_OPINION, asked, listed, number, text, word
from web.asked import context_of, kind_of
from web.i18n import tr
from web.inbox_filters import DUE, LARGEST_ID, Filters
from web.steps import Step

bp = room("tasks", "/tasks")
READ = (Scope.TASKS_READ,)
OPEN = {"tab": word(inbox.TABS, "待办的分栏", default="all"), **SEARCH,
        "station": number("厂站", minimum=1, maximum=LARGEST_ID), "due": word(DUE, "在几天内到期"),
        "sort": word(inbox.ORDERS, "due 期限；created 最新；priority 优先级", default="due"), **page("[0-9]{1,11}([.][0-9]{1,15}){0,2}")}
MANY = asked({"tasks": listed(number(minimum=1), "任务编号", minItems=1, maxItems=AT_ONCE), "outcome": text("办理结果（outcomes 之一）", maxLength=40),
              "opinion": text("意见", maxLength=LONGEST_OPINION)}, ("tasks", "outcome"))
DONE = {**SEARCH, **page("[0-9]{1,11}([.][0-9]{1,9})?_[0-9]{1,15}")}


@at(bp, "GET", "", Route("inbox.use", READ, "我的待办，最急的在前", "TaskPage", OPEN))
def waiting(sent: Sent) -> dict[str, Any]:
    filters = Filters.asked({name: str(value or "") for name, value in sent.query.items()})
    query = replace(filters.query(sent.query["cursor"], sent.query["limit"]), sort=sent.query["sort"])
    found = inbox.page(g.session, g.actor, query)
    return show.page(map(show.task_row, found.items), found.next)


@at(bp, "POST", "/bulk", Route("inbox.use", (Scope.TASKS_ACT,), "批量办理：逐项办理，逐项给出结果", "Results", body=MANY, keyed=True, unit=False))
def bulk(sent: Sent) -> dict[str, Any]:
    """Each in a unit of work of its own; one that cannot be done stops nobody else's."""
    tasks = [(task_id, sent.key_of(task_id)) for task_id in sent.body["tasks"]]
    results = actions.bulk_complete(lambda: unit_of_work(g.actor), g.actor, tasks, sent.body["outcome"], sent.body.get("opinion", "").strip())
    return {"items": [{"task_id": one.task_id, "ok": one.ok, "status": one.status, "detail": tr(one.text, **one.params)} for one in results]}


@at(bp, "GET", "/done", Route("inbox.use", READ, "我的已办，最近的在前", "TaskPage", DONE))
def done(sent: Sent) -> dict[str, Any]:
    said = sent.query
    found = past.done(g.session, g.actor, said["q"], said["flow"], said["cursor"], said["limit"])
    return show.page(map(show.task_row, found.items), found.next)


@at(bp, "GET", "/<int:task_id>", Route("inbox.use", READ, "一项任务：表单、可选结果、为何由我办理、已填内容", "Task"))
def one(sent: Sent, task_id: int) -> dict[str, Any]:
    view = cases.task_view(g.session, g.actor, task_id)
    step = Step.build(kind_of(view.asked), context_of(view))
    return show.task(view, shape_of(step.form))
