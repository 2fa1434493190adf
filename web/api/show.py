"""Rows and views of the engine as the API tells them; the shapes are in web/api/shapes.py."""
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from data_model import clock
from data_model.process import ProcessInstance, Task
from engine.actions import Answer
from engine.cases import CaseView, DiagramMarks, Line, OpenStep, TaskView
from web.i18n import tr


def page(items: Iterable[dict[str, Any]], following: str) -> dict[str, Any]:
    return {"items": list(items), "next": following or None}


def moment(at: datetime | None) -> str | None:
    return clock.local(at).isoformat(timespec="seconds") if at else None


def task_row(task: Task) -> dict[str, Any]:
    return {"id": task.id, "case_id": task.instance_id, "name": tr(task.name), "element": task.element_id,
            "definition": task.process_key, "process": tr(task.process_name), "code": task.code, "title": tr(task.title),
            "starter": {"id": task.starter_id, "name": task.starter_name}, "priority": task.priority, "status": task.status,
            "assignee_id": task.assignee_id, "round": task.round, "opened_at": moment(task.opened_at), "due_at": moment(task.due_at),
            "completed_at": moment(task.completed_at), "outcome": task.outcome or None}


def task(view: TaskView, form: dict[str, Any]) -> dict[str, Any]:
    closed = view.closed
    return {"task": task_row(view.task), "may": sorted(view.may), "why": [tr(why.text, **why.params) for why in view.why],
            "outcomes": [{"value": o.value, "label": tr(o.label), "opinion": o.opinion, "attachment": o.attachment, "signature": o.signature}
                         for o in view.outcomes],
            "closed": {"who": closed.who, "at": moment(closed.at), "outcome": closed.outcome, "label": tr(closed.label)} if closed else None,
            "form": form, "data": dict(view.data), "subject": _subject(view.subject)}


def case_row(case: ProcessInstance) -> dict[str, Any]:
    return {"id": case.id, "definition": case.key, "version": case.version, "code": case.code, "title": tr(case.title),
            "starter": {"id": case.starter_id, "name": case.starter_name}, "unit_id": case.unit_id, "status": case.status,
            "round": case.round, "started_at": moment(case.started_at), "ended_at": moment(case.ended_at)}


def case(view: CaseView) -> dict[str, Any]:
    return {"case": case_row(view.instance), "process": tr(view.process_name), "may": sorted(view.may),
            "steps": [_step(step) for step in view.steps], "incidents": [tr(one.reason) for one in view.incidents],
            "subject": _subject(view.subject)}


def line(one: Line) -> dict[str, Any]:
    return {"at": moment(one.at), "who": tr(one.who), "action": one.action, "element": one.element_id, "name": tr(one.element_name),
            "outcome": one.outcome, "label": tr(one.outcome_label), "opinion": one.opinion, "duration_s": one.duration_s,
            "round": one.round, "open": one.open, "data": dict(one.data), "due_at": moment(one.due_at),
            "holders": list(one.holders), "roles": _roles(one.roles)}


def marks(diagram: DiagramMarks) -> dict[str, Any]:
    return asdict(diagram)


def answer(given: Answer) -> dict[str, Any]:
    return {"case_id": given.instance_id, "task_id": given.task_id, "next_task_id": given.next_task_id}


def _step(step: OpenStep) -> dict[str, Any]:
    return {"task_id": step.task.id, "name": tr(step.task.name), "holders": list(step.holders), "roles": _roles(step.roles),
            "opened_at": moment(step.task.opened_at), "due_at": moment(step.task.due_at)}


def _roles(roles: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{tr(role)} · {unit}" for role, unit in roles]


def _subject(subject: tuple[str, int] | None) -> dict[str, Any] | None:
    return {"kind": subject[0], "id": subject[1]} if subject else None
