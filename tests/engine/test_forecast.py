"""Who is next: told from where the case stands, certain only as far as it is."""
import pytest
from sqlalchemy import event

from data_model.actor import SYSTEM
from data_model.db import db
from data_model.process import ProcessInstance
from data_model.session import unit_of_work
from engine.forecast import Next, forecast
from tests.diagrams import boundary, call, catch, end, inc, many, par, race, script, start, sub, timer, user, xor
from tests.engine.workshop import mine

BUTTONS = '[{"value": "ok", "label": "同意"}, {"value": "no", "label": "不同意"}]'


@pytest.fixture
def next_in(works):
    def ask(case):
        with unit_of_work(SYSTEM, write=False) as session:
            return forecast(session, session.get_one(ProcessInstance, case))

    return ask


def plain(found):
    """'b' for a certain step, 'b?' for one behind an open gateway, and how it may end."""
    return [step.element_id + ("" if step.certain else "?") for step in found.steps], found.ends


def test_on_a_straight_line_everything_ahead_is_certain_and_named(works, next_in):
    works.deploy(start(), mine("a"), user("b", candidates="grid_owner(start.grid)"),
                 user("c", candidates='role("station_leader", start.grid)'), end(), "s > a > b > c > e")
    case = works.start(grid=works.ids["unit:filter"])
    found = next_in(case)
    assert found.steps == (Next("b", "b", True, False, ("李敏",), ()), Next("c", "c", True, False, (), (("厂站领导", "过滤区"),)))
    assert found.ends == "sure"
    works.do("wang", "a")
    assert plain(next_in(case)) == (["c"], "sure")
    works.do("li", "b")
    assert plain(next_in(case)) == ([], "sure")


def test_behind_a_gateway_that_waits_for_an_answer_both_ways_are_open(works, next_in):
    works.deploy(start(), mine("a", outcomes=BUTTONS), xor("g"), mine("b"), mine("c"), end(), "s > a > g", 'g > b if a.outcome == "ok"',
                 "g > c default", "b > e", "c > e")
    case = works.start()
    assert plain(next_in(case)) == (["b?", "c?"], "")
    works.do("wang", "a", "ok")
    assert plain(next_in(case)) == ([], "sure")


def test_a_gateway_that_speaks_of_earlier_answers_is_decided_already(works, next_in):
    works.deploy(start(), mine("a"), mine("b"), xor("g"), mine("c"), mine("d"), end(), "s > a > b > g", "g > c if a.level > 2",
                 "g > d default", "c > e", "d > e")
    high, low = works.start(), works.start()
    for task in works.open_tasks():
        works.do_task("wang", task.id, level=3 if task.instance_id == high else 1)
    assert plain(next_in(high)) == (["c"], "sure") and plain(next_in(low)) == (["d"], "sure")


def test_what_a_script_may_still_change_decides_nothing(works, next_in):
    works.deploy(start(), script("before", "x = 1"), mine("a"), script("after", "x = 2"), xor("g"), mine("b"), end(), "s > before > a > after > g",
                 "g > b if x == 1", "g > e default", "b > e")
    assert plain(next_in(works.start())) == (["b?"], "maybe")


def test_all_branches_of_a_parallel_gateway_are_certain_and_told_once(works, next_in):
    works.deploy(start(), mine("a"), par("split"), mine("b"), mine("c"), par("join"), mine("d"), end(),
                 "s > a > split > b > join > d > e", "split > c > join")
    case = works.start()
    assert plain(next_in(case)) == (["b", "c", "d"], "sure")
    works.do("wang", "a")
    assert plain(next_in(case)) == (["d"], "sure")
    works.do("wang", "b")
    assert plain(next_in(case)) == (["d"], "sure")


def test_an_inclusive_gateway_opens_what_is_decided_and_what_may_be(works, next_in):
    works.deploy(start(), mine("a"), mine("a2"), inc("split"), mine("b"), mine("c"), mine("d"), inc("join"), end(), "s > a > a2 > split",
                 "split > b if a.x == 1", "split > c if a2.y == 1", "split > d default", "b > join", "c > join", "d > join", "join > e")
    case = works.start()
    works.do("wang", "a", x=1)
    assert plain(next_in(case)) == (["b", "c?"], "sure")


def test_a_loop_back_is_told_without_end(works, next_in):
    works.deploy(start(), mine("a"), mine("b", outcomes=BUTTONS), xor("g"), end(), "s > a > b > g", 'g > a if b.outcome == "no"',
                 "g > e default")
    case = works.start()
    assert plain(next_in(case)) == (["b"], "maybe")
    works.do("wang", "a")
    assert plain(next_in(case)) == (["a?"], "maybe")


