"""试运行: a draft run on the real engine, as anybody, at a clock that can be moved; nothing of it is kept but the list of steps."""
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext

from data_model import clock
from data_model.session import unit_of_work
from engine.errors import EngineError, Refused
from engine.workshop import playing, trials
from web import cast_list, try_steps
from web.access import allow
from web.rehearsal import Rehearsal, rehearsing
from web.request_work import go
from web.spoken import spoken
from web.steps import looking
from web.try_steps import Acting
from web.try_words import step_words

bp = Blueprint("tryout", __name__, url_prefix="/tryout/<key>")
bp.add_app_template_global(spoken)

EARLIEST, LATEST = 2000, 2100


@bp.get("")
@allow("definition.edit", unit=False)
def page(key: str):
    """Where the try stands; with `step` and `as`, that person's form."""
    try:
        with _resumed(key) as rehearsal:
            acting = None if rehearsal.stopped else try_steps.asked(rehearsal, request.args)
            return _page(rehearsal, acting)
    except Refused as refusal:
        return _refused(key, refusal)


@bp.post("/step")
@allow("definition.edit", unit=False)
def step(key: str):
    """One step more: somebody's form, a deed, the clock. Refused, the page comes back with everything typed."""
    try:
        with _resumed(key) as rehearsal:
            _same(rehearsal)
            try:
                acting, made = try_steps.posted(rehearsal, request.form, request.args.get("kind", ""))
                if made is None:
                    return make_response(_page(rehearsal, acting), 422)
                playing.do(rehearsal.scene, made)
            except EngineError as error:
                return _again(rehearsal, error)
            cut_short, begins = rehearsal.scene.cut_short, rehearsal.begins
    except Refused as refusal:
        return _refused(key, refusal)
    with unit_of_work(g.actor) as session:
        _keep(session, key, begins, made)
    if cut_short:
        flash(gettext("计时器太多，时钟停在了中途；可以继续前进。"), "info")
    return go(url_for(".page", key=key, _anchor="turns"))


@bp.post("/undo")
@allow("definition.edit")
def undo(key: str):
    """The last step has not happened; or all from one on."""
    trial = trials.current(g.session, g.actor, key)
    left = request.form.get("left", type=int)
    if trial is not None:
        trials.cut(g.session, g.actor, key, len(trial.steps) - 1 if left is None else left, _revision())
    return go(url_for(".page", key=key, _anchor="turns"))


@bp.post("/restart")
@allow("definition.edit")
def restart(key: str):
    """From the beginning, at a moment of one's choice."""
    trials.begin(g.session, g.actor, key, _begins())
    return go(url_for(".page", key=key))


def _keep(session: Any, key: str, begins: datetime, made: Any) -> None:
    """The first step fixes where the clock starts."""
    trial, revision = trials.current(session, g.actor, key), _revision()
    if trial is None or not trial.steps and trial.revision == revision:
        revision = trials.begin(session, g.actor, key, begins).revision
    trials.add(session, g.actor, key, made, revision)


def _resumed(key: str):
    """The person's own try, or an empty one."""
    with looking():
        trial = trials.current(g.session, g.actor, key)
        fresh = trial is None or (not trial.steps and "begins" in request.values)
        kept = (_begins() if fresh else trial.begins, list(trial.steps) if trial else [], trial.revision if trial else 0)
    return rehearsing(key, *kept)


def _begins() -> datetime:
    """What was chosen, else this minute."""
    now = clock.now().replace(second=0, microsecond=0)
    try:
        there = datetime.fromisoformat(request.values.get("begins", ""))
    except ValueError:
        return now
    there = there if there.tzinfo else there.replace(tzinfo=clock.zone())
    return there if EARLIEST <= there.year <= LATEST else now


def _revision() -> int:
    return request.form.get("revision", -1, type=int)


def _same(rehearsal: Rehearsal) -> None:
    """
    Raises:
        TooLate: the person has gone on with it in another window.
    """
    if rehearsal.revision != max(_revision(), 0):
        raise trials.elsewhere()


def _again(rehearsal: Rehearsal, error: EngineError):
    """The same form with the engine's words."""
    acting = try_steps.blamed(rehearsal, request.form, error)
    return make_response(_page(rehearsal, acting, None if acting else error), error.status)


def _page(rehearsal: Rehearsal, acting: Acting | None, refusal: EngineError | None = None) -> str:
    now = rehearsal.stage
    starters = cast_list.may_start(rehearsal, request.args.get("find", "")) if not now.begun and not acting else []
    arising = cast_list.beginnings(rehearsal) if not now.begun and not acting else []
    done = [step_words(rehearsal, one) for one in rehearsal.steps]
    return render_template(
        "tryout/page.html", key=rehearsal.scene.key, r=rehearsal, now=now, acting=acting, refusal=refusal, starters=starters, done=done,
        arising=arising, places=cast_list.places() if arising else [],
        moves=try_steps.MOVES, written=try_steps.records_of(now), case_deeds=[] if rehearsal.stopped else try_steps.case_deeds(rehearsal),
        soon=clock.local(now.now + timedelta(days=1)).replace(hour=9, minute=0).strftime("%Y-%m-%dT%H:%M"),
        begins=clock.local(rehearsal.begins).strftime("%Y-%m-%dT%H:%M"))


def _refused(key: str, refusal: Refused):
    """The draft has errors: they are listed, and where to mend them."""
    with looking():
        return make_response(render_template("tryout/refused.html", key=key, refusal=refusal), refusal.status)
