"""Files that hang on any row wearing HasAttachments."""
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from data_model import clock
from data_model.base import Audited, BigId, HasAttachments, Moment, Row


class Attachment(Audited, Row):
    """A file's name and fingerprint; its bytes lie in the store under that fingerprint, once."""

    __tablename__ = "attachment"
    __table_args__ = (Index(None, "owner_kind", "owner_id", "id"),)

    owner_kind: Mapped[str] = mapped_column(String(40), default="")  # '' until the form that carried it is submitted
    owner_id: Mapped[int] = mapped_column(BigId, default=0)
    stage: Mapped[str] = mapped_column(String(20), default="")  # 'before', 'after', … as the owner's forms say
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column()  # bytes
    width: Mapped[int | None] = mapped_column()  # pixels, of a picture
    height: Mapped[int | None] = mapped_column()
    uploaded_by: Mapped[int] = mapped_column(BigId)
    uploaded_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


def attachments_of(session: Session, kind: str, row_id: int) -> Sequence[Attachment]:
    """The files of one row, oldest first."""
    chosen = select(Attachment).where(Attachment.owner_kind == kind, Attachment.owner_id == row_id)
    return session.scalars(chosen.order_by(Attachment.id)).all()


def hang(session: Session, files: Sequence[int], row: HasAttachments, stage: str, by: int) -> list[Attachment]:
    """Hang uploaded files on a row that exists already. Only the uploader's own loose files can be hung.

    Args:
        files: ids of Attachment rows, in the order they are to be shown.
        row: a flushed row (it has its id).
        stage: which set they belong to, such as 'before'.
        by: id of the person who uploaded them.
    """
    if not files:
        return []
    kind, row_id = row.__tablename__, row.id  # type: ignore[attr-defined]
    found = session.scalars(select(Attachment).where(Attachment.id.in_(files))).all()
    mine = [f for f in found if f.uploaded_by == by and f.owner_kind == ""]
    for attachment in mine:
        attachment.owner_kind, attachment.owner_id, attachment.stage = kind, row_id, stage
    return mine
