"""任务管理: what people ask of each other, and every approval, in the words of the manual (TASK-01 … TASK-09)."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import pgettext

from data_model.assignment import Stage, Urgency
from engine import catalog, inbox, past, worklists
from engine.case_lists import ENDED, GOING, Which
from web.access import allow
from web.flows import flow_names
from web.format import due_group, group_words
from web.hue import hue
from web.i18n import tr
from web.inbox_filters import CURSOR, LARGEST_ID

bp = Blueprint("work", __name__, url_prefix="/work")

KEY = "assignment"
STATUS = {"running": "办理中", "suspended": "已挂起", "completed": "已办结", "terminated": "已终止", "cancelled": "已撤销",
          "rejected": "已驳回"}


@dataclass(frozen=True)
class View:
    """What one address of the page asks for; whatever it cannot mean is as if it were not there."""

    tab: str
    q: str
    flow: str
    state: str
    cursor: str

    @property
    def before(self) -> int:
        return int(self.cursor) if self.cursor.isdecimal() and int(self.cursor) < LARGEST_ID else 0

    def address(self, **other: str) -> str:
        kept = {k: v for k, v in {"tab": self.tab, "q": self.q, "flow": self.flow, "state": self.state, **other}.items() if v}
        return url_for(".index", **kept)


@dataclass(frozen=True)
class Tab:
    """One list: its name, what it holds in a sentence, which rows draw it, what fetches it, and the filters it knows."""

    key: str
    label: str
    hint: str
    rows: str
    fetch: Callable[[View], Any]
    filters: tuple[str, ...] = ()
    empty: str = "这里还没有内容"


def _tasks(by_me: bool) -> Callable[[View], Any]:
    return lambda view: worklists.assignments(
        g.session, g.actor, by_me=by_me, text=view.q, stage=view.state if view.state in list(Stage) else "", before=view.before)


def _cases(which: Which, status: str | None = None) -> Callable[[View], Any]:
    """Args: status: the one the tab stands for; None when the person chooses."""
    return lambda view: worklists.cases(
        g.session, g.actor, which, text=view.q, process_key=view.flow, before=view.before,
        status=(view.state if view.state in STATUS else "") if status is None else status)


def _waiting(key: str = "", duty: str = "") -> Callable[[View], Any]:
    return lambda view: inbox.page(g.session, g.actor, inbox.InboxQuery(
        text=view.q, process_key=key or view.flow, duty=duty, cursor=view.cursor))


TASKS = (
    Tab("all", "所有任务", "您有权查看的全部指派任务。", "tasks", _tasks(False), ("q", "stage"), "还没有任务"),
    Tab("todo", "待办", "等您处理或复核的任务。其他流程的待办在“待我审批”和“待办”页面。", "open", _waiting(KEY), ("q",), "没有等您处理的任务"),
    Tab("done", "已办", "您处理或复核过的任务。", "done",
        lambda view: past.done(g.session, g.actor, view.q, KEY, view.cursor), ("q",), "还没有处理过的任务"),
    Tab("assigned", "指派", "您指派给别人的任务。", "tasks", _tasks(True), ("q", "stage"), "您还没有指派过任务"),
    Tab("followed", "关注", "您关注的流程，有进展时会通知您。", "started",
        lambda view: worklists.followed(g.session, g.actor, view.cursor), (), "您还没有关注任何流程"),
    Tab("copied", "抄送", "抄送给您查看的流程，不需要办理。", "started",
        lambda view: worklists.copied(g.session, g.actor, view.cursor), (), "还没有抄送给您的流程"),
)
APPROVALS = (
    Tab("approvals", "所有审批", "各模块提交的审批都汇总在这里；您看到的是有权查看的。", "started", _cases(Which.VISIBLE),
        ("q", "flow", "status"), "没有您可以查看的审批"),
    Tab("waiting", "待我审批", "等您审批的事项；等您办理、复核的在“待办”页面。“待审”是您提交、还没审完的。", "open",
        _waiting(duty="approve"), ("q", "flow"), "没有等您审批的事项"),
    Tab("pending", "我发起·在审", "手册中的“待审”：您提交的、还没审完的审批。等您去审的，请看“待我审批”。", "started",
        _cases(Which.STARTED, GOING), ("q", "flow"), "没有在审的申请"),
    Tab("finished", "我发起·已审", "手册中的“已审”：您提交的、已经结束的审批。您自己审过的，请看“待办”页面的“已办”。", "started",
        _cases(Which.STARTED, ENDED), ("q", "flow"), "没有已审的申请"),
    Tab("started", "已发起", "您提交过的全部流程，在审的和已审的都在内。", "started", _cases(Which.STARTED), ("q", "flow", "status"),
        "您还没有发起过流程"),
)
TABS = {tab.key: tab for tab in (*TASKS, *APPROVALS)}


@bp.get("")
@allow("inbox.use")
def index():
    view = _asked()
    tab = TABS[view.tab]
    flows = flow_names(g.session)
    return render_template(
        "work/index.html", view=view, tab=tab, groups=(("任务", TASKS), ("审批", APPROVALS)), page=tab.fetch(view), cursor=view.cursor, name_of=_name,
        flows=flows, names=dict(flows), stages=list(Stage), statuses=STATUS, new_copies=worklists.unread_copies(g.session, g.actor),
        cap=inbox.CAP, may_assign=_may_assign(), hue=hue, group_of=due_group, group_words=group_words, back=None, before="", bulk=(),
        stations_by_id={}, filters={}, urgent=Urgency.HIGH, colours={Stage.WORKING: "running", Stage.REVIEWING: "running", Stage.DONE: "completed",
                                                Stage.CANCELLED: "cancelled"})


def _asked() -> View:
    """What the browser asks for, of what the tab knows."""
    said = {name: request.args.get(name, "").strip()[:100] for name in ("tab", "q", "flow", "state", "cursor")}
    tab = said["tab"] if said["tab"] in TABS else "all"
    known = TABS[tab].filters
    state = said["state"] if "stage" in known or "status" in known else ""
    return View(tab, said["q"] if "q" in known else "", said["flow"] if "flow" in known else "", state,
                said["cursor"] if CURSOR.fullmatch(said["cursor"]) else "")


def _name(tab: Tab) -> str:
    """In English a list is called otherwise than the deed of the same Chinese word."""
    found = str(pgettext("work", tab.label))
    return found if found != tab.label else str(tr(tab.label))


def _may_assign() -> bool:
    return g.actor.can("process.start") and any(one.key == KEY for one in catalog.startable(g.session, g.actor))
