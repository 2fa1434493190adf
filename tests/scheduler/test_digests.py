"""One letter a day for those who want it: everything unread that came since the last one."""
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.outbox import Message
from data_model.session import unit_of_work
from data_model.settings import Mail
from scheduler import digests, outbox
from tests.scheduler.conftest import NOON

EIGHT = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)  # Thursday 08:00 in Shanghai


@pytest.fixture(autouse=True)
def by_digest(chose):
    chose("wang", digest=True, digest_hour=8)


@pytest.fixture
def message(house):
    def tell(title, at=NOON, **said):
        with unit_of_work(SYSTEM) as session:
            session.add(Message(**{"user_id": house["wang"], "code": "N-01", "text": "您有新的待办：{task}（{title}）", "at": at, "digest": True,
                                   "params": {"task": "整改", "title": title}, "link": f"/tasks/{title}"} | said))

    return tell


def at(moment, settings):
    with clock.at(moment):
        return digests.write(settings), outbox.deliver(settings)


def test_at_the_hour_one_letter_tells_all_that_is_unread(message, settings, post_office):
    message("一")
    message("二", read_at=NOON + timedelta(hours=1))  # read meanwhile
    message("三", at=NOON + timedelta(hours=9), read_at=NOON + timedelta(hours=9))  # a kind that shows no sign inside Anlan
    assert at(EIGHT - timedelta(minutes=1), settings) == (0, 0)
    assert at(EIGHT, settings) == (1, 1)
    (letter,) = post_office.letters
    assert letter["Subject"] == "每日汇总：2 条未读消息"
    for kind in ("plain", "html"):
        words = letter.get_body((kind,)).get_content()
        assert all(part in words for part in ("整改（一）", "整改（三）", "https://anlan.example.com/tasks/", "/me/messages"))
        assert "整改（二）" not in words
    assert at(EIGHT + timedelta(hours=1), settings) == (0, 0)


def test_what_comes_after_the_hour_waits_for_the_next_day(message, settings, post_office):
    message("一", at=EIGHT + timedelta(minutes=5))
    assert at(EIGHT + timedelta(hours=12), settings) == (0, 0)
    assert at(EIGHT + timedelta(days=1), settings) == (1, 1)


def test_a_server_that_was_down_at_the_hour_catches_up(message, settings):
    message("一")
    assert at(EIGHT + timedelta(hours=5), settings) == (1, 1)


def test_a_letter_with_nothing_unread_is_not_written(message, settings, post_office):
    message("一", read_at=NOON + timedelta(minutes=1))
    assert at(EIGHT, settings) == (0, 0)
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.scalars(select(Message.digest)).all() == [False]


def test_who_wants_letters_one_by_one_again_gets_what_was_waiting_at_once(message, settings, chose):
    message("一")
    chose("wang", digest=False)
    assert at(NOON + timedelta(minutes=5), settings) == (1, 1)


def test_a_digest_asked_for_at_night_comes_at_night(message, settings, chose):
    chose("wang", digest_hour=6, quiet=True)
    message("一")
    assert at(EIGHT - timedelta(hours=2), settings) == (1, 1)


def test_a_flood_is_counted_not_listed(message, settings, post_office):
    for number in range(digests.LISTED + 7):
        message(f"n{number}")
    at(EIGHT, settings)
    words = post_office.letters[0].get_body(("plain",)).get_content()
    assert words.count("您有新的待办") == digests.LISTED and "还有 7 条" in words


def test_each_message_is_told_in_one_letter_only_however_often_the_job_runs(message, settings, rows):
    message("一")
    with clock.at(EIGHT):
        assert [digests.write(settings) for _ in range(3)] == [1, 0, 0]
        message("二", at=EIGHT - timedelta(minutes=1))
        assert digests.write(settings) == 1
    assert len({row.dedupe_key for row in rows()}) == 2


def test_without_a_mail_server_the_messages_keep_waiting(message, settings):
    message("一")
    with clock.at(EIGHT):
        assert digests.write(replace(settings, mail=Mail())) == 0
    assert at(EIGHT, settings) == (1, 1)


def test_the_letter_is_in_the_readers_language(message, settings, post_office, english, house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).language = "en"
    message("HD-1")
    at(EIGHT, settings)
    assert post_office.letters[0]["Subject"] == "Daily summary: 1 unread messages"
