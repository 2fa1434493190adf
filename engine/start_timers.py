"""Processes that begin by the clock: the moment waits in the queue of deliveries, so that each is begun once, whoever looks.

A version that becomes effective takes the moments of its start events on: an event that says the same as before goes on counting,
one that says something new begins anew. Moments that passed while nobody looked come together as one.
"""
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.organisation import Level, OrgUnit
from data_model.process import Delivery, ProcessDefinition
from engine import bpmn_xml, calendar, calendars
from engine.bpmn_xml import Element
from engine.errors import EngineError
from engine.expressions import ExprError, evaluate
from engine.timer_definitions import duration, moment, parse_cycle

KIND = "timer"


def arm(session: Session, definition: ProcessDefinition, diagram: bpmn_xml.Diagram) -> None:
    """Let the version that has just become effective be begun by the clock, where its diagram says so.

    Raises:
        EngineError: a time or place that cannot be worked out.
    """
    drawn = {start.id: start for start in _starts(diagram, definition.key)}
    before = _latest(session, definition.key)
    for name, row in before.items():
        if row.done_at is None and name not in drawn:
            row.done_at, row.last_error = clock.now(), "no longer drawn"
    for name, start in drawn.items():
        known = before.get(name)
        if known is None or known.payload["said"] != _said(start) or known.last_error:
            if known is not None and known.done_at is None:
                known.done_at = clock.now()
            _begin(session, definition, diagram, start)


def again(session: Session, row: Delivery) -> None:
    """After a moment of a cycle: the next one that is yet to come waits."""
    left, every, due = row.payload["left"], row.payload["every"], row.next_try_at
    while every and left and due <= clock.now():
        left, due = left - 1, due + duration(every, due)
    if every and left:
        session.add(_row(row.target_key, row.name, due, {**row.payload, "left": left}))


def place(session: Session, diagram: bpmn_xml.Diagram) -> int:
    """Where a case belongs that nobody at a place has begun: at the unit the process names by its code, else at the group."""
    code = diagram.process.properties.get("unit", "").strip()
    wanted = OrgUnit.code == code if code else OrgUnit.level == Level.GROUP
    found = session.scalars(select(OrgUnit.id).where(wanted).order_by(OrgUnit.id).limit(1)).first()
    if found is None:
        raise EngineError("流程属性 unit 所指的单位 {code} 不存在", code=code)
    return found


def _starts(diagram: bpmn_xml.Diagram, key: str) -> Iterator[Element]:
    return (start for start in diagram.tagged("startEvent") if start.scope == key and any(e.kind == KIND for e in start.events))


def _latest(session: Session, key: str) -> dict[str, Delivery]:
    rows = session.scalars(select(Delivery).where(Delivery.kind == KIND, Delivery.target_key == key).order_by(Delivery.id)).all()
    return {row.name: row for row in rows}


def _said(start: Element) -> str:
    return f"{start.events[0].timer} {(start.events[0].expression or '').strip()}"


def _begin(session: Session, definition: ProcessDefinition, diagram: bpmn_xml.Diagram, start: Element) -> None:
    due, left, every = _times(session, place(session, diagram), start)
    payload = {"said": _said(start), "left": left, "every": every}
    while every and left and due <= clock.now():
        left, due = left - 1, due + duration(every, due)
    if left and due > clock.now():
        session.add(_row(definition.key, start.id, due, {**payload, "left": left}))


def _times(session: Session, unit_id: int, start: Element) -> tuple[datetime, int, str]:
    """The first moment, how many there are (-1: for ever), and how far apart."""
    here = session.get_one(OrgUnit, unit_id)
    try:
        value: Any = evaluate(start.events[0].expression or "", {}, calendar.functions(lambda: calendars.of(session, here.path)))
        if start.events[0].timer != "timeCycle":
            return moment(value), 1, ""
        cycle = parse_cycle(value)
        return datetime.fromisoformat(cycle["next"]), cycle["left"], cycle["every"]
    except (ExprError, ValueError) as problem:
        raise EngineError("定时开始事件「{element}」的时间不能确定：{problem}", element=start.name or start.id, problem=str(problem)) from None


def _row(key: str, name: str, due: datetime, payload: dict[str, Any]) -> Delivery:
    return Delivery(kind=KIND, name=name, target_key=key, payload=payload, correlation={}, made_at=clock.now(), next_try_at=due)
