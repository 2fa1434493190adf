"""Several at the same outbox at once: each letter once, each resend once, each daily mail once."""
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from data_model import clock
from data_model.actor import Actor
from data_model.outbox import Message
from data_model.session import unit_of_work
from engine import dead_letters
from engine.errors import TooLate
from scheduler import digests, outbox
from tests.scheduler.conftest import NOON

MANY = 4


@pytest.fixture
def together(app):
    """together(deed): several threads do it at the same moment; what each got, errors included."""

    def do(deed):
        start = Barrier(MANY)

        def one(number):
            with app.app_context(), clock.at(NOON):
                start.wait()
                try:
                    return deed(number)
                except TooLate as refused:
                    return refused

        with ThreadPoolExecutor(MANY) as pool:
            return list(pool.map(one, range(MANY)))

    return do


def test_four_servers_send_each_letter_once(together, put, settings, post_office):
    for _ in range(50):
        put("wang")
    assert sum(together(lambda _: outbox.deliver(settings))) == 50
    assert len(post_office.letters) == len({letter["Message-ID"] for letter in post_office.letters}) == 50


def test_four_administrators_send_one_again_and_three_are_told_who_was_first(together, put, rows):
    number = put("wang", dead_at=NOON, tries=8)

    def again(who):
        actor = Actor(user_id=who + 1, name=f"管理员{who}", everywhere=True)
        with unit_of_work(actor) as session:
            dead_letters.resend(session, actor, number)
        return actor.name

    answers = together(again)
    (first,) = [answer for answer in answers if isinstance(answer, str)]
    assert rows(number).resent_by == first and rows(number).tries == 0
    assert all(answer.params["who"] == first for answer in answers if isinstance(answer, TooLate))


def test_four_servers_write_one_daily_mail(together, settings, chose, house, rows):
    chose("wang", digest=True, digest_hour=8)
    with unit_of_work(Actor(0, "系统", everywhere=True)) as session:
        for number in range(5):
            session.add(Message(user_id=house["wang"], code="N-01", text=f"{number}", at=clock.local(NOON).replace(hour=7), digest=True))
    assert sum(together(lambda _: digests.write(settings))) == 1
    assert rows()[0].params == {"n": "5"}
