"""From draft to running version: at once, or when a second process owner has agreed."""
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from data_model import clock
from data_model.actor import Actor
from data_model.process import ProcessDefinition
from data_model.workshop import Draft, Kind, ReleaseRequest
from engine import deployment
from engine.errors import EngineError, Missing, NotYours, Refused, TooLate
from engine.workshop import checking, four_eyes, names, telling
from engine.workshop.four_eyes import DEPLOY, may_deploy, said


@dataclass(frozen=True)
class Released:
    """What came of it: new versions of diagrams, or a request that waits for a second person."""

    made: tuple[ProcessDefinition, ...] = ()
    request: ReleaseRequest | None = None


def deploy_drafts(
    session: Session, actor: Actor, files: Iterable[str] | Mapping[str, int], note: str, starters: list[str] | None = None,
    heed: Callable[[Mapping[str, bytes]], None] | None = None,
) -> Released:
    """Make the drafts the running versions, all of them or none; with four eyes on, ask for it.

    Args:
        files: file names of drafts; with revisions, those that the person has looked at.
        note: why, for the list of versions.
        starters: role codes, or 'everyone', who may start the diagrams by hand; None: as before, or as drawn.
        heed: a last look at what lint has let pass; it raises when it is not to be.

    Raises:
        TooLate: a draft was saved, deployed or dropped meanwhile.
        Refused: lint found errors.
    """
    may_deploy(actor)
    words, drafts = said(note), _drafts(session, files)
    contents = {names.file_name(draft.kind, draft.key): draft.content for draft in drafts}
    if four_eyes.is_on(session):
        _refuse_errors(session, contents)
    if heed is not None:
        heed({name: content.encode() for name, content in contents.items()})
    if four_eyes.is_on(session):
        return Released(request=four_eyes.ask(session, actor, _subject(drafts), contents, words))
    made = _deploy(session, actor, contents, words)
    for row in made if starters is not None else ():
        row.starters = list(starters or ())
    for draft in drafts:
        session.delete(draft)
    session.flush()
    return Released(made)


def waiting(session: Session, key: str = "") -> list[ReleaseRequest]:
    """Requests that nobody has decided, the oldest first; of one thing, or of all."""
    query = select(ReleaseRequest).where(ReleaseRequest.verdict == "").order_by(ReleaseRequest.id)
    return list(session.scalars(query.where(ReleaseRequest.key == key) if key else query))


def decided(session: Session, limit: int = 50) -> list[ReleaseRequest]:
    """The last ones that were decided."""
    return list(session.scalars(select(ReleaseRequest).where(ReleaseRequest.verdict != "").order_by(ReleaseRequest.id.desc()).limit(limit)))


def agree(session: Session, actor: Actor, request_id: int) -> Released:
    """Deploy what was asked for, in the name of who asked. Drafts that still say the same go.

    Raises:
        NotYours: one's own request.
        TooLate: somebody has decided it.
        Refused: lint finds errors by now.
    """
    may_deploy(actor)
    request = _open(session, request_id)
    if request.asked_by == actor.user_id:
        raise NotYours("不能同意自己提交的发布申请，请由另一位流程管理员处理")
    _decide(request, actor, "agreed", "")
    if request.key == four_eyes.TURN_OFF:
        four_eyes.turn_off(session)
        telling.decided(session, request, four_eyes.subject(request))
        return Released(request=request)
    made = _deploy(session, replace(actor, user_id=request.asked_by, name=request.asked_by_name), request.files, request.note)
    for draft in _rows(session, request.files):
        if draft.content == request.files[names.file_name(draft.kind, draft.key)]:
            session.delete(draft)
    telling.decided(session, request, four_eyes.subject(request))
    session.flush()
    return Released(made, request)


def refuse(session: Session, actor: Actor, request_id: int, reason: str) -> ReleaseRequest:
    """Another process owner says no, and why."""
    may_deploy(actor)
    request = _open(session, request_id)
    if request.asked_by == actor.user_id:
        raise NotYours("这是您自己的申请，不再需要时请撤回")
    _decide(request, actor, "refused", said(reason, "请填写原因", "reason"))
    telling.decided(session, request, four_eyes.subject(request))
    return request


def withdraw(session: Session, actor: Actor, request_id: int) -> ReleaseRequest:
    """Who asked thinks better of it."""
    request = _open(session, request_id)
    if request.asked_by != actor.user_id or not actor.can(DEPLOY):
        raise NotYours("只有提交人可以撤回发布申请")
    _decide(request, actor, "withdrawn", "")
    return request


def _drafts(session: Session, files: Iterable[str] | Mapping[str, int]) -> list[Draft]:
    """The drafts, locked; those of a parcel are deployed together."""
    wanted = list(files)
    if not wanted:
        raise EngineError("请至少选择一项要部署的草稿")
    rows = _rows(session, wanted)
    found = {names.file_name(row.kind, row.key): row for row in rows}
    for name in wanted:
        if name not in found:
            raise TooLate("{name} 的草稿已被他人部署或删除，请刷新后重试", name=name)
        if isinstance(files, Mapping) and files[name] != found[name].revision:
            raise TooLate("{who} 已于 {when} 修改了草稿 {name}，请重新查看后再部署",
                          who=found[name].saved_by_name, when=found[name].saved_at, name=name)
    return rows


def _rows(session: Session, files: Iterable[str]) -> list[Draft]:
    kinds_and_keys = [names.parted(name) for name in files]
    query = select(Draft).where(tuple_(Draft.kind, Draft.key).in_(kinds_and_keys)).order_by(Draft.kind, Draft.key)
    return list(session.scalars(query.options(undefer(Draft.content)).with_for_update().execution_options(populate_existing=True)))


def _subject(drafts: list[Draft]) -> str:
    """What the release is about: the diagram, where one comes along."""
    return next((draft.key for draft in drafts if draft.kind == Kind.DIAGRAM), drafts[0].key)


def _deploy(session: Session, actor: Actor, contents: Mapping[str, str], note: str) -> tuple[ProcessDefinition, ...]:
    files = {name: content.encode() for name, content in contents.items()}
    try:
        return tuple(deployment.deploy(session, actor, files, note, source="modeler"))
    except IntegrityError:
        raise TooLate("他人刚部署了新版本，请刷新后重试") from None


def _refuse_errors(session: Session, contents: Mapping[str, str]) -> None:
    for name, errors in checking.errors(session, {name: content.encode() for name, content in contents.items()}).items():
        raise Refused("{file} 有错误，未部署", errors, file=name)


def _open(session: Session, request_id: int) -> ReleaseRequest:
    """The request, locked, when nobody has decided it."""
    row = session.scalars(select(ReleaseRequest).where(ReleaseRequest.id == request_id).with_for_update()
                          .execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise Missing("没有这份发布申请")
    if row.verdict:
        raise TooLate("{who} 已于 {when} 处理此申请", who=row.decided_by_name, when=row.decided_at)
    return row


def _decide(request: ReleaseRequest, actor: Actor, verdict: str, reason: str) -> None:
    request.verdict, request.reason = verdict, reason
    request.decided_by, request.decided_by_name, request.decided_at = actor.user_id, actor.name, clock.now()
