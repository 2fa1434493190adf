"""Tokens go where the diagram says: gateways, loops, subprocesses, called processes, tables and every kind of end."""
import pytest

from data_model.actor import SYSTEM
from data_model.process import Incident, Task
from data_model.session import unit_of_work
from engine import cases
from tests.diagrams import (
    boundary,
    call,
    catch,
    decide,
    end,
    event,
    inc,
    many,
    par,
    race,
    script,
    start,
    sub,
    throw,
    timer,
    xor,
)
from tests.engine.workshop import mine

BACK = '[{"value": "ok", "label": "通过"}, {"value": "back", "label": "退回"}]'


def marks(works, case):
    with unit_of_work(SYSTEM, write=False) as session:
        return cases.diagram(session, case)


@pytest.mark.parametrize(("level", "way"), [(3, "high"), (1, "low"), (2, "middle")])
def test_an_exclusive_gateway_takes_one_way(works, level, way):
    works.deploy(start(), xor("g"), mine("high"), mine("middle"), mine("low"), end(), "s > g", "g > high if start.level > 2",
                 "g > middle default", "g > low if start.level < 2", "high > e", "middle > e", "low > e")
    works.start(level=level)
    assert works.waiting() == [way]


def test_a_parallel_gateway_waits_for_all(works):
    works.deploy(start(), par("g"), mine("a"), mine("b"), par("j"), mine("c"), end(), "s > g > a > j > c > e", "g > b > j")
    case = works.start()
    assert works.waiting() == ["a", "b"]
    assert works.do("wang", "b").next_task_id == works.task("a")
    works.do("wang", "a")
    assert works.waiting() == ["c"] and marks(works, case).current == ["c"]
    works.do("wang", "c")
    assert works.ended(case) == ("completed", "e")
    assert set(marks(works, case).flows) == {"f_s_g", "f_g_a", "f_g_b", "f_a_j", "f_b_j", "f_j_c", "f_c_e"}


@pytest.mark.parametrize(("chosen", "waiting"), [({"a": True, "b": True}, ["a", "b"]), ({"a": True, "b": False}, ["a"]),
                                                 ({"a": False, "b": False}, ["c"])])
def test_an_inclusive_gateway_takes_each_way_that_holds(works, chosen, waiting):
    works.deploy(start(), inc("g"), mine("a"), mine("b"), mine("c"), inc("j"), end(), "s > g", "g > a if start.a", "g > b if start.b",
                 "g > c default", "a > j > e", "b > j", "c > j")
    case = works.start(**chosen)
    assert works.waiting() == waiting
    for step in waiting:
        works.do("wang", step)
    assert works.ended(case) == ("completed", "e")


def test_going_back_begins_another_round(works):
    works.deploy(start(), xor("m"), mine("a"), mine("b", outcomes=BACK), xor("g"), end(), "s > m > a > b > g",
                 "g > m if b.outcome == 'back'", "g > e default")
    case = works.start()
    for _ in range(2):
        works.do("wang", "a")
        works.do("wang", "b", "back")
    assert works.instance(case).round == 3
    works.do("wang", "a")
    works.do("wang", "b", "ok")
    assert [(task.element_id, task.round) for task in works.rows(Task)] == [("a", 1), ("b", 1), ("a", 2), ("b", 2), ("a", 3), ("b", 3)]
    assert marks(works, case).badges == {"a": "3", "b": "3"}


def test_a_called_process_runs_inside_on_the_version_it_was_pinned_to(works):
    works.deploy(start(), mine("ask"), end(), "s > ask > e", key="other")
    works.deploy(start(), call("c"), mine("z"), end(), "s > c > z > e")
    case = works.start()
    works.deploy(start(), mine("changed"), end(), "s > changed > e", key="other")
    assert works.waiting() == ["other/ask"] and marks(works, case).current == ["c"]
    wang, task = works.actor("wang"), works.task("other/ask")
    with unit_of_work(wang, write=False) as session:
        assert cases.task_view(session, wang, task).form == "other.ask"
    works.do("wang", "other/ask", words="好")
    works.do("wang", "z")
    assert works.ended(case) == ("completed", "e")


