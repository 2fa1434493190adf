"""抄送: somebody lets colleagues read a case; each gets one copy, with a receipt."""
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import InstanceStatus, ProcessInstance, Task, TaskStatus
from engine import catalog, commands, locks, sight, watching
from engine.actions.answer import Answer
from engine.actions.holding import LONGEST, kept
from engine.case import Notice
from engine.errors import EngineError, NotYours
from engine.history import Action, Event

AT_ONCE = 200


def copy_to(session: Session, actor: Actor, instance_id: int, user_ids: Sequence[int], note: str, *, idem_key: str) -> Answer:
    """Whoever has a copy already gets no second one.

    Raises:
        NotYours: the person may not see the case, or its diagram allows no copies now.
        EngineError: nobody was chosen, too many, or somebody who may not have one.
    """
    stored = commands.once(session, actor, idem_key, ["copy", instance_id, list(user_ids), note])
    if stored is not None:
        return Answer(**stored)
    instance = locks.instance(session, instance_id)
    sight.check_case(session, actor, instance)
    if not may_copy(session, instance):
        raise NotYours("流程图不允许在此步骤这样做")
    names = _readers(session, instance, user_ids)
    fresh = watching.copy(session, instance, (actor.user_id, actor.name), list(names), note.strip()[:LONGEST])
    if fresh:
        event = Event(Action.COPY, opinion=note.strip()[:LONGEST], data={"to": [{"id": i, "name": names[i]} for i in fresh]})
        notice = Notice("N-23", tuple(i for i in fresh if i != actor.user_id), "{who} 抄送给您：{title}",
                        {"who": actor.name, "title": instance.title}, f"/cases/{instance.id}", f"copy:{instance.id}")
        kept(session, actor, instance, [event], notices=[notice])
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def read_copy(session: Session, actor: Actor, instance_id: int) -> bool:
    """The person has opened the case: their receipt is signed, once. False when they have no copy, or had read it."""
    return watching.read(session, actor.user_id, instance_id)


def may_copy(session: Session, instance: ProcessInstance) -> bool:
    """Whether one of the steps that wait offers it; a case that is over may always be shown around."""
    if instance.status != InstanceStatus.RUNNING:
        return True
    rules = catalog.flow(session, instance.definition_id).rules
    waiting = session.scalars(select(Task.element_id).where(Task.instance_id == instance.id, Task.status == TaskStatus.OPEN)).all()
    return not waiting or any(rules[element].allows("cc") for element in waiting)


def _readers(session: Session, instance: ProcessInstance, user_ids: Sequence[int]) -> dict[int, str]:
    wanted = list(dict.fromkeys(user_ids))
    if not wanted:
        raise EngineError("请选择抄送的人", field="to")
    if len(wanted) > AT_ONCE:
        raise EngineError("一次最多抄送 {limit} 人", field="to", limit=AT_ONCE)
    names = watching.near(session, instance, wanted)
    if len(names) < len(wanted):
        raise EngineError("选中的人中有人已停用或不在本公司，不能抄送", field="to")
    return names
