"""Who may be handed somebody's task: an active colleague of the same company, not barred from it, not signing it already."""
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data_model.organisation import OrgUnit, User
from data_model.process import Task, TaskStatus
from engine import places, runner
from engine.actions.breaking import breaking
from engine.actions.holding import Held
from engine.case import Case
from engine.errors import EngineError
from engine.principals import user_principal


def taker(session: Session, held: Held, user_id: int) -> User:
    """The colleague, when the task may go to them.

    Raises:
        EngineError: with the reason why not.
    """
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise EngineError("此人不存在或账号已停用，不能接收任务", field="to")
    if user.id == held.standing.person_id:
        raise EngineError("任务已在此人手中", field="to")
    if user.id in held.task.excluded:
        raise EngineError("{name} 须回避此步骤，不能接收任务", field="to", name=user.name)
    if not held.rules.allows("outside") and not _is_colleague(session, held, user):
        raise EngineError("{name} 不在本公司，不能接收任务", field="to", name=user.name)
    if _signs_already(session, held, user.id):
        raise EngineError("{name} 已在此步骤会签，不能重复接收", field="to", name=user.name)
    return user


def _is_colleague(session: Session, held: Held, user: User) -> bool:
    home = session.get_one(OrgUnit, user.unit_id)
    return home.path.startswith(places.company_of(session, held.instance.org_path))


def _signs_already(session: Session, held: Held, user_id: int) -> bool:
    """At another open task of the step; in a signing also one that has voted, or whose turn is yet to come."""
    task, address = held.task, user_principal(user_id)
    signing = held.rules.signing is not None
    wanted = (TaskStatus.OPEN, TaskStatus.DONE) if signing else (TaskStatus.OPEN,)
    others = session.scalars(select(Task).where(
        Task.instance_id == task.instance_id, Task.element_id == task.element_id, Task.id != task.id, Task.status.in_(wanted),
        or_(Task.status == TaskStatus.OPEN, Task.round == task.round)))
    if any(address in other.candidates or user_id in (other.assignee_id, other.completed_by, other.owner_id) for other in others):
        return True
    return signing and address in _named(session, held)


def _named(session: Session, held: Held) -> list[str]:
    """Everybody the signing asks, also those who are asked in their turn."""
    with breaking(held.instance):
        run = runner.wake(held.flow, Case(session, session.info["actor"], held.instance), held.instance.state)
    token = run.token(held.task.token_id)
    around = token.parent if token is not None else None
    named: list[str] = around.internal_data.get("signers", []) if around is not None else []
    return [signer for signer in named if token is None or signer != token.internal_data.get("signer")]
