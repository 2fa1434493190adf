"""Completions through engine.actions, each in its own committed unit of work."""
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, text

from benchmarks.houses import house, person
from benchmarks.measure import listening, pace, until
from data_model.actor import SYSTEM, Actor
from data_model.db import db
from data_model.process import InstanceStatus, ProcessInstance
from data_model.session import unit_of_work
from engine import actions

WARM_UP = 20  # instances
SAMPLES = 10  # instances whose cost is counted


def run(kind: str) -> dict[str, Any]:
    with house(kind):
        actor = person()
        for _ in range(WARM_UP):
            _instance(actor, [])
        spans: list[float] = []
        for _ in until():
            _instance(actor, spans)
        return pace(spans) | _cost(actor) | {"state_bytes_per_instance": _state_bytes()}


def _instance(actor: Actor, spans: list[float]) -> None:
    with unit_of_work(actor) as session:
        task = actions.start(session, actor, "line", {}, idem_key=uuid4().hex).next_task_id
    while task:
        before = time.perf_counter()
        task = _complete(actor, task)
        spans.append(time.perf_counter() - before)


def _complete(actor: Actor, task: int) -> int | None:
    with unit_of_work(actor) as session:
        return actions.complete(session, actor, task, "done", {"amount": 250}, idem_key=uuid4().hex).next_task_id


def _cost(actor: Actor) -> dict[str, float]:
    """Statements, commits and bytes of a completion: the mean over the three of an instance, several instances."""
    done = statements = commits = written = 0
    for _ in range(SAMPLES):
        with unit_of_work(actor) as session:
            task = actions.start(session, actor, "line", {}, idem_key=uuid4().hex).next_task_id
        before = _log_at()
        with listening(db.engine) as tally:
            while task:
                task = _complete(actor, task)
                done += 1
        statements, commits, written = statements + tally.statements, commits + tally.commits, written + _log_at(False) - before
    if db.engine.dialect.name == "sqlite":
        statements -= done  # our own BEGIN passes the cursor too
    return {"sql_per_completion": round(statements / done, 2), "commits_per_completion": round(commits / done, 2),
            "bytes_written_per_completion": round(written / done)}


def _log_at(fresh: bool = True) -> int:
    """Where the database's write-ahead log stands, in bytes; `fresh` lets SQLite begin a new one that is not taken in meanwhile."""
    if db.engine.dialect.name == "postgresql":
        with unit_of_work(SYSTEM, write=False) as session:
            return int(session.execute(text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")).scalar_one())
    if fresh:
        raw = db.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_autocheckpoint=0")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
    return Path(f"{db.engine.url.database}-wal").stat().st_size


def _state_bytes() -> int:
    with unit_of_work(SYSTEM, write=False) as session:
        size = select(func.avg(func.length(ProcessInstance.state))).where(ProcessInstance.status == InstanceStatus.COMPLETED)
        return round(float(session.execute(size).scalar_one()))
