"""What is being drawn: one draft a thing, shared by all process owners, saved as they draw, never over somebody's newer one."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, undefer

from data_model import clock
from data_model.actor import Actor
from data_model.workshop import Draft, DraftVisit, Kind
from engine import xml_guard
from engine.errors import EngineError, Missing, NotYours, TooLate
from engine.workshop import names, stock

MAX_BYTES = xml_guard.MAX_BYTES
SEEN = timedelta(seconds=60)  # who has not been heard of for so long has gone


@dataclass(frozen=True)
class Opened:
    """A drawing as somebody opens it; revision 0 means nobody has drawn anything yet: it is what runs."""

    name: str
    content: str
    revision: int
    base_version: int | None  # the version the draft was begun from
    saved_by_name: str
    saved_at: datetime | None
    effective_version: int | None


@dataclass(frozen=True)
class Listed:
    """A draft in a list."""

    kind: Kind
    key: str
    name: str
    revision: int
    base_version: int | None
    saved_by_name: str
    saved_at: datetime


def open_draft(session: Session, actor: Actor, kind: str, key: str) -> Opened:
    """The draft, or what runs when there is none.

    Raises:
        Missing: neither is there.
    """
    _may(actor, "definition.view")
    now, draft = stock.running(session, Kind(kind), key), _row(session, kind, key)
    version = now.version if now else None
    if draft is not None:
        return Opened(draft.name, draft.content, draft.revision, draft.base_version, draft.saved_by_name, draft.saved_at, version)
    if now is None:
        raise Missing("没有名为 {key} 的流程、决策表或表单", key=key)
    return Opened(now.name, now.content, 0, version, "", None, version)


def save(session: Session, actor: Actor, kind: str, key: str, content: str, revision: int, name: str = "") -> int:
    """Keep what has been drawn so far; the new revision. The same content sent twice is kept once.

    Args:
        revision: the one the drawing began from; 0: there was no draft.

    Raises:
        TooLate: somebody has saved, or dropped, the draft meanwhile; the words say who and when.
        EngineError: not a file that can be kept.
    """
    _may(actor, "definition.edit")
    names.checked(key)
    _readable(Kind(kind), content)
    made = _begin(session, actor, kind, key, content, name) if revision == 0 else _over(session, actor, kind, key, content, revision, name)
    if made is not None:
        return made
    draft = _row(session, kind, key)
    if draft is None:
        raise TooLate("草稿已被删除或部署，请刷新后重试")
    if draft.saved_by == actor.user_id and draft.content == content:
        return draft.revision
    raise TooLate("{who} 已于 {when} 保存了更新的草稿，请刷新后重试", who=draft.saved_by_name, when=draft.saved_at)


def drop(session: Session, actor: Actor, kind: str, key: str, revision: int | None = None) -> None:
    """Throw the draft away; what runs is not touched.

    Raises:
        TooLate: somebody has saved it meanwhile.
    """
    _may(actor, "definition.edit")
    these = (Draft.kind == kind, Draft.key == key)
    gone = session.connection().execute(delete(Draft).where(*these, *([Draft.revision == revision] if revision else [])))
    draft = None if gone.rowcount else _row(session, kind, key)
    if draft is not None:
        raise TooLate("{who} 已于 {when} 保存了更新的草稿，请刷新后重试", who=draft.saved_by_name, when=draft.saved_at)
    session.expire_all()


def visit(session: Session, actor: Actor, kind: str, key: str) -> list[str]:
    """Say that somebody has the drawing open; the names of the others who have."""
    _may(actor, "definition.view")
    connection, now = session.connection(), clock.now()
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(DraftVisit)
    seen = insert.values(kind=kind, key=key, user_id=actor.user_id, user_name=actor.name, seen_at=now)
    connection.execute(seen.on_conflict_do_update(index_elements=["kind", "key", "user_id"],
                                                  set_={"seen_at": now, "user_name": actor.name}))
    return others(session, actor, kind, key)


def others(session: Session, actor: Actor, kind: str, key: str) -> list[str]:
    """Who else has the drawing open just now."""
    return list(session.scalars(select(DraftVisit.user_name).where(
        DraftVisit.kind == kind, DraftVisit.key == key, DraftVisit.user_id != actor.user_id,
        DraftVisit.seen_at > clock.now() - SEEN).order_by(DraftVisit.user_name)))


def leave(session: Session, actor: Actor, kind: str, key: str) -> None:
    """The drawing is closed."""
    session.connection().execute(delete(DraftVisit).where(
        DraftVisit.kind == kind, DraftVisit.key == key, DraftVisit.user_id == actor.user_id))


def contents(session: Session) -> dict[str, str]:
    """Every draft, by file name."""
    rows = session.scalars(select(Draft).options(undefer(Draft.content)).order_by(Draft.kind, Draft.key))
    return {names.file_name(row.kind, row.key): row.content for row in rows}


def listing(session: Session) -> list[Listed]:
    """Every draft, without what is in it."""
    return [Listed(Kind(row.kind), row.key, row.name, row.revision, row.base_version, row.saved_by_name, row.saved_at)
            for row in session.scalars(select(Draft).order_by(Draft.kind, Draft.key))]


def _may(actor: Actor, permission: str) -> None:
    if not actor.can(permission):
        raise NotYours("您没有权限进行此操作")


def _row(session: Session, kind: str, key: str) -> Draft | None:
    return session.scalars(select(Draft).where(Draft.kind == kind, Draft.key == key).options(undefer(Draft.content))
                           .execution_options(populate_existing=True)).one_or_none()


def _readable(kind: Kind, content: str) -> None:
    """A draft may be wrong, but never a file that no reader of ours would open."""
    data = content.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES or "\x00" in content:
        raise EngineError("文件超过 {limit} MB，无法保存", limit=MAX_BYTES // 1_000_000)
    if kind is not Kind.FORM:
        try:
            xml_guard.check(data)
        except xml_guard.XmlRefused as refusal:
            raise EngineError(refusal.text, **refusal.params) from None


def _begin(session: Session, actor: Actor, kind: str, key: str, content: str, name: str) -> int | None:
    """The first save; None when somebody was first."""
    connection, now = session.connection(), stock.running(session, Kind(kind), key)
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(Draft)
    made = connection.execute(insert.values(
        kind=kind, key=key, name=(name or (now.name if now else key))[:100], content=content, revision=1,
        base_version=now.version if now else None, saved_by=actor.user_id, saved_by_name=actor.name, saved_at=clock.now(),
    ).on_conflict_do_nothing(index_elements=["kind", "key"]))
    return 1 if made.rowcount else None


def _over(session: Session, actor: Actor, kind: str, key: str, content: str, revision: int, name: str) -> int | None:
    """A later save; None when the draft is not what the drawing began from."""
    values = {"content": content, "revision": revision + 1, "saved_by": actor.user_id, "saved_by_name": actor.name,
              "saved_at": clock.now()} | ({"name": name[:100]} if name else {})
    made = session.connection().execute(update(Draft).where(
        Draft.kind == kind, Draft.key == key, Draft.revision == revision).values(**values))
    return revision + 1 if made.rowcount else None
