"""What every table shares: an integer id, UTC moments, and the mixins a table may wear."""
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, DateTime, Integer, MetaData, String, and_, false, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from data_model.actor import Actor

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
PathText = String(255).with_variant(String(255, collation="C"), "postgresql")  # byte order, so that ranges are subtrees

NAMING = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored as naive UTC so that both databases sort and compare it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime; use data_model.clock.now()")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


class Base(DeclarativeBase):
    """A table, whatever its key."""

    metadata = MetaData(naming_convention=NAMING)


class Row(Base):
    """A row with an integer id."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-10)


def unit_ids(path: str) -> list[int]:
    """The unit ids in an organisation path, from the root down."""
    return [int(part) for part in path.strip("/").split("/") if part]


def subtree(column: Any, path: str) -> ColumnElement[bool]:
    """Rows at or below an organisation path such as '/1/7/': one index range, on both databases."""
    return and_(column >= path, column < path[:-1] + "0")  # '0' follows '/' in byte order


class OrgOwned:
    """The row belongs to one place in the organisation tree; every SELECT is narrowed by it (scope.py)."""

    org_path: Mapped[str] = mapped_column(PathText, index=True)

    @classmethod
    def wall(cls, actor: Actor) -> ColumnElement[bool]:
        """Which rows of this table the actor may see: those below a place where they may view this kind of row."""
        places = actor.places(f"{cls.__tablename__}.view")  # type: ignore[attr-defined]
        return or_(false(), *(subtree(cls.org_path, place) for place in places))


class Audited:
    """Each insert, change and delete of the row leaves an AuditEntry (audit.py)."""


class HasAttachments:
    """Files may hang on the row (attachment.py)."""
