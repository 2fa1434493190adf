"""One outbox message with everything needed to deliver it, read in one go so that no transaction is open on the way."""
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from data_model.notification import NotificationChoice, Robot
from data_model.organisation import User
from data_model.outbox import OutboxMessage


@dataclass(frozen=True)
class Parcel:
    """A message on its way."""

    message: OutboxMessage
    user: User | None
    choice: NotificationChoice | None
    robot: Robot | None
    people: tuple[User, ...] = ()  # whom a robot's post is meant for

    @property
    def target(self) -> str:
        """Where it goes: one mail server for all, each robot on its own."""
        return f"robot:{self.robot.id}" if self.robot else self.message.channel


def parcels() -> Select:
    return (select(OutboxMessage, User, NotificationChoice, Robot)
            .outerjoin(User, User.id == OutboxMessage.to_user_id)
            .outerjoin(NotificationChoice, NotificationChoice.user_id == OutboxMessage.to_user_id)
            .outerjoin(Robot, Robot.id == OutboxMessage.robot_id))


def packed(session: Session, rows: Iterable) -> list[Parcel]:
    """The rows with the people whom they name."""
    rows = list(rows)
    wanted = {user_id for row in rows for user_id in row[0].details.get("to", ())}
    people = {user.id: user for user in session.scalars(select(User).where(User.id.in_(wanted), User.active))} if wanted else {}
    return [Parcel(*row, people=tuple(people[i] for i in row[0].details.get("to", ()) if i in people)) for row in rows]
