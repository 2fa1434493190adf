"""加签 and 减签 in signings and several instances; a vote taken back; a thousand signers cost what one costs."""
import json

import pytest
from sqlalchemy import event

from data_model.actor import SYSTEM
from data_model.db import db
from data_model.organisation import User
from data_model.process import Task
from data_model.session import unit_of_work
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import end, many, start, user
from tests.engine.test_signing import AGREE
from tests.engine.workshop import mine

THREE = ("wang", "li", "chen")


@pytest.fixture
def signing(works):
    def begun(mode="all", people=THREE, **more):
        works.deploy(start(), user("v", candidates="users(start.people)", outcomes=AGREE, allow="add_signer,withdraw",
                                   signing=json.dumps({"mode": mode, **more})), mine("z"), end(), "s > v > z > e")
        return works.start(people=[works.ids[who] for who in people])
    return begun


def votes(works):
    return {s.name: (s.where, s.status) for s in works.signers("wang", next(t.id for t in works.rows(Task) if t.element_id == "v"))}


def test_one_more_signer_changes_what_is_needed(works, signing):
    signing("ratio", ratio=60)
    works.add("wang", works.task("v", "wang"), ["sun", "zhang"], "alongside")
    assert len(works.open_tasks()) == 5
    works.do("wang", "v", "agree")
    works.do("li", "v", "agree")
    assert works.waiting() == ["v"] * 3  # two of three would have been enough, of five it takes three
    works.do("sun", "v", "agree")
    assert works.waiting() == ["z"]


def test_in_turn_the_added_one_comes_next(works, signing):
    signing("sequential")
    works.add("wang", works.task("v"), ["sun", "zhou"], "alongside")
    assert votes(works) == {"王强": ("", "asked"), "孙丽": ("alongside", "waiting"), "周明": ("alongside", "waiting"), "李敏": ("", "waiting"),
                            "陈刚": ("", "waiting")}
    works.remove("wang", works.task("v"), whom="zhou")
    for who in ("wang", "sun", "li", "chen"):
        works.do(who, "v", "agree")
    assert works.waiting() == ["z"]


def test_taking_the_last_open_one_away_decides(works, signing):
    signing()
    works.add("wang", works.task("v", "wang"), ["sun"], "alongside")
    for who in THREE:
        works.do(who, "v", "agree")
    (suns,) = works.open_tasks()
    with pytest.raises(NotYours):
        works.remove("li", suns.id)
    works.remove("wang", suns.id)
    assert works.waiting() == ["z"]


def test_who_may_not_be_taken_away(works, signing):
    signing()
    works.add("wang", works.task("v", "wang"), ["sun"], "alongside")
    with pytest.raises(NotYours):
        works.remove("wang", works.task("v", "li"))  # the diagram asks li
    with pytest.raises(EngineError, match="孙丽"):
        works.add("li", works.task("v", "li"), ["sun"], "alongside")
    suns = works.task("v", "sun")
    works.do_task("sun", suns, "agree")
    with pytest.raises(TooLate, match="孙丽 于"):
        works.remove("wang", suns)


def test_before_and_after_inside_a_signing(works, signing):
    signing()
    works.add("wang", works.task("v", "wang"), ["sun"], "before")
    works.add("li", works.task("v", "li"), ["zhou"], "after")
    works.do("li", "v", "agree")
    works.do("sun", "v", "agree")
    works.do("wang", "v", "agree")
    works.do("chen", "v", "agree")
    assert works.waiting() == ["v"]  # zhou is still to sign after li
    works.do("zhou", "v", "agree")
    assert works.waiting() == ["z"]
    assert [v["by"] for v in works.view("wang", works.task("z")).data["v"]["votes"]] == [works.ids[w] for w in ("wang", "chen", "li")]


def test_a_signing_that_is_decided_closes_helpers_too(works, signing):
    signing("any")
    works.add("wang", works.task("v", "wang"), ["sun"], "before")
    works.do("li", "v", "agree")
    assert works.waiting() == ["z"] and {t.status for t in works.rows(Task) if t.element_id == "v"} == {"closed", "done"}


