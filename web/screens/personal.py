"""我的: who I am here, my password, my language, my signed-in browsers, my messages."""
from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select, update
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from data_model import clock, notice_kinds
from data_model.base import unit_ids
from data_model.organisation import ROLE_NAMES, Grant, LoginSession, OrgUnit, User
from data_model.outbox import Message
from data_model.session import unit_of_work
from engine.principals import valid_grants
from web import login, passwords
from web.access import EVERYONE, allow
from web.request_work import go, is_htmx
from web.security import safe_target

bp = Blueprint("personal", __name__, url_prefix="/me")
PAGE = 20


class PasswordForm(FlaskForm):
    old = PasswordField("当前密码", [InputRequired("请填写当前密码"), Length(max=passwords.LONGEST)],
                        render_kw={"autocomplete": "current-password"})
    new = PasswordField("新密码", [InputRequired("请填写新密码")], description="8 至 128 个字符，避免常见密码。",
                        render_kw={"autocomplete": "new-password"})
    again = PasswordField("再输一次新密码", [InputRequired("请再输一次新密码"), EqualTo("new", "两次输入的密码不一致")],
                          render_kw={"autocomplete": "new-password"})

    def validate_new(self, field):
        if objection := passwords.objection(field.data, current_user.login):
            raise ValidationError(objection)


@bp.get("")
@allow(EVERYONE)
def index():
    held = select(Grant.role, OrgUnit.name).join(OrgUnit, OrgUnit.id == Grant.unit_id).where(
        Grant.user_id == current_user.id, *valid_grants()).order_by(OrgUnit.path, Grant.role)
    roles = [(ROLE_NAMES[role], unit) for role, unit in g.session.execute(held)]
    return render_template("personal/index.html", person=g.session.get(User, current_user.id), roles=roles, place=_place(),
                           sessions=g.session.scalars(login.live_sessions(current_user.id)).all(), device=device)


@bp.get("/password")
@allow(EVERYONE, always=True)
def password():
    return render_template("personal/password.html", form=PasswordForm())


@bp.post("/password")
@allow(EVERYONE, unit=False, always=True)
def change_password():
    """Every other browser is signed out; this one gets a new token. Wrong guesses of the old password count as failed sign-ins."""
    form = PasswordForm()
    if not form.validate():
        return render_template("personal/password.html", form=form), 422
    attempt = login.confirm(current_user.login, form.old.data, request.remote_addr or "")
    if attempt.wait:
        form.old.errors = [gettext("尝试次数过多，请 %(seconds)s 秒后再试。", seconds=attempt.wait)]
        return render_template("personal/password.html", form=form), 429
    if not attempt.right:
        form.old.errors = ["当前密码不正确"]
        return render_template("personal/password.html", form=form), 422
    if form.new.data == form.old.data:
        form.new.errors = ["新密码不能与当前密码相同"]
        return render_template("personal/password.html", form=form), 422
    kept = passwords.keep(form.new.data)
    with unit_of_work(g.actor) as session:
        user = session.get_one(User, current_user.id)
        user.password_hash, user.must_change_password = kept, False
        login.revoke(session, LoginSession.user_id == user.id)
        token = login.open_session(session, user.id, request.remote_addr or "", request.user_agent.string)
    response = login.hand_over(redirect(url_for("home.index"), 303), token)
    flash(gettext("密码已修改，其他设备已退出登录。"), "success")
    return response


@bp.post("/sessions/<int:session_id>/revoke")
@allow(EVERYONE)
def revoke(session_id: int):
    mine = LoginSession.user_id == current_user.id
    if g.session.scalar(select(LoginSession.id).where(LoginSession.id == session_id, mine)) is None:
        abort(404)
    login.revoke(g.session, LoginSession.id == session_id, mine)
    flash(gettext("该设备已退出登录。"), "success")
    return redirect(url_for(".index") + "#sessions", 303)


@bp.get("/messages")
@allow(EVERYONE)
def messages():
    """The latest first, from where the last page ended; of one kind when asked."""
    before, only_new = request.args.get("before", type=int), request.args.get("show") == "unread"
    kind = notice_kinds.BY_KEY.get(request.args.get("kind", ""))
    chosen = select(Message).where(Message.user_id == current_user.id).order_by(Message.id.desc()).limit(PAGE + 1)
    if before and 0 < before < 2**53:
        chosen = chosen.where(Message.id < before)
    if only_new:
        chosen = chosen.where(Message.read_at.is_(None))
    if kind:
        chosen = chosen.where(Message.code.in_(kind.codes) if kind.codes else Message.code.not_in(notice_kinds.listed_codes()))
    found = g.session.scalars(chosen).all()
    page, more = found[:PAGE], len(found) > PAGE
    template = "personal/_messages.html" if is_htmx() and before else "personal/messages.html"
    return render_template(template, messages=page, more=page[-1].id if more else None, only_new=only_new, before=before,
                           kind=kind.key if kind else None, kinds=notice_kinds.BY_KEY.values())


@bp.get("/messages/unread")
@allow(EVERYONE)
def unread():
    """The number at the bell, asked for every half minute."""
    return render_template("personal/_unread.html")


@bp.post("/messages/<int:message_id>/open")
@allow(EVERYONE)
def open_message(message_id: int):
    """Read it, and go where it points."""
    message = g.session.scalar(select(Message).where(Message.id == message_id, Message.user_id == current_user.id)) or abort(404)
    message.read_at = message.read_at or clock.now()
    return go(safe_target(message.link) or url_for(".messages"))


@bp.post("/messages/read")
@allow(EVERYONE)
def read_all():
    g.session.execute(update(Message).where(Message.user_id == current_user.id, Message.read_at.is_(None)).values(read_at=clock.now()))
    return redirect(url_for(".messages"), 303)


def _place() -> str:
    """公司 / 厂站 / 网格, from the root down."""
    ids = unit_ids(g.actor.unit_path)
    names = dict(g.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(ids))).all())
    return " / ".join(names[unit_id] for unit_id in ids if unit_id in names)


def device(agent: str) -> str:
    """A browser as its owner knows it: 'Chrome · Android'."""
    browsers = (("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
                ("Safari", "Safari"))
    systems = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
               ("Mac OS", "macOS"), ("Linux", "Linux"))
    seen = [next((name for mark, name in table if mark in agent), "") for table in (browsers, systems)]
    return " · ".join(gettext(name) for name in seen if name) or gettext("未知设备")
