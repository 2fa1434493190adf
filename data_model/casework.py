"""What gathers around a case and its tasks: readers, followers, drafts and ready-made opinions."""
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.base import Audited, Base, BigId, Json, Moment, Row


class CaseCopy(Row):
    """抄送: this person may read that case, and nothing else by it. Once a person and case, with a receipt."""

    __tablename__ = "case_copy"
    __table_args__ = (UniqueConstraint("instance_id", "user_id"), Index(None, "user_id", "id"))

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    user_id: Mapped[int] = mapped_column(BigId)
    by_id: Mapped[int] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(Moment)


class CaseFollow(Row):
    """关注: this person wants to hear how the case goes on."""

    __tablename__ = "case_follow"
    __table_args__ = (UniqueConstraint("instance_id", "user_id"), Index(None, "user_id", "id"))

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    user_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class TaskDraft(Base):
    """暂存: a half-filled form waits for its writer. Outside the run's state, so that moving or migrating the run keeps it."""

    __tablename__ = "task_draft"

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    saved_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)


class CannedOpinion(Audited, Row):
    """常用意见: a sentence ready to be used, of one person or of everybody at and below one unit."""

    __tablename__ = "canned_opinion"

    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
