"""From what a process owner does on the page of a try to the next step of it: the person's own form, checked as it would be."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g
from werkzeug.datastructures import MultiDict

from engine import actions, designs
from engine.actions.cancelling import may_cancel
from engine.errors import EngineError, TooLate
from engine.workshop import references, stage
from forms import StepForm
from forms.context import FormContext
from web import asked as asked_form
from web import records
from web.choices import CHOICES
from web.deeds import OF_CASE, OF_TASK, Deed
from web.rehearsal import Rehearsal, as_person, seen_by, turn_of
from web.samples import dress, lasting, with_samples
from web.steps import Posted, Step

MOVES = (("60", "+1 小时"), ("1440", "+1 天"), ("10080", "+7 天"))  # of the clock, in minutes
SMALL = ("claim", "unclaim")  # deeds without a form
MOST_RECORDS = 10  # shown of one try


@dataclass
class Acting:
    """Somebody is about to do something: whose turn, as whom, which deed, and the form it asks."""

    word: str  # 'start', 'complete', or a deed of the menu
    user_id: int
    name: str
    turn: stage.Turn | None = None
    view: Any = None
    step: Step | None = None
    deed: Deed | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def menu(self) -> list[Deed]:
        """Further deeds that the person may do at this step here."""
        may = self.view.may if self.view is not None else ()
        return [deed for word, deed in OF_TASK.items() if word in may and word in _PLAYED]


_PLAYED = {"return", "transfer", "delegate", "take_back", "add_signer", "reject"}


def asked(rehearsal: Rehearsal, said: Mapping[str, str]) -> Acting | None:
    """What an address or a form speaks of; None when it speaks of nothing that is there."""
    person = said.get("as", "")
    if not (person.isdecimal() and len(person) < 16):
        return None
    word, user_id = said.get("deed") or ("complete" if said.get("step") else "start"), int(person)
    with as_person(user_id) as actor:
        if word == "start":
            return None if rehearsal.stage.begun else Acting("start", user_id, actor.name, step=_start_form(rehearsal))
        if word in OF_CASE or word == "withdraw":
            return _of_case(rehearsal, word, user_id) if rehearsal.stage.begun else None
        return _at_turn(rehearsal, said, word)


def posted(rehearsal: Rehearsal, form: MultiDict[str, str], kind: str = "") -> tuple[Acting | None, dict[str, Any] | None]:
    """The next step, or the form with what is wrong with it.

    Args:
        kind: of event that the process begins with, where nobody starts it.

    Raises:
        EngineError: it is nobody's turn there any more.
    """
    word = form.get("do", "")
    if word == "clock":
        return None, _clock(form)
    if word in ("message", "signal"):
        return None, {"do": word, "name": form.get("name", "")[:200]}
    if word == "arise":
        unit = form.get("unit", "")[:40]
        return None, {"do": "arise", "kind": kind[:10], "name": form.get("name", "")[:200]} | ({"unit": {"$unit": unit}} if unit else {})
    if word == "retry":
        return None, {"do": "retry", "step": form.get("step", "")[:200]}
    acting = asked(rehearsal, _spoken(form))
    if acting is None:
        raise TooLate("这一步已不在等待中，请刷新后重试")
    if word in SMALL:
        return acting, {"do": word, **_who_and_where(acting, rehearsal.scene.key)}
    with as_person(acting.user_id) as actor:
        filled = _fill(rehearsal, acting, form, actor)
        if filled is None:
            return acting, None
    return acting, filled


def blamed(rehearsal: Rehearsal, form: MultiDict[str, str], error: EngineError) -> Acting | None:
    """The form again, filled in, with the engine's words where they belong."""
    acting = asked(rehearsal, _spoken(form))
    if acting is None or acting.step is None:
        return None
    with as_person(acting.user_id) as actor:
        _refill(rehearsal, acting, form, actor)
    if acting.step is not None:
        acting.step.form.validate()
        acting.step.blame(error)
    return acting


def records_of(now: stage.Stage) -> list[Any]:
    """The records that would have been written, those that people know a page of."""
    found = (records.record_of(g.session, kind, row_id) for kind, row_id in now.records[:MOST_RECORDS])
    return [record for record in found if record is not None]


def case_deeds(rehearsal: Rehearsal) -> list[tuple[str, Deed, int, str]]:
    """What may be done to the case as a whole, and by whom: (word, deed, person, name)."""
    if not rehearsal.stage.begun or stage.is_over(rehearsal.stage):
        return []
    found, case = [], rehearsal.scene.instance()
    if case.starter_id:  # else the system began it
        with as_person(case.starter_id) as starter:
            if may_cancel(g.session, starter, case):
                found.append(("cancel", OF_CASE["cancel"], starter.user_id, starter.name))
    last = next((line for line in reversed(rehearsal.stage.lines) if line.action == "complete" and line.task_id), None)
    doer = next((step.get("who") for step in reversed(rehearsal.steps) if step.get("do") == "complete"), None) if last else None
    if isinstance(doer, Mapping) and "$candidate" not in doer:
        with as_person(rehearsal.scene.refs.person(doer).id) as actor:
            if actions.can_withdraw(g.session, actor, case.id):
                found.append(("withdraw", OF_TASK["withdraw"], actor.user_id, actor.name))
    return found


