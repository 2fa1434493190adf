"""What a person wants to hear by which way, and the robots that tell whole groups."""
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.base import Audited, Json, Moment, Row

NIGHT = (22 * 60, 7 * 60)  # minutes after midnight


class NotificationChoice(Audited, Row):
    """One person's choices. Who has none, and a kind that is not in `choices`, goes by the catalogue's defaults."""

    __tablename__ = "notification_choice"
    __table_args__ = (
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="hour_of_a_day"),
        CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439", name="minutes_of_a_day"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    choices: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)  # kind -> the channels it may take
    digest: Mapped[bool] = mapped_column(default=False)  # one mail a day instead of one each
    digest_hour: Mapped[int] = mapped_column(default=8)
    quiet: Mapped[bool] = mapped_column(default=False)  # no mail between these two, over midnight when from > to
    quiet_from: Mapped[int] = mapped_column(default=NIGHT[0])
    quiet_to: Mapped[int] = mapped_column(default=NIGHT[1])
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, info={"audit": False})


class RobotKind(StrEnum):
    """企业微信, 钉钉, 飞书."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


ROBOT_NAMES = {RobotKind.WECOM: "企业微信", RobotKind.DINGTALK: "钉钉", RobotKind.FEISHU: "飞书"}


class Robot(Audited, Row):
    """群机器人: tells a group what happens at and below one unit. Whoever knows its address can write to the group."""

    __tablename__ = "robot"
    __table_args__ = (
        UniqueConstraint("unit_id", "name"),
        CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439", name="minutes_of_a_day"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(String(500), info={"audit": False})
    secret: Mapped[str] = mapped_column(String(200), default="", info={"audit": False})
    kinds: Mapped[list[str]] = mapped_column(Json, default=list)  # of notices it tells
    mentions: Mapped[bool] = mapped_column(default=True)  # names the people meant by their phone numbers
    language: Mapped[str] = mapped_column(String(8), default="zh")
    quiet: Mapped[bool] = mapped_column(default=True)
    quiet_from: Mapped[int] = mapped_column(default=NIGHT[0])
    quiet_to: Mapped[int] = mapped_column(default=NIGHT[1])
    enabled: Mapped[bool] = mapped_column(default=True)
