"""外发消息: what left the house, what waits, what was laid aside; an administrator sends it again. Nothing is deleted."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select

from data_model.notice_kinds import DIGEST, TEST, kind_of
from data_model.notification import ROBOT_NAMES, Robot
from data_model.organisation import User
from data_model.outbox import OutboxMessage
from engine import dead_letters
from web.access import allow
from web.request_work import is_htmx

bp = Blueprint("outbox", __name__, url_prefix="/admin/outbox")
PAGE = 30
MOST = 999
CHANNELS = {"mail": "邮件"} | {kind.value: name for kind, name in ROBOT_NAMES.items()}
STATES = {"dead": "已搁置", "waiting": "等待发送", "sent": "已发送"}


@bp.get("")
@allow("outbox.view")
def index():
    """The latest first, from where the last page ended."""
    state, channel, before = _one_of(STATES, "state"), _one_of(CHANNELS, "channel"), request.args.get("before", type=int)
    chosen = dead_letters.listed(channel, state).limit(PAGE + 1)
    if before and 0 < before < 2**53:
        chosen = chosen.where(OutboxMessage.id < before)
    found = g.session.scalars(chosen).all()
    page = found[:PAGE]
    template = "outbox/_rows.html" if is_htmx() and before else "outbox/index.html"
    return render_template(template, rows=page, more=page[-1].id if len(found) > PAGE else None, state=state, channel=channel,
                           states=STATES, channels=CHANNELS, names=_names(page), about=_about,
                           counts={name: _count(name, channel) for name in ("dead", "waiting")} if not before else {})


@bp.post("/<int:message_id>/resend")
@allow("outbox.manage")
def resend(message_id: int):
    dead_letters.resend(g.session, g.actor, message_id)
    flash(gettext("将重新发送。"), "success")
    return redirect(_back(), 303)


@bp.post("/resend")
@allow("outbox.manage")
def resend_all():
    """Everything that was laid aside in the channel shown."""
    count = dead_letters.resend_all(g.session, g.actor, _one_of(CHANNELS, "channel"))
    flash(gettext("%(count)s 条将重新发送。", count=count), "success")
    return redirect(_back(), 303)


def _one_of(known, name) -> str:
    return value if (value := request.values.get(name, "")) in known else ""


def _back() -> str:
    return url_for(".index", state=_one_of(STATES, "state") or None, channel=_one_of(CHANNELS, "channel") or None)


def _count(state: str, channel: str) -> str:
    few = dead_letters.listed(channel, state).order_by(None).with_only_columns(OutboxMessage.id).limit(MOST + 1).subquery()
    count = g.session.scalar(select(func.count()).select_from(few)) or 0
    return f"{MOST}+" if count > MOST else str(count)


def _names(rows) -> dict[int, str]:
    """To whom each goes: a person, or a group by the name of its robot."""
    people = dict(g.session.execute(select(User.id, User.name).where(User.id.in_({row.to_user_id for row in rows}))).all())
    groups = dict(g.session.execute(select(Robot.id, Robot.name).where(Robot.id.in_({row.robot_id for row in rows}))).all())
    return {row.id: groups.get(row.robot_id, "—") if row.robot_id else people.get(row.to_user_id, "—") for row in rows}


def _about(row: OutboxMessage) -> str:
    """The kind of notice. Its words are shown to those only who may see cases everywhere: they name places and people."""
    return {DIGEST: "每日汇总", TEST: "测试消息"}.get(row.code) or kind_of(row.code).name
