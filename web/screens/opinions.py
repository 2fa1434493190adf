"""常用意见: one's own ready-made sentences, in a sheet over a task or as a page of 我的."""
from flask import Blueprint, g, make_response, render_template, request, url_for

from data_model.session import unit_of_work
from engine import opinions
from engine.errors import EngineError
from web.access import allow
from web.request_work import go, is_htmx
from web.steps import looking

bp = Blueprint("opinions", __name__, url_prefix="/me/opinions")


@bp.get("")
@allow("inbox.use")
def index():
    return _page()


@bp.post("")
@allow("inbox.use", unit=False)
def add():
    text = request.form.get("text", "")
    try:
        with unit_of_work(g.actor) as session:
            opinions.add(session, g.actor, text)
    except EngineError as error:
        with looking():
            return make_response(_page(error, text), error.status)
    return _again()


@bp.post("/<int:phrase_id>/remove")
@allow("inbox.use", unit=False)
def remove(phrase_id: int):
    with unit_of_work(g.actor) as session:
        opinions.remove(session, g.actor, phrase_id)
    return _again()


def _again():
    """The sheet with its list as it is now; the page by its own address."""
    if not is_htmx():
        return go(url_for(".index"))
    with looking():
        return _page()


def _page(refusal: EngineError | None = None, text: str = "") -> str:
    name = "opinions/_list.html" if is_htmx() else "opinions/index.html"
    return render_template(name, phrases=opinions.phrases(g.session, g.actor), refusal=refusal, text=text, limit=opinions.LONGEST, sheet=is_htmx())
