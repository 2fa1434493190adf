"""What is given with an answer besides words: files, and a signature drawn by hand. Checked here, whatever the page let through."""
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.attachment import Attachment
from data_model.process import Task
from engine import signatures
from engine.errors import EngineError
from engine.properties import Outcome, TaskRules

MOST = 20


@dataclass
class Enclosed:
    """Loose uploads of the person's own."""

    files: list[Attachment] = field(default_factory=list)
    signature: Attachment | None = None

    @property
    def ids(self) -> list[int]:
        return [file.id for file in self.files]


def enclosed(session: Session, actor: Actor, files: Sequence[int], signature: int | None) -> Enclosed:
    """
    Raises:
        EngineError: one is not there, somebody else's, or used already; or too many.
    """
    wanted = [*dict.fromkeys(files), *([signature] if signature else [])]
    if not wanted:
        return Enclosed()
    if len(wanted) > MOST:
        raise EngineError("最多添加 {limit} 个附件", field="files", limit=MOST)
    rows = session.scalars(select(Attachment).where(Attachment.id.in_(wanted)).with_for_update(),
                           execution_options={"populate_existing": True})
    loose = {row.id: row for row in rows if row.uploaded_by == actor.user_id and row.owner_kind == ""}
    if len(loose) < len(set(wanted)):
        raise EngineError("附件已失效，请重新上传", field="signature" if signature and signature not in loose else "files")
    signed = loose.pop(signature) if signature else None
    if signed is not None and signed.media_type != signatures.PNG:
        raise EngineError("签名须是不超过 {limit} KB 的 PNG 图片", field="signature", limit=signatures.LARGEST // 1_000)
    return Enclosed([loose[i] for i in dict.fromkeys(files) if i in loose], signed)


def chosen(rules: TaskRules, outcome: str, opinion: str, given: Enclosed) -> Outcome:
    """The button, with everything the diagram wants for it.

    Raises:
        EngineError: it is not there, or something is missing.
    """
    found = rules.outcome(outcome)
    if found is None:
        raise EngineError("没有「{outcome}」这个选项", outcome=outcome)
    if found.opinion and not opinion.strip():
        raise EngineError("选择「{label}」时请填写意见", field="opinion", label=found.label)
    if found.attachment and not given.files:
        raise EngineError("选择「{label}」时请添加附件", field="files", label=found.label)
    if found.signature and given.signature is None:
        raise EngineError("选择「{label}」时请手写签名", field="signature", label=found.label)
    return found


def hang(given: Enclosed, task: Task) -> None:
    """The files are the task's from now on."""
    for file in given.files:
        file.owner_kind, file.owner_id, file.stage = Task.__tablename__, task.id, "opinion"
    if given.signature is not None:
        given.signature.owner_kind, given.signature.owner_id, given.signature.stage = Task.__tablename__, task.id, "signature"


def bound(given: Enclosed, content: str) -> dict[str, Any] | None:
    """What the history keeps of a signature: the picture and what it was put under."""
    if given.signature is None:
        return None
    return {"file": given.signature.id, "image": given.signature.sha256, "content": content}
