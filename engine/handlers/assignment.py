"""任务指派: what each service step of bpmn/assignment.bpmn does to the record. Each may run twice without harm."""
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from data_model import clock
from data_model.assignment import Assignment, Stage, Urgency
from data_model.organisation import OrgUnit, User
from engine import people
from engine.case import Case
from engine.errors import EngineError
from engine.services import evidence, lateness, numbering

MORNING = time(8)  # when people are told every day that they are late
PRIORITIES = {Urgency.HIGH: 0, Urgency.NORMAL: 1, Urgency.LOW: 2}  # as the inbox sorts
PATIENCE = timedelta(days=3)  # after the deadline, until the leader hears of it


def register(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """The task becomes a record with a number; everybody beyond the first asked gets a case of their own."""
    said = data["start"]
    first, *others = _asked(case, said)
    if case.instance.subject_id is None:
        task = _new(case, said, first)
        case.attach(task, code=task.code, title=task.title)
        evidence.keep(case.session, task, said, "photos", "before")
        if said.get("beside"):
            evidence.share(case.session, "assignment", said["beside"], task)
        for person in others:
            case.start("assignment", {**said, "assignees": [person.id], "photos": [], "beside": task.id}, person.unit_id)
    task = case.subject(Assignment)
    return {"assignment": task.id, "assignee": task.assignee_id, "unit": task.unit_id, "deadline": task.deadline.isoformat(),
            "urgency": PRIORITIES[Urgency(task.urgency)]}


def _asked(case: Case, said: Mapping[str, Any]) -> list[User]:
    """The people asked, in the order said.

    Raises:
        EngineError: nobody is, one has left, or one would review their own work.
    """
    ids = [i for i in dict.fromkeys(said.get("assignees") or ()) if isinstance(i, int)]
    active = people.active_people(case.session, ids)
    if not ids or len(active) < len(ids):
        raise EngineError("请从在职人员中选择责任人", field="assignees")
    if case.instance.starter_id in ids:
        raise EngineError("不能把任务指派给自己", field="assignees")
    return [case.session.get_one(User, i) for i in ids]


def _new(case: Case, said: Mapping[str, Any], person: User) -> Assignment:
    place = case.session.get_one(OrgUnit, person.unit_id)
    task = Assignment(
        code=numbering.next_code(case.session, "TASK", place, case.now), title=(said.get("title") or "")[:60],
        content=said.get("content") or "", assigner_id=case.instance.starter_id, assignee_id=person.id, unit_id=place.id,
        org_path=place.path, deadline=date.fromisoformat(said["deadline"]), urgency=said.get("urgency") or Urgency.NORMAL,
        stage=Stage.WORKING, assigned_at=case.now)
    case.session.add(task)
    case.session.flush()
    return task


def hand_over(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """To the person it is for; the clock starts, and after a 退回 it starts anew, with a new deadline when one was given."""
    task, said = case.subject(Assignment), data.get("review") or {}
    rounds = data.get("rounds", 0) + 1
    task.stage, task.returned, task.handed_in_at = Stage.WORKING, rounds - 1, None
    if rounds > 1:
        task.review = said.get("opinion") or ""
        if said.get("deadline"):
            task.deadline = date.fromisoformat(said["deadline"])
    last = max(datetime.combine(task.deadline + timedelta(days=1), time(), clock.zone()), clock.local(case.now))
    morning = datetime.combine(last.date(), MORNING, clock.zone())
    return {
        "rounds": rounds, "handed_at": clock.local(case.now).isoformat(), "deadline": task.deadline.isoformat(),
        "late_from": (morning if morning > last else morning + timedelta(days=1)).isoformat(),
        "escalate_at": (last + PATIENCE).isoformat(),
    }


def remind(case: Case, data: dict[str, Any]) -> None:
    """Four fifths of the time are gone. Nothing to say when the deadline is behind us: the daily words say it."""
    task = case.subject(Assignment)
    if clock.today() <= task.deadline:
        case.notify("N-02", [task.assignee_id], "任务 {number}“{title}”将于 {deadline} 到期，请抓紧处理",
                    number=task.code, title=task.title, deadline=task.deadline)


def press(case: Case, data: dict[str, Any]) -> None:
    """Every morning after the deadline, to both."""
    task = case.subject(Assignment)
    case.notify("N-02", [task.assignee_id, task.assigner_id], "任务 {number}“{title}”已逾期 {days} 天，请尽快处理",
                number=task.code, title=task.title, days=(clock.today() - task.deadline).days)


def escalate(case: Case, data: dict[str, Any], element: str, to: list[str]) -> None:
    """Three days late: the leader may do it too; the owner above when the leader is the one who asks or is asked."""
    task = case.subject(Assignment)
    for principals in (to, _above(case, task)):
        reached = set(lateness.newly_reached(case, element, principals)) - {task.assigner_id, task.assignee_id}
        if reached:
            task.escalations += 1
            case.escalate(element, principals)
            case.notify("N-02", sorted(reached), "任务 {number}“{title}”逾期 3 天未完成，已升级给您", number=task.code, title=task.title)
            return


def _above(case: Case, task: Assignment) -> list[str]:
    """Who answers for the nearest place above the station, other than the two."""
    station = people.unit(case.session, case.station() or task.unit_id)
    found = people.nearest_owner(case.session, station.parent_id if station else None, unlike={task.assigner_id, task.assignee_id})
    return [found.principal] if found else []


def hand_in(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """The result is kept with the record; who did it, after a 转办 or an escalation, is who answers for it now."""
    task, said = case.subject(Assignment), data["handle"]
    task.progress, task.result = said.get("progress") or 0, said.get("result") or ""
    task.assignee_id = said.get("for") or said["by"]
    task.stage, task.handed_in_at = Stage.REVIEWING, case.now
    evidence.keep(case.session, task, said, "photos", "after")
    return {"assignee": task.assignee_id}


def close(case: Case, data: dict[str, Any]) -> None:
    """通过: the person who did it hears so."""
    task = case.subject(Assignment)
    task.stage, task.closed_at, task.review = Stage.DONE, case.now, data["review"].get("opinion") or ""
    case.notify("N-13", [task.assignee_id], "您处理的任务 {number}“{title}”已复核通过", number=task.code, title=task.title)


def cancelled(case: Case, data: dict[str, Any]) -> None:
    """The assigner has taken it back."""
    task = case.subject(Assignment)
    task.stage, task.closed_at = Stage.CANCELLED, case.now
    case.notify("N-13", [task.assignee_id], "任务 {number}“{title}”已由指派人撤销", number=task.code, title=task.title)
