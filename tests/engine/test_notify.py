"""Who is told, by which way: what a person chose, what cannot be switched off, what the robots of the place hear, and what it costs."""
import pytest
from sqlalchemy import event, select

from data_model.actor import SYSTEM
from data_model.db import db
from data_model.notice_kinds import KINDS, OTHER, kind_of
from data_model.notification import NotificationChoice, Robot
from data_model.organisation import User
from data_model.outbox import Message, OutboxMessage
from data_model.process import Task
from data_model.session import unit_of_work
from engine import actions, notify
from tests.diagrams import end, service, start, user
from tests.engine.workshop import mine

LEADER = 'role("station_leader", start.unit)'


@pytest.fixture(autouse=True)
def by_mail():
    notify.configure(mail=True)
    yield
    notify.configure(mail=False)


@pytest.fixture
def line(works):
    """a by the starter; then b by the leader, who is told N-01."""
    works.deploy(start(), mine("a"), user("b", candidates=LEADER), end(), "s > a > b > e")
    works.start(unit=works.ids["unit:plant1"])
    return works


@pytest.fixture
def telling(works):
    """telling("N-06"): a flow that tells the leader that code, at the first plant; run to its end."""

    def tell(code, text='"警报 {title}"', to=LEADER):
        works.deploy(start(), mine("a"), service("tell", "flow.notify", code=f'"{code}"', to=to, text=text), end(), "s > a > tell > e")
        works.start(unit=works.ids["unit:plant1"])
        works.do("wang", "a")

    return tell


@pytest.fixture
def chose(works):
    def keep(who, **said):
        with unit_of_work(SYSTEM) as session:
            session.add(NotificationChoice(user_id=works.ids[who], **said))

    return keep


@pytest.fixture
def robot(works):
    def stand(at, **said):
        with unit_of_work(SYSTEM) as session:
            made = Robot(**{"unit_id": works.ids[f"unit:{at}"], "name": "群", "kind": "wecom", "kinds": ["task", "major"], "url": "https://x"} | said)
            session.add(made)
            session.flush()
            return made.id

    return stand


def outside(works, channel="mail"):
    return [row for row in works.rows(OutboxMessage) if row.channel == channel]


def inside(works, who):
    return [message for message in works.rows(Message) if message.user_id == works.ids[who]]


def test_who_never_chose_goes_by_the_catalogue(line, works, telling):
    line.do("wang", "a")
    (mail,) = outside(line)
    task = next(row for row in line.rows(Task) if row.element_id == "b")
    assert (mail.code, mail.to_user_id, mail.dedupe_key) == ("N-01", works.ids["zhang"], f"task:{task.id}:{works.ids['zhang']}")
    telling("N-14")  # of one's own reports: a message is enough
    assert [message.code for message in inside(works, "zhang")] == ["N-01", "N-14"] and len(outside(works)) == 1


def test_mail_of_a_kind_is_switched_off_and_another_on(chose, telling, works):
    chose("zhang", choices={"overdue": ["in_app"], "result": ["in_app", "mail"]})
    telling("N-02")
    telling("N-14")
    assert [mail.code for mail in outside(works)] == ["N-14"]
    assert [message.code for message in inside(works, "zhang")] == ["N-02", "N-14"]


def test_a_kind_switched_off_inside_is_found_as_read(chose, telling, works):
    chose("zhang", choices={"result": []})
    telling("N-14")
    (message,) = inside(works, "zhang")
    assert message.read_at == message.at and outside(works) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.must], ids=lambda kind: kind.key)
def test_what_must_be_known_cannot_be_switched_off_inside(kind, chose, telling, works):
    chose("zhang", choices={kind.key: []})
    telling(kind.codes[0])
    (message,) = inside(works, "zhang")
    assert message.read_at is None


def test_a_code_of_a_diagrams_own_is_told_inside(telling, works):
    telling("X-77")
    assert kind_of("X-77") is OTHER and [message.code for message in inside(works, "zhang")] == ["X-77"]


def test_a_digest_gathers_instead_of_mailing_but_never_what_is_urgent(chose, telling, works):
    chose("zhang", digest=True)
    telling("N-02")
    telling("N-14")  # not mailed by default, so not in the digest
    telling("N-06")
    assert [(message.code, message.digest) for message in inside(works, "zhang")] == [("N-02", True), ("N-14", False), ("N-06", False)]
    assert [mail.code for mail in outside(works)] == ["N-06"]


