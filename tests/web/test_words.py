"""Times, limits and sizes as people write them, and message ids with their parameters."""
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask_babel import force_locale

from data_model import clock
from web import format as words
from web.i18n import tr

NOW = datetime(2026, 11, 24, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(params=["zh_CN", "en"])
def spoken(request, web_app):
    with web_app.test_request_context("/"), force_locale(request.param), clock.at(NOW):
        yield {"zh_CN": 0, "en": 1}[request.param]


@pytest.mark.parametrize("left, zh, en, state", [
    (timedelta(hours=6, minutes=40), "剩 6 小时", "6 h left", "soon"), (timedelta(days=3, hours=1), "剩 3 天", "3 days left", "later"),
    (timedelta(0), "刚到期", "due now", "overdue"), (timedelta(seconds=20), "剩 1 分钟", "1 min left", "soon"),
    (-timedelta(days=2, hours=2), "已超时 2 天", "2 days overdue", "overdue"),
    (-timedelta(minutes=5), "已超时 5 分钟", "5 min overdue", "overdue"), (timedelta(hours=47), "剩 47 小时", "47 h left", "later")])
def test_a_limit_in_words(spoken, left, zh, en, state):
    assert words.due_words(NOW + left) == (zh, en)[spoken]
    assert words.due_state(NOW + left) == state


@pytest.mark.parametrize("total, left, state", [
    (timedelta(days=10), timedelta(days=3), "later"), (timedelta(days=10), timedelta(days=2), "soon"), (timedelta(minutes=30), timedelta(minutes=20), "later"),
    (timedelta(minutes=30), timedelta(minutes=5), "soon"), (timedelta(days=10), timedelta(minutes=-1), "overdue"),
])
def test_amber_begins_with_the_last_fifth_of_the_time_however_long_it_is(total, left, state):
    """M11; a fixed day would show a task of half an hour as late from the start, and one of a month as calm until the last day."""
    with clock.at(NOW):
        assert words.due_state(NOW + left, NOW + left - total) == state


@pytest.mark.parametrize("at, zh, en", [
    (NOW, "11月24日 09:12", "Nov 24, 09:12"), (NOW.replace(year=2025), "2025年11月24日 09:12", "Nov 24, 2025, 09:12")])
def test_a_moment(spoken, at, zh, en):
    assert words.moment(at) == (zh, en)[spoken]


@pytest.mark.parametrize("past, zh, en", [
    (timedelta(seconds=5), "刚刚", "just now"), (timedelta(minutes=5), "5 分钟前", "5 min ago"), (timedelta(hours=3), "3 小时前", "3 h ago"),
    (timedelta(days=2), "11月22日 09:12", "Nov 22, 09:12")])
def test_how_long_ago(spoken, past, zh, en):
    assert words.ago(NOW - past) == (zh, en)[spoken]


def test_nothing_says_nothing(spoken):
    assert [f(None) for f in (words.moment, words.day, words.ago, words.due_words, words.due_state, words.file_size, words.duration)] == [""] * 7


@pytest.mark.parametrize("size, text", [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (20 * 1024, "20 KB"), (9_750_000, "9.3 MB"),
                                        (5 * 1024**3, "5.0 GB")])
def test_a_size(size, text):
    assert words.file_size(size) == text


def test_message_ids_take_moments_and_dates_and_leave_unknown_places_alone(spoken):
    text = tr("{who} {at} {on} {missing}", who="李敏", at="2026-11-24T01:12:00+00:00", on=date(2026, 11, 24))
    assert text == ("李敏 11月24日 09:12 2026-11-24 {missing}", "李敏 Nov 24, 09:12 2026-11-24 {missing}")[spoken]


def test_what_only_looks_like_a_date_stays_text(spoken):
    assert tr("{a} {b}", a="2026-13-45", b="2026-11-24T09:12") == "2026-13-45 2026-11-24T09:12"


@pytest.mark.parametrize("text", ["{", "}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a:>9999999999}", "{}", "%(a)s", "100%"])
def test_a_broken_message_id_is_shown_as_it_is(spoken, text):
    assert tr(text, a="x") == text