@pytest.mark.parametrize("mode", ["all", "sequential"])
def test_a_vote_is_taken_back_while_the_signing_runs(works, signing, mode):
    case = signing(mode)
    works.do("wang", "v", "agree")
    voted = works.rows(Task)[0].id
    assert works.withdrawable("wang", case).task_id == voted
    works.withdraw("wang", voted)
    assert len(works.open_tasks()) == (3 if mode == "all" else 1)
    for who in THREE:
        works.do(who, "v", "agree")
    assert works.waiting() == ["z"]
    assert works.withdrawable("chen", case) is None  # it is decided
    assert [v["by"] for v in works.view("wang", works.task("z")).data["v"]["votes"]] == [works.ids[w] for w in THREE]


@pytest.mark.parametrize("sequential", [False, True])
def test_several_instances_take_one_more_and_give_it_back(works, sequential):
    works.deploy(start(), mine("n", allow="add_signer").looping(many("2", sequential=sequential)), mine("z"), end(), "s > n > z > e")
    works.start()
    first = works.open_tasks()[0].id
    works.add("wang", first, ["sun"], "alongside")
    works.do_task("wang", first)
    assert [f"u{works.ids['sun']}"] in [t.candidates for t in works.open_tasks()]
    works.do("wang", "n") if not sequential else works.do("sun", "n")
    if sequential:
        works.do("wang", "n")
    else:
        works.remove("wang", works.task("n", "sun"))
    assert works.waiting() == ["z"]


def weight(row):
    values = row.values() if hasattr(row, "values") else row
    return sum(len(value) if isinstance(value, (bytes, memoryview)) else len(str(value)) for value in values)


def counted(call):
    """SQL statements and bytes of their parameters."""
    found = [0, 0]

    def seen(_connection, _cursor, _statement, parameters, _context, _many):
        found[0] += 1
        found[1] += sum(weight(row) for row in (parameters if isinstance(parameters, list) else [parameters]))
    engine = db.engine
    event.listen(engine, "before_cursor_execute", seen)
    try:
        call()
    finally:
        event.remove(engine, "before_cursor_execute", seen)
    return found


def test_the_last_of_many_signers_costs_at_most_twice_the_first(works, signing):
    people = [f"p{n}" for n in range(60)]
    add_people(works, people)
    signing("all", people[:2])
    few, half, all_ = (counted(lambda count=count: signing("all", people[:count])) for count in (2, 31, 60))
    assert all_[0] - half[0] <= half[0] - few[0] and all_[1] - half[1] <= 1.1 * (half[1] - few[1])  # creating is linear
    last_case = max(task.instance_id for task in works.open_tasks())
    costs = [counted(lambda task=task: works.do_task(works.by_address[task.candidates[0]], task.id, "agree"))
             for task in works.open_tasks() if task.instance_id == last_case]
    first, last = costs[0], costs[-1]
    assert last[0] <= 2 * first[0] and last[1] <= 2 * first[1], (first, last)


def add_people(works, logins):
    with unit_of_work(SYSTEM) as session:
        rows = [User(login=login, name=login, unit_id=works.ids["unit:filter"], email="", password_hash="", must_change_password=False)
                for login in logins]
        session.add_all(rows)
        session.flush()
        works.ids |= {row.login: row.id for row in rows}
        works.by_address = {f"u{row.id}": row.login for row in rows}


def test_every_added_signer_sees_who_asked_them(works):
    works.deploy(start(), user("v", candidates="users(start.people)", signing='{"mode": "all"}', outcomes=AGREE, allow="add_signer"), end(), "s > v > e")
    works.start(people=[works.ids["wang"], works.ids["li"]])
    task = works.task("v", "wang")
    for whom, where in (("sun", "alongside"), ("zhou", "before")):
        works.add("wang", task, [whom], where)
    assert {t.candidates[0]: t.from_name for t in works.open_tasks()} == {
        f"u{works.ids['li']}": "", f"u{works.ids['sun']}": "王强", f"u{works.ids['zhou']}": "王强"}
