"""Process definitions, their running instances, and what the rest of the house asks about them, projected into rows."""
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.actor import Actor
from data_model.base import Audited, Base, BigId, Json, Moment, OrgOwned, PathText, Row


class DefinitionStatus(StrEnum):
    DRAFT = "draft"
    EFFECTIVE = "effective"
    RETIRED = "retired"


class ProcessDefinition(Audited, Row):
    """One version of one diagram; `pins` fixes the decision tables and called processes it runs with."""

    __tablename__ = "process_definition"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        Index("uq_process_definition_effective", "key", unique=True,
              sqlite_where=text("status = 'effective'"), postgresql_where=text("status = 'effective'")),
    )

    key: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(100))
    category: Mapped[str] = mapped_column(String(40), default="")
    xml: Mapped[str] = mapped_column(Text, deferred=True, info={"audit": False})
    checksum: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(12), default=DefinitionStatus.DRAFT)
    source: Mapped[str] = mapped_column(String(12), default="file")  # 'file' | 'modeler'
    pins: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # {"dmn": {id: row id}, "called": {key: row id}}
    starters: Mapped[list[str]] = mapped_column(Json, default=list)  # role codes that may start it by hand; empty: nobody
    deployed_by: Mapped[int] = mapped_column(BigId, default=0)
    deployed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    note: Mapped[str] = mapped_column(String(500), default="")


class DecisionTable(Audited, Row):
    """One version of one DMN file."""

    __tablename__ = "decision_table"
    __table_args__ = (UniqueConstraint("key", "version"),)

    key: Mapped[str] = mapped_column(String(64))  # the decision id
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(100))
    xml: Mapped[str] = mapped_column(Text, deferred=True, info={"audit": False})
    checksum: Mapped[str] = mapped_column(String(64))
    deployed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    source: Mapped[str] = mapped_column(String(12), default="file", server_default="file", sort_order=10)  # 'file' | 'modeler'
    deployed_by: Mapped[int] = mapped_column(BigId, default=0, server_default="0", sort_order=10)
    note: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"), sort_order=10)


class InstanceStatus(StrEnum):
    RUNNING = "running"
    SUSPENDED = "suspended"  # 挂起: the process owner lets nobody go on with it for now
    COMPLETED = "completed"
    TERMINATED = "terminated"  # by a terminate or error end event
    CANCELLED = "cancelled"  # by a person
    REJECTED = "rejected"  # 驳回: by an approver


class ProcessInstance(OrgOwned, Row):
    """One run of one definition. `state` is a token store, compressed; the truth is in the tables."""

    __tablename__ = "process_instance"
    __table_args__ = (
        Index(None, "starter_id", "status", "id"), Index(None, "subject_kind", "subject_id"), Index(None, "key", "status", "id"),
        Index(None, "status", "id"), Index(None, "definition_id", "status", "id"), Index(None, "code", "id"),
    )

    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(60), default="", index=True)  # the record's number, such as HD-YS01-2026-0007
    title: Mapped[str] = mapped_column(String(200), default="")
    starter_id: Mapped[int] = mapped_column(BigId)
    starter_name: Mapped[str] = mapped_column(String(64), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    subject_kind: Mapped[str] = mapped_column(String(40), default="")  # table name of the record it is about
    subject_id: Mapped[int | None] = mapped_column(BigId)
    parent_id: Mapped[int | None] = mapped_column(BigId, index=True)  # the instance whose diagram started this one
    status: Mapped[str] = mapped_column(String(12), default=InstanceStatus.RUNNING)
    end_element: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True)
    version: Mapped[int] = mapped_column(default=1)  # grows with every move: the optimistic check
    round: Mapped[int] = mapped_column(default=1)  # grows at each return
    events: Mapped[int] = mapped_column(default=0)  # number of history events: the next one's seq
    started_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    followers: Mapped[int] = mapped_column(default=0, server_default="0", sort_order=10)  # how many follow it: whether a move asks who they are

    @classmethod
    def wall(cls, actor: Actor) -> ColumnElement[bool]:
        """One's own cases, and those below a place where one may view cases; a task opens its case through the engine."""
        return or_(cls.starter_id == actor.user_id, super().wall(actor))


UNFINISHED = (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED)


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"  # gone without an answer: interrupted, cancelled, or no longer needed
    HELD = "held"  # waits for somebody who was asked in between: a signer before or after, a step to be mended


