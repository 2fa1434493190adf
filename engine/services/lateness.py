"""Late tasks: whom an escalation would newly reach."""
from collections.abc import Sequence

from sqlalchemy import select

from data_model.process import Task, TaskStatus
from engine import people
from engine.case import Case


def newly_reached(case: Case, element: str, to: Sequence[str]) -> list[int]:
    """People behind `to` who do not hold the open task of that step; all of them when it opens in this very move."""
    held = case.session.scalars(select(Task.candidates).where(
        Task.instance_id == case.instance.id, Task.element_id == element, Task.status == TaskStatus.OPEN)).all()
    known = people.people_behind(case.session, {principal for row in held for principal in row})
    return [user_id for user_id in people.people_behind(case.session, to) if user_id not in known]
