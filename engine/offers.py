"""Which deeds a page offers: what the diagram allows and the person may. Each action asks again by itself."""
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import UNFINISHED, ProcessInstance, Task, TaskStatus
from engine import edits, rights, watching
from engine.actions import wishes
from engine.actions.cancelling import may_cancel
from engine.actions.copying import may_copy
from engine.actions.reminding import may_remind
from engine.properties import TaskRules


def on_case(session: Session, actor: Actor, instance: ProcessInstance) -> set[str]:
    """Of one who may see the case: cancel or ask_cancel, ask_return, remind, cc, follow or unfollow, comment."""
    found = {"comment", "unfollow" if watching.is_followed(session, actor.user_id, instance.id) else "follow"}
    if may_copy(session, instance):
        found.add("cc")
    if may_remind(session, actor, instance):
        found.add("remind")
    if instance.status in UNFINISHED and may_cancel(session, actor, instance):
        found.add("cancel")
    return found | {f"ask_{wish}" for wish in wishes.offered(session, actor, instance)}


def on_task(session: Session, actor: Actor, task: Task, rules: TaskRules) -> set[str]:
    """complete, claim, unclaim, transfer, delegate, give_back, take_back, draft, return, reject, add_signer, remove_signer, withdraw."""
    if task.suspended:
        return set()
    if task.status != TaskStatus.OPEN:
        return edits.on_closed(session, actor, task, rules)
    if rights.owning(actor, task) is not None:
        return {"take_back"}
    standing = rights.standing(session, actor, task)
    if standing is None or rights.is_queued(task, rules):
        return set()
    if task.owner_id is not None:
        return {"give_back", "draft"}
    found = {"complete", "draft"} | {deed for deed in ("transfer", "delegate") if rules.allows(deed) and not task.helps}
    found |= edits.on_open(session, actor, task, rules)
    if not task.helps and (asked := wishes.pending(session, task.instance_id)) is not None and asked.outcome == wishes.Wish.CANCEL:
        found.add("agree_to_cancel")
    if task.assignee_id is None and _is_shared(task):
        found.add("claim")
    return found | ({"unclaim"} if task.assignee_id == standing.person_id and _is_shared(task) else set())


def _is_shared(task: Task) -> bool:
    """Several may do it: it is listed under "unclaimed"."""
    return len(task.candidates) > 1 or "@" in task.candidates[0]
