"""发起流程: what may I start, and the form it begins with."""
from itertools import groupby

from flask import Blueprint, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from data_model.process import Command, ProcessInstance
from data_model.session import unit_of_work
from engine import actions, catalog, designs
from engine.errors import EngineError, Missing
from forms.context import FormContext
from web.access import allow
from web.asked import broken, kind_of, remember
from web.hue import hue
from web.i18n import tr
from web.request_work import go
from web.steps import Posted, Step, looking

bp = Blueprint("start", __name__, url_prefix="/start")

OWN_PAGES = {"snapshot": "snapshot.index"}  # flows that begin on a screen of their own
ABOUT = {  # what a flow is for, in a sentence; a flow without one shows its name
    "assignment": "把一件事交给同事，写明期限；对方处理后由您复核。",
    "hidden_danger": "登记发现的隐患，由网格负责人确认，整改、复核后关闭。",
    "snapshot": "看到不安全的情况，拍照上报，半分钟完成。",
}


@bp.get("")
@allow("process.start")
def index():
    may = sorted(catalog.startable(g.session, g.actor), key=lambda one: (one.category, one.name))
    groups = [(category, list(ones)) for category, ones in groupby(may, key=lambda one: one.category)]
    return render_template("start/index.html", groups=groups, about=ABOUT, address=_address, hue=hue)


@bp.get("/<key>")
@allow("process.start")
def form(key: str):
    one = _startable(key)
    if key in OWN_PAGES:
        return go(_address(key))
    return _page(one, _step(key))


@bp.post("/<key>")
@allow("process.start", unit=False)
def begin(key: str):
    """One start, once; refused, the page comes back with everything typed."""
    posted = Posted.read()
    with looking():
        one = _startable(key)
        step = _step(key, posted)
        locked = broken(step.form)
        if not locked and not step.check(posted) and not _begun(posted.key):
            return make_response(_page(one, step), 422)
        answers = step.form.answers()
    try:
        if locked:
            raise locked
        with unit_of_work(g.actor) as session:
            answer = actions.start(session, g.actor, key, answers, idem_key=posted.key, unit_id=answers.get("grid"))
    except EngineError as error:
        remember(error)
        with looking():
            step = _step(key, posted)
            step.form.validate()
            step.blame(error)
            return make_response(_page(_startable(key), step), error.status)
    flash(gettext("已发起：%(name)s", name=tr(one.name)), "success")
    return go(url_for("case.page", instance_id=answer.instance_id))


def _startable(key: str):
    for one in catalog.startable(g.session, g.actor):
        if one.key == key:
            return one
    raise Missing("没有这个流程，或您不能发起它")


def _begun(key: str) -> bool:
    """Whether this very submission has been answered before: then the engine gives that answer again."""
    command = g.session.get(Command, key) if key else None
    return command is not None and command.actor_id == g.actor.user_id


def _step(key: str, posted: Posted | None = None) -> Step:
    asked = designs.start(g.session, key)
    context = FormContext(g.session, g.actor, query=request.args.to_dict(), access=asked.access)
    return Step.build(kind_of(asked), context, posted)


def _page(one, step: Step) -> str:
    mine = select(ProcessInstance).where(ProcessInstance.starter_id == g.actor.user_id, ProcessInstance.key == one.key)
    recent = g.session.scalars(mine.order_by(ProcessInstance.id.desc()).limit(5)).all()
    return render_template("start/form.html", one=one, step=step, about=ABOUT.get(one.key, ""), recent=recent, hue=hue)


def _address(key: str) -> str:
    return url_for(OWN_PAGES[key]) if key in OWN_PAGES else url_for("start.form", key=key)
