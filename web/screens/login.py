"""The door: signing in and out, and the language, which is chosen before one signs in too."""
from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from data_model.organisation import LoginSession, User
from web import i18n, login
from web.access import EVERYONE, PUBLIC, allow
from web.passwords import LONGEST
from web.security import safe_target

bp = Blueprint("login", __name__)
YEAR = 31_536_000


class LoginForm(FlaskForm):
    login = StringField("账号", [InputRequired("请填写账号"), Length(max=64)], filters=[lambda text: (text or "").strip()],
                        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True})
    password = PasswordField("密码", [InputRequired("请填写密码"), Length(max=LONGEST)], render_kw={"autocomplete": "current-password"})


@bp.get("/login")
@allow(PUBLIC)
def index():
    if current_user.is_authenticated:
        return redirect(_onward())
    return _page(LoginForm())


@bp.post("/login")
@allow(PUBLIC, unit=False)
def enter():
    form = LoginForm()
    if not form.validate():
        return _page(form), 422
    attempt = login.sign_in(form.login.data, form.password.data, request.remote_addr or "", request.user_agent.string,
                            request.cookies.get(login.cookie_name(), ""))
    if attempt.wait:
        refusal = gettext("尝试次数过多，请 %(seconds)s 秒后再试。", seconds=attempt.wait)
        return _page(form, refusal), 429, {"Retry-After": str(attempt.wait)}
    if not attempt.token:
        return _page(form, gettext("账号或密码不正确。")), 422
    return login.hand_over(redirect(_onward(), 303), attempt.token)


@bp.post("/logout")
@allow(EVERYONE, always=True)
def leave():
    login.revoke(g.session, LoginSession.id == current_user.session_id)
    return login.take_back(redirect(url_for(".index"), 303))


@bp.post("/logout-everywhere")
@allow(EVERYONE, always=True)
def leave_everywhere():
    login.revoke(g.session, LoginSession.user_id == current_user.id)
    response = login.take_back(redirect(url_for(".index"), 303))
    flash(gettext("已在所有设备上退出登录。"), "success")
    return response


@bp.post("/language")
@allow(PUBLIC, always=True)
def language():
    """Kept with the person, and in this browser for the time before signing in."""
    chosen = request.form.get("language", "")
    response = make_response(redirect(safe_target(request.form.get("next")) or url_for("home.index"), 303))
    if chosen in current_app.config["LANGUAGES"]:
        if current_user.is_authenticated:
            g.session.get_one(User, current_user.id).language = chosen
        response.set_cookie(i18n.COOKIE, chosen, max_age=YEAR, secure=current_app.config["HTTPS"], httponly=True, samesite="Lax")
    return response


def _page(form: LoginForm, refusal: str = "") -> str:
    return render_template("login/index.html", form=form, refusal=refusal)


def _onward() -> str:
    return safe_target(request.args.get("next")) or url_for("home.index")
