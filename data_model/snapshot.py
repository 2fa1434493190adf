"""随手拍: what an employee saw and photographed (RISK-08, F-08)."""
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, String, Text, or_
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.actor import Actor
from data_model.base import Audited, BigId, HasAttachments, Moment, OrgOwned, Row


class Verdict(StrEnum):
    """判断 (manual L218)."""

    WAITING = "待判断"
    DANGER = "隐患"
    HAZARD = "危险源"
    UNDECIDED = "未确定"
    DISCARDED = "弃用"


class Snapshot(OrgOwned, Audited, HasAttachments, Row):
    """One report with its photos and what the grid owner made of it."""

    __tablename__ = "snapshot"

    code: Mapped[str] = mapped_column(String(60), unique=True, info={"label": "编号"})
    grid_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True, info={"label": "网格", "of": "unit"})
    description: Mapped[str] = mapped_column(Text, info={"label": "情况描述"})
    reporter_id: Mapped[int] = mapped_column(BigId, index=True, info={"label": "上报人", "of": "person"})
    taken_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, info={"label": "拍摄时间"})
    reported_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, info={"label": "上报时间"})
    verdict: Mapped[str] = mapped_column(String(6), default=Verdict.WAITING, info={"label": "判断", "choices": list(Verdict)})
    reason: Mapped[str] = mapped_column(Text, default="", info={"label": "判断说明"})
    duplicate_of: Mapped[int | None] = mapped_column(BigId, info={"label": "疑似重复"})
    hidden_danger_id: Mapped[int | None] = mapped_column(BigId, info={"label": "关联隐患"})
    judged_at: Mapped[datetime | None] = mapped_column(Moment, info={"label": "判断时间"})

    @classmethod
    def wall(cls, actor: Actor) -> ColumnElement[bool]:
        """One's own reports, and those below a place where one may view them."""
        return or_(cls.reporter_id == actor.user_id, super().wall(actor))
