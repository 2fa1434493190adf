"""Words for people: the message in Anlan itself, and what must leave the house by mail or webhook."""
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.base import BigId, Json, Moment, Row


class Message(Row):
    """站内消息: one notice to one person inside Anlan. `text` is a message id with `params`, translated when shown."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "user_id", "read_at", "id"), Index(None, "user_id", "id"),
        Index("ix_message_digest", "user_id", sqlite_where=text("digest"), postgresql_where=text("digest")),
    )

    user_id: Mapped[int] = mapped_column(BigId)
    code: Mapped[str] = mapped_column(String(12))  # the notification catalogue: N-01 …
    text: Mapped[str] = mapped_column(String(300))
    params: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    link: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(Moment)  # = at: its reader wants no sign of it, only to find it here
    digest: Mapped[bool] = mapped_column(default=False, server_default=false())  # waits for the next daily mail


class OutboxMessage(Row):
    """Something that must leave the house, kept with the change it tells of; delivered at least once, with its key."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "next_try_at",
              sqlite_where=text("sent_at IS NULL AND dead_at IS NULL"),
              postgresql_where=text("sent_at IS NULL AND dead_at IS NULL")),
        Index("ix_outbox_dead", "id", sqlite_where=text("dead_at IS NOT NULL"), postgresql_where=text("dead_at IS NOT NULL")),
    )

    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[str] = mapped_column(String(16), default="mail")
    to_user_id: Mapped[int] = mapped_column(BigId)  # 0: nobody's own, a robot tells it
    subject: Mapped[str] = mapped_column(String(300))  # a message id, filled with `params` in the reader's language
    body: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    next_try_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str] = mapped_column(String(500), default="")
    robot_id: Mapped[int | None] = mapped_column(BigId)
    code: Mapped[str] = mapped_column(String(12), default="", server_default=text("''"))  # the notification catalogue
    params: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")  # to: people named; lines: of a digest
    resent_at: Mapped[datetime | None] = mapped_column(Moment)
    resent_by: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))  # name of the administrator
