"""转办: somebody hands a task over for good."""
from sqlalchemy.orm import Session

from data_model.actor import Actor
from engine import commands
from engine.actions.answer import Answer
from engine.actions.holding import held, kept, said
from engine.actions.receiving import taker
from engine.candidates import Why
from engine.case import Notice
from engine.history import Action, Event
from engine.principals import user_principal


def transfer(session: Session, actor: Actor, task_id: int, to_user_id: int, reason: str, *, idem_key: str) -> Answer:
    """The task is the taker's now, and nobody else's; the history keeps giver, taker and reason.

    Raises:
        TooLate: somebody has done it, claimed it or handed it over.
        NotYours: the task is not this person's, only delegated to them, or the diagram does not allow it.
        EngineError: the taker may not have it, or there is no reason.
    """
    stored = commands.once(session, actor, idem_key, ["transfer", task_id, to_user_id, reason])
    if stored is not None:
        return Answer(**stored)
    here = held(session, actor, task_id, "transfer")
    words, user, task = said(reason), taker(session, here, to_user_id), here.task
    giver = here.standing
    before = list(task.candidates)
    task.candidates, task.assignee_id = [user_principal(user.id)], None
    task.from_id, task.from_name = giver.person_id, giver.person_name
    task.why = [Why(user_principal(user.id), "{who} 转办给您：{reason}", {"who": giver.person_name, "reason": words}).plain()]
    event = Event(Action.TRANSFER, task.element_id, task.name, task.id, opinion=words, on_behalf=giver.proxy, data={
        "from": {"id": giver.person_id, "name": giver.person_name}, "to": {"id": user.id, "name": user.name},
        "before": before, "after": list(task.candidates)})
    notice = Notice("N-01", (user.id,), "{who} 将待办转给您：{task}（{title}）",
                    {"who": giver.person_name, "task": task.name, "title": task.title or task.process_name}, f"/tasks/{task.id}",
                    f"transfer:{here.instance.id}:{here.instance.events + 1}")
    kept(session, actor, here.instance, [event], [task], [notice])
    answer = Answer(here.instance.id, task.id)
    commands.answered(session, idem_key, answer.plain())
    return answer
