"""How a try names people, places and photos, so that it means the same tomorrow and in another database.

`{"$user": "wang"}` by login, `{"$unit": "ZL01-01"}` by code, `{"$cast": "finder"}` by a part that the house itself fills,
`{"$day": 3}` so many days from the day it is said, `{"$photos": 2}` as many sample photos, `{"$signature": true}` one drawn by hand.
"""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.attachment import Attachment
from data_model.base import subtree
from data_model.organisation import Grant, Level, OrgUnit, Ownership, Role, UnitKind, User
from engine import people
from engine.errors import EngineError

MOST_PHOTOS = 20
MOST_COMPANIES = 50  # looked at for a grid
_JPEG, _PNG = "image/jpeg", "image/png"
_SAMPLE = sha256(b"anlan sample photo").hexdigest()  # names no content: nothing is stored for it


@dataclass
class References:
    """What the names of one try mean; a part of the cast is filled once and stays."""

    session: Session
    cast: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)

    def person(self, said: Any) -> User:
        """
        Raises:
            EngineError: there is nobody of that name here.
        """
        if isinstance(said, Mapping) and "$cast" in said:
            found = self.session.get(User, self._part(str(said["$cast"])))
        else:
            login = said.get("$user") if isinstance(said, Mapping) else None
            found = self.session.scalars(select(User).where(User.login == str(login), User.active)).one_or_none()
        if found is None:
            raise EngineError("没有账号为「{login}」的在职人员", login=str(said.get("$user", "")) if isinstance(said, Mapping) else str(said)[:40])
        return found

    def real(self, value: Any, by: int) -> Any:
        """A form's answers with ids in place of names; photos are made for whoever gives them."""
        if isinstance(value, list):
            return [self.real(item, by) for item in value]
        if not isinstance(value, Mapping):
            return value
        if "$user" in value:
            return self.person(value).id
        if "$cast" in value:
            return self._part(str(value["$cast"]))
        if "$unit" in value:
            return self._unit(str(value["$unit"])).id
        if "$day" in value:
            return (clock.today() + timedelta(days=int(value["$day"]))).isoformat()
        if "$photos" in value:
            return photos(self.session, by, int(value["$photos"]))
        if "$signature" in value:
            return signature(self.session, by)
        return {key: self.real(item, by) for key, item in value.items()}

    def settled(self, value: Any) -> Any:
        """The same with logins and codes in place of parts of a cast."""
        if isinstance(value, list):
            return [self.settled(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        if "$cast" in value:
            name = str(value["$cast"])
            row_id = self._part(name)
            return placed(self.session, row_id) if self.cast[name].get("a") == "grid" else named(self.session, row_id)
        return {key: self.settled(item) for key, item in value.items()}

    def _unit(self, code: str) -> OrgUnit:
        found = self.session.scalars(select(OrgUnit).where(OrgUnit.code == code)).one_or_none()
        if found is None:
            raise EngineError("没有编码为「{code}」的单位", code=code[:40])
        return found

    def _part(self, name: str) -> int:
        if name not in self.filled:
            wanted = self.cast.get(name)
            if wanted is None:
                raise EngineError("场景没有说明「{name}」由谁担任", name=name[:40])
            self.filled[name] = self._fill(wanted)
        return self.filled[name]

    def _fill(self, wanted: Mapping[str, Any]) -> int:
        if wanted.get("a") == "grid":
            return _grid(self.session)
        return self._colleague(self._part(str(wanted.get("of", ""))))

    def _colleague(self, unit_id: int) -> int:
        """Somebody of the unit's company with as little to say as possible, nobody twice."""
        company = people.at_level(self.session, unit_id, Level.COMPANY)
        posts = select(func.count()).select_from(Grant).where(Grant.user_id == User.id, Grant.role != Role.EMPLOYEE).scalar_subquery()
        owns = select(func.count()).select_from(Ownership).where(Ownership.user_id == User.id).scalar_subquery()
        found = self.session.scalars(
            select(User.id).join(OrgUnit, OrgUnit.id == User.unit_id)
            .where(User.active, subtree(OrgUnit.path, company.path if company else "/"), User.id.not_in(self.filled.values()))
            .order_by(owns, posts, User.id).limit(1)).first()
        if found is None:
            raise EngineError("本公司没有足够的人员来演练此场景")
        return found


def _grid(session: Session) -> int:
    """A grid with an owner, in the company with the most people."""
    companies = session.scalars(select(OrgUnit.path).where(OrgUnit.active, OrgUnit.level == Level.COMPANY).limit(MOST_COMPANIES)).all()
    for path in sorted(companies, key=lambda path: -_people_below(session, path)):
        found = session.scalars(
            select(OrgUnit.id).join(Ownership, Ownership.unit_id == OrgUnit.id).join(User, User.id == Ownership.user_id)
            .where(OrgUnit.active, OrgUnit.level == Level.GRID, OrgUnit.kind == UnitKind.PLACE, User.active, subtree(OrgUnit.path, path))
            .order_by(OrgUnit.id).limit(1)).first()
        if found is not None:
            return found
    raise EngineError("组织架构中还没有设负责人的网格，无法演练此场景")


def _people_below(session: Session, path: str) -> int:
    return session.scalar(select(func.count()).select_from(User).join(OrgUnit, OrgUnit.id == User.unit_id)
                          .where(User.active, subtree(OrgUnit.path, path))) or 0


def photos(session: Session, by: int, count: int, media_type: str = _JPEG) -> list[int]:
    """So many sample photos that this person has just taken: rows that vanish with the try, no files."""
    rows = [Attachment(name=f"示例照片{number}.jpg", media_type=media_type, sha256=_SAMPLE, size=1, uploaded_by=by)
            for number in range(1, min(count, MOST_PHOTOS) + 1)]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def signature(session: Session, by: int) -> int:
    """A sample of a signature drawn by hand."""
    return photos(session, by, 1, _PNG)[0]


def named(session: Session, user_id: Any) -> Any:
    """A person's id as a name that lasts."""
    user = session.get(User, user_id) if isinstance(user_id, int) else None
    return {"$user": user.login} if user else None


def placed(session: Session, unit_id: Any) -> Any:
    """A unit's id as a name that lasts."""
    unit = session.get(OrgUnit, unit_id) if isinstance(unit_id, int) else None
    return {"$unit": unit.code} if unit else None


def address(session: Session, principal: str) -> str:
    """A principal with logins and codes in place of ids: 'u:wang', 'owner@ZL01-01'."""
    kind, _, place = principal.partition("@")
    if not place:
        user = session.get(User, int(kind[1:]))
        return f"u:{user.login if user else kind[1:]}"
    unit = session.get(OrgUnit, int(place))
    return f"{kind}@{unit.code if unit else place}"
