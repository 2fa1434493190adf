"""申请退回, 申请撤销: asked of those who have the case now; a 撤销 that its approver agrees to ends it."""
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import InstanceStatus, ProcessInstance, Task, TaskStatus
from engine import agents, commands, locks, pausing, sight
from engine.actions import wishes
from engine.actions.answer import Answer
from engine.actions.ending import end
from engine.actions.holding import held, kept, said
from engine.actions.wishes import Wish
from engine.case import Notice
from engine.errors import EngineError, NotYours
from engine.history import Action, Event

PAUSE = timedelta(hours=1)
TEXTS = {Wish.RETURN: "{who} 申请退回「{title}」：{reason}", Wish.CANCEL: "{who} 申请撤销「{title}」：{reason}"}


def ask_for(session: Session, actor: Actor, instance_id: int, wish: str, reason: str, *, idem_key: str) -> Answer:
    """Ask whoever has the case to send it back, or to agree that it ends.

    Raises:
        NotYours: it is not theirs to ask, or they can still do it themselves.
        TooLate: the case is over or suspended.
        EngineError: without a reason, or asked within the hour already.
    """
    stored = commands.once(session, actor, idem_key, ["ask_for", instance_id, wish, reason])
    if stored is not None:
        return Answer(**stored)
    instance = locks.instance(session, instance_id)
    sight.check_case(session, actor, instance)
    pausing.check_running(session, instance, "流程已结束")
    wanted = Wish(wish)
    if wanted not in wishes.offered(session, actor, instance):
        raise NotYours("您现在不能这样申请")
    words = said(reason)
    _check_pause(session, actor, instance)
    tasks = session.scalars(select(Task).where(Task.instance_id == instance.id, Task.status == TaskStatus.OPEN).order_by(Task.id)).all()
    notices = [Notice("N-22", tuple(sorted(agents.holders(session, task) - {actor.user_id})), TEXTS[wanted],
                      {"who": actor.name, "title": instance.title, "reason": words[:100]}, f"/tasks/{task.id}",
                      f"wish:{task.id}:{instance.events}") for task in tasks]
    event = Event(Action.REQUEST, outcome=wanted, opinion=words, data={"wish": wanted, "steps": [task.element_id for task in tasks]})
    kept(session, actor, instance, [event], notices=[notice for notice in notices if notice.user_ids])
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def agree_to_cancel(session: Session, actor: Actor, task_id: int, *, idem_key: str) -> Answer:
    """Who has the task agrees that the case ends, as its starter has asked.

    Raises:
        TooLate: somebody has gone on with it.
        NotYours: the task is not theirs, or nobody has asked.
    """
    stored = commands.once(session, actor, idem_key, ["agree_to_cancel", task_id])
    if stored is not None:
        return Answer(**stored)
    here = held(session, actor, task_id)
    asked = wishes.pending(session, here.instance.id)
    if here.task.helps or here.task.owner_id is not None or asked is None or asked.outcome != Wish.CANCEL:
        raise NotYours("没有等您同意的撤销申请")
    end(session, actor, here.instance, InstanceStatus.CANCELLED, Event(
        Action.CANCEL, here.task.element_id, here.task.name, here.task.id, opinion=asked.opinion, on_behalf=here.standing.proxy,
        data={"asked_by": {"id": asked.actor_id, "name": asked.actor_name}}))
    answer = Answer(here.instance.id, here.task.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def _check_pause(session: Session, actor: Actor, instance: ProcessInstance) -> None:
    last = wishes.pending(session, instance.id)
    if last is not None and last.actor_id == actor.user_id and last.at > clock.now() - PAUSE:
        raise EngineError("一小时内已申请过，{when} 后可以再次申请", when=clock.local(last.at + PAUSE).strftime("%H:%M"))