WAITING = (TaskStatus.OPEN, TaskStatus.HELD)


class Help(StrEnum):
    """Why a task hangs on a step instead of being drawn: the run knows nothing of it."""

    BEFORE = "before"  # 加签: signs before the one who asked
    AFTER = "after"  # 加签: signs after them
    REDO = "redo"  # 直达: an earlier step is mended, then the asking step goes on


class Task(Row):
    """A user task that waits, or waited, for a person. No wall: being a candidate is the right to see it."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("instance_id", "token_id"),
        Index(None, "instance_id", "status"), Index(None, "completed_by", "completed_at", "id"),
        Index("ix_task_open_due", "due_at", sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
        Index("ix_task_open_element", "process_key", "element_id", "instance_id",
              sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
    )

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[str] = mapped_column(String(36))  # SpiffWorkflow's task id
    element_id: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    process_key: Mapped[str] = mapped_column(String(64))
    process_name: Mapped[str] = mapped_column(String(100))
    code: Mapped[str] = mapped_column(String(60), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    starter_id: Mapped[int] = mapped_column(BigId)
    starter_name: Mapped[str] = mapped_column(String(64), default="")
    org_path: Mapped[str] = mapped_column(PathText)
    station_id: Mapped[int | None] = mapped_column(BigId)  # the station (厂站) above the instance's place, for the filter
    status: Mapped[str] = mapped_column(String(8), default=TaskStatus.OPEN)
    priority: Mapped[int] = mapped_column(default=1)  # 0 urgent, 1 normal, 2 low
    assignee_id: Mapped[int | None] = mapped_column(BigId)  # who claimed it, or is asked by its owner
    candidates: Mapped[list[str]] = mapped_column(Json, default=list)  # principals, see engine/candidates.py
    excluded: Mapped[list[int]] = mapped_column(Json, default=list)  # user ids that may not act (`not`)
    why: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # [{"principal", "text", "params"}]
    opened_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    round: Mapped[int] = mapped_column(default=1)
    completed_at: Mapped[datetime | None] = mapped_column(Moment)
    completed_by: Mapped[int | None] = mapped_column(BigId)
    completed_by_name: Mapped[str] = mapped_column(String(64), default="")
    outcome: Mapped[str] = mapped_column(String(40), default="")
    owner_id: Mapped[int | None] = mapped_column(BigId)  # 委派: who asked the assignee and gets the task back
    from_id: Mapped[int | None] = mapped_column(BigId)  # 来自: who handed it over last
    from_name: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    personal: Mapped[bool] = mapped_column(default=False, server_default=false())  # 本人亲签: no agent may do it
    drafted: Mapped[bool] = mapped_column(default=False, server_default=false())  # 暂存: somebody has a half-filled form of it
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)  # 催办: last time
    helps: Mapped[str] = mapped_column(String(8), default="", server_default=text("''"))  # Help; '' for a step of the diagram
    host: Mapped[str] = mapped_column(String(36), default="", server_default=text("''"))  # of a helper: the token (or helper) it holds up
    anchor: Mapped[str] = mapped_column(String(36), default="", server_default=text("''"))  # of a helper: the step's own token
    added_by: Mapped[int | None] = mapped_column(BigId)  # 加签: who asked them
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)  # given, and waiting for the signers after
    suspended: Mapped[bool] = mapped_column(default=False, server_default=false())  # 挂起: its case is, so nobody may act on it
    duty: Mapped[str] = mapped_column(String(8), default="do", server_default=text("'do'"))  # do, approve, verify: what the step asks of its person


NEVER = 9_999_999_999  # due of a task without a limit, in epoch seconds


class InboxRow(Base):
    """One open task at one principal's address. Written on change, so that reading needs no join on candidates."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(None, "principal", "process_key", "due", "task_id"), Index(None, "principal", "station_id", "due", "task_id"),
        Index(None, "principal", "task_id"), Index(None, "principal", "priority", "due", "task_id"),
        Index(None, "principal", "duty", "due", "task_id"),
        Index(None, "task_id"), {"sqlite_with_rowid": False},
    )

    principal: Mapped[str] = mapped_column(PathText, primary_key=True)
    due: Mapped[int] = mapped_column(BigInteger, primary_key=True)  # epoch seconds, NEVER when there is no limit
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    process_key: Mapped[str] = mapped_column(String(64))
    station_id: Mapped[int] = mapped_column(BigId, default=0)
    priority: Mapped[int] = mapped_column(default=1, server_default="1")
    duty: Mapped[str] = mapped_column(String(8), default="do", server_default=text("'do'"))


