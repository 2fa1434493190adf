"""Shapes that stories of events are drawn with, and what happens to them."""


from data_model.process import InboxRow, Incident, Subscription, TimerRow
from tests.diagrams import (
    end,
    event,
    start,
    sub,
    throw,
)
from tests.engine.workshop import mine

SIGNAL, STOP = event("signal", "x1"), event("signal", "stop")


def inner(id, *parts, **more):
    """A subprocess from s<id> to e<id>."""
    return sub(id, start(f"s{id}"), end(f"e{id}"), *parts, **more)


def failing(id, step, code="f1"):
    return sub(id, start(f"s{id}"), mine(step), end(f"e{id}", event("error", code)), f"s{id} > {step} > e{id}")


def when_heard(id, definition, step, interrupting=False):
    """An event subprocess with one step."""
    return sub(id, start(f"s{id}", definition, isInterrupting=str(interrupting).lower()), mine(step, allow="return,withdraw"), end(f"e{id}"),
               f"s{id} > {step} > e{id}", triggeredByEvent="true")


def broadcast(works, name="x1"):
    works.deploy(start(), throw("t", event("signal", name)), end(), "s > t > e", key="caller")
    works.start("caller")
    works.deliver()


def everybody(works, case):
    while works.open_tasks():
        works.do_task("wang", works.open_tasks()[0].id)
    assert works.ended(case)[0] == "completed"
    assert works.rows(TimerRow) == works.rows(Subscription) == works.rows(InboxRow) == works.rows(Incident) == []
