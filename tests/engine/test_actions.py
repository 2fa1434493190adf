"""Starting, completing, claiming and cancelling: who may, what follows, what the second one is told."""
import pytest

from data_model.actor import SYSTEM
from data_model.outbox import Message, OutboxMessage
from data_model.process import Command, HistoryEvent, InboxRow, ProcessInstance, Subscription, Task, TimerRow
from data_model.session import unit_of_work
from engine import actions, notify
from engine.errors import EngineError, Missing, NotYours, TooLate
from scheduler.words import line as line_of
from tests.diagrams import boundary, catch, end, event, par, script, service, start, timer, user
from tests.engine.workshop import key, mine

TWO = '[{"value": "ok", "label": "同意"}, {"value": "back", "label": "退回", "opinion": true, "style": "danger"}]'
LEADER = 'role("station_leader", start.unit)'


@pytest.fixture
def line(works):
    """a by the starter, then b by the leader of the first plant."""
    works.deploy(start(), mine("a"), user("b", candidates=LEADER, outcomes=TWO), end(), "s > a > b > e")
    return works


def begun(works, **data):
    return works.start(unit=works.ids["unit:plant1"], **data)


def test_a_case_goes_from_hand_to_hand_to_its_end(line):
    case = begun(line, words="漏水")
    answer = line.do("wang", "a", note="看过了")
    assert (answer.instance_id, answer.next_task_id) == (case, None)
    line.do("zhang", "b", "ok")
    assert line.ended(case) == ("completed", "e")
    assert line.told(case) == [("start", "s"), ("complete", "a"), ("complete", "b"), ("end", "e")]


def test_the_first_task_of_ones_own_is_named_in_the_answer(line):
    wang = line.actor("wang")
    with unit_of_work(wang) as session:
        answer = actions.start(session, wang, "p", {"unit": line.ids["unit:plant1"]}, idem_key=key())
    assert answer.next_task_id == line.task("a")


def test_what_was_filled_in_is_in_the_ledger_with_the_button(line):
    begun(line)
    line.do("wang", "a", note="看过了")
    line.do("zhang", "b", "back", opinion="照片不清楚")
    done = [e for e in line.rows(HistoryEvent) if e.action == "complete"]
    assert [(e.actor_name, e.data, e.outcome_label, e.opinion) for e in done] == [
        ("王强", {"note": "看过了"}, "提交", ""), ("张伟", {}, "退回", "照片不清楚")]
    assert done[0].path == [["a", "b"]] and done[0].duration_s == 0


def test_only_starters_may_start(works):
    works.deploy(start(), mine("a"), end(), "s > a > e", properties={"starters": "station_leader, auditor"})
    works.start(by="zhang")
    with pytest.raises(NotYours):
        works.start(by="wang")
    with pytest.raises(Missing):
        works.start("nothing")


def test_only_a_candidate_may_complete(line):
    begun(line)
    for stranger in ("zhang", "li", "admin", "po"):
        with pytest.raises(NotYours):
            line.do(stranger, "a")
    assert line.waiting() == ["a"]


def test_who_is_excluded_may_not_complete(works):
    works.deploy(start(), mine("a"), user("b", candidates='users([start.x, start.y])', not_='done_by("a")'), end(), "s > a > b > e")
    works.start(x=works.ids["wang"], y=works.ids["li"])
    works.do("wang", "a")
    with pytest.raises(NotYours):
        works.do("wang", "b")
    works.do("li", "b")


def test_a_button_that_asks_for_words_gets_them(line):
    begun(line)
    line.do("wang", "a")
    with pytest.raises(EngineError) as refused:
        line.do("zhang", "b", "back", opinion="  ")
    assert refused.value.field == "opinion"
    with pytest.raises(EngineError):
        line.do("zhang", "b", "nonsense")


def test_what_cannot_be_stored_is_refused_with_words(line):
    begun(line)
    with pytest.raises(EngineError, match="不能保存"):
        line.do("wang", "a", note="\x00")


def test_the_second_one_is_told_who_and_when(works):
    works.deploy(start(), user("a", candidates="users([start.x, start.y])"), end(), "s > a > e")
    works.start(x=works.ids["li"], y=works.ids["chen"])
    task = works.task("a")
    works.do_task("li", task)
    with pytest.raises(TooLate) as late:
        works.do_task("chen", task)
    assert str(late.value) == "已由 李敏 于 03-02 09:00 处理"
    assert late.value.params == {"who": "李敏", "when": "03-02 09:00"}


def test_the_same_key_gets_the_first_answer_and_moves_nothing(line):
    begun(line)
    task = line.task("a")
    first = line.do_task("wang", task, idem_key="double-click", note="一次")
    again = line.do_task("wang", task, idem_key="double-click", note="一次")
    assert first == again and line.waiting() == ["b"]
    assert len([e for e in line.rows(HistoryEvent) if e.action == "complete"]) == 1


def test_the_same_key_with_other_content_is_refused(line):
    begun(line)
    task = line.task("a")
    line.do_task("wang", task, idem_key="used", note="一次")
    for who, note in (("wang", "另一次"), ("li", "一次")):
        with pytest.raises(EngineError):
            line.do_task(who, task, idem_key="used", note=note)


