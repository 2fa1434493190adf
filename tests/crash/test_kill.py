"""kill -9 at random moments while people work over HTTP: what was answered is there once, what was not is whole or absent."""
import os
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from urllib.parse import unquote
from uuid import uuid4

from sqlalchemy import func, select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.outbox import Message, OutboxMessage
from data_model.process import Command, HistoryEvent, ProcessInstance, Task
from data_model.session import unit_of_work
from data_model.settings import Mail, Settings
from scheduler import outbox
from tests.crash import relay
from tests.crash.site import PATIENCE, Patient, until
from tests.crash.soundness import faults

COMPLETIONS = 200
TABS = 2  # browser windows of each person, who get into one another's way
ANSWERS = (4, 22)  # between two kills
SEED = int(os.environ.get("CRASH_SEED") or Random().randrange(10**6))
_TASK = re.compile(r'id="row-(\d+)"')


@dataclass
class Submission:
    """One press of a button: its key, and what the person was told in the end. The opinion carries the key into the history."""

    task: int
    key: str
    status: int = 0  # of the answer; 0 while there is none
    sent_on_to: str = ""
    broken: int = 0  # how often it broke off before the answer


class Office:
    """Everybody at work until everything is done."""

    def __init__(self):
        self.sent, self.pages_broken, self.closing = [], [], threading.Event()

    def answered(self):
        return sum(one.status == 303 for one in self.sent)

    def in_flight(self):
        return [one for one in self.sent if not one.status]

    def work(self, person, rng):
        with person:
            while not self.closing.is_set():
                tasks = _TASK.findall(self.page(person, "/inbox"))
                if not tasks:
                    self.closing.wait(0.2)
                for task in rng.sample(tasks, min(4, len(tasks))):
                    if self.closing.is_set():
                        return
                    self.complete(person, int(task))

    def complete(self, person, task):
        one = Submission(task, uuid4().hex)  # as a page opened a while ago would hold it
        self.sent.append(one)
        form = {"idem_key": one.key, "outcome": "done", "opinion": one.key}
        (status, one.sent_on_to, page), one.broken = person.insist("POST", f"/tasks/{task}", form)
        one.status = status
        if status not in (303, 409):
            self.pages_broken.append(f"POST /tasks/{task}: {status} {page[:2000]}")

    def page(self, person, path):
        (status, _, page), _ = person.insist("GET", path)
        if status != 200:
            self.pages_broken.append(f"GET {path}: {status} {page[:2000]}")
        return page


