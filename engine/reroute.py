"""An open task must have somebody: when a grant, an owner or a user goes, what they alone could do goes to somebody else."""
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model.actor import SYSTEM
from data_model.organisation import Role
from data_model.process import InboxRow, InstanceStatus, ProcessInstance, Task, TaskStatus
from engine import candidates, catalog, locks, people, store
from engine.actions.holding import kept
from engine.case import Case, Notice
from engine.history import Action, Event
from engine.principals import addresses_of, user_principal
from engine.resolving import task_candidates

OpenUnit = Callable[[], AbstractContextManager[Session]]
AT_ONCE = 200  # tasks of one call in the same unit of work; the job takes the rest


def after_leaving(session: Session, user_id: int, limit: int = AT_ONCE) -> int:
    """Somebody has gone, or holds less than before: look after the tasks listed at their addresses; how many went elsewhere."""
    return of_addresses(session, addresses_of(session, [user_id])[user_id], limit)


def of_addresses(session: Session, addresses: Iterable[str], limit: int = AT_ONCE) -> int:
    """These addresses mean fewer people than before: a role taken from somebody, a place without its owner."""
    empty = [address for address in addresses if not _means_somebody(session, address)]
    wanted = session.scalars(select(InboxRow.task_id).where(InboxRow.principal.in_(empty)).distinct().order_by(InboxRow.task_id)
                             .limit(limit)).all() if empty else []
    return sum(one(session, task_id) for task_id in wanted)


def sweep(open_unit: OpenUnit, limit: int = AT_ONCE) -> int:
    """The safety net: every address that means nobody, each task in a unit of work of its own; how many tasks went elsewhere.

    Walks from address to address by index, so that it costs as much as there are addresses, not tasks.
    """
    with open_unit() as session:
        empty = [address for address in _addresses(session) if not _means_somebody(session, address)]
        tasks = _listed_at(session, empty, limit)
    moved = 0
    for task_id in tasks:
        with open_unit() as session:
            moved += one(session, task_id)
    return moved


def one(session: Session, task_id: int) -> bool:
    """Give an open task that nobody can do to somebody else; False when somebody can."""
    instance, task = locks.instance_of_task(session, task_id)
    if task.status != TaskStatus.OPEN or instance.status != InstanceStatus.RUNNING or _has_somebody(session, task):
        return False
    before = [user_principal(task.assignee_id)] if task.assignee_id else list(task.candidates)
    if _someone_else_behind(session, task):
        task.assignee_id, task.owner_id = _owner_left(session, task), None
    else:
        _resolve(session, instance, task)
    after = [user_principal(task.assignee_id)] if task.assignee_id else list(task.candidates)
    event = Event(Action.REROUTE, task.element_id, task.name, task.id, data={"before": before, "after": after})
    told = tuple(sorted(set(people.people_behind(session, after)) - set(task.excluded)))
    notice = Notice("N-01", told, "您有新的待办：{task}（{title}）", {"task": task.name, "title": task.title or task.process_name},
                    f"/tasks/{task.id}", f"reroute:{task.id}:{instance.events}")
    kept(session, SYSTEM, instance, [event], [task], [notice])
    return True


def _resolve(session: Session, instance: ProcessInstance, task: Task) -> None:
    """Ask the diagram again; whoever signs already is passed over."""
    flow = catalog.flow(session, instance.definition_id)
    rules, case, data = flow.rules[task.element_id], Case(session, SYSTEM, instance, False), store.data_at(instance.state, task.token_id)
    found = task_candidates(case, rules, data) if rules.signing is None else candidates.above(
        case.asking(data), {*task.excluded, *_signers(session, task)})
    task.candidates, task.assignee_id, task.owner_id = list(found.principals), None, None
    task.excluded, task.why = sorted({*task.excluded, *found.excluded} if rules.signing is None else set(task.excluded)), [
        why.plain() for why in found.why]


def _signers(session: Session, task: Task) -> set[int]:
    rows = session.scalars(select(Task).where(Task.instance_id == task.instance_id, Task.element_id == task.element_id,
                                              Task.round == task.round, Task.id != task.id))
    return {int(address[1:]) for row in rows for address in row.candidates if "@" not in address}


def _has_somebody(session: Session, task: Task) -> bool:
    addresses = [user_principal(task.assignee_id)] if task.assignee_id else task.candidates
    return bool(set(people.people_behind(session, addresses)) - set(task.excluded))


def _someone_else_behind(session: Session, task: Task) -> bool:
    """Of a claimed or delegated task: its owner, or another candidate."""
    return task.assignee_id is not None and (
        _owner_left(session, task) is not None or bool(set(people.people_behind(session, task.candidates)) - set(task.excluded)))


def _owner_left(session: Session, task: Task) -> int | None:
    return task.owner_id if task.owner_id and people.active_people(session, [task.owner_id]) else None


def _means_somebody(session: Session, address: str) -> bool:
    kind, _, _ = address.partition("@")
    if "@" in address and kind not in ("owner", "backup", *Role):
        return True
    return bool(people.people_behind(session, [address]))


def _addresses(session: Session) -> list[str]:
    """Every address with a task, each found by one step along the index."""
    found: list[str] = []
    step = select(func.min(InboxRow.principal))
    here = session.scalar(step)
    while here is not None:
        found.append(here)
        here = session.scalar(step.where(InboxRow.principal > here))
    return found


def _listed_at(session: Session, addresses: list[str], limit: int) -> list[int]:
    """Tasks whose own candidates are among the addresses: rows at ancestors of a role's place are of no account."""
    found: dict[int, None] = {}
    for address in addresses:
        rows = session.execute(select(Task.id, Task.candidates, Task.assignee_id).join(InboxRow, InboxRow.task_id == Task.id)
                               .where(InboxRow.principal == address).order_by(Task.id).limit(10 * limit))
        found.update({row.id: None for row in rows if address in row.candidates or row.assignee_id})
    return list(found)[:limit]
