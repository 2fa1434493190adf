"""委托: who stands in for whom. Asked when tasks are listed; appointing somebody moves no task."""
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.delegation import Agency
from data_model.organisation import OrgUnit, User
from data_model.process import DefinitionStatus, ProcessDefinition, Task
from engine import people, places
from engine.errors import EngineError, Missing, NotYours, TooLate
from engine.principals import user_principal

LONGEST = timedelta(days=92)


def appoint(
    session: Session, actor: Actor, agent_id: int, begins: datetime, ends: datetime, keys: Sequence[str] = (), reason: str = "",
) -> Agency:
    """Let a colleague do one's tasks from one moment to another.

    Args:
        keys: process keys; none: all flows.

    Raises:
        EngineError: no end, an end before the beginning, nobody fit for it, or another agent in that time for the same flows.
    """
    _check_time(begins, ends)
    agent = _agent(session, actor, agent_id)
    _check_keys(session, keys)
    session.get(User, actor.user_id, with_for_update=True)  # two at once by the same person: the second sees the first
    for other in _between(session, Agency.giver_id == actor.user_id, begins, ends):
        if not keys or not other.keys or set(keys) & set(other.keys):
            raise EngineError("这段时间已委托给他人，请先收回", field="begins")
    if next(_between(session, Agency.giver_id == agent.id, begins, ends), None) is not None:
        raise EngineError("{name} 这段时间也已委托他人，不能代理", field="agent", name=agent.name)
    made = Agency(giver_id=actor.user_id, agent_id=agent.id, begins=begins, ends=ends, keys=sorted(set(keys)),
                  reason=reason.strip()[:200], made_by=actor.user_id)
    session.add(made)
    session.flush()
    return made


def call_back(session: Session, actor: Actor, agency_id: int) -> None:
    """The giver is back earlier: it ends now; one that has not begun goes.

    Raises:
        NotYours: somebody else gave it.
        TooLate: it has ended.
    """
    found = session.get(Agency, agency_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Missing("没有这项委托")
    if found.giver_id != actor.user_id:
        raise NotYours("只有委托人可以收回委托")
    now = clock.now()
    if found.ends <= now:
        raise TooLate("委托已经结束")
    if found.begins >= now:
        session.delete(found)
    else:
        found.ends = now


def given(session: Session, actor: Actor) -> list[Agency]:
    """What the person has given, the latest first."""
    return list(session.scalars(select(Agency).where(Agency.giver_id == actor.user_id).order_by(Agency.ends.desc(), Agency.id).limit(100)))


def received(session: Session, actor: Actor) -> list[Agency]:
    """Where the person stands in, now or soon."""
    return list(session.scalars(select(Agency).where(Agency.agent_id == actor.user_id, Agency.ends > clock.now())
                                .order_by(Agency.begins, Agency.id).limit(100)))


def standing_in(session: Session, givers: Collection[int], task: Task) -> set[int]:
    """Who may do the task for one of these people now."""
    if task.personal or not givers:
        return set()
    now = clock.now()
    rows = session.execute(
        select(Agency.agent_id, Agency.keys).join(User, User.id == Agency.agent_id)
        .where(Agency.giver_id.in_(givers), Agency.ends > now, Agency.begins <= now, User.active)).all()
    return {row.agent_id for row in rows if not row.keys or task.process_key in row.keys} - {task.starter_id, *task.excluded}


def holders(session: Session, task: Task) -> set[int]:
    """Who may do the task today, and who stands in for them."""
    addresses = [user_principal(task.assignee_id)] if task.assignee_id else task.candidates
    found = set(people.people_behind(session, addresses)) - set(task.excluded)
    return found | standing_in(session, found, task)


def _check_time(begins: datetime | None, ends: datetime | None) -> None:
    if begins is None or ends is None:
        raise EngineError("请填写委托的开始和结束时间", field="ends")
    if ends <= begins or ends <= clock.now():
        raise EngineError("结束时间须晚于开始时间和现在", field="ends")
    if ends - begins > LONGEST:
        raise EngineError("委托最长 {days} 天", field="ends", days=LONGEST.days)


def _agent(session: Session, actor: Actor, agent_id: int) -> User:
    agent = session.get(User, agent_id)
    if agent is None or not agent.active:
        raise EngineError("此人不存在或账号已停用，不能代理", field="agent")
    if agent.id == actor.user_id:
        raise EngineError("不能委托给自己", field="agent")
    home = session.get_one(OrgUnit, agent.unit_id)
    if not home.path.startswith(places.company_of(session, actor.unit_path)):
        raise EngineError("{name} 不在本公司，不能代理", field="agent", name=agent.name)
    return agent


def _check_keys(session: Session, keys: Sequence[str]) -> None:
    known = set(session.scalars(select(ProcessDefinition.key).where(
        ProcessDefinition.key.in_(keys), ProcessDefinition.status == DefinitionStatus.EFFECTIVE))) if keys else set()
    if unknown := set(keys) - known:
        raise EngineError("没有名为 {key} 的流程", field="keys", key=sorted(unknown)[0])


def _between(session: Session, whose: ColumnElement[bool], begins: datetime, ends: datetime) -> Iterator[Agency]:
    return iter(session.scalars(select(Agency).where(whose, Agency.begins < ends, Agency.ends > begins)).all())