def test_a_refused_submission_leaves_its_key_free(line):
    begun(line)
    task = line.task("a")
    with pytest.raises(NotYours):
        line.do_task("li", task, idem_key="again")
    assert [c for c in line.rows(Command) if c.key == "again"] == []
    line.do_task("wang", task, idem_key="again")


def test_a_start_sent_twice_makes_one_case(line):
    wang = line.actor("wang")
    answers = []
    for _ in range(2):
        with unit_of_work(wang) as session:
            answers.append(actions.start(session, wang, "p", {"unit": line.ids["unit:plant1"]}, idem_key="twice"))
    assert answers[0] == answers[1] and line.waiting() == ["a"]


def test_claiming_takes_a_task_from_the_others_and_giving_it_back_returns_it(works):
    works.deploy(start(), user("a", candidates="users([start.x, start.y])"), end(), "s > a > e")
    case = works.start(x=works.ids["li"], y=works.ids["chen"])
    task, li, chen = works.task("a"), works.actor("li"), works.actor("chen")
    with unit_of_work(li) as session:
        actions.claim(session, li, task)
    assert [row.principal for row in works.rows(InboxRow)] == [f"u{works.ids['li']}"]
    with pytest.raises(TooLate, match="李敏"):
        works.do_task("chen", task)
    with pytest.raises(TooLate, match="李敏"), unit_of_work(chen) as session:
        actions.claim(session, chen, task)
    with pytest.raises(NotYours), unit_of_work(chen) as session:
        actions.unclaim(session, chen, task)
    with unit_of_work(li) as session:
        actions.unclaim(session, li, task)
    assert len(works.rows(InboxRow)) == 2
    works.do_task("chen", task)
    assert works.told(case) == [("start", "s"), ("claim", "a"), ("unclaim", "a"), ("complete", "a"), ("end", "e")]


@pytest.fixture
def much(works):
    """A case that waits for a person, a timer and a message at once."""
    works.deploy(start(), par("g"), mine("a"), boundary("t", "a", timer('"PT1H"')), catch("c", event("message", "m")), end(), end("e2"),
                 end("e3"), "s > g > a > e", "g > c > e2", "t > e3")
    return works


def cancel(works, who, case, reason="报错了"):
    actor = works.actor(who)
    with unit_of_work(actor) as session:
        actions.cancel(session, actor, case, reason, idem_key=key())


def test_cancelling_leaves_nothing_open(much):
    case = much.start()
    assert len(much.rows(TimerRow)) == len(much.rows(Subscription)) == 1
    cancel(much, "wang", case)
    assert much.ended(case) == ("cancelled", "")
    assert much.rows(TimerRow) == much.rows(Subscription) == much.rows(InboxRow) == [] and much.waiting() == []
    with pytest.raises(TooLate):
        much.do_task("wang", much.rows(Task)[0].id)
    with pytest.raises(TooLate):
        cancel(much, "wang", case)


def test_who_may_cancel(line):
    case = begun(line)
    for stranger in ("li", "zhang", "admin"):
        with pytest.raises(NotYours):
            cancel(line, stranger, case)
    line.do("wang", "a")
    with pytest.raises(NotYours):
        cancel(line, "wang", case)  # somebody has acted
    with pytest.raises(EngineError):
        cancel(line, "po", case, reason=" ")
    cancel(line, "po", case)
    assert line.ended(case)[0] == "cancelled"


def test_candidates_are_told_once_and_the_actor_is_not(line):
    notify.configure(mail=True)
    try:
        begun(line)
        line.do("wang", "a")
    finally:
        notify.configure(mail=False)
    (message,) = line.rows(Message)
    assert (message.user_id, message.code, message.link) == (line.ids["zhang"], "N-01", f"/tasks/{line.task('b')}")
    (mail,) = line.rows(OutboxMessage)
    assert mail.dedupe_key == f"task:{line.task('b')}:{line.ids['zhang']}" and mail.params["task"] == "b"


def test_any_words_of_a_diagram_fit_into_a_mail(works):
    """Braces that name nothing, several lines, and more than a subject holds: no completion fails because of them."""
    words = "看 {这里} {0} {title.x} {\n第二行" + "长" * 400
    works.deploy(start(), mine("a"), service("tell", "flow.notify", code='"N-02"', to='role("station_leader", start.unit)', text="start.words"),
                 end(), "s > a > tell > e")
    works.start(words=words, unit=works.ids["unit:plant1"])
    notify.configure(mail=True)
    try:
        works.do("wang", "a")
    finally:
        notify.configure(mail=False)
    (mail,) = works.rows(OutboxMessage)
    assert line_of("zh", mail.subject, mail.params) == ("看 {这里} {0} {title.x} { 第二行" + "长" * 400)[:300]


def test_the_starter_hears_of_the_end(line):
    begun(line)
    line.do("wang", "a")
    line.do("zhang", "b", "ok")
    assert [m.user_id for m in line.rows(Message) if m.code == "N-14"] == [line.ids["wang"]]


def test_a_finished_case_keeps_two_kilobytes_at_most(works):
    works.deploy(start(), mine("a"), script("x", "y = 1"), mine("b"), end(), "s > a > x > b > e")
    case = works.start(words="管" * 200)
    works.do("wang", "a", note="水" * 200)
    works.do("wang", "b")
    with unit_of_work(SYSTEM, write=False) as session:
        assert len(session.get_one(ProcessInstance, case).state) < 2_048
