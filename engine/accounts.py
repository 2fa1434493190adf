"""People's accounts, as an administrator makes and closes them. Passwords arrive already hashed."""
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.organisation import Grant, Level, OrgUnit, Role, User
from engine import reroute
from engine.errors import EngineError, Missing


def first_administrator(session: Session, organisation: str, login: str, password_hash: str) -> User | None:
    """The root of the organisation and the one person who can fill it; None when somebody is there already."""
    if session.scalar(select(User.id).limit(1)) is not None:
        return None
    root = session.scalar(select(OrgUnit).where(OrgUnit.parent_id.is_(None))) or _root(session, organisation)
    return add(session, login, "系统管理员", root.code, (f"{Role.SYSTEM_ADMIN}@{root.code}",), password_hash)


def add(session: Session, login: str, name: str, unit_code: str, roles: Sequence[str], password_hash: str) -> User:
    """A new account, whose password must be changed at the first sign-in.

    Args:
        roles: such as 'grid_owner@YS01-G3': a role from that unit downward; without '@' from the person's own unit.

    Raises:
        EngineError: the login is taken, or a role is unknown.
        Missing: no such unit.
    """
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise EngineError("登录账号 {login} 已存在", "login", login=login)
    unit = _unit(session, unit_code)
    user = User(login=login, name=name, unit_id=unit.id, password_hash=password_hash, must_change_password=True)
    session.add(user)
    session.flush()
    for wanted in roles:
        code, _, at = wanted.partition("@")
        if code not in set(Role):
            raise EngineError("没有名为 {role} 的角色", "roles", role=code)
        place = _unit(session, at) if at else unit
        session.add(Grant(user_id=user.id, role=code, unit_id=place.id, path=place.path))
    session.flush()
    return user


def reset(session: Session, login: str, password_hash: str) -> User:
    """A new password, to be changed at the next sign-in; a disabled account opens again."""
    user = by_login(session, login)
    user.password_hash, user.must_change_password, user.active = password_hash, True, True
    session.flush()
    return user


def disable(session: Session, login: str) -> User:
    """The account closes; its history keeps the name, and what only this person could do goes to somebody else."""
    user = by_login(session, login)
    user.active = False
    session.flush()
    reroute.after_leaving(session, user.id)
    return user


def everybody(session: Session) -> list[tuple[str, str, str, bool]]:
    """(login, name, unit, active), by login."""
    rows = select(User.login, User.name, OrgUnit.name, User.active).join(OrgUnit, OrgUnit.id == User.unit_id)
    return [(login, name, unit, active) for login, name, unit, active in session.execute(rows.order_by(User.login))]


def by_login(session: Session, login: str) -> User:
    found = session.scalar(select(User).where(User.login == login))
    if found is None:
        raise Missing("没有登录账号 {login}", login=login)
    return found


def _unit(session: Session, code: str) -> OrgUnit:
    found = session.scalar(select(OrgUnit).where(OrgUnit.code == code))
    if found is None:
        raise Missing("没有编码为 {code} 的组织单元", code=code)
    return found


def _root(session: Session, name: str) -> OrgUnit:
    root = OrgUnit(code="group", name=name, level=Level.GROUP, path="new")
    session.add(root)
    session.flush()
    root.path = f"/{root.id}/"
    session.flush()
    return root
