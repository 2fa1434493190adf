"""Saved tries of a process: kept, renamed, replayed, opened again; and how much of the diagram they go through."""
from typing import Any

from flask import Blueprint, flash, g, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext

from data_model.session import unit_of_work
from data_model.workshop import Kind
from engine.errors import EngineError, Refused
from engine.workshop import coverage, sandbox, scenarios, stock, trials
from engine.workshop.playing import playing
from web.access import allow
from web.i18n import tr
from web.rehearsal import Rehearsal
from web.request_work import go
from web.steps import looking
from web.try_words import step_words

MOST_TOLD = 20  # scenarios whose steps are told in words
bp = Blueprint("scenarios", __name__, url_prefix="/tryout/<key>/scenarios")


@bp.get("")
@allow("definition.edit", unit=False)
def page(key: str):
    """The list; with `run`, what replaying them gives and what they cover."""
    return _page(key)


@bp.post("")
@allow("definition.edit", unit=False)
def save(key: str):
    """Keep the try that is going on."""
    with looking():
        trial = trials.current(g.session, g.actor, key)
        kept = (trial.begins, list(trial.steps), trial.revision) if trial else None
    try:
        if kept is None or kept[2] != request.form.get("revision", type=int):
            raise trials.elsewhere()
        with sandbox.unit(g.actor) as session:
            sandbox.put_on_stage(session, g.actor, sandbox.drawn(session, key))
            expected = scenarios.observed(session, key, kept[0], kept[1], "people" in request.form)
        with unit_of_work(g.actor) as session:
            begin = {"do": "begin", "at": kept[0].isoformat()}
            row = scenarios.save(session, g.actor, key, request.form.get("name", ""), [begin, *kept[1]], expected)
            name = row.name
    except EngineError as error:
        flash(tr(error.text, **error.params), "danger")
        return go(url_for("tryout.page", key=key, _anchor="steps"))
    flash(gettext("已存为场景“%(name)s”。", name=name), "success")
    return go(url_for(".page", key=key, run=row.id))


@bp.get("/file")
@allow("definition.view")
def file(key: str):
    """All of them as `<key>.scenarios.json`."""
    answer = jsonify(scenarios.dump(g.session, key))
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}.scenarios.json"'
    return answer


@bp.post("/<int:scenario_id>/rename")
@allow("definition.edit", unit=False)
def rename(key: str, scenario_id: int):
    try:
        with unit_of_work(g.actor) as session:
            scenarios.rename(session, g.actor, key, scenario_id, request.form.get("name", ""))
    except EngineError as error:
        return make_response(_page(key, error, scenario_id), error.status)
    return go(url_for(".page", key=key))


@bp.post("/<int:scenario_id>/renew")
@allow("definition.edit", unit=False)
def renew(key: str, scenario_id: int):
    """What comes of it now is right: that is expected from now on."""
    try:
        with sandbox.unit(g.actor) as session:
            row = scenarios.one_of(session, key, scenario_id)
            sandbox.put_on_stage(session, g.actor, sandbox.drawn(session, key))
            steps, expected = list(row.steps), scenarios.renewed(session, key, row)
        with unit_of_work(g.actor) as session:
            name = scenarios.renew(session, g.actor, key, scenario_id, steps, expected).name
    except Refused:
        return go(url_for(".page", key=key, run=scenario_id))  # which says what is wrong with the draft
    except EngineError as error:
        return make_response(_page(key, error, scenario_id), error.status)
    flash(gettext("已更新场景“%(name)s”的预期。", name=name), "success")
    return go(url_for(".page", key=key, run=scenario_id))


@bp.post("/<int:scenario_id>/delete")
@allow("definition.edit")
def delete(key: str, scenario_id: int):
    name = scenarios.delete(g.session, g.actor, key, scenario_id)
    flash(gettext("已删除场景“%(name)s”。", name=name), "success")
    return go(url_for(".page", key=key))


@bp.post("/<int:scenario_id>/open")
@allow("definition.edit", unit=False)
def resume(key: str, scenario_id: int):
    """Go on from where it ends: its steps become the try that is going on."""
    with sandbox.unit(g.actor) as session:
        row = scenarios.one_of(session, key, scenario_id)
        begins, steps = scenarios.settled(session, key, row.steps)
    with unit_of_work(g.actor) as session:
        trials.begin(session, g.actor, key, begins, steps)
    return go(url_for("tryout.page", key=key))


def _page(key: str, error: EngineError | None = None, at: int = 0):
    results, refusal = _replayed(key) if error is None else ({}, None)
    with sandbox.unit(g.actor) as g.session:
        try:
            if refusal is None:
                sandbox.put_on_stage(g.session, g.actor, sandbox.drawn(g.session, key))
            rows, definition = scenarios.listing(g.session, key), stock.running(g.session, Kind.DIAGRAM, key)
            told = {row.id: (row.name, len(row.steps) - 1) for row in rows}
            steps = {row.id: _steps(key, definition, row) for row in rows} if refusal is None and len(rows) <= MOST_TOLD else {}
            return render_template("tryout/scenarios.html", key=key, rows=told, results=results, coverage=_coverage(key, definition, results),
                                   definition=definition, error=error, at=at, refusal=refusal, steps=steps)
        finally:
            g.pop("session", None)


def _replayed(key: str) -> tuple[dict[int, Any], Refused | None]:
    """What was asked for: one, all, or nothing yet."""
    run = request.args.get("run", "")
    if not run:
        return {}, None
    try:
        return scenarios.replay_apart(g.actor, key, None if run == "all" else [int(run)] if run.isdecimal() and len(run) < 16 else []), None
    except Refused as refusal:
        return {}, refusal


def _coverage(key: str, definition: Any, results: dict[int, Any]) -> Any:
    if not results or definition is None:
        return None
    return coverage.coverage(definition.content.encode(), key, {one for result in results.values() for one in result.covered})


def _steps(key: str, definition: Any, row: Any) -> list[Any]:
    """In words, without playing them."""
    begins = scenarios.moment_of(row.steps[0])
    with playing(g.session, key, begins, row.steps[0].get("cast")) as scene:
        shown = Rehearsal(scene, definition, False, begins)
        return [step_words(shown, step) for step in row.steps[1:]]
