"""自动去重: who has agreed already need not agree again, where the diagram says so. After a return everybody is asked anew."""
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task as Token
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select

from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import HistoryEvent
from engine import trace
from engine.history import Action, Event
from engine.opening import round_of, rules_of
from engine.properties import Repeat, TaskRules
from engine.resolving import task_candidates
from engine.runner import Run

AT_MOST = 50  # steps passed in one move


def passed(run: Run) -> list[Event]:
    """Pass the steps that wait now for nobody but somebody who has agreed; a line of history for each.

    Only what the person could answer with the first button alone: no opinion, file, signature or own hand wanted.
    """
    lines: list[Event] = []
    asked: set[UUID] = set()
    while len(lines) < AT_MOST and (found := _next(run, asked)) is not None:
        token, rules, person = found
        known = {tuple(edge) for edge in trace.path(run)}
        first = rules.outcomes[0]
        run.answer(str(token.id), {"outcome": first.value, "by": person.user_id, "auto": True})
        run.advance()
        lines.append(Event(Action.AUTO, run.flow.address(rules, token.task_spec.bpmn_id), token.task_spec.bpmn_name or "",
                           outcome=first.value, outcome_label=first.label, actor=person, data={"repeat": rules.repeat},
                           path=[edge for edge in trace.path(run) if tuple(edge) not in known]))
    return lines


def _next(run: Run, asked: set[UUID]) -> tuple[Token, TaskRules, Actor] | None:
    for token_id, token in run.open_tokens().items():
        if token_id in run.opened_before or token_id in asked:
            continue
        asked.add(token_id)
        rules = rules_of(token.task_spec)
        if rules.repeat != Repeat.NEVER and rules.signing is None and rules.plain and (person := _agreed(run, token, rules)):
            return token, rules, person
    return None


def _agreed(run: Run, token: Token, rules: TaskRules) -> Actor | None:
    """The one person who could do it, when they have agreed in this round."""
    try:
        people = task_candidates(run.case, rules, token.data).people
    except Exception:  # it will stand in error when it is opened, and say why
        return None
    if len(people) != 1 or round_of(token) > run.case.instance.round:
        return None
    (person,) = people
    agreed = _just_before(run, token, person) if rules.repeat == Repeat.CONSECUTIVE else _in_this_round(run, person)
    user = run.case.session.get(User, person) if agreed else None
    return Actor(user.id, user.name) if user is not None else None


def _just_before(run: Run, token: Token, person: int) -> bool:
    """The last person's step on the token's way was theirs, in this move, with its first button."""
    here = token.parent
    while here is not None and not (here.task_spec.manual and here._state == TaskState.COMPLETED):
        here = here.parent
    if here is None or here.id not in run.answered:
        return False
    said: dict[str, Any] = here.data.get(here.task_spec.bpmn_id, {})
    return said.get("by") == person and said.get("outcome") == rules_of(here.task_spec).outcomes[0].value


def _in_this_round(run: Run, person: int) -> bool:
    """Any step of this round: those already told of, and those of this very move."""
    if any(_said_yes(run.token(str(token_id)), person) for token_id in run.answered):
        return True
    here = run.case.instance
    rows = run.case.session.execute(select(HistoryEvent.element_id, HistoryEvent.outcome).where(
        HistoryEvent.instance_id == here.id, HistoryEvent.round == here.round, HistoryEvent.actor_id == person,
        HistoryEvent.action.in_((Action.COMPLETE, Action.AUTO))))
    rules = run.flow.rules
    return any(row.element_id in rules and row.outcome == rules[row.element_id].outcomes[0].value for row in rows)


def _said_yes(token: Token | None, person: int) -> bool:
    said = token.data.get(token.task_spec.bpmn_id, {}) if token is not None else {}
    return bool(said.get("by") == person and token is not None and said.get("outcome") == rules_of(token.task_spec).outcomes[0].value)
