"""Uploads whose form was never submitted: after a day their rows go, and then their bytes; those of somebody with a draft wait with it."""
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from data_model import clock, storage
from data_model.attachment import Attachment
from data_model.casework import TaskDraft
from data_model.session import after_commit

KEPT = timedelta(days=1)
WITH_DRAFT = timedelta(days=90)
AT_ONCE = 200


def clean(session: Session, root: Path) -> int:
    """Delete one batch of forgotten uploads; how many. Bytes that another row still names stay."""
    begun = exists().where(TaskDraft.user_id == Attachment.uploaded_by)
    loose = select(Attachment.id, Attachment.sha256).where(
        Attachment.owner_kind == "", Attachment.uploaded_at < clock.now() - KEPT, ~begun | (Attachment.uploaded_at < clock.now() - WITH_DRAFT))
    rows = session.execute(loose.order_by(Attachment.id).limit(AT_ONCE)).all()
    if not rows:
        return 0
    session.execute(delete(Attachment).where(Attachment.id.in_([row.id for row in rows]), Attachment.owner_kind == ""))
    prints = {row.sha256 for row in rows}
    named = set(session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(prints))))
    after_commit(session, lambda: _discard(root, prints - named))
    return len(rows)


def _discard(root: Path, prints: set[str]) -> None:
    for sha256 in prints:
        storage.discard(root, sha256)
