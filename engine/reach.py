"""By which ways a notice reaches people: what each of them chose, and the robots of the place. One statement for all of it."""
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, cast, false, literal, null, select, union_all

from data_model.base import BigId
from data_model.notice_kinds import Channel, Kind
from data_model.notification import NotificationChoice, Robot
from data_model.organisation import User

_user, _choice, _robot = User.__table__, NotificationChoice.__table__, Robot.__table__
_people = select(
    cast(null(), BigId).label("robot_id"), _user.c.id.label("user_id"), (_user.c.email != "").label("reachable"),
    _choice.c.choices.label("told"), _choice.c.digest.label("digest"), literal("").label("channel"),
).select_from(_user.outerjoin(_choice, _choice.c.user_id == _user.c.id)).where(
    _user.c.id.in_(bindparam("people", expanding=True)), _user.c.active)
_robots = select(
    _robot.c.id, literal(0), false(), _robot.c.kinds, false(), _robot.c.kind,
).where(_robot.c.unit_id.in_(bindparam("units", expanding=True)), _robot.c.enabled)
_who_and_what = union_all(_people, _robots)


@dataclass(frozen=True)
class Person:
    """Somebody to be told."""

    user_id: int
    mailable: bool
    choices: Mapping[str, list[str]]
    digest: bool

    def takes(self, kind: Kind, channel: Channel) -> bool:
        """Whether notices of this kind may take this way to the person."""
        if channel == Channel.MAIL and not self.mailable:
            return False
        if channel == Channel.IN_APP and kind.must:
            return True
        chosen = self.choices.get(kind.key)
        return kind.by_default(channel) if chosen is None else channel in chosen


@dataclass(frozen=True)
class Group:
    """A robot and the kinds of notices it tells."""

    robot_id: int
    channel: str
    kinds: Collection[str]


@dataclass(frozen=True)
class Reach:
    """Everybody there is to be told, and the robots of the place."""

    people: Mapping[int, Person]
    groups: tuple[Group, ...]


def find(connection: Connection, people: Collection[int], units: Collection[int]) -> Reach:
    """Those of the people who can still sign in, and the robots that listen at one of the units."""
    found: dict[int, Person] = {}
    groups = []
    for row in connection.execute(_who_and_what, {"people": list(people), "units": list(units)}):
        if row.robot_id is None:
            found[row.user_id] = Person(row.user_id, bool(row.reachable), row.told or {}, bool(row.digest))
        else:
            groups.append(Group(row.robot_id, row.channel, row.told or ()))
    return Reach(found, tuple(groups))
