"""One story an element that runs."""
from datetime import timedelta

from data_model import clock
from data_model.outbox import Message
from tests.diagrams import (
    call,
    catch,
    decide,
    end,
    inc,
    many,
    node,
    par,
    race,
    script,
    service,
    start,
    sub,
    table,
    throw,
    user,
    xor,
)
from tests.engine.support.events import beside, finish, inside, saying, waits
from tests.engine.workshop import Workshop, mine


def people(works: Workshop) -> None:
    """Three kinds of tasks ask a person."""
    for tag in ("task", "userTask", "manualTask"):
        works.deploy(start(), node(tag, "a", '<spiffworkflow:properties><spiffworkflow:property name="candidates" value="starter()"/>'
                                             "</spiffworkflow:properties>"), end(), "s > a > e")
        case = works.start()
        assert works.waiting() == ["a"]
        finish(works, case)


def script_task(works: Workshop) -> None:
    works.deploy(start(), script("n", "x = start.y + 1"), xor("g"), mine("a"), mine("b"), end(), "s > n > g", "g > a if x == 3", "g > b default",
                 "a > e", "b > e")
    works.start(y=2)
    assert works.waiting() == ["a"]


def service_task(works: Workshop) -> None:
    works.deploy(start(), service("n", code='"N-02"', to="starter()", text='"好"'), mine("a"), end(), "s > n > a > e")
    works.start()
    assert [m.text for m in works.rows(Message)] == ["好"] and works.waiting() == ["a"]


def business_rule_task(works: Workshop) -> None:
    works.deploy(start(), script("n", "x = start.x"), decide("d"), xor("g"), mine("a"), mine("b"), end(), "s > n > d > g", "g > a if o == 1",
                 "g > b default", "a > e", "b > e", tables={"grade": table("5", "-")})
    works.start(x=5)
    works.start(x=6)
    assert works.waiting() == ["a", "b"]


def send_and_receive(works: Workshop) -> None:
    works.deploy(start(), node("sendTask", "t", messageRef="m"), end(), "s > t > e", key="sender",
                 root='<bpmn:message id="m" name="m"/>', undeclared={"m"})
    works.deploy(start(), node("receiveTask", "r", messageRef="m"), mine("a"), end(), "s > r > a > e",
                 root='<bpmn:message id="m" name="m"/>', undeclared={"m"})
    case = works.start()
    assert works.waiting() == []
    works.start("sender")
    assert works.deliver() == 1 and works.waiting() == ["a"]
    finish(works, case)


def subprocess(works: Workshop) -> None:
    inside(works, "none")


def transaction(works: Workshop) -> None:
    beside(works, "cancel", interrupting=True)


def call_activity(works: Workshop) -> None:
    works.deploy(start(), mine("a"), end(), "s > a > e", key="other")
    works.deploy(start(), script("n", "x = 1"), call("c"), mine("b"), end(), "s > n > c > b > e")
    case = works.start()
    assert works.waiting() == ["other/a"]
    works.do("wang", "other/a")
    assert works.waiting() == ["b"]
    finish(works, case)
    called_from_inside(works)


def called_from_inside(works: Workshop) -> None:
    """A call in a subprocess, and subprocesses of the same id on both sides."""
    works.deploy(start(), sub("h", start("s1"), mine("a"), end("e1"), "s1 > a > e1"), end(), "s > h > e", key="inner")
    works.deploy(start(), sub("h", start("s1"), call("c", "inner"), mine("b"), end("e1"), "s1 > c > b > e1"), end(), "s > h > e", key="outer")
    case = works.start("outer")
    assert works.waiting() == ["inner/a"]
    works.do("wang", "inner/a")
    assert works.waiting() == ["b"]
    finish(works, case)


def exclusive(works: Workshop) -> None:
    works.deploy(start(), xor("g"), mine("a"), mine("b"), xor("j"), end(), "s > g", "g > a if start.x > 1", "g > b default", "a > j > e", "b > j")
    works.start(x=2)
    assert works.waiting() == ["a"]


