"""The ways through the house that the person at the door may take."""
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user
from sqlalchemy import func, select

from data_model.outbox import Message
from web.access import EVERYONE, access_of


@dataclass(frozen=True)
class Way:
    """One entry of the navigation: shown when its endpoint exists and its view lets the person in."""

    endpoint: str
    label: str
    icon: str
    short: str = ""  # on the tab bar of a phone
    rooms: tuple[str, ...] = ()  # further blueprints that one reaches by this way
    wide: bool = False  # not on the tab bar of a phone, which has room for five; there it stands in the person's menu


WAYS = (
    Way("inbox.index", "待办", "inbox", rooms=("task", "case")),
    Way("work.index", "任务管理", "clipboard-check", wide=True),
    Way("start.index", "发起流程", "send", "发起"),
    Way("snapshot.index", "随手拍", "camera"),
    Way("ledger.index", "隐患台账", "list-details", "台账"),
    Way("definitions.index", "流程", "git-branch", wide=True,
        rooms=("modeler", "tryout", "scenarios", "tables", "table_desk", "form_designer", "form_desk", "releases", "bundles",
               "definition_files")),
    Way("operations.index", "流程监控", "activity", wide=True, rooms=("migration", "incidents")),
)
MENU = (  # in the person's menu: for now and then
    Way("analytics.index", "流程分析", "chart-bar"),
    Way("calendar.index", "工作日历", "calendar"),
    Way("unit_opinions.index", "单位常用意见", "message-2"),
    Way("outbox.index", "外发消息", "mail-forward", rooms=("robots",)),
)
ME = Way("personal.index", "我的", "user", rooms=("tokens",))
MOST_SHOWN = 99


def prepare(app: Flask) -> None:
    app.jinja_env.globals.update(nav_ways=ways, nav_tabs=tabs, nav_menu=menu, is_here=is_here, way_to=way_to, unread=unread, has_endpoint=has_endpoint)


def ways() -> list[Way]:
    return [way for way in WAYS if _open(way)]


def menu() -> list[Way]:
    return [way for way in (*(way for way in WAYS if way.wide), *MENU) if _open(way)]


def tabs() -> list[Way]:
    """The bar at the bottom of a phone."""
    return [*(way for way in ways() if not way.wide), ME]


def way_to(way: Way) -> str:
    return url_for(way.endpoint)


def is_here(way: Way) -> bool:
    """Whether the page shown belongs to this way: by blueprint."""
    return request.blueprint in (way.endpoint.partition(".")[0], *way.rooms)


def has_endpoint(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def unread() -> str:
    """How many messages wait, '' for none, '99+' beyond; '' too on pages drawn outside a unit of work."""
    if "session" not in g or not current_user.is_authenticated:
        return ""
    few = select(Message.id).where(Message.user_id == current_user.id, Message.read_at.is_(None)).limit(MOST_SHOWN + 1).subquery()
    count = g.session.scalar(select(func.count()).select_from(few)) or 0
    return f"{MOST_SHOWN}+" if count > MOST_SHOWN else str(count or "")


def _open(way: Way) -> bool:
    access = access_of(current_app, way.endpoint)
    return access is not None and (access.permission == EVERYONE or g.actor.can(access.permission))
