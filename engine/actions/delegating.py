"""委派: somebody asks a colleague about a task and gets it back with the answer; deciding stays with its owner."""
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import ProcessInstance, Task
from engine import catalog, commands, drafts, locked, locks, rights
from engine.actions.answer import Answer
from engine.actions.holding import held, kept, said
from engine.actions.receiving import taker
from engine.actions.words import safe
from engine.candidates import Why
from engine.case import Notice
from engine.errors import NotYours
from engine.history import Action, Event
from engine.principals import user_principal
from engine.rights import Standing


def delegate(session: Session, actor: Actor, task_id: int, to_user_id: int, reason: str, *, idem_key: str) -> Answer:
    """The colleague is asked; the task shows who owns it. Candidates stay as they were.

    Raises: as `transfer`.
    """
    stored = commands.once(session, actor, idem_key, ["delegate", task_id, to_user_id, reason])
    if stored is not None:
        return Answer(**stored)
    here = held(session, actor, task_id, "delegate")
    words, user, task = said(reason), taker(session, here, to_user_id), here.task
    owner = here.standing
    task.owner_id, task.assignee_id = owner.person_id, user.id
    task.from_id, task.from_name = owner.person_id, owner.person_name
    task.why = [*task.why, Why(user_principal(user.id), "{who} 委派给您：{reason}",
                               {"who": owner.person_name, "reason": words}).plain()]
    event = Event(Action.DELEGATE, task.element_id, task.name, task.id, opinion=words, on_behalf=owner.proxy, data={
        "from": {"id": owner.person_id, "name": owner.person_name}, "to": {"id": user.id, "name": user.name}})
    notice = _notice(here.instance, task, user.id, "{who} 请您协助办理：{task}（{title}）", owner.person_name)
    kept(session, actor, here.instance, [event], [task], [notice])
    return _answered(session, idem_key, here.instance, task)


def give_back(session: Session, actor: Actor, task_id: int, data: Mapping[str, Any], opinion: str, *, idem_key: str) -> Answer:
    """The asked person's answer: an opinion in the history, and the fields as the owner's draft. Nothing is completed.

    Raises:
        TooLate: it is done, gone or taken back.
        NotYours: the person was not asked.
        EngineError: there is no opinion.
    """
    stored = commands.once(session, actor, idem_key, ["give_back", task_id, data, opinion])
    if stored is not None:
        return Answer(**stored)
    here = held(session, actor, task_id)
    task, asked = here.task, here.standing
    if task.owner_id is None:
        raise NotYours("此任务没有委派给您")
    words, filled, owner = said(opinion, "opinion"), safe(data), task.owner_id
    locked.check(catalog.flow(session, here.instance.definition_id).rules[task.element_id].access, filled, task.id)
    _return_to_owner(session, task, asked)
    if filled:
        drafts.offer(session, task, owner, filled)
    event = Event(Action.GIVE_BACK, task.element_id, task.name, task.id, opinion=words, on_behalf=asked.proxy,
                  data={**filled, "to": _person(session, owner)})
    notice = _notice(here.instance, task, owner, "{who} 已交回您委派的任务：{task}（{title}）", asked.person_name)
    kept(session, actor, here.instance, [event], [task], [notice])
    return _answered(session, idem_key, here.instance, task)


def take_back(session: Session, actor: Actor, task_id: int, reason: str, *, idem_key: str) -> Answer:
    """The owner does not wait for the answer.

    Raises:
        NotYours: the person has not delegated it.
    """
    stored = commands.once(session, actor, idem_key, ["take_back", task_id, reason])
    if stored is not None:
        return Answer(**stored)
    instance, task = locks.instance_of_task(session, task_id)
    rights.check_open(task)
    owner = rights.owning(actor, task)
    if owner is None or task.assignee_id is None:
        raise NotYours("您没有委派此任务")
    words, asked = said(reason), task.assignee_id
    task.assignee_id, task.owner_id, task.from_id, task.from_name = owner.person_id, None, None, ""
    event = Event(Action.TAKE_BACK, task.element_id, task.name, task.id, opinion=words, on_behalf=owner.proxy,
                  data={"from": _person(session, asked)})
    notice = _notice(instance, task, asked, "{who} 已收回委派给您的任务：{task}（{title}）", owner.person_name, f"/cases/{instance.id}")
    kept(session, actor, instance, [event], [task], [notice])
    return _answered(session, idem_key, instance, task)


def _return_to_owner(session: Session, task: Task, asked: Standing) -> None:
    task.assignee_id, task.owner_id = task.owner_id, None
    task.from_id, task.from_name = asked.person_id, asked.person_name


def _person(session: Session, user_id: int) -> dict[str, Any]:
    user = session.get(User, user_id)
    return {"id": user_id, "name": user.name if user else ""}


def _notice(instance: ProcessInstance, task: Task, user_id: int, text: str, who: str, link: str = "") -> Notice:
    return Notice("N-01", (user_id,), text, {"who": who, "task": task.name, "title": task.title or task.process_name},
                  link or f"/tasks/{task.id}", f"delegate:{instance.id}:{instance.events + 1}")


def _answered(session: Session, idem_key: str, instance: ProcessInstance, task: Task) -> Answer:
    answer = Answer(instance.id, task.id)
    commands.answered(session, idem_key, answer.plain())
    return answer
