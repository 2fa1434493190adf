"""Photos as evidence: hung on the record they prove, or shared with a second one."""
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.attachment import Attachment, attachments_of, hang
from data_model.base import HasAttachments


def keep(session: Session, row: HasAttachments, answer: Mapping[str, Any] | None, field: str, stage: str) -> list[Attachment]:
    """Hang the photos that a step's answer names; a second time there is nothing loose left to hang."""
    said = answer or {}
    return hang(session, said.get(field) or (), row, stage, said.get("by") or 0)


def share(session: Session, kind: str, row_id: int, row: HasAttachments) -> list[Attachment]:
    """Let a second record show the files of a first one: the bytes lie in the store once. Harmless when done twice."""
    to_kind, to_id = row.__tablename__, row.id  # type: ignore[attr-defined]
    there = set(session.scalars(select(Attachment.sha256).where(Attachment.owner_kind == to_kind, Attachment.owner_id == to_id)))
    copies = [
        Attachment(owner_kind=to_kind, owner_id=to_id, stage=a.stage, name=a.name, media_type=a.media_type, sha256=a.sha256,
                   size=a.size, width=a.width, height=a.height, uploaded_by=a.uploaded_by, uploaded_at=a.uploaded_at)
        for a in attachments_of(session, kind, row_id) if a.sha256 not in there]
    session.add_all(copies)
    return copies
