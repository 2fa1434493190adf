"""挂起 and 恢复: nobody can act, clocks stand still, everybody is told, and what was left is left."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.process import Delivery, HistoryEvent, InboxRow, ProcessInstance, Subscription, Task, TimerRow
from data_model.session import unit_of_work
from engine import actions
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import boundary, catch, end, event, par, race, service, start, throw, timer, user
from tests.engine.workshop import key, mine


def stop(works, case, who="po", reason="等待鉴定报告", **more):
    return works.act(who, actions.suspend, case, reason, **more)


def go_on(works, case, who="po", reason="报告已到", **more):
    return works.act(who, actions.resume, case, reason, **more)


@pytest.fixture
def waiting(works):
    """wang's step has two days and a reminder beside it."""
    works.deploy(start(), mine("a", due="P2D", allow="withdraw,transfer,remind,add_signer"), boundary("t", "a", timer('"PT24H"'), False),
                 mine("n"), mine("z"), end(), "s > a > z > e", "t > n")
    return works.start()


def test_nobody_can_act_and_all_are_told_who_when_and_why(works, waiting):
    task = works.task("a")
    stop(works, waiting)
    assert works.instance(waiting).status == "suspended" and works.rows(TimerRow) == []
    for deed in (lambda: works.do_task("wang", task), lambda: works.act("wang", actions.claim, task, idem_key=None),
                 lambda: works.act("wang", actions.transfer, task, works.ids["li"], "出差"),
                 lambda: works.act("wang", actions.remind, waiting),
                 lambda: works.add("wang", task, ["li"], "before")):
        with pytest.raises(TooLate) as late:
            deed()
        assert (late.value.params["who"], late.value.params["reason"]) == ("彭流", "等待鉴定报告") and late.value.params["when"] == "03-02 09:00"
    assert works.may("wang", task) - {"comment", "follow", "cc", "cancel"} == set()
    assert works.inbox("wang") == ["a"] and works.inbox("wang", "overdue") == []
    assert works.notes("wang")[-1] == "彭流 已挂起流程，您的待办「a」暂不能办理：等待鉴定报告（流程）"
    (line,) = works.events("suspend")
    assert (line.actor_name, line.opinion, line.data) == ("彭流", "等待鉴定报告", {"before": "running", "after": "suspended"})


def test_what_was_left_is_left(works, waiting):
    (due,), (rings,) = [task.due_at for task in works.open_tasks()], [row.due_at for row in works.rows(TimerRow)]
    clock.move(timedelta(hours=20))
    stop(works, waiting)
    clock.move(timedelta(days=10))
    assert works.ring() == 0 and works.inbox("wang", "overdue") == []
    go_on(works, waiting)
    (task,), (timer_row,) = works.open_tasks(), works.rows(TimerRow)
    assert task.due_at == due + timedelta(days=10) and timer_row.due_at == rings + timedelta(days=10) and not task.suspended
    assert {row.due for row in works.rows(InboxRow)} == {int(task.due_at.timestamp())}
    clock.move(timedelta(hours=3, minutes=59))
    assert works.ring() == 0
    clock.move(timedelta(minutes=2))
    assert works.ring() == 1 and works.waiting() == ["a", "n"]
    works.do("wang", "a")
    works.do("wang", "n")
    works.do("wang", "z")
    assert works.ended(waiting) == ("completed", "e")
    assert [action for action, _ in works.told(waiting)][:4] == ["start", "suspend", "resume", "timer"]


def test_a_cycle_and_a_race_stand_still_too(works):
    works.deploy(start(), par("g"), mine("a"), boundary("c", "a", timer('"R3/PT1H"', "timeCycle"), False), mine("n"), race("r"),
                 catch("late", timer('"PT2H"')), catch("told", event("message", "news")), mine("y"), end(), end("e2"), end("e3"), end("e4"),
                 "s > g > a > e", "c > n > e4", "g > r", "r > late > y > e2", "r > told > e3")
    case = works.start()
    stop(works, case)
    clock.move(timedelta(hours=5))
    assert works.ring() == 0
    go_on(works, case)
    assert len(works.rows(TimerRow)) == 2 and works.ring() == 0
    clock.move(timedelta(hours=1, seconds=1))
    assert works.ring() == 1 and works.waiting() == ["a", "n"]
    clock.move(timedelta(hours=1))
    assert works.ring() == 2 and works.waiting() == ["a", "n", "n", "y"]


