"""访问令牌: keys for programs that work in my name. The secret is shown once, on the page that answers the making."""
from datetime import timedelta

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from data_model.api_token import Scope
from data_model.session import unit_of_work
from engine.errors import EngineError
from web import login, passwords, tokens
from web.access import EVERYONE, allow
from web.i18n import tr

bp = Blueprint("tokens", __name__, url_prefix="/me/tokens")

SCOPES = ((Scope.TASKS_READ, "读取待办与已办"), (Scope.TASKS_ACT, "办理待办"), (Scope.CASES_READ, "读取流程实例"),
          (Scope.CASES_START, "发起和撤销流程"), (Scope.DEFINITIONS_READ, "读取流程定义与表单"))
LIVES = ((30, "30 天"), (90, "90 天"), (180, "180 天"), (365, "一年"))


class TokenForm(FlaskForm):
    name = StringField("令牌名称", [DataRequired("请填写名称"), Length(max=60)], description="给哪个程序用，如“报表同步”",
                       filters=[lambda text: (text or "").strip()], render_kw={"maxlength": 60, "autocomplete": "off"})
    scopes = SelectMultipleField("令牌范围", [InputRequired("请至少选择一项范围")], choices=[SelectChoice(str(code), words) for code, words in SCOPES],
                                 widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
                                 description="令牌能做的不会超过您自己的权限")
    days = SelectField("令牌有效期", choices=[SelectChoice(days, words) for days, words in LIVES], coerce=int, default=90)
    password = PasswordField("当前密码", [InputRequired("请填写当前密码"), Length(max=passwords.LONGEST)],
                             render_kw={"autocomplete": "current-password"})


@bp.get("")
@allow(EVERYONE)
def index():
    return _page(TokenForm(formdata=None))


@bp.post("")
@allow(EVERYONE, unit=False)
def make():
    """Only whoever knows the password makes one: a borrowed browser must not leave a key for a year behind."""
    form = TokenForm()
    if not form.validate():
        return _again(form)
    attempt = login.confirm(current_user.login, form.password.data, request.remote_addr or "")
    if not attempt.right:
        form.password.errors = [gettext("尝试次数过多，请 %(seconds)s 秒后再试。", seconds=attempt.wait) if attempt.wait else "当前密码不正确"]
        return _again(form, 429 if attempt.wait else 422)
    try:
        with unit_of_work(g.actor) as session:
            secret = tokens.make(session, g.actor.user_id, form.name.data, form.scopes.data, timedelta(days=form.days.data))
    except EngineError as full:
        form.name.errors = [tr(full.text, **full.params)]
        return _again(form)
    return _again(TokenForm(formdata=None), 200, secret)


@bp.post("/<int:token_id>/revoke")
@allow(EVERYONE)
def revoke(token_id: int):
    if not tokens.revoke(g.session, g.actor.user_id, token_id):
        abort(404)
    flash(gettext("令牌已撤销，用它的程序不能再访问。"), "success")
    return redirect(url_for(".index"), 303)


def _again(form: TokenForm, status: int = 422, secret: str = ""):
    try:
        with unit_of_work(g.actor, write=False) as g.session:
            return make_response(_page(form, secret), status)
    finally:
        g.pop("session", None)


def _page(form: TokenForm, secret: str = "") -> str:
    return render_template("personal/tokens.html", form=form, secret=secret, scopes={str(code): words for code, words in SCOPES},
                           tokens=g.session.scalars(tokens.live_tokens(g.actor.user_id)).all())