class TaskExclusion(Base):
    """This person must not act on this open task (separation of duties); inbox queries leave it out for them."""

    __tablename__ = "task_exclusion"

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, primary_key=True)


class HistoryEvent(Row):
    """One line of the decision ledger. Never changed, never deleted: timeline, done list, print and statistics read only this."""

    __tablename__ = "history_event"
    __table_args__ = (UniqueConstraint("instance_id", "seq"), Index(None, "actor_id", "id"), Index(None, "element_id", "at"))

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    seq: Mapped[int] = mapped_column()
    round: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    action: Mapped[str] = mapped_column(String(20))  # engine.history.Action
    element_id: Mapped[str] = mapped_column(String(100), default="")
    element_name: Mapped[str] = mapped_column(String(100), default="")
    task_id: Mapped[int | None] = mapped_column(BigId, index=True)
    actor_id: Mapped[int] = mapped_column(BigId, default=0)
    actor_name: Mapped[str] = mapped_column(String(64), default="")
    outcome: Mapped[str] = mapped_column(String(40), default="")
    outcome_label: Mapped[str] = mapped_column(String(60), default="")
    opinion: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # what was filled in, or the event's own facts
    path: Mapped[list[list[str]]] = mapped_column(Json, default=list)  # [[from element, to element], …] the token went
    duration_s: Mapped[int | None] = mapped_column()  # from the task's opening to its completion
    on_behalf_id: Mapped[int | None] = mapped_column(BigId)  # 代: the person whose task the actor did
    on_behalf_name: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    files: Mapped[list[int]] = mapped_column(Json, default=list, server_default="[]")  # attachments given with the opinion
    signature: Mapped[dict[str, Any] | None] = mapped_column(Json)  # {"file", "image", "content"}: both hashes


class TimerRow(Row):
    """A timer the instance waits for; claimed by index, fired in the same transaction."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("instance_id", "token_id"),)

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[str] = mapped_column(String(36))
    element_id: Mapped[str] = mapped_column(String(100))
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Subscription(Row):
    """A message or signal the instance waits for."""

    __tablename__ = "subscription"
    __table_args__ = (Index(None, "kind", "name"), UniqueConstraint("instance_id", "token_id", "name"))

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(8))  # 'message' | 'signal'
    name: Mapped[str] = mapped_column(String(100))
    correlation: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Delivery(Row):
    """A message or signal on its way from one instance to others. `target_*` are empty until somebody has been found for it."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "next_try_at", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
        Index("ix_delivery_given_up", "id", sqlite_where=text("last_error <> ''"), postgresql_where=text("last_error <> ''")),
    )

    kind: Mapped[str] = mapped_column(String(8))  # 'message' | 'signal'
    name: Mapped[str] = mapped_column(String(100))
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    correlation: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    source_id: Mapped[int | None] = mapped_column(BigId)  # the instance that threw it
    target_id: Mapped[int | None] = mapped_column(BigId)  # the instance it is for
    target_token: Mapped[str] = mapped_column(String(36), default="")
    target_key: Mapped[str] = mapped_column(String(64), default="")  # the process it starts
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    next_try_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment)  # delivered, or given up
    last_error: Mapped[str] = mapped_column(String(500), default="")


class Incident(Row):
    """An element that failed for a reason no user can mend; the instance waits for a retry."""

    __tablename__ = "incident"
    __table_args__ = (
        Index(None, "instance_id", "resolved_at"),
        Index("ix_incident_open", "id", sqlite_where=text("resolved_at IS NULL"), postgresql_where=text("resolved_at IS NULL")),
    )

    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[str] = mapped_column(String(36), default="")
    element_id: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(500))
    detail: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    resolved_by: Mapped[int | None] = mapped_column(BigId)


class Command(Base):
    """One submission of one form: the same key again gets the first one's answer."""

    __tablename__ = "command"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    actor_id: Mapped[int] = mapped_column(BigId)
    request_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
