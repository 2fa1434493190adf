"""Whether this task is this person's: candidates, exclusions, who has claimed it, and for whom the person stands in."""
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from data_model import clock
from data_model.actor import Actor, Proxy
from data_model.organisation import ROLE_NAMES, Role, User
from data_model.process import WAITING, HistoryEvent, Task, TaskStatus
from engine import inbox, pausing
from engine.errors import NotYours, TooLate
from engine.history import Action
from engine.properties import TaskRules


@dataclass(frozen=True)
class Standing:
    """In whose name the person acts: their own, or that of somebody who is away."""

    person_id: int
    person_name: str
    proxy: Proxy | None = None


def is_candidate(session: Session, actor: Actor, task: Task) -> bool:
    """Whether the open task is listed at one of the person's addresses, claimed or not, and they are not barred from it."""
    return any(_named(session, task, standing, actor) for standing in _standings(actor, task))


def may_act(session: Session, actor: Actor, task: Task) -> bool:
    """Whether the open task is the person's to do now."""
    return not task.suspended and standing(session, actor, task) is not None


def standing(session: Session, actor: Actor, task: Task) -> Standing | None:
    """In whose name the person may act on the open task now; None when they may not. Their own name goes first."""
    for found in _standings(actor, task):
        if task.assignee_id == found.person_id or (task.assignee_id is None and _named(session, task, found, actor)):
            return found
    return None


def lends(proxy: Proxy, actor: Actor, task: Task) -> bool:
    """Whether an agent may do such a task: never one of the agent's own case, nor one that only its person may sign."""
    return (not task.personal and task.starter_id != actor.user_id and proxy.covers(task.process_key)
            and proxy.giver_id not in task.excluded)


def owning(actor: Actor, task: Task) -> Standing | None:
    """In whose name the person has delegated the task; None when they have not."""
    return next((found for found in _standings(actor, task) if task.owner_id == found.person_id), None)


def check(session: Session, actor: Actor, task: Task) -> Standing:
    """In whose name the person acts, or why they may not.

    Raises:
        TooLate: somebody has done it, or it is gone; the words say who and when.
        NotYours: it is somebody else's.
    """
    check_open(task)
    found = standing(session, actor, task)
    if found is not None:
        return found
    if task.assignee_id is not None and is_candidate(session, actor, task):
        claimer = session.get(User, task.assignee_id)
        raise TooLate("此任务已由 {who} 认领", who=claimer.name if claimer else "")
    _check_handed_over(session, actor, task)
    raise NotYours("这不是您的待办")


def is_queued(task: Task, rules: TaskRules) -> bool:
    """It waits in the process owner's queue, because nobody else was left, not because the diagram asks process owners."""
    named = rules.candidates or rules.lane or ""
    return (any(address.startswith(f"{Role.PROCESS_OWNER}@") for address in task.candidates)
            and Role.PROCESS_OWNER not in named and ROLE_NAMES[Role.PROCESS_OWNER] not in named)


def check_not_queued(task: Task, rules: TaskRules) -> None:
    """
    Raises:
        NotYours: a process owner names who does it, and does not do it.
    """
    if is_queued(task, rules):
        raise NotYours("没有人可以办理此任务，它在流程管理员的队列中：只能指派给能办的人，不能代为办理")


def check_decides(session: Session, task: Task) -> None:
    """Who was only asked gives an opinion back; the owner decides.

    Raises:
        NotYours: the task is delegated.
    """
    if task.owner_id is not None:
        owner = session.get(User, task.owner_id)
        raise NotYours("此任务是 {who} 委派给您的，请填写意见后交回", who=owner.name if owner else "")


def check_open(task: Task) -> None:
    """
    Raises:
        TooLate: the task waits no more, or its case is suspended.
    """
    check_goes_on(task)
    if task.status == TaskStatus.OPEN:
        return
    when = clock.local(task.completed_at).strftime("%m-%d %H:%M") if task.completed_at else ""
    if task.status == TaskStatus.DONE:
        raise TooLate("已由 {who} 于 {when} 处理", who=task.completed_by_name, when=when)
    if task.status == TaskStatus.HELD:
        raise TooLate("此任务正在等待加签或修改完成，暂不能办理")
    if task.completed_by_name:
        raise TooLate("{who} 于 {when} 的操作已使此任务关闭，无需处理", who=task.completed_by_name, when=when)
    raise TooLate("此任务已于 {when} 关闭，无需处理", when=when)


def check_goes_on(task: Task) -> None:
    """
    Raises:
        TooLate: its case is suspended.
    """
    session = object_session(task)
    if task.suspended and task.status in WAITING and session is not None:
        raise pausing.refusal(session, task.instance_id)


def _check_handed_over(session: Session, actor: Actor, task: Task) -> None:
    """Whoever could have done it before somebody handed it on is told who did, and when."""
    if task.from_id is None:
        return
    last = session.scalars(select(HistoryEvent).where(HistoryEvent.task_id == task.id, HistoryEvent.action == Action.TRANSFER)
                           .order_by(HistoryEvent.seq.desc()).limit(1)).first()
    if last is not None and set(actor.principals) & set(inbox.spread(session, last.data["before"])):
        raise TooLate("已由 {who} 于 {when} 转办给 {to}", who=last.actor_name, to=last.data["to"]["name"],
                      when=clock.local(last.at).strftime("%m-%d %H:%M"))


def _standings(actor: Actor, task: Task) -> Iterator[Standing]:
    """Their own name, then those of people who are away."""
    if actor.user_id in task.excluded:
        return
    yield Standing(actor.user_id, actor.name)
    for proxy in actor.proxies:
        if lends(proxy, actor, task):
            yield Standing(proxy.giver_id, proxy.giver_name, proxy)


def _named(session: Session, task: Task, found: Standing, actor: Actor) -> bool:
    if task.assignee_id == found.person_id:
        return True
    principals = found.proxy.principals if found.proxy else actor.principals
    return bool(set(principals) & set(inbox.spread(session, task.candidates)))
