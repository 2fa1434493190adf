"""隐患: what was found, how grave it is, and where its cure stands (RISK-10, F-04)."""
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Numeric, String, Text, and_, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.actor import Actor
from data_model.base import Audited, BigId, HasAttachments, Moment, OrgOwned, Row, subtree


class DangerLevel(StrEnum):
    """级别, as the decision table bpmn/danger_level.dmn gives it."""

    MAJOR = "重大"
    ONE = "一般Ⅰ"
    TWO = "一般Ⅱ"
    THREE = "一般Ⅲ"


class DangerClass(StrEnum):
    """分类: the four top classes of GB/T 13861-2022."""

    PEOPLE = "人"
    THINGS = "物"
    PLACE = "环境"
    MANAGEMENT = "管理"


class DangerStage(StrEnum):
    """Where the cure stands. The diagram moves it; nothing else does."""

    CONFIRMING = "待确认"
    PLANNING = "待配置整改"
    APPROVING = "方案待批准"
    RECTIFYING = "整改中"
    CHECKING = "待复核"
    ACCEPTING = "待验收"
    CLOSED = "已关闭"
    NOT_A_DANGER = "非隐患"
    CANCELLED = "已撤销"


class DangerSource(StrEnum):
    """来源 (manual L230)."""

    INSPECTION = "安全检查"
    SNAPSHOT = "随手拍"
    DIRECT = "直接添加"


OPEN_STAGES = (DangerStage.CONFIRMING, DangerStage.PLANNING, DangerStage.APPROVING, DangerStage.RECTIFYING,
               DangerStage.CHECKING, DangerStage.ACCEPTING)


class HiddenDanger(OrgOwned, Audited, HasAttachments, Row):
    """One hidden danger, from the report to the closing. Written by engine/handlers/hidden_danger.py only."""

    __tablename__ = "hidden_danger"
    __table_args__ = (Index(None, "stage", "id"), Index(None, "level", "id"), Index(None, "deadline"), Index(None, "found_at", "id"))

    code: Mapped[str] = mapped_column(String(60), unique=True, info={"label": "编号"})
    grid_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True, info={"label": "网格", "of": "unit"})
    station_id: Mapped[int | None] = mapped_column(BigId, index=True, info={"label": "厂站", "of": "unit"})
    company_id: Mapped[int | None] = mapped_column(BigId, info={"label": "公司", "of": "unit"})
    source: Mapped[str] = mapped_column(String(10), info={"label": "来源", "choices": list(DangerSource)})
    description: Mapped[str] = mapped_column(Text, info={"label": "隐患描述"})
    immediate_action: Mapped[str] = mapped_column(Text, default="", info={"label": "立即措施"})
    finder_id: Mapped[int] = mapped_column(BigId, index=True, info={"label": "发现人", "of": "person"})
    found_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, info={"label": "发现时间"})
    stage: Mapped[str] = mapped_column(String(10), default=DangerStage.CONFIRMING, info={"label": "状态", "choices": list(DangerStage)})
    level: Mapped[str] = mapped_column(String(6), default="", info={"label": "级别", "choices": list(DangerLevel)})
    danger_class: Mapped[str] = mapped_column(String(6), default="", info={"label": "分类", "choices": list(DangerClass)})
    is_source: Mapped[bool] = mapped_column(default=False, info={"label": "是否危险源"})
    stop_work: Mapped[bool] = mapped_column(default=False, info={"label": "停止作业"})
    measures: Mapped[str] = mapped_column(Text, default="", info={"label": "整改措施"})
    five_fixed: Mapped[str] = mapped_column(Text, default="", info={"label": "五落实方案"})  # 责任 资金 措施 时限 预案
    rectifier_id: Mapped[int | None] = mapped_column(BigId, index=True, info={"label": "整改人", "of": "person"})
    helper_id: Mapped[int | None] = mapped_column(BigId, info={"label": "协办人", "of": "person"})
    checker_id: Mapped[int | None] = mapped_column(BigId, info={"label": "复核人", "of": "person"})
    deadline: Mapped[date | None] = mapped_column(info={"label": "整改期限"})
    budget: Mapped[Any | None] = mapped_column(Numeric(12, 2), info={"label": "预算（元）"})
    cost: Mapped[Any | None] = mapped_column(Numeric(12, 2), info={"label": "实际费用（元）"})
    result: Mapped[str] = mapped_column(Text, default="", info={"label": "整改情况"})
    rectified_on: Mapped[date | None] = mapped_column(info={"label": "整改完成日期"})
    failed_checks: Mapped[int] = mapped_column(default=0, info={"label": "复核退回次数"})
    escalations: Mapped[int] = mapped_column(default=0, info={"label": "升级次数"})
    reports_up: Mapped[int] = mapped_column(default=0, info={"label": "上报次数"})
    closed_at: Mapped[datetime | None] = mapped_column(Moment, info={"label": "关闭时间"})
    close_reason: Mapped[str] = mapped_column(Text, default="", info={"label": "关闭说明"})

    @hybrid_property
    def overdue(self) -> bool:
        """超期: the deadline has passed and the cure is not done."""
        return self.deadline is not None and self.deadline < clock.today() and self.stage in OPEN_STAGES

    @overdue.inplace.expression
    @classmethod
    def _overdue(cls) -> ColumnElement[bool]:
        return and_(cls.deadline.is_not(None), cls.deadline < clock.today(), cls.stage.in_(OPEN_STAGES))

    @classmethod
    def wall(cls, actor: Actor) -> ColumnElement[bool]:
        """Everyone in the company sees its dangers (manual L228); the group sees the major ones of every company."""
        major = [subtree(cls.org_path, place) for place in actor.places("hidden_danger.view_major")]
        return or_(super().wall(actor), and_(cls.level == DangerLevel.MAJOR, or_(*major))) if major else super().wall(actor)
