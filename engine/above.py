"""Who is above those who have a task: an escalation goes up from them, not from where the case began."""
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.organisation import Grant, Level, OrgUnit, Role, User
from data_model.process import ProcessInstance, Task
from engine import people
from engine.people import Found
from engine.principals import valid_grants

_SAFETY = ((Level.COMPANY, Role.COMPANY_SAFETY_ADMIN), (Level.GROUP, Role.GROUP_SAFETY_ADMIN))


def of(session: Session, task: Task, barred: Iterable[int] = ()) -> list[str]:
    """The owner of the nearest place above all who have the task, else safety administration above them, else process owners.

    Nobody who has it already, and nobody who is kept from the step, is meant; [] when that leaves no one.
    """
    taken = set(people.people_behind(session, task.candidates)) | set(task.excluded) | set(barred)
    places = [place for principal in task.candidates if (place := _place(session, principal)) is not None]
    top = min(places, key=lambda place: place.level, default=people.unit(session, _unit_of(session, task)))
    found = people.nearest_owner(session, top.id if top else None, unlike=taken) or next(_offices(session, top, taken), None)
    return [found.principal] if found else []


def _offices(session: Session, top: OrgUnit | None, taken: set[int]) -> Iterator[Found]:
    """Of the places above, then of the whole group."""
    chain = people.ancestors(session, top.id if top else None)
    wanted = [(place, role) for level, role in _SAFETY for place in chain if place.level == level]
    for place, role in [*wanted, *((place, Role.PROCESS_OWNER) for place in chain[-1:])]:
        found = people.role_holders(session, role, place.id)
        if found is not None and found.people - taken:
            yield found


def _place(session: Session, principal: str) -> OrgUnit | None:
    """Where a candidate stands; above it is who answers for this place. Its own head stands one place higher."""
    kind, _, at = principal.partition("@")
    if not at:
        user = session.get(User, int(kind[1:]))
        return _beyond(session, people.unit(session, user.unit_id), {user.id}) if user else None
    if kind in ("owner", "backup"):
        return _parent(session, people.unit(session, int(at)))
    place = _granted(session, kind, int(at))
    if kind == Role.CHAIRMAN:
        return _parent(session, place)
    return _beyond(session, place, set(people.people_behind(session, [principal])))


def _granted(session: Session, role: str, unit_id: int) -> OrgUnit | None:
    """Where the role was given, which may be far above the place it was asked for."""
    chain = people.ancestors(session, unit_id)
    given = set(session.scalars(select(Grant.unit_id).where(Grant.role == role, Grant.unit_id.in_([u.id for u in chain]), *valid_grants())))
    return next((place for place in reversed(chain) if place.id in given), chain[0] if chain else None)


def _beyond(session: Session, place: OrgUnit | None, held_by: set[int]) -> OrgUnit | None:
    heads = people.owners(session, [place.id]).get((place.id, False), frozenset()) if place else frozenset()
    return _parent(session, place) if heads & held_by else place


def _parent(session: Session, place: OrgUnit | None) -> OrgUnit | None:
    return (people.unit(session, place.parent_id) or place) if place else None


def _unit_of(session: Session, task: Task) -> int:
    return session.get_one(ProcessInstance, task.instance_id).unit_id
