"""Who a person is to the house: what they may do and where, and under which addresses tasks reach them."""
from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor, Proxy
from data_model.base import unit_ids
from data_model.delegation import Agency
from data_model.organisation import Grant, Level, OrgUnit, Ownership, User
from data_model.permissions import MATRIX, Reach
from data_model.scope import EVERYWHERE

_LEVEL_OF_REACH = {Reach.COMPANY: Level.COMPANY, Reach.STATION: Level.STATION}


def user_principal(user_id: int) -> str:
    return f"u{user_id}"


def role_principal(role: str, unit_id: int) -> str:
    return f"{role}@{unit_id}"


def owner_principal(unit_id: int, backup: bool = False) -> str:
    return f"{'backup' if backup else 'owner'}@{unit_id}"


def valid_grants() -> list:
    """Conditions on Grant: in force today."""
    today = clock.today()
    return [or_(Grant.valid_from.is_(None), Grant.valid_from <= today), or_(Grant.valid_to.is_(None), Grant.valid_to >= today)]


def actor_for(session: Session, user: User) -> Actor:
    """The person as one request sees them; five short queries by index."""
    grants = session.execute(
        select(Grant.role, Grant.unit_id, Grant.path).where(Grant.user_id == user.id, *valid_grants()), execution_options=EVERYWHERE).all()
    owned = session.execute(select(Ownership.unit_id, Ownership.backup).where(Ownership.user_id == user.id)).all()
    home = session.execute(select(OrgUnit.path).where(OrgUnit.id == user.unit_id)).scalar_one()
    levels = _levels(session, [home, *(grant.path for grant in grants)])
    principals = [user_principal(user.id), *(role_principal(g.role, g.unit_id) for g in grants),
                  *(owner_principal(o.unit_id, o.backup) for o in owned)]
    return Actor(
        user_id=user.id, name=user.name, unit_id=user.unit_id, unit_path=home, company_path=cut(home, Level.COMPANY, levels),
        permissions=_permissions(grants, levels), principals=tuple(dict.fromkeys(principals)),
        must_change_password=user.must_change_password, proxies=_proxies(session, user.id),
    )


def _proxies(session: Session, user_id: int) -> tuple[Proxy, ...]:
    """Whom the person stands in for now. Only the givers' own addresses: what a giver borrows from others stays with the giver."""
    now = clock.now()
    rows = session.execute(
        select(Agency.giver_id, Agency.keys, User.name).join(User, User.id == Agency.giver_id)
        .where(Agency.agent_id == user_id, Agency.ends > now, Agency.begins <= now, User.active).order_by(Agency.id)).all()
    own = addresses_of(session, [row.giver_id for row in rows]) if rows else {}
    return tuple(Proxy(row.giver_id, row.name, own[row.giver_id], tuple(row.keys)) for row in rows)


def addresses_of(session: Session, user_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The inbox addresses of several people. Two statements."""
    wanted = list(dict.fromkeys(user_ids))
    found = {user_id: {user_principal(user_id): None} for user_id in wanted}
    grants = select(Grant.user_id, Grant.role, Grant.unit_id).where(Grant.user_id.in_(wanted), *valid_grants())
    for grant in session.execute(grants):
        found[grant.user_id][role_principal(grant.role, grant.unit_id)] = None
    for owned in session.execute(select(Ownership.user_id, Ownership.unit_id, Ownership.backup).where(Ownership.user_id.in_(wanted))):
        found[owned.user_id][owner_principal(owned.unit_id, owned.backup)] = None
    return {user_id: tuple(addresses) for user_id, addresses in found.items()}


def _levels(session: Session, paths: Iterable[str]) -> dict[int, int]:
    ids = {unit_id for path in paths for unit_id in unit_ids(path)}
    return {row.id: row.level for row in session.execute(select(OrgUnit.id, OrgUnit.level).where(OrgUnit.id.in_(ids)))}


def cut(path: str, level: int, levels: dict[int, int]) -> str:
    """The part of the path down to `level`; the whole path when it ends above that."""
    kept = [unit_id for unit_id in unit_ids(path) if levels.get(unit_id, 0) <= level]
    return "/" + "".join(f"{unit_id}/" for unit_id in kept)


def _permissions(grants: Iterable, levels: dict[int, int]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for grant in grants:
        for permission, cells in MATRIX.items():
            reach = cells.get(grant.role)
            if reach is not None:
                found.setdefault(permission, {})[_place(reach, grant.path, levels)] = None
    return {permission: tuple(places) for permission, places in found.items()}


def _place(reach: Reach, path: str, levels: dict[int, int]) -> str:
    if reach is Reach.OWN:
        return ""
    if reach is Reach.GROUP:
        return "/"
    return cut(path, _LEVEL_OF_REACH[reach], levels) if reach in _LEVEL_OF_REACH else path
