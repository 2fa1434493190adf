"""Who may see a case, and its record beyond the organisation wall: whoever has to do with it (permissions.md §6.3 rule 9)."""
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.casework import CaseCopy, CaseFollow
from data_model.process import HistoryEvent, ProcessInstance, Task, TaskStatus
from data_model.scope import EVERYWHERE
from engine import rights
from engine.errors import NotYours


def may_see_case(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    """The starter, whoever had a part or holds an open task, who got a copy or follows it, who may view cases there."""
    if actor.can_at("process_instance.view", instance.org_path) or instance.starter_id == actor.user_id:
        return True
    return _is_concerned(session, actor, [instance.id])


def check_case(session: Session, actor: Actor, instance: ProcessInstance) -> None:
    """
    Raises:
        NotYours: the person has no part in the case and may not view it.
    """
    if not may_see_case(session, actor, instance):
        raise NotYours("您不能查看此流程")


def may_see_subject(session: Session, actor: Actor, kind: str, row_id: int) -> bool:
    """Whether the person has to do with a case about this record; of a task (its files): whether they may see its case.

    Args:
        kind: table name of the record, as `ProcessInstance.subject_kind` has it, 'task' or 'process_instance'.
    """
    if not actor.user_id:
        return False
    if kind == ProcessInstance.__tablename__:
        begun = session.get(ProcessInstance, row_id, execution_options=EVERYWHERE)
        return begun is not None and may_see_case(session, actor, begun)
    if kind == Task.__tablename__:
        case = select(ProcessInstance).join(Task, Task.instance_id == ProcessInstance.id).where(Task.id == row_id)
        found = session.scalars(case, execution_options=EVERYWHERE).first()
        return found is not None and may_see_case(session, actor, found)
    rows = session.execute(
        select(ProcessInstance.id, ProcessInstance.starter_id)
        .where(ProcessInstance.subject_kind == kind, ProcessInstance.subject_id == row_id), execution_options=EVERYWHERE).all()
    return bool(rows) and (actor.user_id in {row.starter_id for row in rows}
                           or _is_concerned(session, actor, [row.id for row in rows]))


def _is_concerned(session: Session, actor: Actor, cases: list[int]) -> bool:
    me = actor.user_id
    part = [select(HistoryEvent.id).where(HistoryEvent.instance_id.in_(cases),
                                          or_(HistoryEvent.actor_id == me, HistoryEvent.on_behalf_id == me)),
            *(select(table.id).where(table.instance_id.in_(cases), table.user_id == me) for table in (CaseCopy, CaseFollow))]
    if session.scalar(select(or_(*(chosen.exists() for chosen in part)))):
        return True
    waiting = session.scalars(select(Task).where(Task.instance_id.in_(cases), Task.status == TaskStatus.OPEN))
    return any(rights.is_candidate(session, actor, task) for task in waiting)
