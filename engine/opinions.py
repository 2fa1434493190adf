"""常用意见: one's own ready-made sentences, and those of the units one belongs to."""
from dataclasses import dataclass

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.base import subtree, unit_ids
from data_model.casework import CannedOpinion
from data_model.organisation import Level, OrgUnit, User
from engine.errors import EngineError, Missing, NotYours

LONGEST = 200
MOST = 50  # of one person, or of one unit
MOST_UNITS = 500
MANAGE = "canned_opinion.manage"


@dataclass(frozen=True)
class Phrase:
    """`unit` is the name of the unit whose people share it, '' for one's own."""

    id: int
    text: str
    unit: str


@dataclass(frozen=True)
class Shared:
    """A unit whose people may share sentences, and how many they do."""

    id: int
    name: str
    level: int
    count: int


def phrases(session: Session, actor: Actor) -> list[Phrase]:
    """One's own first, then those of one's unit and the units above it."""
    shared = CannedOpinion.unit_id.in_(unit_ids(actor.unit_path))
    rows = session.execute(
        select(CannedOpinion, OrgUnit.name).outerjoin(OrgUnit, OrgUnit.id == CannedOpinion.unit_id)
        .where(or_(CannedOpinion.user_id == actor.user_id, shared))
        .order_by(CannedOpinion.unit_id.is_not(None), OrgUnit.level.desc(), CannedOpinion.position, CannedOpinion.id)).all()
    return [Phrase(row.id, row.text, name or "") for row, name in rows]


def add(session: Session, actor: Actor, text: str, unit_id: int | None = None) -> Phrase:
    """A new sentence, one's own or a unit's. The same one again is the one that is there.

    Raises:
        NotYours: the person may not write sentences for that unit.
        EngineError: nothing, too long, or too many.
    """
    words, unit = " ".join(text.split()), _unit(session, actor, unit_id)
    if not words or len(words) > LONGEST:
        raise EngineError("请填写常用意见，最多 {limit} 个字", field="text", limit=LONGEST)
    if unit is None:
        session.get(User, actor.user_id, with_for_update=True)  # two at once: the second sees the first
    whose = CannedOpinion.unit_id == unit.id if unit else CannedOpinion.user_id == actor.user_id
    known = session.scalars(select(CannedOpinion).where(whose, CannedOpinion.text == words)).first()
    if known is None:
        last = session.execute(select(func.count(), func.coalesce(func.max(CannedOpinion.position), 0)).where(whose)).one()
        if last[0] >= MOST:
            raise EngineError("常用意见最多 {limit} 条，请先删除一些", field="text", limit=MOST)
        known = CannedOpinion(user_id=None if unit else actor.user_id, unit_id=unit.id if unit else None, text=words,
                              position=last[1] + 1)
        session.add(known)
        session.flush()
    return Phrase(known.id, known.text, unit.name if unit else "")


def remove(session: Session, actor: Actor, phrase_id: int) -> None:
    """
    Raises:
        NotYours: it is somebody else's, or a unit's one may not write for.
    """
    found = session.get(CannedOpinion, phrase_id)
    if found is None or (found.user_id is not None and found.user_id != actor.user_id):
        raise Missing("没有这条常用意见")
    _unit(session, actor, found.unit_id)
    session.delete(found)


def units(session: Session, actor: Actor) -> list[Shared]:
    """The stations, departments and what lies above them that the person may write for, from the top down."""
    mine = [subtree(OrgUnit.path, place) for place in actor.places(MANAGE)]
    counted = select(CannedOpinion.unit_id, func.count().label("n")).group_by(CannedOpinion.unit_id).subquery()
    rows = session.execute(
        select(OrgUnit, func.coalesce(counted.c.n, 0)).outerjoin(counted, counted.c.unit_id == OrgUnit.id)
        .where(or_(false(), *mine), OrgUnit.active, OrgUnit.level <= Level.STATION).order_by(OrgUnit.path).limit(MOST_UNITS)).all()
    return [Shared(unit.id, unit.name, int(unit.level), count) for unit, count in rows]


def of_unit(session: Session, actor: Actor, unit_id: int) -> list[Phrase]:
    """What the people of one unit share, in its order.

    Raises:
        NotYours: the person may not write for it.
    """
    unit = session.get(OrgUnit, unit_id)
    if unit is None:
        raise Missing("没有这个单位")
    if not actor.can_at(MANAGE, unit.path):
        raise NotYours("您不能维护此单位的常用意见")
    rows = session.scalars(select(CannedOpinion).where(CannedOpinion.unit_id == unit_id).order_by(CannedOpinion.position, CannedOpinion.id))
    return [Phrase(row.id, row.text, unit.name) for row in rows]


def raise_(session: Session, actor: Actor, phrase_id: int) -> int:
    """One place up among the sentences of its unit; the unit's id. The first one stays.

    Raises: as `remove`.
    """
    found = session.get(CannedOpinion, phrase_id)
    if found is None or found.unit_id is None:
        raise Missing("没有这条常用意见")
    _unit(session, actor, found.unit_id)
    rows = list(session.scalars(select(CannedOpinion).where(CannedOpinion.unit_id == found.unit_id)
                                .order_by(CannedOpinion.position, CannedOpinion.id)))
    place = rows.index(found)
    if place:
        rows.insert(place - 1, rows.pop(place))
    for number, row in enumerate(rows, 1):
        row.position = number
    return found.unit_id


def _unit(session: Session, actor: Actor, unit_id: int | None) -> OrgUnit | None:
    if unit_id is None:
        return None
    unit = session.get(OrgUnit, unit_id, with_for_update=True)
    if unit is None:
        raise EngineError("没有这个单位")
    if not actor.can_at(MANAGE, unit.path):
        raise NotYours("您不能维护此单位的常用意见")
    return unit
