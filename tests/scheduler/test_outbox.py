"""What must leave the house leaves it: once when all is well, again when it was refused, never silently lost."""
from dataclasses import replace
from datetime import timedelta

import pytest

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.session import unit_of_work
from data_model.settings import Mail
from scheduler import outbox
from tests.scheduler.conftest import LATE, MORNING, NOON


@pytest.fixture(autouse=True)
def at_noon(house):
    with clock.at(NOON):
        yield


def words(letter, kind="plain"):
    return letter.get_body((kind,)).get_content()


def test_a_letter_goes_out_once_with_its_key_in_both_shapes(put, settings, post_office, rows):
    put("wang", dedupe_key="task:7:1", body="请于今日办理")
    assert (outbox.deliver(settings), outbox.deliver(settings)) == (1, 0)
    (letter,) = post_office.letters
    assert letter["To"] == "wang@example.com" and letter["Subject"] == "您有新的待办：整改（池面护栏）"
    assert letter["Message-ID"] == "<task%3A7%3A1@anlan>" and letter.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert all(said in words(letter, kind) for said in (
            "王强，您好：", "您有新的待办：整改（池面护栏）", "请于今日办理", "https://anlan.example.com/tasks/7",
            "https://anlan.example.com/me/notifications"))
    assert letter["List-Unsubscribe"] == "<https://anlan.example.com/me/notifications>"
    assert rows()[0].sent_at == NOON


def test_the_subject_travels_encoded(put, settings, post_office):
    put("wang")
    outbox.deliver(settings)
    head = post_office.raw[0].partition(b"\r\n\r\n")[0]
    assert head.isascii() and b"subject: =?utf-8?" in head.lower()


def test_somebody_who_reads_english_is_written_to_in_english(put, settings, post_office, english, house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).language = "en"
    put("wang", subject="隐患 {number} 等待您确认，已满 1 个工作日", params={"number": "HD-1"}, code="N-05")
    outbox.deliver(settings)
    (letter,) = post_office.letters
    assert "HD-1" in letter["Subject"] and not any("\u3400" <= c <= "\u9fff" for c in letter["Subject"] + words(letter).replace("王强", ""))


def test_what_people_wrote_is_text_in_the_html_too(put, settings, post_office):
    put("wang", params={"task": "<script>x</script>", "title": '"><img src=x>'})
    outbox.deliver(settings)
    html = words(post_office.letters[0], "html")
    assert "<script" not in html and "<img" not in html and "&lt;script&gt;" in html


def test_a_refused_letter_is_tried_again_later_and_at_last_laid_aside(put, settings, post_office, rows):
    number = put("wang")
    post_office.refuse = True
    moment = NOON
    for attempt in range(outbox.MOST_TRIES):
        with clock.at(moment):
            assert outbox.deliver(settings) == 0
            assert rows(number).tries == attempt + 1 and "450" in rows(number).last_error
            assert outbox.deliver(settings) == 0 and rows(number).tries == attempt + 1  # not before its time
        moment += timedelta(days=1)
    assert rows(number).dead_at is not None and post_office.letters == []


def test_the_wait_doubles_and_is_never_quite_the_same():
    waits = [outbox.wait(tries) for tries in range(1, 9)]
    for tries, wait in enumerate(waits, 1):
        whole = min(timedelta(minutes=2 ** (tries - 1)), timedelta(hours=2))
        assert whole * 0.8 <= wait <= whole * 1.2
    assert len({outbox.wait(3) for _ in range(20)}) > 10


def test_after_the_trouble_it_arrives(put, settings, post_office, rows):
    number = put("wang")
    post_office.refuse = True
    outbox.deliver(settings)
    post_office.refuse = False
    clock.move(timedelta(minutes=2))
    assert outbox.deliver(settings) == 1
    assert rows(number).sent_at is not None and rows(number).last_error == ""


def test_a_mailbox_that_does_not_exist_is_laid_aside_at_once(put, settings, post_office, rows):
    number = put("wang")
    post_office.refuse, post_office.refusal = True, b"550 no such mailbox"
    outbox.deliver(settings)
    assert rows(number).tries == 1 and rows(number).dead_at == NOON and "550" in rows(number).last_error


def test_a_mail_server_that_is_away_for_a_night_costs_no_letter(put, settings, rows, post_office):
    numbers = [put("wang"), put("li")]
    away = replace(settings, mail=replace(settings.mail, port=1))
    for _ in range(15):
        outbox.deliver(away)
        clock.move(timedelta(hours=1))
    assert all(rows(number).dead_at is None and rows(number).sent_at is None for number in numbers)
    assert rows(numbers[0]).tries + rows(numbers[1]).tries <= 15, "the second is not tried in vain beside the first"
    clock.move(timedelta(hours=3))
    assert outbox.deliver(settings) == 2


def test_without_a_mail_server_nothing_is_tried(put, settings, rows):
    put("wang")
    assert outbox.deliver(replace(settings, mail=Mail())) == 0
    assert rows()[0].tries == 0


def test_a_letter_nobody_can_write_does_not_hold_up_the_others(put, settings, house, rows):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["li"]).email = "li@例子\n.com"
    torn, well = put("li", next_try_at=NOON - timedelta(hours=1)), put("wang")
    assert outbox.deliver(settings) == 1
    assert rows(well).sent_at and rows(torn).dead_at and "Error" in rows(torn).last_error


def test_nobody_writes_to_an_account_that_is_closed(put, settings, house, rows, post_office):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).active = False
    number = put("wang")
    outbox.deliver(settings)
    assert rows(number).dead_at and post_office.letters == []


def test_at_night_a_letter_waits_for_the_morning_unless_it_is_urgent(put, settings, chose, rows, post_office):
    chose("wang", quiet=True)
    with clock.at(LATE):
        waits, goes = put("wang"), put("wang", code="N-06")
        assert outbox.deliver(settings) == 1
        assert rows(goes).sent_at and rows(waits).sent_at is None
        assert (rows(waits).next_try_at, rows(waits).tries) == (MORNING, 0)
    with clock.at(MORNING):
        assert outbox.deliver(settings) == 1
    assert len(post_office.letters) == 2


def test_whoever_wants_no_quiet_hours_is_written_to_at_night(put, settings, chose):
    chose("wang", quiet=False)
    with clock.at(LATE):
        put("wang")
        put("li")  # never chose anything
        assert outbox.deliver(settings) == 2


@pytest.mark.parametrize(("begins", "ends", "hour", "held"), [
    (1320, 420, 22, True), (1320, 420, 6, True), (1320, 420, 7, False), (1320, 420, 21, False),
    (720, 840, 13, True), (720, 840, 14, False), (0, 420, 0, True), (600, 600, 10, False)])
def test_quiet_hours_may_lie_over_midnight_or_not(put, settings, chose, rows, begins, ends, hour, held):
    chose("wang", quiet=True, quiet_from=begins, quiet_to=ends)
    moment = clock.local(NOON).replace(hour=hour)
    put("wang", next_try_at=moment)
    with clock.at(moment):
        assert outbox.deliver(settings) == int(not held)
        until = clock.local(rows()[0].next_try_at)
        assert not held or (until > moment and until.hour * 60 + until.minute == ends and until - moment < timedelta(days=1))


def test_hundreds_go_in_one_tick(put, settings, post_office):
    for _ in range(45):
        put("wang")
    assert outbox.deliver(settings) == 45
    assert len({letter["Message-ID"] for letter in post_office.letters}) == 45
