"""By which ways a notice reaches people: what each of them chose, and the robots of the place. One statement for all of it."""
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, cast, false, literal, null, select, union_all

from data_model import clock
from data_model.base import BigId, Json
from data_model.delegation import Agency
from data_model.notice_kinds import Channel, Kind
from data_model.notification import NotificationChoice, Robot
from data_model.organisation import User

_user, _choice, _robot, _agency = User.__table__, NotificationChoice.__table__, Robot.__table__, Agency.__table__
_columns: list[Any] = [
    cast(null(), BigId).label("robot_id"), _user.c.id.label("user_id"), (_user.c.email != "").label("reachable"),
    _choice.c.choices.label("told"), _choice.c.digest.label("digest"), literal("").label("channel"),
    cast(null(), BigId).label("giver_id"), cast(null(), Json).label("keys"),
]
_people = select(*_columns).select_from(_user.outerjoin(_choice, _choice.c.user_id == _user.c.id)).where(
    _user.c.id.in_(bindparam("people", expanding=True)), _user.c.active)
_of_robots: list[Any] = [_robot.c.id, literal(0), false(), _robot.c.kinds, false(), _robot.c.kind, cast(null(), BigId), cast(null(), Json)]
_robots = select(*_of_robots).where(_robot.c.unit_id.in_(bindparam("units", expanding=True)), _robot.c.enabled)
_of_agents: list[Any] = [*_columns[:-2], _agency.c.giver_id, _agency.c["keys"]]
_agents = select(*_of_agents).select_from(_agency.join(_user, _user.c.id == _agency.c.agent_id).outerjoin(_choice, _choice.c.user_id == _user.c.id)).where(
    _agency.c.giver_id.in_(bindparam("people", expanding=True)), _agency.c.begins <= bindparam("now"), _agency.c.ends > bindparam("now"),
    _user.c.active)
_who_and_what = union_all(_people, _robots, _agents)


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
class StandIn:
    """委托: who reads for somebody who is away, of which flows; none named: all."""

    agent_id: int
    keys: Collection[str]


@dataclass(frozen=True)
class Reach:
    """Everybody there is to be told, who stands in for them, and the robots of the place."""

    people: Mapping[int, Person]
    groups: tuple[Group, ...]
    agents: Mapping[int, tuple[StandIn, ...]] = field(default_factory=dict)  # by giver


def find(connection: Connection, people: Collection[int], units: Collection[int]) -> Reach:
    """Those of the people who can still sign in, their agents, and the robots that listen at one of the units."""
    found: dict[int, Person] = {}
    agents: dict[int, tuple[StandIn, ...]] = {}
    groups = []
    for row in connection.execute(_who_and_what, {"people": list(people), "units": list(units), "now": clock.now()}):
        if row.robot_id is not None:
            groups.append(Group(row.robot_id, row.channel, row.told or ()))
            continue
        found[row.user_id] = Person(row.user_id, bool(row.reachable), row.told or {}, bool(row.digest))
        if row.giver_id is not None:
            agents[row.giver_id] = (*agents.get(row.giver_id, ()), StandIn(row.user_id, row.keys or ()))
    return Reach(found, tuple(groups), agents)
