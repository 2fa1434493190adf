"""One story a place where an event can stand, told for each kind that may stand there."""
from datetime import timedelta
from typing import Any

from data_model import clock
from data_model.process import Incident, ProcessInstance, Subscription, TimerRow
from engine import actions
from engine.lint.supported import Place
from tests.diagrams import boundary, catch, diagram, end, event, par, start, sub, throw, timer, user, when, xor
from tests.engine.workshop import Workshop, mine


def saying(kind: str) -> str:
    """The definition of an event of that kind; all of a kind have the same name."""
    name = f"{kind}_1"
    if kind == "none":
        return ""
    if kind == "timer":
        return timer('"PT1H"')
    if kind == "conditional":
        return when("b.yes")
    if kind == "link":
        return f'<bpmn:linkEventDefinition name="{name}"/>'
    return event(kind, "" if kind in ("cancel", "terminate") else name)


def standing(place: Place, kind: str) -> bytes:
    """A diagram with an event of that kind at that place, and nothing else wrong with it."""
    if kind in ("multiple", "parallel multiple"):
        said = saying("message") + saying("signal")
        more = {"parallelMultiple": "true"} if kind == "parallel multiple" else {}
    else:
        said, more = "<bpmn:compensateEventDefinition/>" if kind == "compensate" else saying(kind), {}
    return diagram(*_drawn(place, said, more))


def _drawn(place: Place, said: str, more: dict[str, str]) -> tuple[Any, ...]:
    a, inner = mine("a"), (mine("c"), end("e1"), "s1 > c > e1")
    if place in (Place.BREAKS, Place.BEGINS):
        first = start("s1", said, isInterrupting=str(place == Place.BREAKS).lower()).having(**more)
        return start(), a, end(), "s > a > e", sub("v", first, *inner, triggeredByEvent="true")
    if place in (Place.BOUNDARY, Place.BESIDE):
        return (start(), sub("h", start("s1"), *inner), boundary("late", "h", said, place == Place.BOUNDARY).having(**more), end(), "s > h > e",
                "late > e")
    middle = {Place.CATCH: catch("m", said), Place.THROW: throw("m", said)}.get(place, a).having(**more)
    first = sub("h", start("s1", said), *inner) if place == Place.INSIDE else mine("b")
    return (start("s", said if place == Place.START else "").having(**(more if place == Place.START else {})), first, middle,
            end("e", said if place == Place.END else ""), f"s > {first.id} > {middle.id} > e")


def happens(works: Workshop, kind: str) -> None:
    """Whatever is waited for comes: from outside, with time, with an answer, or out of the step a."""
    if kind in ("message", "signal"):
        works.deploy(start(), throw("send", saying(kind)), end(), "s > send > e", key="sender")
        works.start("sender")
        works.deliver()
    elif kind == "timer":
        clock.move(timedelta(hours=1))
        assert works.ring() == 1
    elif kind == "conditional":
        works.do("wang", "b", yes=True)
    else:
        works.do("wang", "a")


def finish(works: Workshop, case: int) -> None:
    """Whoever still has something to do does it, and the case is over with nothing left behind."""
    for _ in range(12):
        if not works.open_tasks():
            break
        works.do_task("wang", works.open_tasks()[0].id)
    assert works.ended(case)[0] == "completed"
    assert works.rows(TimerRow) == [] and works.rows(Subscription) == [] and works.rows(Incident) == []


def clear(works: Workshop) -> None:
    """Everybody does what there is to do: after a story nothing goes on."""
    while works.open_tasks():
        task = works.open_tasks()[0].id
        works.do_task(_doer(works, task), task)
    assert works.rows(TimerRow) == [] and works.rows(Subscription) == [] and works.rows(Incident) == []


def begins(works: Workshop, kind: str) -> None:
    """A case comes to be."""
    works.deploy(start("s", saying(kind)), user("a", candidates="grid_up(1)", on_empty="process_owner"), end(), "s > a > e")
    if kind == "none":
        works.start()
    elif kind == "timer":
        clock.move(timedelta(minutes=59))
        assert works.deliver() == 0 and works.waiting() == []
        clock.move(timedelta(minutes=1))
        assert works.deliver() == 1 and works.deliver() == 0
    else:
        happens(works, kind)
    assert works.waiting() == ["a"]
    case = [row for row in works.rows(ProcessInstance) if row.key == "p"][-1]
    assert works.told(case.id)[0] == ("start", "s")


def inside(works: Workshop, kind: str) -> None:
    works.deploy(start(), sub("h", start("s1", saying(kind)), mine("a"), end("e1"), "s1 > a > e1"), end(), "s > h > e")
    case = works.start()
    assert works.waiting() == ["a"]
    finish(works, case)


def waits(works: Workshop, kind: str) -> None:
    """One branch stands still until it happens, the other goes on."""
    if kind == "link":
        works.deploy(start(), mine("b"), throw("t", saying("link")), catch("c", saying("link")), mine("a"), end(), "s > b > t", "c > a > e")
    else:
        works.deploy(start(), par("g"), catch("c", saying(kind)), mine("a"), mine("b"), par("j"), end(), "s > g > c > a > j > e", "g > b > j")
    case = works.start()
    assert works.waiting() == ["b"]
    happens(works, kind) if kind != "link" else works.do("wang", "b")
    assert works.waiting() == (["a"] if kind in ("conditional", "link") else ["a", "b"])
    finish(works, case)


