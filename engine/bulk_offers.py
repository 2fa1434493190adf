"""Which of the tasks on a page may be answered together, and with which buttons: what their diagrams say of bulk."""
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.process import ProcessInstance, Task
from data_model.scope import EVERYWHERE
from engine import catalog
from engine.properties import Outcome


def bulk_outcomes(session: Session, tasks: Sequence[Task]) -> Mapping[int, tuple[Outcome, ...]]:
    """By task id, the outcomes that need nothing but the button and an opinion. One statement, and one a definition's first time."""
    if not tasks:
        return {}
    wanted = {task.instance_id for task in tasks}
    versions = {row.id: row.definition_id for row in session.execute(
        select(ProcessInstance.id, ProcessInstance.definition_id).where(ProcessInstance.id.in_(wanted)), execution_options=EVERYWHERE)}
    found = {}
    for task in tasks:
        rules = catalog.flow(session, versions[task.instance_id]).rules.get(task.element_id)
        if rules is not None and rules.bulk and not task.suspended:
            found[task.id] = tuple(outcome for outcome in rules.outcomes if not outcome.attachment)
    return {task_id: outcomes for task_id, outcomes in found.items() if outcomes}