def test_several_signers_are_one_step(works, next_in):
    signers = f"users([{works.ids['li']}, {works.ids['zhang']}])"
    works.deploy(start(), mine("a"), user("sign", candidates=signers, signing='{"mode": "all"}', outcomes=BUTTONS), mine("b"), end(),
                 "s > a > sign > b > e")
    case = works.start()
    assert next_in(case).steps[0] == Next("sign", "sign", True, True, ("李敏", "张伟"), ())
    works.do("wang", "a")
    assert plain(next_in(case)) == (["b"], "sure")
    works.do("li", "sign", "ok")
    assert plain(next_in(case)) == (["b"], "sure")


def test_a_task_done_several_times_and_a_subprocess(works, next_in):
    works.deploy(start(), mine("a").looping(many("3")), sub("inner", start("s2"), mine("b"), end("e2"), "s2 > b > e2"), mine("c"), end(),
                 "s > a > inner > c > e")
    case = works.start()
    assert plain(next_in(case)) == (["b", "c"], "sure")
    for task in works.open_tasks():
        works.do_task("wang", task.id)
    assert works.waiting() == ["b"] and plain(next_in(case)) == (["c"], "sure")


def test_into_and_out_of_a_called_process(works, next_in):
    works.deploy(start(), mine("x"), mine("y"), end(), "s > x > y > e", key="q")
    works.deploy(start(), mine("a"), call("k", "q"), mine("b"), end(), "s > a > k > b > e")
    case = works.start()
    assert plain(next_in(case)) == (["q/x", "q/y", "b"], "sure")
    works.do("wang", "a")
    assert plain(next_in(case)) == (["q/y", "b"], "sure")
    works.do("wang", "q/x")
    works.do("wang", "q/y")
    assert plain(next_in(case)) == ([], "sure")


def test_a_deadline_is_no_next_step_but_waiting_is_passed(works, next_in):
    works.deploy(start(), mine("a"), boundary("late", "a", timer('"PT1H"')), mine("scolded"), catch("night", timer('"PT8H"')), mine("b"), end(),
                 "s > a > night > b > e", "late > scolded > e")
    case = works.start()
    assert plain(next_in(case)) == (["b"], "sure")
    works.do("wang", "a")
    assert works.waiting() == [] and plain(next_in(case)) == (["b"], "sure")


def test_whichever_event_comes_first_is_open(works, next_in):
    works.deploy(start(), mine("a"), race("r"), catch("one", timer('"PT8H"')), catch("two", timer('"PT9H"')), mine("b"), mine("c"), end(),
                 "s > a > r > one > b > e", "r > two > c > e")
    assert plain(next_in(works.start())) == (["b?", "c?"], "")


def test_who_is_left_open_when_an_answer_to_come_decides_it(works, next_in):
    works.deploy(start(), mine("a"), user("b", candidates='field("a.person")'), user("c", candidates='field("start.person")'),
                 user("d", candidates="grid_owner(nowhere)"), end(), "s > a > b > c > d > e")
    found = next_in(works.start(person=works.ids["chen"]))
    assert [(step.element_id, step.holders, step.roles) for step in found.steps] == [("b", (), ()), ("c", ("陈刚",), ()), ("d", (), ())]


def test_who_must_not_is_not_told(works, next_in):
    works.deploy(start(), mine("a"), user("b", candidates=f"users([{works.ids['wang']}, {works.ids['li']}])", duty="verify"), end(), "s > a > b > e")
    assert next_in(works.start()).steps[0].holders == ("李敏",)


def test_nothing_comes_after_the_end(works, next_in):
    works.deploy(start(), mine("a"), end(), "s > a > e")
    case = works.start()
    works.do("wang", "a")
    assert plain(next_in(case)) == ([], "")


def test_the_number_of_statements_does_not_grow_with_open_tasks_history_or_steps_ahead(works):
    ahead = [f"n{i}" for i in range(30)]
    owners = "grid_owner(start.grid)"
    works.deploy(start(), mine("a"), user("n0", candidates=owners), end(), "s > a > n0 > e", key="short")
    works.deploy(start(), mine("a").looping(many("40")), *(user(n, candidates=owners) for n in ahead), end(), f"s > a > {' > '.join(ahead)} > e",
                 key="long")
    short, long = works.start("short", grid=works.ids["unit:filter"]), works.start("long", grid=works.ids["unit:filter"])
    for task in works.open_tasks()[1:31]:
        works.do_task("wang", task.id)
    assert _statements(short) == _statements(long) <= 12


def _statements(case):
    with unit_of_work(SYSTEM, write=False) as session:
        here = session.get_one(ProcessInstance, case)
        forecast(session, here)  # the definition is parsed
    count = []
    note = lambda *_: count.append(1)
    with unit_of_work(SYSTEM, write=False) as session:
        here = session.get_one(ProcessInstance, case)
        event.listen(db.engine, "before_cursor_execute", note)
        found = forecast(session, here)
        event.remove(db.engine, "before_cursor_execute", note)
    assert found.steps[0].holders == ("李敏",)
    return len(count)