def beside(works: Workshop, kind: str, interrupting: bool) -> None:
    """Beside a subprocess in which two work; b works outside of it."""
    thrown = kind in ("error", "escalation", "cancel")
    on = (xor("m"), "s > g > h > n > m > j > e", "late > d > m") if interrupting else (end("o"), "s > g > h > n > j > e", "late > d > o")
    works.deploy(
        start(), par("g"), sub("h", start("s1"), par("g1"), mine("a"), mine("c"), end("e1", saying(kind) if thrown else ""), end("e2"),
                               "s1 > g1 > a > e1", "g1 > c > e2", tag="transaction" if kind == "cancel" else "subProcess"),
        boundary("late", "h", saying(kind), interrupting), mine("n"), mine("d"), mine("b"), par("j"), end(), "g > b > j", *on)
    case = works.start()
    assert works.waiting() == ["a", "b", "c"]
    happens(works, kind)
    gone = {"a"} if thrown else {"b"} if kind == "conditional" else set()
    assert works.waiting() == sorted({"b", "d"} - gone if interrupting else {"a", "b", "c", "d"} - gone)
    if not interrupting and kind in ("message", "signal"):  # as often as it comes
        happens(works, kind)
        assert works.waiting().count("d") == 2
    finish(works, case)


def listens(works: Workshop, kind: str, interrupting: bool) -> None:
    """An event subprocess of the whole process, in which three work."""
    thrown = kind in ("error", "escalation")
    works.deploy(start(), par("g"), mine("a"), mine("b"), mine("c"), end("ea", saying(kind) if thrown else ""), end("eb"), end("ec"),
                 "s > g > a > ea", "g > b > eb", "g > c > ec",
                 sub("v", start("vs", saying(kind), isInterrupting=str(interrupting).lower()), mine("d"), end("ve"), "vs > d > ve",
                     triggeredByEvent="true"))
    case = works.start()
    assert works.waiting() == ["a", "b", "c"]
    happens(works, kind)
    gone = {"a"} if thrown else {"b"} if kind == "conditional" else set()
    assert works.waiting() == (["d"] if interrupting else sorted({"a", "b", "c", "d"} - gone))
    if not interrupting and kind in ("message", "signal"):
        happens(works, kind)
        assert works.waiting().count("d") == 2
    finish(works, case)


def throws(works: Workshop, kind: str) -> None:
    """On the way, seen by whoever waits for it."""
    if kind in ("message", "signal"):
        works.deploy(start(), catch("c", saying(kind)), mine("a"), end(), "s > c > a > e", key="receiver")
        works.start("receiver")
        works.deploy(start(), throw("t", saying(kind)), mine("b"), end(), "s > t > b > e")
        works.start()
        assert works.deliver() == 1 and works.waiting() == ["a", "b"]
    elif kind == "escalation":
        beside(works, "escalation", interrupting=False)
    elif kind == "link":
        waits(works, "link")
    else:
        works.deploy(start(), throw("t"), mine("a"), end(), "s > t > a > e")
        finish(works, works.start())


def ends(works: Workshop, kind: str) -> None:
    """At the end of a branch, seen by whoever waits for it."""
    if kind in ("message", "signal"):
        works.deploy(start(), catch("c", saying(kind)), mine("a"), end(), "s > c > a > e", key="receiver")
        works.start("receiver")
        works.deploy(start(), mine("b"), end("e", saying(kind)), "s > b > e")
        case = works.start()
        works.do("wang", "b")
        assert works.ended(case) == ("completed", "e") and works.deliver() == 1 and works.waiting() == ["a"]
    elif kind == "terminate":
        works.deploy(start(), par("g"), mine("a"), mine("b"), end("e1", saying(kind)), end("e2"), "s > g > a > e1", "g > b > e2")
        case = works.start()
        works.do("wang", "a")
        assert works.waiting() == [] and works.ended(case) == ("terminated", "e1")
    elif kind == "none":
        works.deploy(start(), mine("a"), end(), "s > a > e")
        finish(works, works.start())
    else:
        beside(works, kind, interrupting=True)


STORIES = {
    Place.START: begins, Place.INSIDE: inside, Place.CATCH: waits, Place.THROW: throws, Place.END: ends,
    Place.BOUNDARY: lambda works, kind: beside(works, kind, True), Place.BESIDE: lambda works, kind: beside(works, kind, False),
    Place.BREAKS: lambda works, kind: listens(works, kind, True), Place.BEGINS: lambda works, kind: listens(works, kind, False),
}


def _doer(works, task):
    """Who may do it; what waits in the process owner's queue goes to Li first."""
    found = next((who for who in ("wang", "li", "zhang", "po") if "complete" in (works.may(who, task) or ())), None)
    if found is None:
        works.act("po", actions.reassign, task, works.ids["li"], "请代办")
    return found or "li"
