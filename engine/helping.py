"""Tasks that hang on a step: signers before and after it, earlier steps mended for it. The run knows nothing of them.

What is held up stays where it is in the run; its row is `held` until its helpers are done (docs/architecture.md).
"""
from collections.abc import Iterable, Sequence
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.process import WAITING, Help, ProcessInstance, Task, TaskStatus
from engine import agents, inbox
from engine.candidates import Why
from engine.case import Case
from engine.notify import CAP
from engine.opening import due_of, rules_of
from engine.principals import user_principal
from engine.runner import Run


def helper(like: Task, helps: Help, host: str, anchor: str, user_id: int, why: Why, status: str = TaskStatus.OPEN) -> Task:
    """A row for one person who helps with a step; it has the step's name, buttons and place in the inbox."""
    return Task(
        instance_id=like.instance_id, token_id=str(uuid4()), element_id=like.element_id, name=like.name, process_key=like.process_key,
        process_name=like.process_name, code=like.code, title=like.title, starter_id=like.starter_id, starter_name=like.starter_name,
        org_path=like.org_path, station_id=like.station_id, status=status, priority=like.priority, duty=like.duty,
        candidates=[user_principal(user_id)], excluded=list(like.excluded), why=[why.plain()], opened_at=clock.now(), due_at=like.due_at,
        round=like.round, personal=like.personal, assignee_id=None, helps=helps, host=host, anchor=anchor, added_by=None,
        from_id=None, from_name="")


def named(row: Task) -> list[int]:
    """The people a row names one by one."""
    return [int(address[1:]) for address in row.candidates if "@" not in address]


def of_case(session: Session, instance: ProcessInstance) -> Sequence[Task]:
    """Everything that waits in a case, and the signers before and after who have answered."""
    return session.scalars(
        select(Task).where(Task.instance_id == instance.id, Task.status.in_(WAITING) | (Task.helps != "")).order_by(Task.id),
        execution_options={"populate_existing": True}).all()


def left(rows: Iterable[Task], host: str, helps: str = "") -> list[Task]:
    """Helpers of one host that have not answered, of one kind or of all."""
    return [row for row in rows if row.host == host and row.status in WAITING and (not helps or row.helps == helps)]


def hold(session: Session, rows: Iterable[Task]) -> None:
    """They wait for their helpers, in nobody's inbox."""
    rows = list(rows)
    for row in rows:
        row.status = TaskStatus.HELD
    session.flush()
    inbox.remove(session, [row.id for row in rows])


def release(run: Run, rows: Iterable[Task]) -> list[Task]:
    """They are somebody's again, with a new limit; the events beside their steps wait from now on."""
    found = list(rows)
    for row in found:
        token = run.token(row.token_id)
        row.status, row.opened_at = TaskStatus.OPEN, clock.now()
        if token is not None:
            row.due_at = due_of(run, rules_of(token.task_spec).due, token.data)
    run.case.session.flush()
    inbox.add(run.case.session, found)
    return found


def open_helpers(case: Case, rows: Iterable[Task]) -> list[Task]:
    """Those who sign after are asked now."""
    found = list(rows)
    for row in found:
        row.status, row.opened_at = TaskStatus.OPEN, clock.now()
        case.notify("N-01", named(row), "您有新的待办：{task}（{title}）", task=row.name, title=row.title or row.process_name)
    case.session.flush()
    inbox.add(case.session, found)
    return found


def tell_closed(case: Case, rows: Iterable[Task], text: str) -> None:
    """Whoever has one of the tasks hears that it is not theirs any more; `text` has places for who, task and title."""
    for row in rows:
        told = sorted(agents.holders(case.session, row) - {case.actor.user_id}) if row.status == TaskStatus.OPEN else []
        if told:
            case.notify("N-01", told[:CAP], text, who=case.actor.name, task=row.name, title=row.title or row.process_name)


