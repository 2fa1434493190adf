"""A post office, a receiver for robots, and an installation that knows both."""
import gettext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.notification import NotificationChoice, Robot
from data_model.outbox import OutboxMessage
from data_model.session import unit_of_work
from data_model.settings import Mail, Settings
from scheduler import words
from tests.http_receiver import HttpReceiver
from tests.mail_server import MailServer

CATALOGUE = Path(__file__).parents[2] / "web/translations/en/LC_MESSAGES/messages.mo"
NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # Wednesday 12:00 in Shanghai
LATE = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)  # 23:00
MORNING = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)  # Thursday 07:00


@pytest.fixture
def post_office():
    with MailServer() as server:
        yield server


@pytest.fixture
def receiver():
    with HttpReceiver() as server:
        yield server


@pytest.fixture
def settings(post_office, receiver, tmp_path):
    return Settings(home=Path(tmp_path), database_url="", secret_key="", storage=Path(tmp_path), address="https://anlan.example.com",
                    mail=Mail(server="127.0.0.1", port=post_office.port, sender="anlan@example.com"), robot_hosts=(receiver.host,))


@pytest.fixture
def english():
    with CATALOGUE.open("rb") as file:
        words.use({"en": gettext.GNUTranslations(file).gettext})
    yield
    words.use({})


@pytest.fixture
def put(house):
    """put(to="wang", …): an outbox row; robot's posts name the robot instead."""
    numbers = iter(range(1, 1000))

    def add(to="", **said):
        with unit_of_work(SYSTEM) as session:
            row = OutboxMessage(**{"dedupe_key": f"test:{next(numbers)}", "to_user_id": house[to] if to else 0, "code": "N-01",
                                   "subject": "您有新的待办：{task}（{title}）", "params": {"task": "整改", "title": "池面护栏"},
                                   "link": "/tasks/7", "made_at": NOON, "next_try_at": NOON} | said)
            session.add(row)
            session.flush()
            return row.id

    return add


@pytest.fixture
def chose(house):
    """chose("wang", quiet=True, …): what a person saved on the page."""

    def keep(who, **said):
        with unit_of_work(SYSTEM) as session:
            choice = session.scalar(select(NotificationChoice).where(NotificationChoice.user_id == house[who]))
            if choice is None:
                session.add(choice := NotificationChoice(user_id=house[who]))
            for name, value in said.items():
                setattr(choice, name, value)

    return keep


@pytest.fixture
def robot(house, receiver):
    """robot("wecom", …): a group's robot at the plant; its id."""

    def make(kind, at="plant1", **said):
        with unit_of_work(SYSTEM) as session:
            made = Robot(**{"unit_id": house[f"unit:{at}"], "name": f"{kind}群", "kind": kind, "kinds": ["task", "major"], "quiet": False,
                            "url": f"http://{receiver.host}/hook?token=abc"} | said)
            session.add(made)
            session.flush()
            return made.id

    return make


@pytest.fixture
def rows(house):
    def read(number=None):
        with unit_of_work(SYSTEM, write=False) as session:
            found = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return found if number is None else next(row for row in found if row.id == number)

    return read