def test_a_message_for_it_waits_as_long_as_it_takes(works):
    works.deploy(start(), throw("t", event("message", "news")), end(), "s > t > e", key="teller")
    works.deploy(start(), catch("c", event("message", "news")), mine("z"), end(), "s > c > z > e")
    case = works.start()
    stop(works, case)
    works.start("teller")
    for _ in range(40):
        works.deliver()
        clock.move(timedelta(days=1))
    assert works.waiting() == [] and len(works.rows(Subscription)) == 1
    go_on(works, case)
    works.deliver()
    assert works.waiting() == ["z"] and all(row.done_at for row in works.rows(Delivery))


def test_cases_it_has_started_stop_and_go_on_with_it_unless_they_stand_alone(works):
    for name, said in (("goes", {}), ("stays", {"when_parent_ends": "stay"})):
        works.deploy(start(), mine(name + "x", due="P1D"), end(), f"s > {name}x > e", key=name, properties={"starters": "everyone", **said})
    works.deploy(start(), service("one", "flow.start_process", key='"goes"'), service("two", "flow.start_process", key='"stays"'),
                 mine("y"), end(), "s > one > two > y > e")
    case = works.start()
    stop(works, case)
    assert {(i.key, i.status) for i in works.rows(ProcessInstance)} == {("p", "suspended"), ("goes", "suspended"), ("stays", "running")}
    with pytest.raises(TooLate):
        works.do("wang", "goesx")
    works.do("wang", "staysx")
    go_on(works, case)
    works.do("wang", "goesx")
    works.do("wang", "y")
    assert {i.status for i in works.rows(ProcessInstance)} == {"completed"}


def test_a_child_that_was_stopped_for_itself_stays_stopped(works):
    works.deploy(start(), mine("x"), end(), "s > x > e", key="child")
    works.deploy(start(), service("one", "flow.start_process", key='"child"'), mine("y"), end(), "s > one > y > e")
    case = works.start()
    child = next(i.id for i in works.rows(ProcessInstance) if i.key == "child")
    stop(works, child)
    stop(works, case)
    go_on(works, case)
    assert (works.instance(case).status, works.instance(child).status) == ("running", "suspended")
    go_on(works, child)
    assert works.waiting() == ["x", "y"]


def test_who_may_and_when(works, waiting):
    for who in ("wang", "au", "ga", "zhang"):
        with pytest.raises(NotYours):
            stop(works, waiting, who)
    with pytest.raises(EngineError):
        stop(works, waiting, reason="  ")
    with pytest.raises(TooLate):
        go_on(works, waiting)
    stop(works, waiting)
    with pytest.raises(TooLate) as late:
        stop(works, waiting)
    assert late.value.params["who"] == "彭流"
    works.act("po", actions.cancel, waiting, "重复上报")
    assert works.instance(waiting).status == "cancelled" and works.waiting() == [] and works.rows(InboxRow) == []
    with pytest.raises(TooLate):
        go_on(works, waiting)


def test_held_and_helped_tasks_stand_still_and_come_back(works):
    works.deploy(start(), user("b", candidates="users(start.people)", allow="add_signer"), end(), "s > b > e")
    case = works.start(people=[works.ids["li"]])
    works.add("li", works.task("b"), ["chen"], "before")
    helper = works.open_tasks()[0].id
    stop(works, case)
    with pytest.raises(TooLate, match="挂起"):
        works.do_task("chen", helper)
    with pytest.raises(TooLate, match="挂起"):
        works.remove("li", helper)
    go_on(works, case)
    works.do_task("chen", helper)
    works.do("li", "b")
    assert works.ended(case)[0] == "completed" and not any(task.suspended for task in works.rows(Task))


def test_at_once(works, together, waiting):
    task, po, wang = works.task("a"), works.actor("po"), works.actor("wang")

    def doing(actor, deed, *args, idem_key=""):
        chosen = idem_key or key()

        def call():
            with unit_of_work(actor) as session:
                return deed(session, actor, *args, idem_key=chosen)
        return call
    first, second = together([doing(po, actions.suspend, waiting, "等", idem_key="twice")] * 2)
    assert first == second and len(works.events("suspend")) == 1
    answers = together([doing(po, actions.resume, waiting, "好"), doing(po, actions.resume, waiting, "好的")])
    assert len([a for a in answers if isinstance(a, TooLate)]) == 1 and len(works.events("resume")) == 1
    done, stopped = together([doing(wang, actions.complete, task, "done", {}), doing(po, actions.suspend, waiting, "等")])
    assert not isinstance(stopped, Exception) and isinstance(done, TooLate) or works.waiting() == ["z"]
    assert all(row.suspended for row in works.open_tasks()) and [e.seq for e in works.history(waiting)] == list(
        range(1, works.instance(waiting).events + 1))
    assert works.rows(TimerRow) == [] and len(works.rows(HistoryEvent)) == works.instance(waiting).events
