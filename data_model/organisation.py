"""The organisation tree, its people, the roles they hold at a place in it, and who answers for each grid."""
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.base import Audited, Json, Moment, PathText, Row


class Level(IntEnum):
    """集团 → 业态 → 公司 → 厂站 → 网格 → 单元."""

    GROUP = 1
    LINE = 2
    COMPANY = 3
    STATION = 4
    GRID = 5
    CELL = 6


class UnitKind(StrEnum):
    """A department hangs beside the stations; everything else is a place."""

    PLACE = "place"
    DEPARTMENT = "department"


class Role(StrEnum):
    """The fourteen roles of the permission matrix (permissions.md §6.2)."""

    GROUP_SAFETY_ADMIN = "group_safety_admin"
    COMPANY_SAFETY_ADMIN = "company_safety_admin"
    STATION_LEADER = "station_leader"
    STATION_SAFETY_DIRECTOR = "station_safety_director"
    GRID_OWNER = "grid_owner"
    INSPECTION_LEAD = "inspection_lead"
    DEPARTMENT_HEAD = "department_head"
    DEPUTY_LEADER = "deputy_leader"
    GENERAL_MANAGER = "general_manager"
    CHAIRMAN = "chairman"
    EMPLOYEE = "employee"
    SYSTEM_ADMIN = "system_admin"
    PROCESS_OWNER = "process_owner"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.GROUP_SAFETY_ADMIN: "集团安全管理员", Role.COMPANY_SAFETY_ADMIN: "公司安全管理员", Role.STATION_LEADER: "厂站领导",
    Role.STATION_SAFETY_DIRECTOR: "厂站安全主任", Role.GRID_OWNER: "网格负责人", Role.INSPECTION_LEAD: "检查负责人",
    Role.DEPARTMENT_HEAD: "部门负责人", Role.DEPUTY_LEADER: "分管领导", Role.GENERAL_MANAGER: "总经理", Role.CHAIRMAN: "董事长",
    Role.EMPLOYEE: "普通员工", Role.SYSTEM_ADMIN: "系统管理员", Role.PROCESS_OWNER: "流程管理员", Role.AUDITOR: "审计员",
}


class OrgUnit(Audited, Row):
    """One node of the one tree; `path` is the ids from the root, such as '/1/3/9/', ending in its own."""

    __tablename__ = "org_unit"
    __table_args__ = (Index(None, "parent_id", "position"),)

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    path: Mapped[str] = mapped_column(PathText, unique=True)
    level: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(12), default=UnitKind.PLACE)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    function: Mapped[str] = mapped_column(String(20), default="")  # a department's function code: 财务, 人力资源, 安全…
    business: Mapped[str] = mapped_column(String(20), default="")  # 业态: 原水, 自来水, 污水, 建设工程
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class User(Audited, Row):
    """Somebody who can sign in. Never deleted: a disabled person keeps the name in the history."""

    __tablename__ = "user_account"

    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    post: Mapped[str] = mapped_column(String(60), default="")
    employee_no: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    language: Mapped[str] = mapped_column(String(8), default="")  # '' = as the browser says
    password_hash: Mapped[str] = mapped_column(String(200), default="", info={"audit": False})
    must_change_password: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class Grant(Audited, Row):
    """This person holds this role from this unit downward, between two dates (both inclusive, open when empty)."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role", "unit_id"), Index(None, "role", "unit_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(32))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    path: Mapped[str] = mapped_column(PathText)  # of the unit, kept here so that scope needs no join
    valid_from: Mapped[date | None] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()


class Ownership(Audited, Row):
    """负责人: this person answers for this place; a backup steps in when nobody else does."""

    __tablename__ = "ownership"
    __table_args__ = (UniqueConstraint("unit_id", "user_id"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    backup: Mapped[bool] = mapped_column(default=False)


class LoginSession(Row):
    """A signed-in browser. The cookie holds the token; the table holds only its hash."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(300), default="")


class LoginFailure(Row):
    """Failed sign-ins of one account or one address; the delay grows with the count and is never for ever."""

    __tablename__ = "login_failure"

    subject: Mapped[str] = mapped_column(String(100), unique=True)  # 'account:wang' or 'address:10.0.0.7'
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    blocked_until: Mapped[datetime | None] = mapped_column(Moment)


class Licence(Audited, Row):
    """How many people may be registered, and until when (AUTH-01)."""

    __tablename__ = "licence"
    __table_args__ = (CheckConstraint("max_users > 0", name="max_users_positive"),)

    customer: Mapped[str] = mapped_column(String(120))
    max_users: Mapped[int] = mapped_column()
    valid_to: Mapped[date] = mapped_column()
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