def test_an_embedded_subprocess_is_part_of_the_diagram(works):
    works.deploy(start(), sub("inner", start("s2"), mine("a"), end("e2"), "s2 > a > e2"), mine("b"), end(), "s > inner > b > e")
    case = works.start()
    assert works.waiting() == ["a"]
    works.do("wang", "a", words="里面")
    works.do("wang", "b")
    assert works.ended(case) == ("completed", "e")
    assert {"f_s_inner", "f_s2_a", "f_a_e2", "f_inner_b"} <= set(marks(works, case).flows)


def test_subprocesses_that_follow_one_another_in_a_subprocess_all_run(works):
    works.deploy(start(), sub("outer", start("s1"), sub("first", start("s2"), script("x"), end("e2"), "s2 > x > e2"),
                              sub("second", start("s3"), script("y", "y = x + 1"), end("e3"), "s3 > y > e3"), end("e1"),
                              "s1 > first > second > e1"), mine("a"), end(), "s > outer > a > e")
    case = works.start()
    assert works.waiting() == ["a"] and works.rows(Incident) == []
    works.do("wang", "a")
    assert works.ended(case) == ("completed", "e")


def test_a_terminate_end_closes_the_other_branches(works):
    works.deploy(start(), par("g"), mine("a"), mine("b"), end("stop", event("terminate")), end(), "s > g > a > stop", "g > b > e")
    case = works.start()
    works.do("wang", "a")
    assert works.ended(case) == ("terminated", "stop") and works.waiting() == []


def test_an_error_end_that_nobody_catches_ends_the_case(works):
    works.deploy(start(), par("g"), mine("a"), mine("b"), end("bad", event("error", "x")), end(), "s > g > a > bad", "g > b > e")
    case = works.start()
    works.do("wang", "a")
    assert works.ended(case) == ("terminated", "bad") and works.waiting() == []


def test_an_error_end_in_a_subprocess_is_caught_at_its_edge(works):
    works.deploy(start(), sub("inner", start("s2"), mine("a"), end("bad", event("error", "x")), "s2 > a > bad"),
                 boundary("caught", "inner", event("error", "x")), mine("b"), end(), end("e2"), "s > inner > e", "caught > b > e2")
    case = works.start()
    works.do("wang", "a")
    assert works.waiting() == ["b"]
    works.do("wang", "b")
    assert works.ended(case) == ("completed", "e2") and "f_caught_b" in marks(works, case).flows


def test_an_event_based_gateway_takes_what_comes_first(works):
    works.deploy(start(), race("g"), catch("c", event("message", "m")), catch("t", timer('"PT1H"')), mine("a"), mine("b"), end(),
                 "s > g > c > a > e", "g > t > b > e")
    works.deploy(start(), throw("send", event("message", "m")), end(), "s > send > e", key="other")
    works.start()
    works.start("other")
    assert works.deliver() == 1 and works.waiting() == ["a"]


def test_a_multi_instance_without_signing_asks_as_often_as_it_says(works):
    works.deploy(start(), mine("a").looping(many("start.times")), end(), "s > a > e")
    case = works.start(times=3)
    assert works.waiting() == ["a", "a", "a"]
    for task in works.open_tasks():
        works.do_task("wang", task.id)
    assert works.ended(case) == ("completed", "e")


def test_a_table_decides_and_two_rows_at_once_are_an_incident(works):
    works.deploy(start(), decide("d"), mine("a"), end(), "s > d > a > e", tables={"grade": table()})
    case = works.start(size=5)
    wang, task = works.actor("wang"), works.task("a")
    with unit_of_work(wang, write=False) as session:
        assert cases.task_view(session, wang, task).data["level"] == "小"
    works.start(size=50)
    (incident,) = works.rows(Incident)
    assert incident.element_id == "d" and "第 2、3 行" in incident.reason and incident.instance_id != case


def table() -> bytes:
    rules = "".join(
        f'<rule id="r{n}"><inputEntry id="i{n}"><text>{test}</text></inputEntry><outputEntry id="o{n}"><text>"{level}"</text>'
        "</outputEntry></rule>" for n, (test, level) in enumerate((("&lt; 10", "小"), ("&gt; 20", "大"), ("&gt; 30", "很大"))))
    return (f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="grade" namespace="http://anlan">'
            f'<decision id="grade" name="分级"><decisionTable id="t" hitPolicy="UNIQUE"><input id="in" label="size">'
            f'<inputExpression id="x" typeRef="number"><text>start.size</text></inputExpression></input>'
            f'<output id="out" name="level" typeRef="string"/>{rules}</decisionTable></decision></definitions>').encode()
