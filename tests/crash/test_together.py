"""Many at once at a real server: a task is done once, who comes second is told by whom, and nobody sees an error page."""
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.process import HistoryEvent, ProcessInstance, Task, TimerRow
from data_model.session import unit_of_work
from engine import actions, deployment
from engine.principals import actor_for
from tests.crash import relay
from tests.crash.site import Patient, until
from tests.crash.soundness import faults
from tests.diagrams import diagram, end, par, start, user

EIGHT = ("wang", "li", "chen", "sun", "zhang", "zhao", "zhou", "wu")
TWENTY = 20


@pytest.fixture
def office(site):
    """Everybody is a candidate of `one`; `eight` has a branch for each."""
    everybody = f"users({[site.ids[who] for who in EIGHT]})"
    branches = [user(f"b{n}", candidates=f"users([{site.ids[who]}])", form=relay.FORM) for n, who in enumerate(EIGHT)]
    last = user("z", candidates=everybody, form=relay.FORM)
    parts = {"one": (start(), user("a", candidates=everybody, form=relay.FORM), end(), "s > a > e"),
             "eight": (start(), par("g"), *branches, par("j"), last, end(), "s > g", *(f"g > {b.id} > j" for b in branches), "j > z > e")}
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {
            f"{key}.bpmn": diagram(*some, key=key, properties={"starters": "everyone"}) for key, some in parts.items()})
    return site


def begun(site, key):
    with unit_of_work(SYSTEM) as session:
        wang = actor_for(session, session.get_one(User, site.ids["wang"]))
        return actions.start(session, wang, key, {}, idem_key=uuid4().hex).instance_id


def tasks_of(case):
    with unit_of_work(SYSTEM, write=False) as session:
        rows = session.scalars(select(Task).where(Task.instance_id == case, Task.status == "open").order_by(Task.id)).all()
    return {task.element_id: task.id for task in rows}


def completions(case):
    with unit_of_work(SYSTEM, write=False) as session:
        return sorted(session.scalars(select(HistoryEvent.element_id).where(
            HistoryEvent.instance_id == case, HistoryEvent.action == "complete")))


def sign_in(server):
    """Each is there once; at_once gives every press a tab of its own."""
    people = {login: Patient(server, login) for login in EIGHT}
    for person in people.values():
        with person:
            person.sign_in(person.login)
    return people


def at_once(server, people, tasks, keys):
    """All press at the same moment: [(status, address sent on to, page)]."""
    browsers = [person.twin(server) for person in people]
    gate = threading.Barrier(len(browsers))

    def press(browser, task, key):
        with browser:
            gate.wait(20)
            return browser.ask("POST", f"/tasks/{task}", {"idem_key": key, "outcome": "done", "opinion": ""})

    with ThreadPoolExecutor(len(browsers)) as pool:
        return list(pool.map(press, browsers, tasks, keys))


def test_many_at_one_server(office):
    with office.running() as server:
        people = sign_in(server)
        _twenty_submissions_of_one_task(office, server, people)
        _one_submission_twenty_times(office, server, people["li"])
        _eight_people_on_eight_branches(office, server, people)
        assert "Traceback" not in server.said(), server.said()[-3000:]
    assert faults() == []


def _twenty_submissions_of_one_task(site, server, people):
    case = begun(site, "one")
    answers = at_once(server, [people[who] for who in (EIGHT * 3)[:TWENTY]], [tasks_of(case)["a"]] * TWENTY,
                      [uuid4().hex for _ in range(TWENTY)])
    assert Counter(status for status, _, _ in answers) == {303: 1, 409: TWENTY - 1}
    with unit_of_work(SYSTEM, write=False) as session:
        winner = session.scalars(select(Task).where(Task.instance_id == case)).one().completed_by_name
    assert all(f"已由 {winner} 于" in page for status, _, page in answers if status == 409)
    assert completions(case) == ["a"]


def _one_submission_twenty_times(site, server, li):
    case, key = begun(site, "one"), uuid4().hex
    answers = at_once(server, [li] * TWENTY, [tasks_of(case)["a"]] * TWENTY, [key] * TWENTY)
    assert Counter((status, where) for status, where, _ in answers) == {(303, answers[0][1]): TWENTY}
    assert completions(case) == ["a"]


def _eight_people_on_eight_branches(site, server, people):
    for _ in range(3):
        case = begun(site, "eight")
        tasks = tasks_of(case)
        answers = at_once(server, people.values(), [tasks[f"b{n}"] for n in range(8)], [uuid4().hex for _ in EIGHT])
        assert [status for status, _, _ in answers] == [303] * 8
        assert completions(case) == [f"b{n}" for n in range(8)]
        assert list(tasks_of(case)) == ["z"]


def test_a_timer_that_fell_due_while_the_house_lay_dead_rings_once(site):
    """And two schedulers on one PostgreSQL ring each of twenty once between them."""
    relay.deploy(site.ids, ring="PT2S")
    with site.running() as server:
        cases = relay.begin(site.ids, TWENTY)
        server.kill()
        site.let_go()
        with unit_of_work(SYSTEM, write=False) as session:
            due = max(session.scalars(select(TimerRow.due_at)), default=None)
        assert due is not None and rung(cases) == Counter(), "the server was slower to die than the timers to ring"
        time.sleep(max(0.0, (due - clock.now()).total_seconds()))
        server.start()
        if site.address.startswith("postgresql"):
            with site.running() as second:
                _all_ring(cases)
                assert "Traceback" not in second.said(), second.said()[-3000:]
        _all_ring(cases)
        server.kill()
        server.start()  # who rang before it died is not rung again
        time.sleep(0.6)
        assert rung(cases) == Counter(cases)
        assert "Traceback" not in server.said(), server.said()[-3000:]
    assert faults() == []


def _all_ring(cases):
    until(lambda: len(rung(cases)) == len(cases), "each timer has rung")
    assert rung(cases) == Counter(cases)
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.scalars(select(ProcessInstance.id).where(ProcessInstance.status != "running")).all() == []


def rung(cases):
    with unit_of_work(SYSTEM, write=False) as session:
        return Counter(session.scalars(select(HistoryEvent.instance_id).where(
            HistoryEvent.instance_id.in_(cases), HistoryEvent.action == "timer")))
