"""What every deed of the process owner on a case begins with, and what the people concerned are told."""
from collections.abc import Iterable

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import ProcessInstance, Task, TaskStatus
from engine import agents, locks
from engine.case import Case
from engine.errors import NotYours
from engine.notify import CAP

OPERATE = "process.operate"


def operated(session: Session, actor: Actor, instance_id: int) -> ProcessInstance:
    """The case, locked, when the person may operate it.

    Raises:
        Missing: there is none.
        NotYours: the person may not, or may only look.
    """
    instance = locks.instance(session, instance_id)
    check_operates(actor, instance)
    return instance


def check_operates(actor: Actor, instance: ProcessInstance) -> None:
    """
    Raises:
        NotYours: the person may not operate cases there.
    """
    if not actor.can_at(OPERATE, instance.org_path):
        raise NotYours("只有流程管理员可以这样做")


def tell(case: Case, rows: Iterable[Task], held: str, starter: str, reason: str) -> None:
    """Whoever has one of the open tasks, and the starter; the texts have places for who, task, title and reason."""
    here, told = case.instance, {case.actor.user_id}
    for row in rows:
        people = sorted(agents.holders(case.session, row) - {case.actor.user_id}) if row.status == TaskStatus.OPEN else []
        told |= set(people)
        if people:
            case.notify("N-01", people[:CAP], held, who=case.actor.name, task=row.name, title=row.title or row.process_name, reason=reason)
    if here.starter_id and here.starter_id not in told:
        case.notify("N-13", [here.starter_id], starter, who=case.actor.name, title=here.title, reason=reason)
