"""Death by SIGKILL after each single statement of a move, and around its commit: before it nothing has happened, after it everything."""
import os
import signal
import traceback
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM
from data_model.db import db
from data_model.organisation import User
from data_model.process import Delivery, HistoryEvent, ProcessInstance, Task
from data_model.session import unit_of_work
from engine import actions, messages, notify, timers
from engine.principals import actor_for
from tests.crash import relay
from tests.crash.soundness import faults


@pytest.fixture(autouse=True)
def by_mail():
    notify.configure(mail=True)
    yield
    notify.configure(mail=False)


def system_unit():
    return unit_of_work(SYSTEM)


def complete(site, case, element, idem_key):
    """The person whose step it is presses the button; with the same key again the answer is the same."""
    with unit_of_work(SYSTEM, write=False) as session:
        task = session.scalars(select(Task).where(Task.instance_id == case, Task.element_id == element)).one()
        user = session.get_one(User, site.ids[dict(zip("abcd", relay.PEOPLE, strict=True))[element]])
        actor = actor_for(session, user)
    with unit_of_work(actor) as session:
        return actions.complete(session, actor, task.id, "done", {}, idem_key=idem_key)


class Deed:
    """One kind of move on a fresh case: what leads up to it, the move itself, and how often it has happened."""

    commits = 1  # until it has happened

    def __init__(self, site, number):
        self.site, self.number = site, number
        (self.case,) = relay.begin(site.ids)
        self.prepare()

    def prepare(self):
        pass

    def lines(self, action, element):
        with unit_of_work(SYSTEM, write=False) as session:
            return len(session.scalars(select(HistoryEvent).where(
                HistoryEvent.instance_id == self.case, HistoryEvent.action == action, HistoryEvent.element_id == element)).all())


class Completing(Deed):
    def do(self):
        return complete(self.site, self.case, "a", f"key {self.number}")

    def done(self):
        return self.lines("complete", "a")


class Ringing(Deed):
    """Later, when the timer is due."""

    def do(self):
        with clock.at(clock.now() + timedelta(minutes=1)):
            timers.fire_due(system_unit)

    def done(self):
        return self.lines("timer", "t")


class Delivering(Deed):
    """The last answer throws a message, which first finds whom it is for, then starts another process."""

    commits = 2

    def prepare(self):
        for step in "abcd":
            complete(self.site, self.case, step, f"{step} {self.number}")

    def do(self):
        messages.deliver_pending(system_unit)

    def done(self):
        with unit_of_work(SYSTEM, write=False) as session:
            waiting = session.scalars(select(Delivery).where(Delivery.done_at.is_(None))).all()
            echoes = session.scalars(select(ProcessInstance).where(ProcessInstance.key == "echo")).all()
        assert len(waiting) + len(echoes) == self.number
        return len(echoes) - (self.number - 1)


@pytest.mark.parametrize("kind", [Completing, Ringing, Delivering])
def test_death_after_each_statement(site, kind):
    relay.deploy(site.ids)
    numbers, found = count(1), []
    for after in count(1):
        deed = kind(site, next(numbers))
        if not _dies(deed, lambda after=after: _die_at_statement(after)):
            assert deed.done() == 1
            break
        found.append(_whole_or_absent(site, deed, f"after statement {after}"))
        _once_only(deed, f"after statement {after}")
    print(f"{kind.__name__}: killed after each of {len(found)} statements")
    assert found == sorted(found), "nothing that was there has gone again"
    assert found.count(0) > 8, "too few for a move"


@pytest.mark.parametrize("kind", [Completing, Ringing, Delivering])
def test_death_around_the_commit(site, kind):
    relay.deploy(site.ids)
    for number, (trap, done) in enumerate([("commit", 0), ("after_commit", 1)], 1):
        deed = kind(site, number)
        assert _dies(deed, lambda trap=trap: _die_at_commit(trap, kind.commits))
        assert _whole_or_absent(site, deed, trap) == done
        _once_only(deed, trap)


def _whole_or_absent(site, deed, when):
    site.let_go()
    assert faults() == [], when
    return deed.done()


def _once_only(deed, when):
    first = deed.do()
    assert (faults(), deed.done()) == ([], 1), when
    assert deed.do() == first, when
    assert deed.done() == 1, when


def _dies(deed, set_trap):
    """Let a child of ours do it with a trap set; whether that killed it. Nothing open is shared with it."""
    deed.site.let_go()
    db.engine.dispose()
    child = os.fork()
    if not child:
        try:
            set_trap()
            deed.do()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), f"the child failed: {status}"
    return status == signal.SIGKILL


def _die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at_statement(number):
    """Counted from the first statement that writes or locks: what only looks is not interesting."""
    seen = []

    @event.listens_for(Engine, "after_cursor_execute")
    def _count(_connection, _cursor, statement, *_):
        if seen or statement.startswith(("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE")) or "FOR UPDATE" in statement:
            seen.append(statement)
        if len(seen) == number:
            _die()


def _die_at_commit(trap, number):
    """Just before the database hears of it, or just after it has agreed. The end of a savepoint is no commit."""
    seen = count(1)

    def die_at_last(where):
        if not where.in_nested_transaction() and next(seen) == number:
            _die()

    event.listen(Engine if trap == "commit" else Session, trap, die_at_last)
