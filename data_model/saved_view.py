"""What a person keeps of a list: its filters and order under a name, on the server so that every device has it."""
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data_model.base import Row


class SavedView(Row):
    """One view of one screen; `query` is the address's query string, which says no more than its owner may see anyway."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "screen", "name"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    screen: Mapped[str] = mapped_column(String(20))  # 'inbox'
    name: Mapped[str] = mapped_column(String(30))
    query: Mapped[str] = mapped_column(String(500))
