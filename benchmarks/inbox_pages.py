"""What an inbox page and its counts cost as the number of open tasks grows."""
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from sqlalchemy import text

from benchmarks.houses import house
from benchmarks.measure import SECONDS, listening, percentile, until
from benchmarks.pouring import pour
from data_model import clock
from data_model.actor import SYSTEM, Actor
from data_model.db import db
from data_model.process import InboxRow, ProcessDefinition, ProcessInstance, Task
from data_model.session import unit_of_work
from engine import inbox
from engine.inbox import InboxQuery

PEOPLE, ROLES, PLACES = 2_000, 14, 1_000
FIRST_ID = 10_000_000  # away from the tasks that were made by working


def run(kind: str, sizes: Sequence[int]) -> dict[str, Any]:
    return {str(size): one(kind, size) for size in sizes}


def one(kind: str, size: int) -> dict[str, Any]:
    """Pages and counts of different people over `size` open tasks: with three addresses each, with fifty, and in each order."""
    with house(kind):
        fill(kind, size)
        figures = _pages(3, "due") | {"counts_p95_ms": _counts(3)}
        figures |= {"fifty_principals": _pages(50, "due") | {"counts_p95_ms": _counts(50)}}
        return figures | {f"by_{sort}": _pages(3, sort) for sort in inbox.ORDERS if sort != "due"}


def _pages(principals: int, sort: str) -> dict[str, Any]:
    rng, each = Random(5), 0
    somebody(rng, principals)  # the first page compiles the statement
    with listening(db.engine) as pages:
        for _ in until(SECONDS / 6):
            actor = somebody(rng, principals)
            with unit_of_work(actor, write=False) as session:
                before = pages.statements
                inbox.page(session, actor, InboxQuery(sort=sort))
                each = pages.statements - before
            pages.mark()
    return {"p50_ms": percentile(pages.spans, 0.5), "p95_ms": percentile(pages.spans, 0.95), "sql_per_page": each}


def _counts(principals: int) -> float:
    rng = Random(6)
    with listening(db.engine) as counted:
        for _ in until(SECONDS / 6):
            actor = somebody(rng, principals)
            with unit_of_work(actor, write=False) as session:
                inbox.counts(session, actor)
            counted.mark()
    return percentile(counted.spans, 0.95)


def somebody(rng: Random, principals: int) -> Actor:
    """A person with that many addresses: their own, often one role that many tasks name, and places."""
    user = rng.randrange(1, PEOPLE)
    hot = ["station_leader@1"] if rng.random() < 0.3 else []
    places = [f"role{rng.randrange(ROLES)}@{rng.randrange(PLACES)}" if n % 2 else f"owner@{rng.randrange(PLACES)}" for n in range(principals)]
    return Actor(user_id=user, name="", principals=tuple(dict.fromkeys([f"u{user}", *hot, *places]))[:principals])


def fill(kind: str, size: int) -> None:
    """That many open tasks of one case, and their rows in the inboxes of those who may act."""
    with unit_of_work(SYSTEM) as session:
        definition = session.query(ProcessDefinition).first()
        instance = ProcessInstance(definition_id=definition.id, key="line", starter_id=1, unit_id=1, org_path="/1/")
        session.add(instance)
        session.flush()
        instance_id = instance.id
    pour(db.engine, Task.__table__, _tasks(size, instance_id))
    pour(db.engine, InboxRow.__table__, _inbox(size))
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE" if kind == "postgresql" else "ANALYZE"))


def _tasks(size: int, instance_id: int) -> Iterator[dict[str, Any]]:
    for number, due in _dues(size):
        yield {"id": number, "instance_id": instance_id, "token_id": str(number), "element_id": "a", "name": "甲", "process_key": "line",
               "process_name": "基准流程", "title": f"任务 {number}", "starter_id": 1, "org_path": "/1/",
               "due_at": clock.datetime.fromtimestamp(due, clock.UTC)}


def _inbox(size: int) -> Iterator[dict[str, Any]]:
    rng = Random(size + 1)
    for number, due in _dues(size):
        places = [f"u{rng.randrange(1, PEOPLE)}"] if rng.random() < 0.7 else [
            "station_leader@1", f"role{rng.randrange(ROLES)}@{rng.randrange(PLACES)}", f"owner@{rng.randrange(PLACES)}"]
        for principal in places:
            yield {"principal": principal, "due": due, "task_id": number, "process_key": "line", "station_id": 0, "priority": 1}


def _dues(size: int) -> Iterator[tuple[int, int]]:
    """Each task's number and when it is due, in seconds."""
    rng, now = Random(size), int(clock.now().timestamp())
    for number in range(FIRST_ID, FIRST_ID + size):
        yield number, now + rng.randrange(-5, 60) * 86_400 + rng.randrange(86_400)
