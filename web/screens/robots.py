"""群机器人: which group hears what of which unit. Its address and secret go in and are never shown again."""
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from wtforms import BooleanField, Form, PasswordField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from data_model import clock
from data_model.notice_kinds import BY_KEY, TEST
from data_model.notification import ROBOT_NAMES, Robot
from data_model.organisation import Level, OrgUnit
from data_model.outbox import OutboxMessage
from engine import robots
from engine.errors import EngineError, Missing
from web.access import allow
from web.i18n import tr
from web.screens.notifications import HALF_HOURS, KINDS

bp = Blueprint("robots", __name__, url_prefix="/admin/robots")
PLAIN = ("name", "kind", "unit_id", "kinds", "mentions", "language", "quiet", "quiet_from", "quiet_to", "enabled")
FRESH = {"kinds": ["major", "accident", "rectify"], "mentions": True, "quiet": True, "quiet_from": 1320, "quiet_to": 420, "enabled": True}


class Ticks(SelectMultipleField):
    widget, option_widget = widgets.ListWidget(prefix_label=False), widgets.CheckboxInput()


class RobotForm(Form):
    name = StringField("名称", [InputRequired("请填写名称"), Length(max=60)], render_kw={"maxlength": 60, "placeholder": "如：第一水厂安全群"})
    kind = SelectField("种类", choices=[SelectChoice(kind.value, name) for kind, name in ROBOT_NAMES.items()])
    unit_id = SelectField("所属单位", coerce=int, description="该单位及下级单位的流程会通知到群里。")
    url = StringField("机器人地址", [Length(max=500)], render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": 500},
                      description="在群里添加自定义机器人后复制。保存后不再显示，留空表示不变。")
    secret = PasswordField("签名密钥", [Length(max=200)], render_kw={"autocomplete": "new-password", "maxlength": 200},
                           description="钉钉、飞书的加签密钥；没有加签就不填。留空表示不变。")
    no_secret = BooleanField("取消签名")
    kinds = Ticks("通知类别", choices=KINDS)
    mentions = BooleanField("用手机号提到相关人员（企业微信、钉钉）")
    language = SelectField("语言", choices=[SelectChoice("zh", "中文（简体）"), SelectChoice("en", "英文")])
    quiet = BooleanField("免打扰时段内不发，紧急类别除外")
    quiet_from = SelectField("开始", coerce=int, choices=HALF_HOURS)
    quiet_to = SelectField("结束", coerce=int, choices=HALF_HOURS)
    enabled = BooleanField("启用")

    def __init__(self, *given, robot, extra, **more):
        super().__init__(*given, **more)
        self.robot, self.extra = robot, extra

    def validate_kinds(self, field):
        if not field.data:
            raise ValidationError("请至少选择一类")

    def validate_url(self, field):
        """A new kind of robot needs a new address."""
        field.data = (field.data or "").strip()
        if not field.data and (self.robot.id is None or self.kind.data != self.robot.kind):
            raise ValidationError("请填写机器人地址")
        if field.data and self.kind.data in ROBOT_NAMES:
            try:
                robots.checked(self.kind.data, field.data, self.extra)
            except EngineError as refusal:
                raise ValidationError(tr(refusal.text, **refusal.params)) from None

    def validate_name(self, field):
        taken = select(Robot.id).where(Robot.unit_id == self.unit_id.data, Robot.name == field.data.strip(), Robot.id != (self.robot.id or 0))
        if g.session.scalar(taken):
            raise ValidationError("这个单位已有同名的机器人")


@bp.get("")
@allow("robot.manage")
def index():
    rows = g.session.execute(select(Robot, OrgUnit.name).join(OrgUnit, OrgUnit.id == Robot.unit_id).order_by(OrgUnit.path, Robot.name)).all()
    return render_template("robots/index.html", rows=rows, names=ROBOT_NAMES, kinds=BY_KEY)


@bp.get("/new")
@allow("robot.manage")
def new():
    return _page(Robot(), _form(Robot(), data=FRESH))


@bp.post("/new")
@allow("robot.manage")
def add():
    return _keep(Robot())


@bp.get("/<int:robot_id>")
@allow("robot.manage")
def edit(robot_id: int):
    robot = _robot(robot_id)
    return _page(robot, _form(robot, data={name: getattr(robot, name) for name in PLAIN}))


@bp.post("/<int:robot_id>")
@allow("robot.manage")
def change(robot_id: int):
    return _keep(_robot(robot_id))


@bp.post("/<int:robot_id>/test")
@allow("robot.manage")
def test(robot_id: int):
    """A trial message, by the same way as every other."""
    robot = _robot(robot_id)
    g.session.add(OutboxMessage(dedupe_key=f"test:{robot.id}:{clock.now().timestamp()}", channel=robot.kind, to_user_id=0, robot_id=robot.id,
                                code=TEST, subject="这是一条测试消息，由 {who} 发出", params={"who": g.actor.name}, link="/"))
    flash(gettext("测试消息已排队，半分钟内发出。"), "success")
    return redirect(url_for("outbox.index", channel=robot.kind), 303)


def _keep(robot: Robot):
    form = _form(robot, request.form)
    if not form.validate():
        return _page(robot, form), 422
    for name in PLAIN:
        setattr(robot, name, form[name].data.strip() if name == "name" else form[name].data)
    robot.url = form.url.data or robot.url
    robot.secret = "" if form.no_secret.data else form.secret.data or robot.secret or ""
    g.session.add(robot)
    flash(gettext("已保存。"), "success")
    return redirect(url_for(".index"), 303)


def _robot(robot_id: int) -> Robot:
    robot = g.session.get(Robot, robot_id)
    if robot is None:
        raise Missing("没有这个机器人")
    return robot


def _form(robot: Robot, *given, **more) -> RobotForm:
    form = RobotForm(*given, robot=robot, extra=current_app.config["SETTINGS"].robot_hosts, **more)
    units = g.session.execute(select(OrgUnit.id, OrgUnit.name, OrgUnit.level).where(
        OrgUnit.active, OrgUnit.level <= Level.STATION).order_by(OrgUnit.path))
    form.url.flags.required, form.kinds.flags.required = robot.id is None, True
    form.unit_id.choices = [SelectChoice(unit_id, "　" * (level - 1) + name) for unit_id, name, level in units]
    return form


def _page(robot: Robot, form: RobotForm):
    return render_template("robots/edit.html", robot=robot, form=form)
