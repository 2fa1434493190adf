"""Event subprocesses and conditions: what they know, when they begin, what stays when a case goes back."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.process import Subscription, TimerRow
from tests.diagrams import (
    boundary,
    catch,
    end,
    many,
    par,
    script,
    start,
    sub,
    timer,
    user,
    when,
    xor,
)
from tests.engine.support.shapes import SIGNAL, broadcast, everybody, inner, when_heard
from tests.engine.workshop import mine


@pytest.mark.databases("sqlite")
class TestConditions:
    def test_beside_a_task_one_must_have_been_false_in_between(self, works):
        works.deploy(start(), par("g"), mine("a"), mine("b"), mine("b2"), mine("b3"), boundary("x", "a", when("hot"), False), mine("d"), end(),
                     end("e2"), end("e3"), *(script(f"n{i}", f"hot = b{i or ''}.hot") for i in (0, 2, 3)),
                     "s > g > a > e", "g > b > n0 > b2 > n2 > b3 > n3 > e2", "x > d > e3")
        case = works.start()
        told = []
        for step, hot in (("b", True), ("b2", False), ("b3", True)):
            works.do("wang", step, hot=hot)
            told.append(works.waiting().count("d"))
        assert told == [1, 1, 2]
        everybody(works, case)

    def test_one_that_holds_already_happens_at_once(self, works):
        works.deploy(start(), catch("c", when("start.x > 1")), mine("a"), end(), "s > c > a > e")
        works.start(x=2)
        assert works.waiting() == ["a"]
        works.start(x=1)
        assert works.waiting() == ["a"]

    def test_inside_and_outside_look_at_one_another(self, works):
        """A listener of the process sees an answer inside a subprocess, and one inside sees an answer outside."""
        works.deploy(start(), par("g"), inner("h", mine("a"), "sh > a > eh", when_heard("w", when("b.yes"), "f")), mine("b"), end(), end("e2"),
                     "s > g > h > e", "g > b > e2", when_heard("v", when("get(start, \"no\") or f.yes"), "d"))
        case = works.start()
        works.do("wang", "b", yes=True)
        assert works.waiting() == ["a", "f"]
        works.do("wang", "f", yes=True)
        assert works.waiting() == ["a", "d"]
        everybody(works, case)


@pytest.mark.databases("sqlite")
class TestEventSubprocesses:
    def test_it_knows_what_the_case_knows(self, works):
        works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e",
                     sub("v", start("sv", SIGNAL, isInterrupting="false"), xor("g"), mine("c"), mine("d"), end("ev"), "sv > g",
                         "g > c if a.size > 3", "g > d default", "c > ev", "d > ev", triggeredByEvent="true"))
        works.start()
        works.do("wang", "a", size=5)
        broadcast(works)
        assert works.waiting() == ["b", "c"]

    def test_a_cycle_begins_it_again_and_again_and_the_end_ends_it(self, works):
        works.deploy(start(), mine("a"), end(), "s > a > e", when_heard("v", timer('"R3/PT1H"', "timeCycle"), "d"))
        case = works.start()
        for times in (1, 2):
            clock.move(timedelta(hours=1))
            assert works.ring() == 1 and works.waiting() == ["a", *["d"] * times]
        everybody(works, case)

    def test_the_process_ends_although_it_listens(self, works):
        works.deploy(start(), mine("a"), end(), "s > a > e", when_heard("v", timer('"PT1H"'), "d", True), when_heard("v2", SIGNAL, "f"))
        case = works.start()
        assert len(works.rows(TimerRow)) == len(works.rows(Subscription)) == 1
        works.do("wang", "a")
        assert works.ended(case) == ("completed", "e") and works.rows(TimerRow) == works.rows(Subscription) == []

    def test_in_each_of_many_it_listens_for_itself(self, works):
        works.deploy(start(), inner("h", mine("a"), "sh > a > eh", when_heard("v", when("a.stop"), "d", True)).looping(many("2")), mine("z"), end(),
                     "s > h > z > e")
        case = works.start()
        broadcast(works)
        assert works.waiting() == ["a", "a"]
        everybody(works, case)

    def test_a_condition_must_have_been_false_in_between(self, works):
        works.deploy(start(), mine("a"), mine("b"), mine("c"), mine("z"), end(), "s > a > b > c > z > e",
                     when_heard("v", when("a.hot and not b.cold or c.hot"), "d"))
        case = works.start()
        works.do("wang", "a", hot=True)
        assert works.waiting() == ["b"], "b is not known yet: no"
        works.do("wang", "b", cold=False)
        assert works.waiting() == ["c", "d"]
        works.do("wang", "d")
        assert works.waiting() == ["c"]
        everybody(works, case)


class TestGoingBack:
    def drawn(self, works, interrupting, **more):
        works.deploy(start(), user("a", candidates="starter()"), user("b", candidates="starter()", allow="return,withdraw"), end(), "s > a > b > e",
                     when_heard("v", SIGNAL, "d", interrupting))
        return works.start()

    def test_the_main_way_goes_back_while_what_stands_beside_goes_on(self, works):
        case = self.drawn(works, False)
        works.do("wang", "a")
        broadcast(works)
        assert [t.element for t in works.targets("wang", works.task("b"))] == ["a"]
        assert works.targets("wang", works.task("d")) == ()
        works.give_back("wang", works.task("b"), "a")
        assert works.waiting() == ["a", "d"]
        broadcast(works)
        assert works.waiting() == ["a", "d", "d"]
        everybody(works, case)

    def test_nobody_goes_back_into_what_was_broken_off(self, works):
        case = self.drawn(works, True)
        works.do("wang", "a")
        broadcast(works)
        assert works.targets("wang", works.task("d")) == () and works.withdrawable("wang", case) is None
        everybody(works, case)

    def test_a_subprocess_that_is_over_listens_again(self, works):
        works.deploy(start(), inner("h", mine("a"), "sh > a > eh", when_heard("v", SIGNAL, "d", True)), user("b", candidates="starter()",
                     returnable_to="any"), end(), "s > h > b > e")
        case = works.start()
        works.do("wang", "a")
        works.give_back("wang", works.task("b"), "a")
        assert works.waiting() == ["a"] and len(works.rows(Subscription)) == 1
        broadcast(works)
        assert works.waiting() == ["d"]
        works.do("wang", "d")
        assert works.waiting() == ["b"]
        assert [t.element for t in works.targets("wang", works.task("b"))] == ["d"]
        everybody(works, case)
