"""A thousand people sign one step: what creating it costs, and its first and its last signature."""
import time
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from benchmarks.houses import house, person
from benchmarks.measure import listening
from data_model.actor import SYSTEM, Actor
from data_model.db import db
from data_model.organisation import User
from data_model.process import ProcessInstance, Task, TaskStatus
from data_model.session import unit_of_work
from engine import actions, deployment
from tests.diagrams import diagram, end, start, user

PEOPLE = 1_000


def run(kind: str) -> dict[str, Any]:
    with house(kind):
        ids = _people()
        result: dict[str, Any] = {f"create_{count}": _create(ids[:count]) for count in (PEOPLE // 4, PEOPLE // 2)}
        result[f"create_{PEOPLE}"] = _create(ids)
        with unit_of_work(SYSTEM, write=False) as session:
            case = session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id.desc()).limit(1)).one()
            tasks = session.scalars(select(Task).where(Task.instance_id == case, Task.status == TaskStatus.OPEN).order_by(Task.id)).all()
            asked = [(task.id, int(task.candidates[0][1:])) for task in tasks]
        result["first"] = _sign(case, *asked[0])
        for task, who in asked[1:-1]:
            _sign(case, task, who)
        return result | {"last": _sign(case, *asked[-1])}


def _people() -> list[int]:
    with unit_of_work(SYSTEM) as session:
        step = user("v", candidates="users(start.people)", signing='{"mode": "all"}')
        deployment.deploy(session, SYSTEM, {"cosign.bpmn": diagram(
            start(), step, user("z", candidates="starter()"), end(), "s > v > z > e", key="cosign", properties={"starters": "everyone"})})
        home = session.scalars(select(User.unit_id).where(User.login == "wang")).one()
        rows = [User(login=f"p{n}", name=f"p{n}", unit_id=home, email="", password_hash="", must_change_password=False) for n in range(PEOPLE)]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def _create(ids: list[int]) -> dict[str, float]:
    actor, before = person(), time.perf_counter()
    with listening(db.engine) as tally, unit_of_work(actor) as session:
        actions.start(session, actor, "cosign", {"people": ids}, idem_key=uuid4().hex)
    return {"statements": tally.statements, "ms": round((time.perf_counter() - before) * 1_000, 1)}


def _sign(case: int, task: int, who: int) -> dict[str, float]:
    actor, before = Actor(who, "p", principals=(f"u{who}",)), time.perf_counter()
    with listening(db.engine) as tally, unit_of_work(actor) as session:
        actions.complete(session, actor, task, "done", {}, idem_key=uuid4().hex)
    spent = time.perf_counter() - before
    with unit_of_work(SYSTEM, write=False) as session:
        size = len(session.scalars(select(ProcessInstance.state).where(ProcessInstance.id == case)).one())
    return {"statements": tally.statements, "ms": round(spent * 1_000, 1), "state_bytes": size}
