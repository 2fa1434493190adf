"""Events among one another: who hears an error, what an interruption breaks off."""

import pytest

from data_model.process import Incident, Subscription, TimerRow
from engine import service_task
from engine.errors import Foreseen
from tests.diagrams import (
    boundary,
    call,
    catch,
    end,
    event,
    many,
    par,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.engine.support import elements
from tests.engine.support.shapes import SIGNAL, STOP, broadcast, everybody, failing, inner, when_heard
from tests.engine.workshop import mine


@pytest.mark.databases("sqlite")
class TestErrors:
    def test_of_two_who_run_at_once_only_the_failing_one_is_broken_off(self, works):
        works.deploy(start(), par("g"), failing("h", "a"), failing("k", "b"), boundary("bh", "h", event("error", "f1")),
                     boundary("bk", "k", event("error", "f1")), mine("ah"), mine("bk2"), end(), end("e2"),
                     "s > g > h > e", "g > k > e2", "bh > ah > e", "bk > bk2 > e2")
        case = works.start()
        works.do("wang", "a")
        assert works.waiting() == ["ah", "b"]
        works.do("wang", "b")
        assert works.waiting() == ["ah", "bk2"]
        everybody(works, case)

    def test_its_own_code_comes_before_any_code(self, works):
        works.deploy(start(), failing("h", "a"), boundary("any", "h", event("error")), boundary("own", "h", event("error", "f1")), mine("c"),
                     mine("d"), end(), "s > h > e", "any > c > e", "own > d > e")
        works.start()
        works.do("wang", "a")
        assert works.waiting() == ["d"]

    def test_another_code_goes_on_outwards(self, works):
        works.deploy(start(), inner("k", failing("h", "a"), boundary("b2", "h", event("error", "f2")), "sk > h > ek", "b2 > ek"),
                     boundary("b1", "k", event("error", "f1")), mine("c"), end(), "s > k > e", "b1 > c > e")
        case = works.start()
        works.do("wang", "a")
        assert works.waiting() == ["c"] and ("end", "e") not in works.told(case)
        everybody(works, case)

    def test_a_called_process_fails_into_its_caller(self, works):
        works.deploy(start(), mine("a"), end("e", event("error", "f1")), "s > a > e", key="other")
        works.deploy(start(), call("c"), boundary("b", "c", event("error", "f1")), mine("d"), end(), "s > c > e", "b > d > e")
        case = works.start()
        works.do("wang", "other/a")
        assert works.waiting() == ["d"]
        everybody(works, case)

    def test_nobody_catches_it(self, works):
        works.deploy(start(), par("g"), failing("h", "a"), mine("b"), boundary("b2", "h", event("error", "f2")), end(), end("e2"),
                     "s > g > h > e", "g > b > e2", "b2 > e")
        case = works.start()
        works.do("wang", "a")
        assert works.ended(case) == ("terminated", "eh") and works.waiting() == []

    def test_what_an_event_subprocess_fails_with_leaves_the_subprocess_it_stands_in(self, works):
        works.deploy(start(), inner("h", mine("a"), "sh > a > eh", sub("v", start("sv", SIGNAL), end("ev", event("error", "f1")), "sv > ev",
                                                                       triggeredByEvent="true")),
                     boundary("b", "h", event("error", "f1")), mine("d"), end(), "s > h > e", "b > d > e")
        case = works.start()
        broadcast(works)
        assert works.waiting() == ["d"]
        everybody(works, case)

    @pytest.mark.parametrize("many_times", [False, True])
    def test_a_handler_fails_as_the_diagram_foresees(self, works, monkeypatch, many_times):
        def refuse(case, data):
            case.notify("N-02", [works.ids["wang"]], "白费了")
            raise Foreseen("full")

        monkeypatch.setattr(service_task, "handler", lambda name: refuse)
        work = service("n").looping(many("2")) if many_times else service("n")
        works.deploy(start(), work, boundary("b", "n", event("error", "full")), mine("d"), end(), "s > n > e", "b > d > e")
        case = works.start()
        assert works.waiting() == ["d"] and works.letters("wang") == []
        assert ("service", "n") not in works.told(case)
        everybody(works, case)

    def test_a_handler_fails_and_nobody_foresaw_that(self, works, monkeypatch):
        def refuse(case, data):
            raise Foreseen("full")

        monkeypatch.setattr(service_task, "handler", lambda name: refuse)
        works.deploy(start(), service("n"), boundary("b", "n", event("error", "empty")), end(), "s > n > e", "b > e")
        works.start()
        (incident,) = works.rows(Incident)
        assert incident.element_id == "n" and "full" in incident.reason


@pytest.mark.databases("sqlite")
class TestEscalations:
    def test_one_stays_with_its_own_instance_of_many(self, works):
        part = sub("h", start("sh"), mine("a"), throw("t", event("escalation", "c1")), mine("b"), end("eh"), "sh > a > t > b > eh")
        works.deploy(start(), part.looping(many("2")), boundary("x", "h", event("escalation", "c1"), False), mine("d"), end(), end("e2"),
                     "s > h > e", "x > d > e2")
        case = works.start()
        works.do_task("wang", works.open_tasks()[0].id)
        assert works.waiting() == ["a", "b", "d"]
        works.do_task("wang", next(t.id for t in works.open_tasks() if t.element_id == "a"))
        assert works.waiting() == ["b", "b", "d", "d"]
        everybody(works, case)

    def test_who_hears_it_does_not_hear_itself(self, works):
        works.deploy(start(), throw("t", event("escalation", "c1")), mine("a"), end(), "s > t > a > e",
                     sub("v", start("sv", event("escalation", "c1"), isInterrupting="false"), throw("t2", event("escalation", "c1")), mine("d"),
                         end("ev"), "sv > t2 > d > ev", triggeredByEvent="true"))
        case = works.start()
        assert works.waiting() == ["a", "d"]
        everybody(works, case)

    def test_nobody_hears_it(self, works):
        works.deploy(start(), throw("t", event("escalation", "c1")), mine("a"), end(), "s > t > a > e")
        case = works.start()
        assert works.waiting() == ["a"]
        everybody(works, case)


class TestInterruptions:
    def test_everything_below_goes(self, works):
        """A call, a signing of two and a multi-instance of subprocesses, with their timers and subscriptions."""
        works.deploy(start(), mine("z"), catch("m", event("message", "m1")), end(), "s > z > m > e", key="other")
        part = inner("k", mine("b"), boundary("bt", "b", timer('"PT1H"'), False), "sk > b > ek", "bt > ek")
        works.deploy(start(), inner("h", par("g"), par("j"), call("c"), part.looping(many("2")),
                                    user("v", candidates="users([start.by])", signing="{}"), catch("w", SIGNAL),
                                    "sh > g > c > j > eh", "g > k > j", "g > v > j", "g > w > j"),
                     boundary("x", "h", STOP), mine("d"), end(), "s > h > e", "x > d > e")
        case = works.start()
        assert works.waiting() == ["b", "b", "other/z", "v"] and len(works.rows(TimerRow)) == 2
        broadcast(works, "stop")
        assert works.waiting() == ["d"] and works.rows(TimerRow) == works.rows(Subscription) == []
        broadcast(works)
        everybody(works, case)

    def test_what_ends_in_the_same_move_does_not_go_on_as_well(self, works):
        """b throws a signal that interrupts h, whose last automatic step the same signal has set off."""
        works.deploy(start(), par("g"), inner("h", catch("w", SIGNAL), script("n"), "sh > w > n > eh"), boundary("x", "h", SIGNAL), mine("a"), mine("d"),
                     mine("b"), throw("t", SIGNAL), end(), end("e2"), "s > g > h > a > e", "x > d > e", "g > b > t > e2")
        case = works.start()
        works.do("wang", "b")
        assert works.waiting() in (["a"], ["d"])
        everybody(works, case)

    @pytest.mark.parametrize("outside", [True, False])
    def test_one_interruption_is_enough(self, works, outside):
        """Two event subprocesses, and one that does not interrupt: the first that interrupts is the last to be heard."""
        works.deploy(start(), mine("a"), end(), "s > a > e", when_heard("v1", STOP, "d", True), when_heard("v2", SIGNAL, "f", True),
                     when_heard("v3", event("signal", "x3"), "h"))
        case = works.start()
        broadcast(works, "x3")
        assert works.waiting() == ["a", "h"]
        broadcast(works, "stop" if outside else "x1")
        assert works.waiting() == (["d"] if outside else ["f"]) and works.rows(Subscription) == []
        everybody(works, case)

    def test_a_terminating_end_in_many_leaves_a_case_that_can_be_woken(self, works):
        works.deploy(start(), inner("h", par("g"), mine("a"), inner("k", mine("b"), "sk > b > ek").looping(many("2")), end("et", event("terminate")),
                                    "sh > g > a > et", "g > k > eh"), mine("d"), end(), "s > h > d > e")
        case = works.start()
        works.do("wang", "a")
        assert works.waiting() == ["d"]
        everybody(works, case)


    def test_what_failed_in_it_needs_no_retry(self, works):
        works.deploy(start(), inner("h", par("g"), script("n", "x = 1 / start.zero"), mine("a"), "sh > g > n > eh", "g > a > eh"),
                     boundary("x", "h", STOP), mine("d"), end(), "s > h > e", "x > d > e")
        case = works.start(zero=0)
        broadcast(works, "stop")
        (incident,) = works.rows(Incident)
        assert incident.resolved_at is not None and works.waiting() == ["d"]
        works.do("wang", "d")
        assert works.ended(case)[0] == "completed"

    def test_many_fail_as_one(self, works):
        works.deploy(start(), failing("h", "a").looping(many("3")), boundary("x", "h", event("error", "f1")), mine("d"), end(), "s > h > e",
                     "x > d > e")
        case = works.start()
        works.do_task("wang", works.open_tasks()[0].id)
        assert works.waiting() == ["d"]
        everybody(works, case)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("story", [elements.ends_early, elements.many_of_a_list, elements.uncontrolled], ids=lambda story: story.__name__)
def test_many(works, story):
    story(works)