def parallel(works: Workshop) -> None:
    works.deploy(start(), par("g"), mine("a"), mine("b"), par("j"), mine("c"), end(), "s > g > a > j > c > e", "g > b > j")
    works.start()
    works.do("wang", "b")
    assert works.waiting() == ["a"]
    works.do("wang", "a")
    assert works.waiting() == ["c"]


def inclusive(works: Workshop) -> None:
    """A subprocess between the two too: the library loses it."""
    works.deploy(start(), inc("g"), mine("a"), sub("h", start("s1"), mine("b"), end("e1"), "s1 > b > e1"), mine("d"), inc("j"), mine("c"), end(),
                 "s > g", "g > a if start.x", "g > h if start.x", "g > d default", "a > j > c > e", "h > j", "d > j")
    works.start(x=True)
    assert works.waiting() == ["a", "b"]
    works.do("wang", "b")
    works.do("wang", "a")
    assert works.waiting() == ["c"]
    works.start(x=False)
    assert works.waiting() == ["c", "d"]


def event_based(works: Workshop) -> None:
    """Whatever happens first decides: a message, a condition, or time."""
    works.deploy(start(), par("g0"), mine("b"), end("eb"), "s > g0 > b > eb", "g0 > g", race("g"), catch("m", saying("message")),
                 catch("t", saying("timer")), catch("c", saying("conditional")), catch("z", saying("signal")), mine("am"), mine("at"), mine("ac"),
                 end(), "g > m > am > e", "g > t > at > e", "g > c > ac > e", "g > z > e")
    works.deploy(start(), throw("t", saying("message")), end(), "s > t > e", key="sender")
    works.start()
    works.start("sender")
    assert works.deliver() == 1 and works.waiting() == ["am", "b"]
    works.do("wang", "b", yes=True)
    assert works.waiting() == ["am"]
    works.start()
    works.do("wang", "b", yes=True)
    assert works.waiting() == ["ac", "am"]
    works.start()
    clock.move(timedelta(hours=1))
    assert works.ring() == 1 and works.waiting() == ["ac", "am", "at", "b"]


def standard_loop(works: Workshop) -> None:
    """As long as its condition holds, as often as it may."""
    looping = ('<bpmn:standardLoopCharacteristics loopMaximum="5"><bpmn:loopCondition>a.outcome == "done" and a.more</bpmn:loopCondition>'
               "</bpmn:standardLoopCharacteristics>")
    works.deploy(start(), mine("a").looping(looping), mine("b"), end(), "s > a > b > e")
    works.start()
    for more in (True, True, False):
        assert works.waiting() == ["a"]
        works.do("wang", "a", more=more)
    assert works.waiting() == ["b"]


def multi_instance(works: Workshop) -> None:
    for sequential, open_at_once in ((False, 3), (True, 1)):
        works.deploy(start(), sub("h", start("s1"), mine("a"), end("e1"), "s1 > a > e1").looping(many("3", sequential)), mine("b"), end(),
                     "s > h > b > e")
        case = works.start()
        for done in range(3):
            assert works.waiting() == ["a"] * min(open_at_once, 3 - done)
            works.do_task("wang", works.open_tasks()[0].id)
        assert works.waiting() == ["b"]
        finish(works, case)


def many_of_a_list(works: Workshop) -> None:
    """One instance an entry of a data object."""
    over = '<bpmn:loopDataInputRef>xs</bpmn:loopDataInputRef><bpmn:inputDataItem id="x"/>'
    works.deploy(start(), node("dataObject", "xs"), script("n", "xs = start.xs"), user("a", candidates="users([x])").looping(many(inner=over)), end(),
                 "s > n > a > e")
    works.start(xs=[works.ids["wang"], works.ids["li"]])
    assert works.inbox("wang") == ["a"] and works.inbox("li") == ["a"]


