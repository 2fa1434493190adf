"""What a deed costs: a completion on the plain path takes at most twelve statements, whatever is built beside it."""
from sqlalchemy import event

from data_model.db import db
from data_model.session import unit_of_work
from engine import actions
from tests.diagrams import end, start, user
from tests.engine.workshop import key, mine


def cost(works, who, deed, *args, **more):
    """SQL statements of one deed, the unit of work's own begin and commit aside."""
    actor, seen = works.actor(who), []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with unit_of_work(actor) as session:
            deed(session, actor, *args, idem_key=key(), **more)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_completion_on_the_plain_path(works):
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e")
    for _ in range(2):
        works.start()
    first, second = (task.id for task in works.open_tasks())
    cost(works, "wang", actions.complete, first, "done", {"note": "x"})  # the diagram is parsed once
    assert cost(works, "wang", actions.complete, second, "done", {"note": "x"}, opinion="好") <= 12


def test_a_completion_that_tells_the_next_person(works):
    works.deploy(start(), mine("a"), user("b", candidates="users([start.boss])"), end(), "s > a > b > e")
    for _ in range(2):
        works.start(boss=works.ids["chen"])
    first, second = (task.id for task in works.open_tasks())
    cost(works, "wang", actions.complete, first, "done", {})
    assert cost(works, "wang", actions.complete, second, "done", {"note": "x"}, opinion="好") <= 12


def test_places_are_read_once_a_deed(works):
    works.deploy(start(), mine("a"), user("b", candidates='role("station_leader", start.unit)'), end(), "s > a > b > e")
    for _ in range(2):
        works.start(unit=works.ids["unit:plant1"])
    first, second = (task.id for task in works.open_tasks())
    cost(works, "wang", actions.complete, first, "done", {})
    assert cost(works, "wang", actions.complete, second, "done", {}) <= 15