# -- forms

def _start_form(rehearsal: Rehearsal, sent: Posted | None = None) -> Step:
    wanted = designs.start(g.session, rehearsal.scene.key)
    context = FormContext(g.session, g.actor, access=wanted.access)
    return _dressed(Step.build(asked_form.kind_of(wanted), context, sent))


def _at_turn(rehearsal: Rehearsal, said: Mapping[str, str], word: str) -> Acting | None:
    nth = said.get("nth", "0")
    turn = turn_of(rehearsal, said.get("step", ""), said.get("process") or rehearsal.scene.key, int(nth) if nth.isdecimal() and len(nth) < 4 else 0)
    if turn is None:
        return None
    acting = Acting(word, g.actor.user_id, g.actor.name, turn, seen_by(turn))
    if word == "complete":
        acting.step = _task_form(acting)
    elif word in OF_TASK:
        acting.deed = OF_TASK[word]
        acting.step = Step(_deed_form(acting))
    return acting


def _of_case(rehearsal: Rehearsal, word: str, user_id: int) -> Acting:
    deed = OF_CASE.get(word) or OF_TASK[word]
    return Acting(word, user_id, g.actor.name, deed=deed, step=Step(deed.form(None, context=FormContext(g.session, g.actor))))


def _task_form(acting: Acting, sent: Posted | None = None) -> Step:
    context = asked_form.context_of(acting.view, sent.outcome if sent else "")
    return _dressed(Step.build(asked_form.kind_of(acting.view.asked), context, sent))


def _deed_form(acting: Acting, sent: MultiDict[str, str] | None = None) -> StepForm:
    form = acting.deed.form(sent, context=FormContext(g.session, g.actor, acting.view.data if acting.view else {}))
    acting.more = CHOICES[acting.word](form, acting.view) if acting.word in CHOICES and acting.view else {}
    return form


def _dressed(step: Step) -> Step:
    dress(step.form)
    return step


def _refill(rehearsal: Rehearsal, acting: Acting, form: MultiDict[str, str], actor: Any) -> None:
    """Put what was posted into the form."""
    if acting.word in ("start", "complete"):
        sent = Posted(with_samples(g.session, form, actor.user_id), outcome=form.get("outcome", "")[:40],
                      opinion=form.get("opinion", "").strip())
        acting.step = _start_form(rehearsal, sent) if acting.word == "start" else _task_form(acting, sent)
    else:
        acting.step = Step(_deed_form(acting, form))


def _fill(rehearsal: Rehearsal, acting: Acting, form: MultiDict[str, str], actor: Any) -> dict[str, Any] | None:
    """The step that the form makes; None when it is not filled in well."""
    _refill(rehearsal, acting, form, actor)
    step, outcome = acting.step, form.get("outcome", "")[:40]
    button = next((one for one in acting.view.outcomes if one.value == outcome), None) if acting.word == "complete" else None
    if locked := asked_form.broken(step.form):
        raise locked
    if not _is_well(acting, step, button):
        return None
    made = {"do": acting.word, **_who_and_where(acting, rehearsal.scene.key), "data": lasting(step.form)}
    if acting.word == "start" and not rehearsal.definition.starters:
        made["called"] = True
    if button is not None:
        made |= {"outcome": outcome} | ({"opinion": step.opinion} if step.opinion else {})
        made |= ({"files": 1} if button.attachment else {}) | ({"signature": True} if button.signature else {})
    return made


def _is_well(acting: Acting, step: Step, button: Any) -> bool:
    """As the task page checks it; files and signatures are given by themselves here."""
    well = step.form.validate() if acting.word not in ("start", "complete") else step.check(Posted(MultiDict()))
    if button is not None and button.opinion and not step.opinion:
        step.beside["opinion"], well = "请填写意见", False
    return well


def _who_and_where(acting: Acting, key: str) -> dict[str, Any]:
    """The person by login, and the open step."""
    found: dict[str, Any] = {"who": references.named(g.session, acting.user_id)}
    if acting.turn is not None:
        found |= {"step": acting.turn.element} | ({"nth": acting.turn.nth} if acting.turn.nth else {})
        if acting.turn.process != key:
            found["process"] = acting.turn.process
    return found


def _spoken(form: MultiDict[str, str]) -> dict[str, str]:
    word = form.get("do", "")
    return {"as": form.get("as", ""), "step": form.get("step", ""), "process": form.get("process", ""), "nth": form.get("nth", "0"),
            "deed": "" if word in ("start", *SMALL) else word}


def _clock(form: MultiDict[str, str]) -> dict[str, Any]:
    if form.get("next"):
        return {"do": "clock", "next": True}
    if form.get("until"):
        return {"do": "clock", "until": form["until"][:40]}
    minutes = form.get("minutes", "")
    return {"do": "clock", "minutes": int(minutes) if minutes.isdecimal() and len(minutes) < 8 else 0}