def ends_early(works: Workshop) -> None:
    """Two of three are enough, at once or one after another; a second pass begins anew."""
    enough = ("<bpmn:loopDataOutputRef>said</bpmn:loopDataOutputRef><bpmn:outputDataItem id=\"word\"/><bpmn:completionCondition>"
              "numberOfCompletedInstances >= numberOfInstances - 1 and all(one == \"done\" for one in said)</bpmn:completionCondition>")
    for sequential in (False, True):
        step = user("a", "<spiffworkflow:postScript>word = a.outcome</spiffworkflow:postScript>", candidates="starter()")
        each = many("3", sequential, inner=enough).replace("Characteristics ", 'Characteristics spiffworkflow:scriptsOnInstances="true" ', 1)
        works.deploy(start(), node("dataObject", "said"), step.looping(each), mine("b"), xor("g"), end(),
                     "s > a > b > g", "g > a if b.more", "g > e default")
        case = works.start()
        for more in (True, False):
            works.do_task("wang", works.open_tasks()[0].id)
            assert set(works.waiting()) == {"a"}
            works.do_task("wang", works.open_tasks()[0].id)
            assert works.waiting() == ["b"]
            works.do("wang", "b", more=more)
        assert works.ended(case) == ("completed", "e")


def data_objects(works: Workshop) -> None:
    """Written by one step, read by another, and by conditions."""
    out = ('<bpmn:dataOutputAssociation id="o1"><bpmn:targetRef>r</bpmn:targetRef></bpmn:dataOutputAssociation>')
    into = ('<bpmn:dataInputAssociation id="i1"><bpmn:sourceRef>r</bpmn:sourceRef></bpmn:dataInputAssociation>')
    works.deploy(start(), node("dataObject", "kept"), node("dataObjectReference", "r", dataObjectRef="kept"),
                 node("scriptTask", "n", inner=f"{out}<bpmn:script>kept = 1</bpmn:script>"),
                 node("scriptTask", "n2", inner=f"{into}<bpmn:script>y = kept + 1</bpmn:script>"), xor("g"), mine("a"), mine("b"), end(),
                 "s > n > n2 > g", "g > a if y == 2 and kept == 1", "g > b default", "a > e", "b > e")
    works.start()
    assert works.waiting() == ["a"]


def data_objects_far_up(works: Workshop) -> None:
    """Of the process, written two subprocesses deep: there the library looks for ever."""
    out = '<bpmn:dataOutputAssociation id="o1"><bpmn:targetRef>r</bpmn:targetRef></bpmn:dataOutputAssociation>'
    works.deploy(start(), node("dataObject", "kept"), node("dataObjectReference", "r", dataObjectRef="kept"),
                 sub("h", start("s1"), sub("k", start("s2"), node("scriptTask", "n", inner=f"{out}<bpmn:script>kept = 1</bpmn:script>"), end("e2"),
                                           "s2 > n > e2"), end("e1"), "s1 > k > e1"), mine("a"), end(), "s > h > a > e")
    works.start()
    assert works.waiting() == ["a"]


def handed_over(works: Workshop) -> None:
    """A called process that says what it takes and gives gets and gives no more."""
    says = node("ioSpecification", "io", inner='<bpmn:dataInput id="x" name="x"/><bpmn:dataOutput id="y" name="y"/><bpmn:inputSet>'
                "<bpmn:dataInputRefs>x</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet><bpmn:dataOutputRefs>y</bpmn:dataOutputRefs></bpmn:outputSet>")
    works.deploy(says, start(), script("n", "y = x + 1\nz = 5"), end(), "s > n > e", key="other")
    works.deploy(start(), script("n", "x = 1\nz = 0"), call("c"), xor("g"), mine("a"), mine("b"), end(), "s > n > c > g",
                 "g > a if y == 2 and z == 0", "g > b default", "a > e", "b > e")
    works.start()
    assert works.waiting() == ["a"]


def lanes(works: Workshop) -> None:
    works.deploy(start(), user("a"), end(), "s > a > e", lanes={"厂站领导": "a"})
    works.start(by="chen")
    assert works.inbox("zhang") == ["a"]


def links(works: Workshop) -> None:
    waits(works, "link")


def uncontrolled(works: Workshop) -> None:
    """Flows that meet without a gateway: each token goes on by itself."""
    works.deploy(start(), par("g"), mine("a"), mine("b"), mine("c"), end(), "s > g > a > c > e", "g > b > c")
    case = works.start()
    works.do("wang", "a")
    works.do("wang", "b")
    assert works.waiting() == ["c", "c"]
    finish(works, case)
