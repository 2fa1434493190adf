"""委托: who does my tasks while I am away, and whose I do."""
from datetime import datetime, timedelta

from flask import Blueprint, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from data_model import clock
from data_model.organisation import User
from data_model.process import DefinitionStatus, ProcessDefinition
from data_model.session import unit_of_work
from engine import agents
from engine.errors import EngineError
from forms.agent import AppointForm
from forms.context import FormContext
from web.access import allow
from web.request_work import go
from web.steps import looking, said

bp = Blueprint("agent", __name__, url_prefix="/me/agent")

USUAL = timedelta(days=7)


@bp.get("")
@allow("inbox.use")
def index():
    return _page(_form())


@bp.post("")
@allow("inbox.use", unit=False)
def appoint():
    with looking():
        form = _form()
        if not form.validate():
            return make_response(_page(form), 422)
        chosen = form.data
    try:
        with unit_of_work(g.actor) as session:
            agents.appoint(session, g.actor, chosen["agent"], _there(chosen["begins"]), _there(chosen["ends"]), chosen["keys"], chosen["reason"])
    except EngineError as error:
        with looking():
            form = _form()
            form.validate()
            if error.field in form:
                form[error.field].errors = [said(error)]
                return make_response(_page(form), error.status)
            return make_response(_page(form, error), error.status)
    flash(gettext("已委托。到期自动收回，也可以随时结束。"), "success")
    return go(url_for(".index"))


@bp.post("/<int:agency_id>/end")
@allow("inbox.use")
def end(agency_id: int):
    agents.call_back(g.session, g.actor, agency_id)
    flash(gettext("委托已结束，待办已回到您这里。"), "success")
    return go(url_for(".index"))


def _there(entered: datetime) -> datetime:
    """A moment entered is meant on the company's clock."""
    return entered.replace(tzinfo=clock.zone())


def _form() -> AppointForm:
    form = AppointForm(request.form or None, context=FormContext(g.session, g.actor))
    form.keys.offer(list(_flows().items()))
    if not request.form:
        now = clock.local(clock.now()).replace(second=0, microsecond=0, tzinfo=None)
        form.begins.data, form.ends.data = now, (now + USUAL).replace(hour=23, minute=59)
    return form


def _page(form: AppointForm, refusal: EngineError | None = None) -> str:
    given, received = agents.given(g.session, g.actor), agents.received(g.session, g.actor)
    people = {one.agent_id for one in given} | {one.giver_id for one in received}
    names = {row.id: row.name for row in g.session.execute(select(User.id, User.name).where(User.id.in_(people)))}
    return render_template("agent/index.html", form=form, given=given, received=received, names=names, flows=_flows(), refusal=refusal,
                           now=clock.now())


def _flows() -> dict[str, str]:
    rows = g.session.execute(select(ProcessDefinition.key, ProcessDefinition.name).where(
        ProcessDefinition.status == DefinitionStatus.EFFECTIVE).order_by(ProcessDefinition.name))
    return {row.key: row.name for row in rows}
