"""What people have filled into designed forms, step by step, as far as the one who looks may see it."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import HistoryEvent, ProcessInstance, Task, TaskStatus
from engine import catalog, designs, rights
from engine.catalog import Flow
from engine.history import Action
from engine.properties import Access

MOST = 50  # the newest


@dataclass(frozen=True)
class Filling:
    """One step's answers; the form says what they are called."""

    name: str
    who: str
    at: datetime
    design: str
    data: Mapping[str, Any]


def fillings(session: Session, actor: Actor, instance: ProcessInstance) -> list[Filling]:
    """In the order of the history. The caller has asked whether the person may see the case."""
    flow = catalog.flow(session, instance.definition_id)
    if not flow.designs:
        return []
    lines = session.scalars(select(HistoryEvent).where(
        HistoryEvent.instance_id == instance.id, HistoryEvent.action.in_((Action.START, Action.COMPLETE)))
        .order_by(HistoryEvent.seq.desc()).limit(MOST)).all()
    hidden = _hidden(session, actor, instance, flow)
    found = []
    for line in reversed(lines):
        form, design = _asked(flow, line)
        data = {key: value for key, value in line.data.items() if key not in hidden.get(form, ())}
        if design and data:
            found.append(Filling(line.element_name, line.actor_name, line.at, design, data))
    return found


def veil(session: Session, actor: Actor, instance: ProcessInstance) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    """Takes out of a line's data what is hidden from the person, by the line's element; for readers of the bare history."""
    flow = catalog.flow(session, instance.definition_id)
    hidden = _hidden(session, actor, instance, flow)
    return lambda element, data: {key: value for key, value in data.items() if key not in hidden.get(_form_at(flow, element), ())}


def _asked(flow: Flow, line: HistoryEvent) -> tuple[str, str]:
    if line.action == Action.START:
        asked = designs.of_start(flow)
        return asked.form, asked.design
    rules = flow.rules.get(line.element_id)
    form, design = designs.of_rules(flow, rules) if rules else ("", None)
    return form, design.schema if design else ""


def _form_at(flow: Flow, element: str) -> str:
    rules = flow.rules.get(element)
    return designs.of_rules(flow, rules)[0] if rules else designs.of_start(flow).form


def _hidden(session: Session, actor: Actor, instance: ProcessInstance, flow: Flow) -> dict[str, frozenset[str]]:
    """By form: the fields hidden at every step that the person has or had. Whoever may look at the case without such a step sees all."""
    found: dict[str, frozenset[str]] = {}
    for form, locks in _steps(session, actor, instance, flow):
        here = frozenset(name for name, word in locks.items() if word == Access.HIDE)
        found[form] = found[form] & here if form in found else here
    return found


def _steps(session: Session, actor: Actor, instance: ProcessInstance, flow: Flow) -> list[tuple[str, Mapping[str, str]]]:
    begun = designs.of_start(flow)
    mine = [(begun.form, begun.access)] if instance.starter_id == actor.user_id else []
    for task in session.scalars(select(Task).where(Task.instance_id == instance.id)):
        if task.completed_by == actor.user_id or (task.status == TaskStatus.OPEN and rights.is_candidate(session, actor, task)):
            rules = flow.rules.get(task.element_id)
            if rules is not None:
                mine.append((designs.of_rules(flow, rules)[0], rules.access))
    return mine
