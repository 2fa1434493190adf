"""Who answers for a place and who holds a role there: the questions candidate functions ask, each one statement."""
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from data_model.base import unit_ids
from data_model.organisation import Grant, Level, OrgUnit, Ownership, Role, User
from engine.principals import owner_principal, role_principal, valid_grants

_user = User.__table__
_active_names = select(_user.c.id, _user.c.name).where(_user.c.id.in_(bindparam("ids", expanding=True)), _user.c.active)


@dataclass(frozen=True)
class Found:
    """One principal, the people behind it today, and the place it speaks of."""

    principal: str
    people: frozenset[int]
    unit_id: int = 0


def unit(session: Session, unit_id: int | None) -> OrgUnit | None:
    return session.get(OrgUnit, unit_id) if unit_id else None


def ancestors(session: Session, unit_id: int | None) -> list[OrgUnit]:
    """The unit and those above it, the nearest first."""
    here = unit(session, unit_id)
    if here is None:
        return []
    above = unit_ids(here.path)
    missing = [i for i in above if (OrgUnit, (i,), None) not in session.identity_map]
    if missing:
        held = session.info.setdefault("units", [])  # the session itself forgets what nobody holds, and asks again
        held += session.scalars(select(OrgUnit).where(OrgUnit.id.in_(missing)))
        held.append(here)
    return [found for i in reversed(above) if (found := session.get(OrgUnit, i))]


def at_level(session: Session, unit_id: int | None, level: Level) -> OrgUnit | None:
    """The unit at that level above (or at) the given one."""
    return next((u for u in ancestors(session, unit_id) if u.level == level), None)


def owners(session: Session, places: Iterable[int]) -> dict[tuple[int, bool], frozenset[int]]:
    """Active responsible persons of several places: (unit, backup?) -> people."""
    found: dict[tuple[int, bool], set[int]] = {}
    rows = session.execute(
        select(Ownership.unit_id, Ownership.backup, Ownership.user_id)
        .join(User, User.id == Ownership.user_id).where(Ownership.unit_id.in_(list(places)), User.active))
    for unit_id, backup, user_id in rows:
        found.setdefault((unit_id, backup), set()).add(user_id)
    return {key: frozenset(people) for key, people in found.items()}


def nearest_owner(session: Session, unit_id: int | None, unlike: Collection[int] = ()) -> Found | None:
    """负责人 of the nearest place up to the company that has one (a backup counts when nobody else does).

    Args:
        unlike: people already asked; a place is passed over unless somebody else answers for it.
    """
    chain = [u for u in ancestors(session, unit_id) if u.level >= Level.COMPANY]
    known = owners(session, [u.id for u in chain])
    for place in chain:
        for backup in (False, True):
            people = known.get((place.id, backup), frozenset())
            if people - set(unlike):
                return Found(owner_principal(place.id, backup), people, place.id)
    return None


def owner_above(session: Session, unit_id: int | None) -> Found | None:
    """`grid_up`: the owner of the nearest place above with a different person than the one who answers now."""
    now = nearest_owner(session, unit_id)
    if now is None:
        return None
    above = unit(session, now.unit_id)
    return nearest_owner(session, above.parent_id if above else None, unlike=now.people)


def role_holders(session: Session, role: Role, unit_id: int | None) -> Found | None:
    """Holders of a role whose grant covers the unit; None when there are none."""
    chain = [u.id for u in ancestors(session, unit_id)]
    people = session.scalars(
        select(Grant.user_id).join(User, User.id == Grant.user_id)
        .where(Grant.role == role, Grant.unit_id.in_(chain), User.active, *valid_grants())).all()
    return Found(role_principal(role, chain[0]), frozenset(people), chain[0]) if people and chain else None


def department_head(session: Session, unit_id: int | None, function: str) -> Found | None:
    """Head of the department of the unit's company with that function code (财务, 人力资源, 法务, 安全 …)."""
    company = at_level(session, unit_id, Level.COMPANY)
    if company is None:
        return None
    department = session.scalars(select(OrgUnit).where(OrgUnit.parent_id == company.id, OrgUnit.function == function).limit(1)).first()
    return role_holders(session, Role.DEPARTMENT_HEAD, department.id) if department else None


def active_people(session: Session, user_ids: Iterable[int]) -> dict[int, str]:
    """Those of the people who can still sign in, with their names, in the order they were asked for."""
    wanted = list(dict.fromkeys(user_ids))
    if not wanted:
        return {}
    names = {row.id: row.name for row in session.connection().execute(_active_names, {"ids": wanted})}
    return {user_id: names[user_id] for user_id in wanted if user_id in names}


def people_behind(session: Session, principals: Iterable[str]) -> dict[int, str]:
    """Active people that the principals mean today, with their names."""
    ids: set[int] = set()
    places: set[int] = set()
    roles: list[tuple[str, int]] = []
    for principal in principals:
        kind, _, place = principal.partition("@")
        if not place:
            ids.add(int(kind[1:]))
        elif kind in ("owner", "backup"):
            places.add(int(place))
        else:
            roles.append((kind, int(place)))
    if places:
        wanted = set(principals)
        ids |= {p for (u, backup), people in owners(session, places).items() if owner_principal(u, backup) in wanted for p in people}
    for role, unit_id in roles:
        holders = role_holders(session, Role(role), unit_id)
        ids |= holders.people if holders else set()
    return active_people(session, ids)
