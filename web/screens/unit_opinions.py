"""单位常用意见: the ready-made sentences that the people of a unit share, kept by who leads it."""
from typing import Any

from flask import Blueprint, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext

from data_model.session import unit_of_work
from engine import opinions
from engine.errors import EngineError
from web.access import allow
from web.inbox_filters import LARGEST_ID
from web.request_work import go
from web.steps import looking

bp = Blueprint("unit_opinions", __name__, url_prefix="/unit-opinions")


@bp.get("")
@allow(opinions.MANAGE)
def index():
    asked = request.args.get("unit", type=int)
    return _page(asked if asked and 0 < asked < LARGEST_ID else None)


@bp.post("/<int:unit_id>")
@allow(opinions.MANAGE, unit=False)
def add(unit_id: int):
    text = request.form.get("text", "")
    try:
        with unit_of_work(g.actor) as session:
            opinions.add(session, g.actor, text, unit_id)
    except EngineError as error:
        if error.status != 422:
            raise
        with looking():
            return make_response(_page(unit_id, error, text), error.status)
    flash(gettext("已添加。"), "success")
    return go(url_for(".index", unit=unit_id))


@bp.post("/sentences/<int:phrase_id>/up")
@allow(opinions.MANAGE, unit=False)
def up(phrase_id: int):
    with unit_of_work(g.actor) as session:
        unit_id = opinions.raise_(session, g.actor, phrase_id)
    return go(url_for(".index", unit=unit_id))


@bp.post("/<int:unit_id>/<int:phrase_id>/remove")
@allow(opinions.MANAGE, unit=False)
def remove(unit_id: int, phrase_id: int):
    with unit_of_work(g.actor) as session:
        opinions.remove(session, g.actor, phrase_id)
    flash(gettext("已删除。"), "success")
    return go(url_for(".index", unit=unit_id))


def _page(unit_id: int | None, refusal: EngineError | None = None, text: str = "") -> Any:
    units = opinions.units(g.session, g.actor)
    here = unit_id or next((unit.id for unit in units if unit.count), units[0].id if units else None)
    phrases = opinions.of_unit(g.session, g.actor, here) if here else []
    return render_template("unit_opinions/index.html", units=units, chosen=here, phrases=phrases, refusal=refusal, text=text, limit=opinions.LONGEST)
