"""Who has to decide a release is told inside Anlan, and who asked is told what came of it."""
from sqlalchemy.orm import Session

from data_model.outbox import Message
from data_model.workshop import ReleaseRequest

CODE = "release"  # no code of the catalogue: a notice of the kind `other`
_DECIDED = {"agreed": "{who} 同意了您的发布申请：{what}", "refused": "{who} 拒绝了您的发布申请：{what}（{reason}）"}


def asked(session: Session, request: ReleaseRequest, people: set[int], what: str) -> None:
    for user_id in sorted(people - {request.asked_by}):
        session.add(_message(user_id, "{who} 提交了发布申请，等待同意：{what}", request, who=request.asked_by_name, what=what))


def decided(session: Session, request: ReleaseRequest, what: str) -> None:
    text = _DECIDED.get(request.verdict)
    if text:
        session.add(_message(request.asked_by, text, request, who=request.decided_by_name, what=what, reason=request.reason))


def _message(user_id: int, text: str, request: ReleaseRequest, **params: str) -> Message:
    return Message(user_id=user_id, code=CODE, text=text, params=params, link=f"/definitions/releases/{request.id}")
