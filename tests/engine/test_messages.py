"""Messages and signals between cases: kept until they arrive, each arrival in a move of its own."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.process import Delivery, Subscription
from engine import messages
from tests.diagrams import boundary, catch, end, event, par, start, throw, user
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
