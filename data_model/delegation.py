"""委托: somebody acts for somebody else while they are away."""
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data_model import clock
from data_model.base import Audited, BigId, Json, Moment, Row


class Agency(Audited, Row):
    """From one moment to another the agent sees and does the giver's tasks, of all flows or of the chosen ones.

    No task is touched: who is away is asked when tasks are listed, so that all come back at the end by themselves.
    """

    __tablename__ = "agency"
    __table_args__ = (
        CheckConstraint("begins < ends", name="begins_before_it_ends"), CheckConstraint("giver_id <> agent_id", name="two_people"),
        Index(None, "agent_id", "ends"), Index(None, "giver_id", "ends"),
    )

    giver_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    begins: Mapped[datetime] = mapped_column(Moment)
    ends: Mapped[datetime] = mapped_column(Moment)  # called back early: the moment of that
    keys: Mapped[list[str]] = mapped_column(Json, default=list)  # process keys; empty: all
    reason: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[int] = mapped_column(BigId)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