def test_killed_again_and_again(site, post_office):
    print(f"CRASH_SEED={SEED}")
    rng = Random(SEED)
    relay.deploy(site.ids)
    cases = relay.begin(site.ids, COMPLETIONS // relay.STEPS)
    office = Office()
    with site.running() as server:
        tabs = _sign_in(server)
        with ThreadPoolExecutor(len(tabs)) as pool, ExitStack() as at_last:
            at_last.callback(office.closing.set)
            working = [pool.submit(office.work, tab, Random(rng.random())) for tab in tabs]
            caught = _kill_and_kill(site, server, office, working, rng)
            office.closing.set()
            for one in working:
                one.result(PATIENCE)
        until(lambda: _all_over(cases), "every case has ended, every timer rung, every message delivered")
        server.kill()
        site.let_go()
        assert "Traceback" not in server.said(), server.said()[-3000:]
    assert office.pages_broken == []
    assert faults() == []
    _each_answer_counts_once(office)
    _the_clock_and_the_messages_counted_once(cases)
    letters = _every_letter_arrives(site, post_office)
    print(f"{len(office.sent)} submissions, {office.answered()} acknowledged, {sum(one.status == 409 for one in office.sent)} too late, "
          f"{sum(one.broken > 0 for one in office.sent)} broken off; {dict(caught)}; {letters}")


def _sign_in(server):
    """Once each: the sessions outlive every crash."""
    people = [Patient(server, login) for login in relay.PEOPLE]
    for person in people:
        with person:
            person.sign_in(person.login)
    return [person.twin(server) for person in people for _ in range(TABS)]


def _kill_and_kill(site, server, office, working, rng):
    """Until all is answered; how many kills, and what they caught."""
    caught = Counter()
    while (answered := office.answered()) < COMPLETIONS:
        _wait_for(office, min(answered + rng.randint(*ANSWERS), COMPLETIONS), working)
        _a_moment_later(rng)
        server.kill()
        site.let_go()
        caught += Counter(kills=1) + _whole_or_absent(office)
        assert faults() == []
        site.let_go()
        server.start()
    return caught


def _wait_for(office, answers, working):
    until(lambda: office.answered() >= answers or any(one.done() for one in working), f"{answers} answers")


def _a_moment_later(rng):
    """Any moment, or the one when something has just been committed and hardly anybody can have been told."""
    if rng.random() < 0.4:
        return time.sleep(rng.uniform(0, 0.06))
    before, deadline = _lines(), time.monotonic() + 2
    while _lines() == before and time.monotonic() < deadline:
        pass
    return None


def _lines():
    with unit_of_work(SYSTEM, write=False) as session:
        return session.scalar(select(func.max(HistoryEvent.id)))


def _whole_or_absent(office):
    """The server lies dead: what it was doing has either happened with everything that belongs to it, or not at all."""
    kinds = Counter()
    with unit_of_work(SYSTEM, write=False) as session:
        for one in office.in_flight():
            lines = session.scalars(select(HistoryEvent).where(HistoryEvent.opinion == one.key)).all()
            command = session.get(Command, one.key)
            task = session.get_one(Task, one.task)
            assert len(lines) <= 1
            assert (command is not None) == bool(lines), one
            if lines:
                assert (task.status, task.id) == ("done", lines[0].task_id)
                assert command.result["task_id"] == task.id
            kinds["whole, unanswered" if lines else "absent"] += 1
    return kinds


def _all_over(cases):
    with unit_of_work(SYSTEM, write=False) as session:
        rows = session.scalars(select(ProcessInstance)).all()
    return all(one.status == "completed" for one in rows if one.key == "relay") and len(rows) == 2 * len(cases)


def _each_answer_counts_once(office):
    with unit_of_work(SYSTEM, write=False) as session:
        lines = Counter(session.scalars(select(HistoryEvent.opinion).where(HistoryEvent.action == "complete")))
    assert {one.key: lines[one.key] for one in office.sent} == {one.key: int(one.status == 303) for one in office.sent}
    assert sum(lines.values()) == COMPLETIONS == office.answered()


def _the_clock_and_the_messages_counted_once(cases):
    with unit_of_work(SYSTEM, write=False) as session:
        rung = Counter(session.scalars(select(HistoryEvent.instance_id).where(HistoryEvent.action == "timer")))
        told = Counter(session.scalars(select(Message.link).where(Message.code == "N-02")))
        echoes = session.scalars(select(ProcessInstance.id).where(ProcessInstance.key == "echo")).all()
    assert rung == Counter(cases)
    assert told == Counter(f"/cases/{case}" for case in cases)
    assert len(echoes) == len(cases)


def _every_letter_arrives(site, post_office):
    """A day passes, hour by hour: the leases that dead servers held run out, and whatever hour people want no mail at is over."""
    settings = Settings(home=site.home, database_url="", secret_key="", storage=site.home, mail=Mail("127.0.0.1", post_office.port))
    by_server = len(post_office.letters)
    for hours in range(1, 25):
        with clock.at(clock.now() + timedelta(hours=hours)):
            while outbox.deliver(settings):
                pass
    with unit_of_work(SYSTEM, write=False) as session:
        rows = session.scalars(select(OutboxMessage)).all()
        tasks = session.scalars(select(Task)).all()
    arrived = {unquote(letter["Message-ID"]) for letter in post_office.letters}
    assert all(row.sent_at for row in rows)
    assert arrived == {f"<{row.dedupe_key}@anlan>" for row in rows}
    told = {row.dedupe_key.rpartition(":")[0] for row in rows if row.dedupe_key.startswith("task:")}
    assert told == {f"task:{task.id}" for task in tasks if task.element_id != "a"}
    return f"{len(rows)} letters, {by_server} sent by servers, {len(post_office.letters) - len(rows)} twice"
