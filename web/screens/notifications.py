"""通知设置: which notices reach me by which way, one letter a day, and quiet hours."""
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from wtforms import BooleanField, Form, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from data_model.notice_kinds import BY_KEY, Channel
from data_model.organisation import User
from engine import choices
from web.access import EVERYONE, allow

bp = Blueprint("notifications", __name__, url_prefix="/me/notifications")

KINDS = [SelectChoice(key, kind.name) for key, kind in BY_KEY.items()]
HALF_HOURS = [SelectChoice(minute, f"{minute // 60:02}:{minute % 60:02}") for minute in range(0, 1440, 30)]
HOURS = [SelectChoice(hour, f"{hour:02}:00") for hour in range(24)]


class ChoicesForm(Form):
    in_app = SelectMultipleField(choices=KINDS)
    mail = SelectMultipleField(choices=KINDS)
    group = SelectMultipleField(choices=KINDS)
    digest = BooleanField("每天汇总为一封邮件")
    digest_hour = SelectField("发送时间", coerce=int, choices=HOURS)
    quiet = BooleanField("免打扰时段内不发邮件")
    quiet_from = SelectField("开始", coerce=int, choices=HALF_HOURS)
    quiet_to = SelectField("结束", coerce=int, choices=HALF_HOURS)

    def validate_quiet_to(self, field):
        if self.quiet.data and field.data == self.quiet_from.data:
            raise ValidationError("开始和结束不能相同")


@bp.get("")
@allow(EVERYONE)
def index():
    mine = choices.of(g.session, current_user.id)
    taken = {channel.value: choices.taken(mine, channel) for channel in Channel}
    return _page(ChoicesForm(data={**taken, **{name: getattr(mine, name) for name in choices.TIMES}}))


@bp.post("")
@allow(EVERYONE)
def save():
    form = ChoicesForm(request.form)
    if not form.validate():
        return _page(form), 422
    taken = {channel: form[channel.value].data for channel in Channel}
    choices.keep(g.session, g.actor, taken, {name: form[name].data for name in choices.TIMES})
    flash(gettext("已保存。"), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/defaults")
@allow(EVERYONE)
def defaults():
    """Back to how everybody begins."""
    taken = {channel: [key for key, kind in BY_KEY.items() if kind.by_default(channel)] for channel in Channel}
    choices.keep(g.session, g.actor, taken, choices.TIMES)
    flash(gettext("已恢复默认设置。"), "success")
    return redirect(url_for(".index"), 303)


def _page(form):
    return render_template("personal/notifications.html", form=form, kinds=BY_KEY.values(), channels=list(Channel),
                           mail_set=bool(current_app.config["SETTINGS"].mail.server),
                           address=g.session.get_one(User, current_user.id).email)
