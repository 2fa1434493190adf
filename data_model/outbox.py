"""Words for people: the message in Anlan itself, and what must leave the house by mail or webhook."""
from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.base import BigId, Json, Moment, Row


class Message(Row):
    """站内消息: one notice to one person inside Anlan. `text` is a message id with `params`, translated when shown."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "user_id", "read_at", "id"),)

    user_id: Mapped[int] = mapped_column(BigId)
    code: Mapped[str] = mapped_column(String(12))  # the notification catalogue: N-01 …
    text: Mapped[str] = mapped_column(String(300))
    params: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    link: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(Moment)


class OutboxMessage(Row):
    """Something that must leave the house, kept with the change it tells of; delivered at least once, with its key."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "next_try_at",
              sqlite_where=text("sent_at IS NULL AND dead_at IS NULL"),
              postgresql_where=text("sent_at IS NULL AND dead_at IS NULL")),
    )

    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[str] = mapped_column(String(16), default="mail")
    to_user_id: Mapped[int] = mapped_column(BigId)
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    next_try_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str] = mapped_column(String(500), default="")