def test_without_a_mail_server_nothing_waits_for_a_digest(chose, telling, works):
    notify.configure(mail=False)
    chose("zhang", digest=True)
    telling("N-02")
    assert [message.digest for message in inside(works, "zhang")] == [False] and outside(works) == []


def test_who_has_no_address_gets_no_letter_and_who_has_left_gets_nothing(telling, works):
    with unit_of_work(SYSTEM) as session:
        session.get(User, works.ids["zhang"]).email = ""
        session.get(User, works.ids["sun"]).active = False
    telling("N-02", to=f"{LEADER} + users([{works.ids['sun']}])")
    assert outside(works) == [] and inside(works, "sun") == [] and len(inside(works, "zhang")) == 1


def test_the_robots_at_and_above_the_place_hear_it_and_no_other(robot, telling, works):
    near, above = robot("plant1"), robot("qingyuan", kind="feishu", language="en")
    for deaf in ({"at": "plant2"}, {"at": "bishui"}, {"at": "dosing"}, {"at": "group", "enabled": False}, {"at": "tap", "kinds": ["result"]}):
        robot(**deaf)
    telling("N-06")
    posts = [row for row in works.rows(OutboxMessage) if row.robot_id]
    assert {(post.channel, post.robot_id) for post in posts} == {("wecom", near), ("feishu", above)}
    assert all(post.details == {"to": [works.ids["zhang"]]} and post.to_user_id == 0 for post in posts)
    assert posts[0].dedupe_key != posts[1].dedupe_key


def test_robots_speak_without_a_mail_server_too(robot, telling, works):
    notify.configure(mail=False)
    robot("plant1")
    telling("N-06")
    assert len(outside(works, "wecom")) == 1


def test_who_does_not_want_to_be_named_in_a_group_is_not_and_nobody_named_is_no_post(robot, chose, telling, works):
    robot("plant1")
    chose("zhang", choices={"major": ["in_app", "mail"]})
    telling("N-06", to=f"{LEADER} + users([{works.ids['sun']}])")
    assert outside(works, "wecom")[0].details == {"to": [works.ids["sun"]]}
    telling("N-06")
    assert len(outside(works, "wecom")) == 1


def test_ten_signers_of_a_step_are_one_post_to_the_group(robot, works):
    robot("plant1")
    signers = [works.ids[name] for name in ("li", "chen", "sun", "zhang", "zhao", "zhou", "wu", "zheng", "dh", "il")]
    works.deploy(start(), mine("a"), user("sign", candidates=f"users({signers})", signing='{"mode": "all"}'), end(), "s > a > sign > e")
    works.start(unit=works.ids["unit:plant1"])
    works.do("wang", "a")
    (post,) = outside(works, "wecom")
    assert sorted(post.details["to"]) == sorted(signers) and len(outside(works)) == 10


def test_all_of_it_costs_three_statements(line, robot, chose):
    robot("plant1")
    chose("zhang", digest=False, choices={"task": ["in_app", "mail", "group"]})
    said = []
    event.listen(db.engine, "before_cursor_execute", listener := lambda _c, _k, statement, *_: said.append(statement))
    try:
        line.do("wang", "a")
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    about = [words for words in said if any(table in words for table in ("notification_choice", "INTO message", "INTO outbox"))]
    assert len(about) == 3
    with unit_of_work(SYSTEM, write=False) as session:
        assert sorted(session.scalars(select(OutboxMessage.channel))) == ["mail", "wecom"]


@pytest.mark.parametrize(("mail", "next_one", "most"), [(False, "wang", 12), (False, "zhang", 13), (True, "zhang", 14)])
def test_what_a_completion_costs(works, mail, next_one, most):
    """Twelve statements; one to learn what the next person chose and to whom else it goes, one more to put it into the outbox."""
    notify.configure(mail=mail)
    works.deploy(start(), mine("a"), user("b", candidates=f"users([{works.ids[next_one]}])"), end(), "s > a > b > e")
    works.start(unit=works.ids["unit:plant1"])
    said, wang, task = [], works.actor("wang"), works.task("a")
    event.listen(db.engine, "before_cursor_execute", listener := lambda _c, _k, statement, *_: said.append(statement))
    try:
        with unit_of_work(wang) as session:
            actions.complete(session, wang, task, "done", {}, idem_key="once")
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    said = [words for words in said if not words.startswith("BEGIN")]
    assert len(said) <= most, "\n".join(said)
    assert (len(inside(works, next_one)), len(outside(works))) == (int(next_one != "wang"), int(mail))
