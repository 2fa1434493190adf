"""驳回: an approver ends the case; the record goes back to where its flow says."""
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import InstanceStatus, TaskStatus
from engine import commands, inbox
from engine.actions.answer import Answer
from engine.actions.ending import end
from engine.actions.holding import held, said
from engine.errors import NotYours
from engine.history import Action, Event


def reject(session: Session, actor: Actor, task_id: int, reason: str, *, idem_key: str) -> Answer:
    """End the case for good; everybody else's tasks in it close, and so do the cases it has started.

    A flow whose record must know has a function `rejected(case, data)` among its handlers.

    Raises:
        TooLate: somebody has done the task, or it is gone.
        NotYours: the task is not this person's, or the diagram does not let it be rejected.
        EngineError: without a reason.
    """
    stored = commands.once(session, actor, idem_key, ["reject", task_id, reason])
    if stored is not None:
        return Answer(**stored)
    here = held(session, actor, task_id, "reject")
    if here.task.helps:
        raise NotYours("流程图不允许在此步骤这样做")
    words, task = said(reason), here.task
    task.status, task.outcome = TaskStatus.DONE, "reject"
    task.completed_at, task.completed_by, task.completed_by_name = clock.now(), actor.user_id, actor.name
    session.flush()
    inbox.remove(session, [task.id])
    line = Event(Action.REJECT, task.element_id, task.name, task.id, "reject", "驳回", words, on_behalf=here.standing.proxy,
                 duration_s=int((clock.now() - task.opened_at).total_seconds()))
    end(session, actor, here.instance, InstanceStatus.REJECTED, line, but=task.id)
    answer = Answer(here.instance.id, task.id)
    commands.answered(session, idem_key, answer.plain())
    return answer
