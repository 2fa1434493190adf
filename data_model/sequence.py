"""Running numbers such as HD-公司-年-序号, without gaps or doubles inside one transaction."""
from sqlalchemy import String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from data_model.base import Row


class Sequence(Row):
    __tablename__ = "sequence"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    value: Mapped[int] = mapped_column(default=0)


def next_number(session: Session, name: str) -> int:
    """The next number of a named sequence, starting at 1; concurrent callers wait for one another."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Sequence)
    counted = insert.values(name=name, value=1).on_conflict_do_update(
        index_elements=[Sequence.name], set_={"value": Sequence.value + 1}).returning(Sequence.value)
    return session.execute(counted).scalar_one()
