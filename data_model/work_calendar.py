"""Which days are worked and between which hours: the group's default, and what a company does differently."""
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_model.base import Audited, Row


class DayKind(StrEnum):
    """休 or 班: what this day is, whatever its place in the week."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


def _one_default(*columns: str) -> Index:
    """NULLs differ from one another in a unique key, so the group's own rows have one to themselves."""
    where = text("unit_id IS NULL")
    return Index(None, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class SpecialDay(Audited, Row):
    """A public holiday, or a weekend day that is worked. A company's own row goes before the group's (unit NULL)."""

    __tablename__ = "special_day"
    __table_args__ = (UniqueConstraint("unit_id", "day"), _one_default("day"))

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    day: Mapped[date] = mapped_column()
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    checked: Mapped[bool] = mapped_column(default=False)  # somebody has compared it with the official notice


class WorkSpan(Audited, Row):
    """One stretch of office hours, such as 08:30 to 12:00. A company with rows of its own has only those."""

    __tablename__ = "work_hours"
    __table_args__ = (UniqueConstraint("unit_id", "starts"), _one_default("starts"),
                      CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="within_a_day"))

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    starts: Mapped[int] = mapped_column()  # minutes after midnight
    ends: Mapped[int] = mapped_column()
