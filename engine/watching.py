"""抄送 and 关注: who reads a case without having a part in it, and who is told how it goes on."""
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from data_model import clock
from data_model.casework import CaseCopy, CaseFollow
from data_model.organisation import OrgUnit, User
from data_model.process import ProcessInstance
from data_model.scope import EVERYWHERE
from engine import places
from engine.case import Case, Notice
from engine.history import Action, Event

PAGE = 20
_HEARD = {Action.COMPLETE, Action.AUTO, Action.END, Action.TIMER}


@dataclass(frozen=True)
class Copied:
    """One copy of one case, with its receipt."""

    user_id: int
    name: str
    by_name: str
    note: str
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Watched:
    """One page of cases the person got a copy of, or follows; `unread` are those never opened."""

    items: tuple[ProcessInstance, ...]
    next: str
    unread: frozenset[int] = frozenset()


def near(session: Session, instance: ProcessInstance, user_ids: Iterable[int]) -> dict[int, str]:
    """Those of the people who may get a copy: active, of the case's company or of the group above it; with their names."""
    rows = session.execute(select(User.id, User.name, OrgUnit.path).join(OrgUnit, OrgUnit.id == User.unit_id)
                           .where(User.id.in_(set(user_ids)), User.active).order_by(User.id)).all()
    return {row.id: row.name for row in rows if places.is_near(session, instance.org_path, row.path)}


def copy(session: Session, instance: ProcessInstance, by: tuple[int, str], user_ids: Collection[int], note: str) -> list[int]:
    """Give copies to those who have none yet; who they are. The caller holds the instance's lock."""
    known = set(session.scalars(select(CaseCopy.user_id).where(CaseCopy.instance_id == instance.id, CaseCopy.user_id.in_(user_ids))))
    fresh = [user_id for user_id in dict.fromkeys(user_ids) if user_id not in known]
    if fresh:
        session.execute(insert(CaseCopy), [
            {"instance_id": instance.id, "user_id": user_id, "by_id": by[0], "by_name": by[1], "note": note, "at": clock.now()}
            for user_id in fresh])
    return fresh


def copies(session: Session, instance_id: int) -> list[Copied]:
    """Who got a copy, and who has read it."""
    rows = session.execute(select(CaseCopy, User.name).join(User, User.id == CaseCopy.user_id)
                           .where(CaseCopy.instance_id == instance_id).order_by(CaseCopy.id)).all()
    return [Copied(row.user_id, name, row.by_name, row.note, row.at, row.read_at) for row, name in rows]


def read(session: Session, user_id: int, instance_id: int) -> bool:
    """Sign the receipt, at the first opening; whether there was one to sign."""
    signed = session.execute(update(CaseCopy).where(
        CaseCopy.instance_id == instance_id, CaseCopy.user_id == user_id, CaseCopy.read_at.is_(None)).values(read_at=clock.now()))
    return bool(signed.rowcount)  # type: ignore[attr-defined]


def is_followed(session: Session, user_id: int, instance_id: int) -> bool:
    return session.scalar(select(CaseFollow.id).where(CaseFollow.instance_id == instance_id, CaseFollow.user_id == user_id)) is not None


def set_follow(session: Session, instance: ProcessInstance, user_id: int, wanted: bool) -> None:
    """The caller holds the instance's lock; its count says whether a move must ask who follows."""
    if is_followed(session, user_id, instance.id) == wanted:
        return
    if wanted:
        session.add(CaseFollow(instance_id=instance.id, user_id=user_id))
    else:
        session.execute(delete(CaseFollow).where(CaseFollow.instance_id == instance.id, CaseFollow.user_id == user_id))
    instance.followers += 1 if wanted else -1


def tell_followers(case: Case, events: Collection[Event]) -> None:
    """The case has gone on. No statement when nobody follows it."""
    here = case.instance
    heard = [event for event in events if event.action in _HEARD]
    if not here.followers or not heard:
        return
    followers = case.session.scalars(select(CaseFollow.user_id).where(
        CaseFollow.instance_id == here.id, CaseFollow.user_id != case.actor.user_id).order_by(CaseFollow.user_id)).all()
    if followers:
        steps = "、".join(dict.fromkeys(event.element_name for event in heard if event.element_name))
        case.notices.append(Notice("N-24", tuple(followers), "您关注的流程有进展：{title}（{steps}）",
                                   {"title": here.title, "steps": steps[:60]}, f"/cases/{here.id}", f"follow:{here.id}:{here.version}"))


def copied(session: Session, user_id: int, cursor: str = "", size: int = PAGE) -> Watched:
    """抄送我的: the latest copies first."""
    return _page(session, CaseCopy, user_id, cursor, size)


def followed(session: Session, user_id: int, cursor: str = "", size: int = PAGE) -> Watched:
    """我关注的, the latest first."""
    return _page(session, CaseFollow, user_id, cursor, size)


def _page(session: Session, table: type[CaseCopy] | type[CaseFollow], user_id: int, cursor: str, size: int) -> Watched:
    chosen = (select(table, ProcessInstance).join(ProcessInstance, ProcessInstance.id == table.instance_id)
              .where(table.user_id == user_id))
    if cursor.isdecimal():
        chosen = chosen.where(table.id < int(cursor))
    rows = session.execute(chosen.order_by(table.id.desc()).limit(size + 1), execution_options=EVERYWHERE).all()
    shown = rows[:size]
    unread = frozenset(case.id for row, case in shown if getattr(row, "read_at", True) is None)
    return Watched(tuple(case for _, case in shown), str(shown[-1][0].id) if len(rows) > size else "", unread)
