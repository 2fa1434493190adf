"""任务: what one person asks another to do by a day (TASK-04, F-16)."""
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, and_, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.actor import Actor
from data_model.base import Audited, BigId, HasAttachments, Moment, OrgOwned, Row


class Stage(StrEnum):
    """状态."""

    WORKING = "处理中"
    REVIEWING = "待复核"
    DONE = "已完成"
    CANCELLED = "已撤销"


class Urgency(StrEnum):
    """优先级."""

    HIGH = "紧急"
    NORMAL = "普通"
    LOW = "不急"


OPEN_STAGES = (Stage.WORKING, Stage.REVIEWING)


class Assignment(OrgOwned, Audited, HasAttachments, Row):
    """One task of one person, from the asking to the asker's 复核. Written by engine/handlers/assignment.py only."""

    __tablename__ = "assignment"
    __table_args__ = (Index(None, "stage", "id"), Index(None, "deadline"))

    code: Mapped[str] = mapped_column(String(60), unique=True, info={"label": "编号"})
    title: Mapped[str] = mapped_column(String(120), info={"label": "任务标题"})
    content: Mapped[str] = mapped_column(Text, default="", info={"label": "任务内容"})
    assigner_id: Mapped[int] = mapped_column(BigId, index=True, info={"label": "指派人", "of": "person"})
    assignee_id: Mapped[int] = mapped_column(BigId, index=True, info={"label": "责任人", "of": "person"})
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True, info={"label": "责任单位", "of": "unit"})
    deadline: Mapped[date] = mapped_column(info={"label": "完成期限"})
    urgency: Mapped[str] = mapped_column(String(4), default=Urgency.NORMAL, info={"label": "优先级", "choices": list(Urgency)})
    stage: Mapped[str] = mapped_column(String(6), default=Stage.WORKING, info={"label": "状态", "choices": list(Stage)})
    progress: Mapped[int] = mapped_column(default=0, info={"label": "进度（%）"})
    result: Mapped[str] = mapped_column(Text, default="", info={"label": "完成情况"})
    review: Mapped[str] = mapped_column(Text, default="", info={"label": "复核意见"})
    returned: Mapped[int] = mapped_column(default=0, info={"label": "退回次数"})
    escalations: Mapped[int] = mapped_column(default=0, info={"label": "升级次数"})
    assigned_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, info={"label": "指派时间"})
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment, info={"label": "提交时间"})
    closed_at: Mapped[datetime | None] = mapped_column(Moment, info={"label": "办结时间"})

    @hybrid_property
    def overdue(self) -> bool:
        """超期: the deadline has passed and the work is not handed in."""
        return self.deadline < clock.today() and self.stage == Stage.WORKING

    @overdue.inplace.expression
    @classmethod
    def _overdue(cls) -> ColumnElement[bool]:
        return and_(cls.deadline < clock.today(), cls.stage == Stage.WORKING)

    @classmethod
    def wall(cls, actor: Actor) -> ColumnElement[bool]:
        """One's own, asked of others or asked of oneself, and those below a place where one may view them."""
        return or_(cls.assigner_id == actor.user_id, cls.assignee_id == actor.user_id, super().wall(actor))
