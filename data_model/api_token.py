"""Personal access tokens: a program's key to the house, with the rights of the person who made it and no more."""
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.base import Audited, Json, Moment, Row


class Scope(StrEnum):
    """What a token may be used for. A scope narrows what its person may do, it never widens it."""

    TASKS_READ = "tasks:read"
    TASKS_ACT = "tasks:act"
    CASES_READ = "cases:read"
    CASES_START = "cases:start"
    DEFINITIONS_READ = "definitions:read"


class ApiToken(Audited, Row):
    """One token. Whoever made it saw the secret once; the table holds only its hash."""

    __tablename__ = "api_token"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"audit": False})
    scopes: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment, info={"audit": False})
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
