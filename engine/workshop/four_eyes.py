"""Whether what one process owner deploys must be agreed to by a second one; the switch itself needs two people to be turned off."""
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import Grant, User
from data_model.permissions import MATRIX
from data_model.scope import EVERYWHERE
from data_model.workshop import ReleaseRequest, Switch
from engine.errors import EngineError, NotYours, TooLate
from engine.principals import valid_grants
from engine.workshop import telling

SWITCH = "four_eyes"
TURN_OFF = ":four_eyes"  # the key of a request that asks to turn it off; no diagram is called so
DEPLOY = "definition.deploy"


def is_on(session: Session) -> bool:
    row = _row(session)
    return bool(row and row.value)


def turn_on(session: Session, actor: Actor) -> None:
    """From now on every release waits for a second pair of eyes.

    Raises:
        EngineError: nobody else could agree.
    """
    may_deploy(actor)
    if how_many(session) < 2:
        raise EngineError("只有一人有部署权限，开启后无人能同意发布；请先再指定一位流程管理员")
    row = _row(session) or Switch(name=SWITCH)
    row.value = True
    session.add(row)
    session.flush()


def turn_off(session: Session) -> None:
    """Called when a second person has agreed."""
    row = _row(session)
    if row is not None:
        row.value = False


def ask_off(session: Session, actor: Actor, note: str) -> ReleaseRequest:
    """Ask a second person to agree to turning it off."""
    may_deploy(actor)
    if not is_on(session):
        raise TooLate("双人发布已经关闭")
    return ask(session, actor, TURN_OFF, {}, note)


def ask(session: Session, actor: Actor, key: str, files: dict[str, str], note: str) -> ReleaseRequest:
    """Leave a request for somebody else to decide; one waits at a time for each key.

    Raises:
        TooLate: one waits already; the words say whose.
    """
    words = said(note)
    waiting = session.scalars(select(ReleaseRequest).where(ReleaseRequest.key == key, ReleaseRequest.verdict == "")).one_or_none()
    if waiting is not None:
        raise TooLate("{who} 已于 {when} 提交发布申请，请等待处理，或先撤回", who=waiting.asked_by_name, when=waiting.asked_at)
    row = ReleaseRequest(key=key, files=files, note=words, asked_by=actor.user_id, asked_by_name=actor.name)
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise TooLate("他人刚提交了发布申请，请刷新后查看") from None
    telling.asked(session, row, people(session), subject(row))
    return row


def subject(request: ReleaseRequest) -> str:
    """What a request is about, in a few words."""
    return "关闭双人发布" if request.key == TURN_OFF else ", ".join(request.files)[:200]


def people(session: Session) -> set[int]:
    """Who may deploy today."""
    roles = [str(role) for role in MATRIX[DEPLOY]]
    return set(session.scalars(select(Grant.user_id).join(User, User.id == Grant.user_id).where(
        Grant.role.in_(roles), User.active, *valid_grants()), execution_options=EVERYWHERE))


def how_many(session: Session) -> int:
    return len(people(session))


def may_deploy(actor: Actor) -> None:
    if not actor.can(DEPLOY):
        raise NotYours("您没有权限进行此操作")


def said(note: str, text: str = "请填写部署说明", field: str = "note") -> str:
    """The reason, which must be there."""
    words = note.strip()
    if not words:
        raise EngineError(text, field)
    if len(words) > 500:
        raise EngineError("最多 500 个字", field)
    return words


def _row(session: Session) -> Switch | None:
    return session.scalars(select(Switch).where(Switch.name == SWITCH)).one_or_none()
