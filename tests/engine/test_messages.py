"""Messages and signals between cases: kept until they arrive, each arrival in a move of its own."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.process import Delivery, ProcessInstance, Subscription
from engine import messages
from engine.errors import EngineError
from tests.diagrams import boundary, catch, end, event, par, start, throw, timer, user
from tests.engine.workshop import mine


def sender(works, kind, name="m", key="sender"):
    works.deploy(start(), throw("send", event(kind, name)), end(), "s > send > e", key=key)


def receiver(works, kind, name="m", key="receiver"):
    works.deploy(start(), catch("c", event(kind, name)), mine("a"), end(), "s > c > a > e", key=key)


def test_a_signal_reaches_everyone_who_waits_and_starts_what_begins_with_it(works):
    sender(works, "signal")
    receiver(works, "signal")
    works.deploy(start(event=event("signal", "m")), user("b", candidates="gm(start.unit)", on_empty="process_owner"), end(),
                 "s > b > e", key="begun")
    works.start("receiver")
    works.start("receiver")
    works.start("sender")
    assert works.deliver() == 2 + 1
    assert works.rows(Subscription) == [] and works.waiting()[:2] == ["a", "a"]
    assert works.deliver() == 0


def test_a_signal_is_heard_at_home_too(works):
    works.deploy(start(), par("g"), catch("c", event("signal", "m")), mine("a"), mine("b"), throw("t", event("signal", "m")), end(),
                 end("e2"), "s > g > c > a > e", "g > b > t > e2")
    receiver(works, "signal")
    works.start()
    works.start("receiver")
    works.do("wang", "b")
    assert works.waiting() == ["a"]
    works.deliver()
    assert works.waiting() == ["a", "a"]


def test_a_message_is_for_one_the_longest_waiting_first(works):
    sender(works, "message")
    receiver(works, "message")
    first = works.start("receiver")
    works.start("receiver")
    works.start("sender")
    assert works.deliver() == 1
    (task,) = works.open_tasks()
    assert task.instance_id == first and ("message", "c") in works.told(first)


def test_a_message_that_comes_too_early_waits_for_its_receiver(works):
    sender(works, "message")
    receiver(works, "message")
    works.start("sender")
    assert works.deliver() == 0
    works.start("receiver")
    clock.move(timedelta(minutes=1))
    assert works.deliver() == 1 and works.waiting() == ["a"]


def test_a_message_nobody_ever_wants_is_given_up(works):
    sender(works, "message")
    works.start("sender")
    works.deliver()
    clock.move(messages.PATIENCE + timedelta(hours=1))
    works.deliver()
    (row,) = works.rows(Delivery)
    assert row.done_at is not None and row.last_error


def test_a_message_starts_a_process_only_when_nobody_waits_for_it(works):
    sender(works, "message")
    works.deploy(start(event=event("message", "m")), catch("c", event("message", "m")), end(), "s > c > e", key="begun")
    works.start("sender")
    assert works.deliver() == 1
    assert len(works.rows(Subscription)) == 1
    works.start("sender")
    assert works.deliver() == 1
    assert works.rows(Subscription) == []


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_message_beside_a_task(works, interrupting):
    sender(works, "message")
    works.deploy(start(), mine("a"), boundary("c", "a", event("message", "m"), interrupting), mine("b"), end(), "s > a > e", "c > b > e")
    case = works.start()
    works.start("sender")
    works.deliver()
    assert works.waiting() == (["b"] if interrupting else ["a", "b"])
    for step in works.waiting():
        works.do("wang", step)
    assert works.ended(case) == ("completed", "e")


def test_correlated_messages_find_their_case(works):
    keys = ('<bpmn:collaboration id="co"><bpmn:correlationKey name="order"><bpmn:correlationPropertyRef>number</bpmn:correlationPropertyRef>'
            '</bpmn:correlationKey></bpmn:collaboration><bpmn:correlationProperty id="number" name="number">'
            '<bpmn:correlationPropertyRetrievalExpression messageRef="ask"><bpmn:messagePath>number</bpmn:messagePath>'
            '</bpmn:correlationPropertyRetrievalExpression><bpmn:correlationPropertyRetrievalExpression messageRef="reply">'
            "<bpmn:messagePath>number</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>")

    def message(name, payload="", variable=""):
        inside = (f"<spiffworkflow:messagePayload>{payload}</spiffworkflow:messagePayload>" if payload else "") + (
            f"<spiffworkflow:messageVariable>{variable}</spiffworkflow:messageVariable>" if variable else "")
        return f'<bpmn:messageEventDefinition messageRef="{name}"><bpmn:extensionElements>{inside}</bpmn:extensionElements></bpmn:messageEventDefinition>'

    works.deploy(start(), throw("t", message("ask", '{"number": start.number}')), catch("c", message("reply", variable="answer")), mine("a"),
                 end(), "s > t > c > a > e", key="asker", root=keys)
    works.deploy(start(), throw("t", message("reply", '{"number": start.number, "words": "好"}')), end(), "s > t > e", key="answerer", root=keys)
    works.start("asker", number=1)
    second = works.start("asker", number=2)
    works.start("answerer", number=2)
    assert works.deliver() == 1
    (task,) = works.open_tasks()
    assert task.instance_id == second


def test_at_home_too_it_is_for_one_the_longest_waiting(works):
    works.deploy(start(), par("g"), catch("c", event("message", "m")), mine("a"), catch("c2", event("message", "m")), mine("b"), mine("d"),
                 throw("t", event("message", "m")), end(), end("e2"), end("e3"), "s > g > c > a > e", "g > d > t > e2", "g > c2 > b > e3")
    case = works.start()
    works.do("wang", "d")
    assert works.waiting() == ["a"] and len(works.rows(Subscription)) == 1 and works.deliver() == 0
    sender(works, "message")
    works.start("sender")
    works.deliver()
    assert works.waiting() == ["a", "b"]
    for step in ("a", "b"):
        works.do("wang", step)
    assert works.ended(case)[0] == "completed"


class TestStarts:
    def by_clock(self, works, expression, kind="timeCycle", **more):
        works.deploy(start("s", timer(expression, kind)), user("a", candidates='role("station_leader", 1)', on_empty="process_owner"),
                     end(), "s > a > e", **more)

    def test_a_cycle_begins_a_case_each_time_and_stops(self, works):
        self.by_clock(works, '"R2/2026-03-03T08:00:00/P1D"', properties={"unit": "plant1"})
        assert works.deliver() == 0
        for cases in (1, 2, 2):
            clock.move(timedelta(days=1))
            works.deliver()
            assert len(works.rows(ProcessInstance)) == cases and works.deliver() == 0
        assert {(row.unit_id, row.starter_id, row.starter_name) for row in works.rows(ProcessInstance)} == {
            (works.ids["unit:plant1"], 0, "系统")}
        assert works.rows(Delivery)[-1].done_at is not None

    def test_moments_that_nobody_saw_come_together_as_one(self, works):
        self.by_clock(works, '"R/2026-03-03T08:00:00/P1D"')
        clock.move(timedelta(days=5))
        assert works.deliver() == 1 and works.deliver() == 0
        clock.move(timedelta(days=1))
        assert works.deliver() == 1

    def test_a_new_version_goes_on_counting_or_begins_anew(self, works):
        self.by_clock(works, '"R/2026-03-03T08:00:00/P1D"')
        self.by_clock(works, '"R/2026-03-03T08:00:00/P1D"', properties={"category": "new"})
        assert len(works.rows(Delivery)) == 1
        self.by_clock(works, '"R/2026-03-05T08:00:00/P1D"')
        works.deploy(start(), mine("a"), end(), "s > a > e")
        assert all(row.done_at for row in works.rows(Delivery))
        clock.move(timedelta(days=9))
        assert works.deliver() == 0

    def test_two_schedulers_begin_one_case(self, works, together):
        self.by_clock(works, '"PT1H"', "timeDuration")
        clock.move(timedelta(hours=1))
        now = clock.now()

        def look():
            with clock.at(now):
                return works.deliver()

        assert sorted(together([look, look, look])) == [0, 0, 1] and len(works.rows(ProcessInstance)) == 1

    def test_a_moment_that_cannot_be_worked_out_is_said_at_deployment(self, works):
        with pytest.raises(EngineError, match="时间不能确定"):
            self.by_clock(works, "start.when", "timeDate")
        with pytest.raises(EngineError, match="unit"):
            self.by_clock(works, '"PT1H"', "timeDuration", properties={"unit": "nowhere"})

    def test_one_of_several_starts_begins(self, works):
        works.deploy(start(), start("s2", event("message", "m")), start("s3", timer('"PT1H"')), mine("a"),
                     user("b", candidates="grid_up(1)", on_empty="process_owner"), user("c", candidates="grid_up(1)", on_empty="process_owner"),
                     end(), "s > a > e", "s2 > b > e", "s3 > c > e")
        case = works.start()
        assert works.waiting() == ["a"]
        works.do("wang", "a")
        assert works.ended(case) == ("completed", "e")
        sender(works, "message")
        works.start("sender")
        assert works.deliver() == 1 and works.waiting() == ["b"]
        clock.move(timedelta(hours=1))
        assert works.deliver() == 1 and works.waiting() == ["b", "c"]

    def test_a_message_says_where_the_case_belongs(self, works):
        works.deploy(start("s", event("message", "m")), user("a", candidates="gm(start.unit)", on_empty="process_owner"), end(), "s > a > e")
        told = ('<bpmn:messageEventDefinition messageRef="m"><bpmn:extensionElements><spiffworkflow:messagePayload>{"unit_id": start.to}'
                "</spiffworkflow:messagePayload></bpmn:extensionElements></bpmn:messageEventDefinition>")
        works.deploy(start(), throw("t", told), end(), "s > t > e", key="sender")
        works.start("sender", to=works.ids["unit:plant2"])
        works.deliver()
        (case,) = [row for row in works.rows(ProcessInstance) if row.key == "p"]
        assert case.unit_id == works.ids["unit:plant2"]
