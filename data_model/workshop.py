"""The process owner's workshop: what is being drawn, who is drawing it, forms drawn by hand, saved tries, releases that wait."""
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.base import Audited, Base, BigId, Json, Moment, Row


class Kind(StrEnum):
    """What is drawn in the workshop; the word is the end of its file's name."""

    DIAGRAM = "bpmn"
    TABLE = "dmn"
    FORM = "form"


class Draft(Row):
    """A diagram, table or form as it is being drawn: one a thing, shared by all process owners, saved as they draw."""

    __tablename__ = "workshop_draft"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    kind: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100), default="")
    content: Mapped[str] = mapped_column(Text, deferred=True)  # the file: BPMN, DMN or the form's JSON
    revision: Mapped[int] = mapped_column(default=1)  # grows with every save: the optimistic check
    base_version: Mapped[int | None] = mapped_column()  # the version it was begun from; None: a new thing
    saved_by: Mapped[int] = mapped_column(BigId)
    saved_by_name: Mapped[str] = mapped_column(String(64), default="")
    saved_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class DraftVisit(Base):
    """Somebody has the drawing open: two who edit the same one are told of each other."""

    __tablename__ = "workshop_draft_visit"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_name: Mapped[str] = mapped_column(String(64), default="")
    seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)


class FormDesign(Audited, Row):
    """One version of one form drawn with form-js; definitions pin the version they run with."""

    __tablename__ = "form_design"
    __table_args__ = (UniqueConstraint("key", "version"),)

    key: Mapped[str] = mapped_column(String(64))  # a name without a dot: coded forms have one
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(100))
    schema: Mapped[str] = mapped_column(Text, deferred=True, info={"audit": False})  # form-js JSON
    checksum: Mapped[str] = mapped_column(String(64))
    deployed_by: Mapped[int] = mapped_column(BigId, default=0)
    deployed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    note: Mapped[str] = mapped_column(String(500), default="")
    source: Mapped[str] = mapped_column(String(12), default="file", server_default="file", sort_order=10)  # 'file' | 'modeler'


class Scenario(Audited, Row):
    """A try that was saved: who does what and when, and what must come of it. Replayed before each deployment."""

    __tablename__ = "scenario"
    __table_args__ = (UniqueConstraint("process_key", "name"),)

    process_key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    expected: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    made_by: Mapped[int] = mapped_column(BigId, default=0)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class ReleaseRequest(Audited, Row):
    """Four eyes: what one process owner asks to deploy waits until another agrees."""

    __tablename__ = "release_request"
    __table_args__ = (Index("ix_release_request_waiting", "key", unique=True,
                            sqlite_where=text("verdict = ''"), postgresql_where=text("verdict = ''")),)

    key: Mapped[str] = mapped_column(String(64))  # the process or table asked for
    files: Mapped[dict[str, str]] = mapped_column(Json, default=dict, info={"audit": False})  # contents by file name
    note: Mapped[str] = mapped_column(String(500), default="")
    asked_by: Mapped[int] = mapped_column(BigId)
    asked_by_name: Mapped[str] = mapped_column(String(64), default="")
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    verdict: Mapped[str] = mapped_column(String(12), default="")  # '', 'agreed', 'refused', 'withdrawn'
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decided_by_name: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(500), default="")


class Switch(Audited, Row):
    """A setting of the whole house that an owner turns in the browser, such as four-eyes release."""

    __tablename__ = "switch"
    __table_args__ = (UniqueConstraint("name"),)

    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[Any] = mapped_column(Json)


class Trial(Row):
    """试运行 that is going on: what one process owner has let people do so far. Only this list is kept; nothing it does is."""

    __tablename__ = "workshop_trial"
    __table_args__ = (UniqueConstraint("user_id", "process_key"),)

    user_id: Mapped[int] = mapped_column(BigId)
    process_key: Mapped[str] = mapped_column(String(64))
    begins: Mapped[datetime] = mapped_column(Moment)  # where its clock starts
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    revision: Mapped[int] = mapped_column(default=1)  # two tabs of one person do not overwrite each other
    touched_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
