"""What must leave the house leaves it: once when all is well, again when it was refused, never silently lost."""
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.outbox import OutboxMessage
from data_model.session import unit_of_work
from data_model.settings import Mail, Settings
from scheduler import outbox
from tests.mail_server import MailServer


@pytest.fixture
def post_office():
    with MailServer() as server:
        yield server


@pytest.fixture
def settings(post_office, tmp_path):
    return Settings(home=Path(tmp_path), database_url="", secret_key="", storage=Path(tmp_path), address="https://anlan.example.com",
                    mail=Mail(server="127.0.0.1", port=post_office.port, sender="anlan@example.com"))


@pytest.fixture
def told(house):
    with unit_of_work(SYSTEM) as session:
        session.add(OutboxMessage(dedupe_key="task:7:1", to_user_id=house["wang"], subject="待办：整改池面护栏",
                                  body="请于今日办理", link="/tasks/7"))


def row():
    with unit_of_work(SYSTEM, write=False) as session:
        return session.scalars(select(OutboxMessage)).one()


def test_a_letter_goes_out_once_with_its_key(told, settings, post_office):
    assert outbox.deliver(settings) == 1
    assert outbox.deliver(settings) == 0
    (letter,) = post_office.letters
    assert letter["To"] == "wang@example.com" and letter["Subject"] == "待办：整改池面护栏"
    assert letter["Message-ID"] == "<task%3A7%3A1@anlan>"
    assert "https://anlan.example.com/tasks/7" in letter.get_content()


def test_a_refused_letter_is_tried_again_later_and_at_last_laid_aside(told, settings, post_office):
    post_office.refuse = True
    moment = clock.now()
    for attempt in range(outbox.MOST_TRIES):
        with clock.at(moment):
            assert outbox.deliver(settings) == 0
            assert row().tries == attempt + 1 and "450" in row().last_error
            assert outbox.deliver(settings) == 0 and row().tries == attempt + 1  # not before its time
        moment += timedelta(days=1)
    assert row().dead_at is not None and post_office.letters == []


def test_after_the_trouble_it_arrives(told, settings, post_office):
    post_office.refuse = True
    outbox.deliver(settings)
    post_office.refuse = False
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert outbox.deliver(settings) == 1
    assert row().sent_at is not None and row().last_error == ""


def test_without_a_mail_server_nothing_is_tried(told, settings):
    assert outbox.deliver(replace(settings, mail=Mail())) == 0
    assert row().tries == 0


def test_a_letter_nobody_can_write_does_not_hold_up_the_others(told, settings, post_office, house):
    with unit_of_work(SYSTEM) as session:
        session.add(OutboxMessage(dedupe_key="torn", to_user_id=house["li"], subject="两行\n的题目",
                                  next_try_at=clock.now() - timedelta(hours=1)))
    assert outbox.deliver(settings) == 1
    with unit_of_work(SYSTEM, write=False) as session:
        torn = session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key == "torn")).one()
        assert torn.sent_at is None and "ValueError" in torn.last_error
