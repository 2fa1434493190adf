"""Each rule of lint: a small diagram that breaks it, and the same one mended."""
import pytest

from engine.lint import Known, Severity, lint
from engine.lint.finding import RULES
from tests.diagrams import (
    Node,
    boundary,
    call,
    catch,
    decide,
    diagram,
    end,
    event,
    inc,
    many,
    node,
    par,
    race,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
    when,
    xor,
)

KNOWN = Known(
    forms=frozenset({"p.start", "p.a", "p.b", "other.step"}), handlers=frozenset({"flow.notify"}),
    roles=frozenset({"station_leader", "厂站领导"}), functions=frozenset({"role", "starter", "done_by", "grid_owner", "field"}),
    decisions=frozenset({"grade"}), processes=frozenset({"other"}), demanding=frozenset({"other.step"}),
)
A = user("a", candidates="starter()")
B = user("b", candidates="starter()")
S, E, G = start(), end(), xor("g")


def straight(middle, *more, **options):
    """s > the element > e."""
    return diagram(S, middle, E, *more, f"s > {middle.id} > e", **options)


def choice(*flows, gateway=G):
    """s > g, then a or b, then e; `flows` leave the gateway."""
    return diagram(S, gateway, A, B, E, "s > g", *flows, "a > e", "b > e")


def asked(**properties):
    return straight(user("a", **{"candidates": "starter()", **properties}))


def ends(*events, inside="subProcess"):
    return straight(sub("sp", start("s1"), end("e1", *events), "s1 > e1", tag=inside))


def checked_by(doing=None, **properties):
    """s > a does > b verifies > e."""
    does = user("a", **{"candidates": "grid_owner(1)", **(doing or {})})
    verifies = user("b", **{"candidates": "grid_owner(2)", "duty": "verify", **properties})
    return diagram(S, does, verifies, E, "s > a", "a > b", "b > e")


SIGNAL, MESSAGE, HOUR = event("signal", "x1"), event("message", "m1"), timer('"PT1H"')
LIST = '<bpmn:loopDataInputRef>xs</bpmn:loopDataInputRef>'
ITEM = '<bpmn:inputDataItem id="item"/>'
DATA_OBJECT = node("dataObject", "xs")
BUTTON = '[{"value": "ok", "label": "同意"}]'
BUTTONS = '[{"value": "ok", "label": "同意"}, {"value": "no", "label": "不同意", "style": "danger"}]'
WITH_WORDS = BUTTONS.replace('"label": "同意"', '"label": "同意", "opinion": true')
RAW = straight(A)


def late(said, *properties, interrupting=False, clock=timer('"PT1H"'), **more):
    """A task with an on_timeout and a timer beside it."""
    task = user("a", **{"candidates": "starter()", "outcomes": BUTTONS, **({"on_timeout": said} if said else {}), **more})
    beside = boundary("h", "a", clock, interrupting)
    return straight(task, Node(beside.tag, beside.id, beside.attributes, "".join(properties), beside.inner), end("e2"), "h > e2")


def happens(definition, interrupting="false"):
    """An event subprocess."""
    return sub("v", start("vs", definition, isInterrupting=interrupting), end("ve"), "vs > ve", triggeredByEvent="true")


def link(name):
    return f'<bpmn:linkEventDefinition name="{name}"/>'


def saying(said):
    return f'<spiffworkflow:properties><spiffworkflow:property name="on_timeout" value="{said}"/></spiffworkflow:properties>'


TABLE = [
    ("bpmn-file", b"<a/>", RAW),
    ("one-process", RAW.replace(b"</bpmn:process>", b'</bpmn:process><bpmn:process id="q"/>'), RAW),
    ("executable", straight(A, executable=False), RAW),
    ("process-key", straight(A, key="my-flow"), straight(A, key="my_flow")),
    ("process-key", straight(A, key="class"), straight(A, key="Process_1")),
    ("duplicate-id", RAW.replace(b'id="f_s_a"', b'id="a"'), RAW),
    ("bad-id", straight(user("a b")), RAW),
    ("bad-id", RAW.replace(b'<bpmn:endEvent id="e"', b"<bpmn:endEvent "), RAW),
    ("bad-id", straight(A, root="""<bpmn:message id='x"] | //*[//*[//*'/>"""), RAW),
    ("bad-id", straight(node("scriptTask", "n", inner="<bpmn:dataInputAssociation id='i'><bpmn:sourceRef>x' or //*[//*</bpmn:sourceRef>"
                                                      "</bpmn:dataInputAssociation><bpmn:script>x = 1</bpmn:script>")), RAW),
    ("reserved-id", straight(user("Start")), RAW),
    ("reserved-id", straight(user("End")), RAW),
    ("reserved-id", straight(user("p.EndJoin")), RAW),
    ("reserved-id", straight(user("start")), diagram(start("start"), A, E, "start > a > e")),
    ("other-vendor", RAW.replace(b'<bpmn:userTask ', b'<bpmn:userTask xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="li" '), RAW),
    ("unknown-extension", straight(user("a", "<spiffworkflow:propertys/>", candidates="starter()")), RAW),
    ("too-many-nodes", diagram(*(user(f"a{i}") for i in range(1_001))), RAW),
    ("too-much-logic", diagram(*(script(f"n{i}", "x = 1\n" * 300) for i in range(120))), RAW),
    ("too-long", diagram(S, *(script(f"n{i}") for i in range(300)), E, "s > " + " > ".join(f"n{i}" for i in range(300)) + " > e"),
     diagram(S, *(script(f"n{i}") for i in range(298)), E, "s > " + " > ".join(f"n{i}" for i in range(298)) + " > e")),
    ("too-many-predicted", diagram(S, A, par("g"), E, "s > a > g > e", "g > a"),
     diagram(S, A, G, E, "s > a > g > e default", "g > a if x")),
    ("endless-loop", diagram(S, script("n"), G, E, "s > n > g > e default", "g > n if x > 1"),
     diagram(S, A, G, E, "s > a > g > e default", "g > a if x > 1")),
    ("unsupported-element", straight(node("complexGateway", "g")), straight(G)),
    ("unsupported-element", straight(sub("h", user("u"), tag="adHocSubProcess")), RAW),
    ("unsupported-element", straight(A, node("dataStoreReference", "d")), RAW),
    ("unsupported-element", straight(A.having(isForCompensation="true")), RAW),
    ("unsupported-element", straight(node("receiveTask", "r", messageRef="m1", instantiate="true")), RAW),
    ("unsupported-element", straight(A, root='<bpmn:globalUserTask id="g1"/>'), RAW),
    ("resource-role", straight(node("userTask", "a", inner='<bpmn:potentialOwner id="po1"/>')), RAW),
    ("data-flow", straight(node("userTask", "a", inner='<bpmn:ioSpecification id="io1"/>')), straight(A, node("ioSpecification", "io1"))),
    ("data-flow", straight(A, node("dataObjectReference", "r", dataObjectRef="gone")),
     straight(A, node("dataObject", "xs"), node("dataObjectReference", "r", dataObjectRef="xs"))),
    ("dangling-reference", straight(A, "a > nowhere"), RAW),
    ("dangling-reference", straight(G.having(default="none")), straight(G)),
    ("dangling-reference", straight(A, lanes={"厂站领导": "gone"}), straight(A, lanes={"厂站领导": "a"})),
    ("flow-crosses-scope", straight(sub("sp", start("s1"), end("e1"), "s1 > e1"), A, "s1 > a"), RAW),
    ("start-event", diagram(A, E, "a > e"), RAW),
    ("start-event", diagram(S, start("s2"), A, E, "s > a > e", "s2 > a"), RAW),
    ("start-event", straight(sub("sp", start("s1"), start("s2", MESSAGE), end("e1"), "s1 > e1", "s2 > e1")),
     diagram(S, start("s2", MESSAGE), A, E, "s > a > e", "s2 > a")),
    ("end-event", diagram(S, A, "s > a"), RAW),
    ("unreachable", straight(A, B, "b > e"), RAW),
    ("no-path-to-end", straight(A, boundary("h", "a", HOUR), B, "h > b"), straight(A, boundary("h", "a", HOUR), B, "h > b > e")),
    ("wrong-direction", straight(A, B, "e > b"), RAW),
    ("wrong-direction", straight(A, "a > s"), RAW),
    ("implicit-split", diagram(S, A, B, E, "s > a > e", "s > b > e"), diagram(S, par("g"), A, B, E, "s > g > a > e", "g > b > e")),
    ("implicit-split", diagram(S, A, B, E, "s > a > e", "a > b > e"), RAW),
    ("gateway-default", choice("g > a if x == 1", "g > b if x == 2"), choice("g > a if x == 1", "g > b default")),
    ("gateway-default", choice("g > a if x == 1", "g > b if x == 2", gateway=inc("g")),
     choice("g > a if x == 1", "g > b default", gateway=inc("g"))),
    ("default-condition", choice("g > a if x == 1", "g > b default").replace(
        b'targetRef="b">', b'targetRef="b"><bpmn:conditionExpression>y</bpmn:conditionExpression>'), choice("g > a if x", "g > b default")),
    ("default-flow", choice("g > a if x == 1", "g > b", gateway=G.having(default="f_s_g")), choice("g > a if x == 1", "g > b default")),
    ("flow-condition", choice("g > a", "g > b default"), choice("g > a if x == 1", "g > b default")),
    ("ignored-condition", diagram(S, A, E, "s > a", "a > e if x == 1"), RAW),
    ("ignored-condition", choice("g > a if x == 1", "g > b", gateway=par("g")), choice("g > a", "g > b", gateway=par("g"))),
    ("event-gateway", diagram(S, race("g"), catch("c", SIGNAL), E, "s > g > c > e"),
     diagram(S, race("g"), catch("c", SIGNAL), catch("d", HOUR), E, "s > g > c > e", "g > d > e")),
    ("event-gateway", diagram(S, race("g").having(instantiate="true"), catch("c", SIGNAL), catch("d", HOUR), E, "s > g > c > e", "g > d > e"), RAW),
    ("event-gateway", diagram(S, race("g"), catch("c", SIGNAL), A, E, "s > g > c > e", "g > a > e"), RAW),
    ("event-kind", straight(throw("t", event("error", "x"))), straight(throw("t", SIGNAL))),  # every other one: test_bpmn_support.py
    ("event-without-kind", straight(catch("c")), straight(catch("c", SIGNAL))),
    ("event-without-kind", straight(A, happens("")), straight(A, happens(SIGNAL))),
    ("several-events", straight(catch("c", SIGNAL + HOUR)), straight(catch("c", SIGNAL))),
    ("event-reference", straight(node("receiveTask", "r")), straight(node("receiveTask", "r", messageRef="m1"))),
    ("event-reference", straight(node("sendTask", "r")), straight(node("sendTask", "r", messageRef="m1"))),
    ("event-reference", straight(throw("t", event("signal"))), straight(throw("t", SIGNAL))),
    ("event-reference", straight(catch("t", MESSAGE), undeclared={"m1"}), straight(catch("t", MESSAGE))),
    ("message-payload", straight(A, root='<bpmn:message id="m2" name="m2"><bpmn:extensionElements><spiffworkflow:messagePayload>1'
                                 "</spiffworkflow:messagePayload></bpmn:extensionElements></bpmn:message>"), RAW),
    ("timer", straight(catch("c", "<bpmn:timerEventDefinition/>")), straight(catch("c", HOUR))),
    ("hand-start", diagram(start("s", MESSAGE), E, "s > e", properties={"starters": "everyone"}),
     diagram(S, start("s2", MESSAGE), E, "s > e", "s2 > e", properties={"starters": "everyone"})),
    ("timer-cycle", straight(A, boundary("h", "a", timer('"R3/PT1H"', "timeCycle")), "h > e"),
     straight(A, boundary("h", "a", timer('"R3/PT1H"', "timeCycle"), False), "h > e")),
    ("timer-cycle", straight(A, happens(timer('"R3/PT1H"', "timeCycle"), "true")), straight(A, happens(timer('"R3/PT1H"', "timeCycle")))),
    ("boundary-event", diagram(S, G, E, boundary("h", "g", HOUR), "s > g > e", "h > e"), straight(A, boundary("h", "a", HOUR), "h > e")),
    ("boundary-event", straight(A, boundary("h", "gone", HOUR), "h > e"), RAW),
    ("boundary-event", straight(A, boundary("h", "a", event("cancel")), "h > e"), RAW),
    *(("boundary-event", straight(A, boundary("h", "a", event(kind, "x")), "h > e"),
       straight(call("n"), boundary("h", "n", event(kind, "x")), "h > e")) for kind in ("error", "escalation")),
    ("boundary-event", straight(A, happens(SIGNAL), boundary("h", "v", HOUR), "h > e"), straight(A, happens(SIGNAL))),
    ("cancel-end", diagram(S, end("e", event("cancel")), "s > e"),
     straight(sub("t", start("s1"), end("e1", event("cancel")), "s1 > e1", tag="transaction"),
              boundary("h", "t", event("cancel")), "h > e")),
    ("cancel-end", ends(event("cancel"), inside="transaction"), ends(inside="transaction")),
    ("event-subprocess", straight(A, happens(SIGNAL), "a > v"), straight(A, happens(SIGNAL))),
    ("event-subprocess", straight(A, happens(SIGNAL).looping(many("3"))), straight(A, happens(SIGNAL))),
    ("link", straight(A, throw("t", link("x")), boundary("h", "a", HOUR), "h > t"),
     straight(A, throw("t", link("x")), boundary("h", "a", HOUR), catch("c", link("x")), "h > t", "c > e")),
    ("link", straight(A, throw("t", link("x")), boundary("h", "a", HOUR), catch("c", link("x")), catch("d", link("x")), "h > t", "c > e",
                      "d > e"), RAW),
    ("link", straight(A, throw("t", link("x")), boundary("h", "a", HOUR), catch("c", link("x")), "h > t > e", "c > e"), RAW),
    ("returnable", straight(user("a", candidates="starter()", returnable_to="nobody")),
     diagram(S, B, user("a", candidates="starter()", returnable_to="b, starter"), E, "s > b > a > e")),
    ("returnable", straight(user("a", candidates="starter()", returnable_to="a")),
     straight(user("a", candidates="starter()", returnable_to="other/x"))),
    ("resubmit", straight(user("a", candidates="starter()", resubmit="redo_all")),
     straight(user("a", candidates="starter()", resubmit="redo_all", returnable_to="any"))),
    ("waiting-beside-cycle", straight(A, boundary("h", "a", timer('"R3/PT1H"', "timeCycle"), False), B, end("e2"), "h > b > e2"),
     straight(A, boundary("h", "a", timer('"PT1H"'), False), B, end("e2"), "h > b > e2")),
    *(("expression", choice(f"g > a if {bad}", "g > b default"), choice("g > a if x == 1", "g > b default"))
      for bad in ("x ==", "${x == 1}", "= x", "x = 1", "frobnicate(x)", "x and true", "__import__('os')", "x.__class__()")),
    ("expression", straight(script("n", "x = ")), straight(script("n", "x = 1"))),
    ("expression", straight(script("n", "import os")), straight(script("n", "x = 1"))),
    ("expression", straight(user("a", "<spiffworkflow:preScript>x =</spiffworkflow:preScript>", candidates="starter()")), RAW),
    ("expression", straight(user("a", "<spiffworkflow:postScript>for</spiffworkflow:postScript>", candidates="starter()")), RAW),
    ("expression", straight(catch("c", timer("workdays(")), ), straight(catch("c", timer("workdays(2)", "timeDate")))),
    ("expression", straight(catch("c", when("x ==")), DATA_OBJECT), straight(catch("c", when("xs == 1")), DATA_OBJECT)),
    ("expression", straight(A.looping(many("len("))), straight(A.looping(many("len(xs)")))),
    ("expression", straight(service("n", to="x[")), straight(service("n", to="grid_owner(x)"))),
    ("expression", straight(service("n", to="'no_such(x)'")), straight(service("n", to="'grid_owner(x)'"))),
    ("expression", asked(candidates="starter("), RAW),
    ("expression", asked(candidates="no_such_function()"), asked(candidates="grid_owner(x) or starter()")),
    ("expression", asked(not_="starter() or"), asked(not_="starter()")),
    ("expression", straight(throw("t", '<bpmn:messageEventDefinition messageRef="m1"><bpmn:extensionElements>'
                                       "<spiffworkflow:messagePayload>a b</spiffworkflow:messagePayload></bpmn:extensionElements>"
                                       "</bpmn:messageEventDefinition>")), RAW),
    *(("time", straight(catch("c", timer(bad))), straight(catch("c", HOUR)))
      for bad in ("PT1H", "P2D", '"PT"', '"P1H"', '"P"', '"soon"', '"P99999999999D"', "5", '"P1D1M"')),
    *(("time", straight(catch("c", timer(bad, "timeCycle"))), straight(catch("c", timer('"R3/PT24H"', "timeCycle"))))
      for bad in ("R3/PT24H", '"R3"', '"PT24H"', '"R/"', '"R3/P0D"')),
    ("time", straight(catch("c", timer("2026-01-31", "timeDate"))), straight(catch("c", timer('"2026-01-31"', "timeDate")))),
    ("outcome-name", diagram(S, user("a", candidates="starter()", outcomes=BUTTON), G, B, E, 's > a > g > b if a.outcome == "oke"',
                             "g > e default", "b > e"),
     diagram(S, user("a", candidates="starter()", outcomes=BUTTON), G, B, E, 's > a > g > b if a.outcome == "ok"',
             "g > e default", "b > e")),
    ("ignored-script", diagram(S, node("exclusiveGateway", "g", "<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>"), E,
                               "s > g > e"), RAW),
    ("form", straight(user("c", candidates="starter()")), RAW),
    ("form", asked(form="other.gone"), asked(form="other.step")),
    ("form", straight(user("c", candidates="starter()")), straight(user("c", candidates="starter()", form="none"))),
    ("start-form", straight(user("q"), key="q", properties={"starters": "everyone"}),
     diagram(node("startEvent", "s", saying("none").replace("on_timeout", "form")), A, E, "s > a > e", key="q", properties={"starters": "everyone"})),
    ("candidates", straight(user("a")), straight(user("a"), lanes={"厂站领导": "a"})),
    ("candidates", straight(user("a"), lanes={"某某": "a"}), straight(user("a"), lanes={"station_leader": "a"})),
    ("role", asked(candidates='role("king", 1)'), asked(candidates='role("station_leader", 1)')),
    ("done-by", asked(not_='done_by("gone")'), asked(not_='done_by("a")')),
    *(("due", asked(due=bad), asked(due="P2D")) for bad in ("P1M", "PT", "P1H", '"P2D"', "2 days")),
    ("due", asked(due="x ="), asked(due="configure.deadline")),
    *(("outcomes", asked(outcomes=bad), asked(outcomes=BUTTON)) for bad in (
        "yes", "[]", "{}", '[{"value": "a"}]', '[{"value": "a", "label": ""}]', '[{"value": "a", "label": "b", "color": "red"}]',
        '[{"value": "a", "label": "b", "opinion": "yes"}]', '[{"value": "a", "label": "b"}, {"value": "a", "label": "c"}]',
        '[{"value": "a", "label": "b", "style": "pink"}]', "[" * 5_000, '[{"value": "' + "a" * 41 + '", "label": "b"}]')),
    *(("signing", asked(signing=bad), asked(signing='{"mode": "ratio", "ratio": 60}')) for bad in (
        "all", "[]", '{"mode": "most"}', '{"mode": "ratio"}', '{"mode": "ratio", "ratio": 0}', '{"mode": "ratio", "ratio": 101}',
        '{"veto": "yes"}', '{"agree": "ja"}', '{"ratio": true}')),
    ("property-word", asked(duty="cook"), asked(duty="approve")),
    ("property-word", asked(priority="high"), asked(priority="0")),
    ("multi-instance", straight(A.looping(many())), straight(A.looping(many("3")))),
    ("multi-instance", straight(A.looping(many("3", inner=LIST)), DATA_OBJECT), straight(A.looping(many(inner=LIST)), DATA_OBJECT)),
    ("multi-instance", straight(user("a", candidates="starter()", signing="{}").looping(many("3"))),
     straight(user("a", candidates="starter()", signing="{}").looping(many()))),
    *(("cardinality", straight(A.looping(many(bad))), straight(A.looping(many("1000")))) for bad in ("1001", "0", '"3"', "2.5", "True")),
    ("collection", straight(A.looping(many(inner=LIST))), straight(A.looping(many(inner=LIST)), DATA_OBJECT)),
    ("expression", straight(A.looping(many("3", inner="<bpmn:completionCondition>len(</bpmn:completionCondition>"))), straight(A.looping(many("3")))),
    ("loop", straight(A.looping("<bpmn:standardLoopCharacteristics/>")),
     straight(A.looping('<bpmn:standardLoopCharacteristics loopMaximum="3"/>'))),
    ("loop", straight(A.looping('<bpmn:standardLoopCharacteristics loopMaximum="many"/>')), RAW),
    ("handler", straight(node("serviceTask", "n")), straight(service("n"))),
    ("handler", straight(service("n", "flow.gone")), straight(service("n"))),
    ("handler", straight(service("n", result="x")), straight(service("n"))),
    ("handler-parameter", straight(service("n", to="1")).replace(b' value="1"', b""), straight(service("n", to="1"))),
    ("script", straight(node("scriptTask", "n")), straight(script("n"))),
    ("script", straight(script("n", scriptFormat="javascript")), straight(script("n", scriptFormat="python"))),
    ("decision", straight(node("businessRuleTask", "n")), straight(decide("n"))),
    ("decision", straight(decide("n", "gone")), straight(decide("n"))),
    ("called-process", straight(node("callActivity", "n")), straight(call("n"))),
    ("called-process", straight(call("n", "gone")), straight(call("n"))),
    ("self-call", straight(call("n", "p")), diagram(S, A, G, call("n", "p"), E, "s > a > g > n if x", "g > e default", "n > e")),
    ("unknown-property", asked(candidate="starter()"), RAW),
    ("unknown-property", straight(A, properties={"start": "everyone"}), straight(A, properties={"starters": "everyone"})),
    ("unknown-property", straight(node("serviceTask", "n", "<spiffworkflow:properties><spiffworkflow:property name='due' value='P1D'/>"
                                       "</spiffworkflow:properties>")), straight(service("n"))),
    ("property-form", RAW.replace(b'value="starter()"', b""), RAW),
    ("starters", straight(A, properties={"starters": "king"}), straight(A, properties={"starters": "station_leader, everyone"})),
    ("name", straight(node("userTask", "a", name="")), RAW),
    ("name", straight(node("userTask", "a", name="长" * 101)), RAW),
    ("name", choice("g > a if x == 1", "g > b default", gateway=node("exclusiveGateway", "g", name="")),
     choice("g > a if x == 1", "g > b default")),
    ("fields", asked(fields="{"), asked(fields="{}")),
    ("approval-due", asked(candidates="grid_owner(1)", duty="approve"), asked(candidates="grid_owner(1)", duty="approve", due="P2D")),
    ("separation", asked(duty="approve", due="P2D"), asked(duty="approve", due="P2D", candidates="grid_owner(1)")),
    ("separation", checked_by(), checked_by(**{"not": 'done_by("a")'})),
    ("separation", checked_by(**{"not": 'done_by("b")'}), checked_by(doing={"not": "starter()"}, candidates="starter()")),
    ("due", asked(due="P0D"), asked(due="P1D")),
    ("nobody-left", asked(candidates="role('station_leader', start.grid)", not_="starter() + role('厂站领导', start.grid)"),
     asked(candidates="role('station_leader', start.grid) or starter()", not_="role('厂站领导', start.grid)")),
    ("nobody-left", asked(candidates="role('station_leader', start.grid)", not_="role('station_leader', station(start.grid))"),
     asked(candidates="role('station_leader', start.grid)", not_="done_by('a')")),
    ("nobody-left", straight(user("a", not_="role('station_leader', 1)"), lanes={"厂站领导": "a"}), straight(user("a"), lanes={"厂站领导": "a"})),
    ("same-way", asked(outcomes=BUTTONS), asked(outcomes=BUTTON)),
    ("same-way", diagram(S, user("a", candidates="starter()", outcomes=BUTTONS), G, B, E, "s > a > g > b if a.opinion == 'x'", "g > e default", "b > e"),
     diagram(S, user("a", candidates="starter()", outcomes=BUTTONS), G, B, E, "s > a > g > b if a.outcome == 'no'", "g > e default", "b > e")),
    ("same-way", straight(
        user("a", candidates="starter()", outcomes=BUTTONS), boundary("h", "a", HOUR, False), service("n", "flow.notify", element='"a"'), end("e2"),
        "h > n > e2"), straight(user("a", candidates="starter()", outcomes=BUTTONS), decide("d"), "a > d", "d > e")),
    ("double-flow", straight(A, "s > a"), RAW),
    ("nested-too-deep", None, RAW),
    ("allow", asked(allow="transfer, fly"), asked(allow="transfer, delegate, outside")),
    ("switch", asked(bulk="yes"), asked(bulk="true")),
    ("switch", asked(personal="1"), asked(personal="false")),
    ("by-itself", asked(bulk="true", outcomes=WITH_WORDS), asked(bulk="true", outcomes=BUTTONS)),
    ("by-itself", asked(repeat="any", personal="true"), asked(repeat="never", personal="true")),
    ("by-itself", asked(repeat="any", form="other.step"), asked(repeat="any")),
    ("by-itself", asked(repeat="any", signing='{"mode": "all"}'), asked(signing='{"mode": "all"}')),
    ("timeout", asked(on_timeout="remind"), late("remind")),
    ("timeout", late("remind", interrupting=True), late("escalate")),
    ("timeout", late("remind", clock=event("signal", "x1")), late("remind")),
    ("timeout", late("explode"), late("reject")),
    ("timeout", late("transfer"), late("transfer grid_owner(start.grid)")),
    ("timeout", late("transfer grid_owner("), late("escalate grid_owner(start.grid)")),
    ("timeout", late("remind twice"), late("remind")),
    ("timeout", late("reject", outcomes=BUTTON), late("reject")),
    ("timeout", late("reject", personal="true"), late("remind", personal="true")),
    ("timeout", late("approve"), late("reject")),  # a warning: two have to agree to that
    ("timeout", late("reject", form="other.step"), late("remind", form="other.step")),
    ("timeout", late("", saying("approve"), outcomes=WITH_WORDS), late("", saying("escalate"))),
    ("timeout", straight(sub("sp", start("s1"), A, end("e1"), "s1 > a > e1"),
                         Node("boundaryEvent", "h", {"name": "h", "attachedToRef": "sp", "cancelActivity": "false"}, saying("remind"), HOUR),
                         end("e2"), "h > e2"), late("", saying("remind"))),
    ("start-form", straight(user("q"), key="q", properties={"starters": "everyone"}), straight(A, properties={"starters": "everyone"})),
]


def nested(depth):
    inside = (start("s0"), end("e0"), "s0 > e0")
    for level in range(1, depth + 1):
        inside = (start(f"s{level}"), sub(f"sp{level}", *inside), end(f"e{level}"), f"s{level} > sp{level} > e{level}")
    return diagram(*inside)


def rules_of(xml, known=KNOWN):
    return {finding.rule for finding in lint(xml, known)}


@pytest.mark.parametrize("rule, broken, mended", TABLE, ids=[f"{row[0]}-{i}" for i, row in enumerate(TABLE)])
def test_rule(rule, broken, mended):
    assert rule in rules_of(nested(16) if broken is None else broken)
    assert rule not in rules_of(mended)


def test_every_rule_has_a_story():
    assert set(RULES) == {row[0] for row in TABLE}


@pytest.mark.parametrize("good", [
    RAW, choice("g > a if x == 1", "g > b default"),
    straight(service("n", to="grid_owner(x)"), properties={"starters": "everyone", "category": "x"}),
    straight(A, boundary("h", "a", timer("workdays(2)", "timeDate"), False), end("e2"), "h > e2"),
    straight(decide("n")), straight(call("n")), straight(A.looping(many("3"))),
    straight(sub("sp", start("s1"), user("b", candidates="starter()"), end("e1"), "s1 > b > e1")),
    diagram(S, par("g"), A, B, par("j"), E, "s > g > a > j > e", "g > b > j"),
    diagram(S, race("g"), catch("c", MESSAGE), catch("d", HOUR), E, "s > g > c > e", "g > d > e"),
    straight(throw("t", SIGNAL)), diagram(S, end("e", event("error", "x")), "s > e"), diagram(S, end("e", event("terminate")), "s > e"),
    asked(candidates='role("厂站领导", 3) or grid_owner(grid)', due="PT24H", signing='{"mode": "ratio", "ratio": 60, "veto": true}',
          outcomes='[{"value": "ok", "label": "同意", "opinion": false, "style": "primary"}]', duty="approve", allow="transfer",
          priority="0", on_empty="process_owner", not_='done_by("a")'),
])
def test_good_diagrams_pass_without_a_word(good):
    assert lint(good, KNOWN) == []


def test_what_is_not_known_is_not_checked():
    """A foreign file is judged by itself: its roles, forms and handlers are somebody else's."""
    foreign = straight(user("z", candidates='king("x")', form="some.where"), service("n", "other.handler"), "z > n")
    assert not {"form", "handler", "role", "expression"} & rules_of(foreign, Known())


def test_a_flow_without_any_coded_form_is_only_warned():
    drawn_today = straight(user("z", candidates="starter()"), key="fresh")
    assert {f.severity for f in lint(drawn_today, KNOWN) if f.rule == "form"} == {Severity.WARNING}
    assert {f.severity for f in lint(straight(user("z", candidates="starter()")), KNOWN) if f.rule == "form"} == {Severity.ERROR}


@pytest.mark.parametrize("blocks, tasks", [(1, 23), (2, 95), (4, 1_535), (6, 24_575), (200, 10**9 - 1)])
def test_four_way_blocks_in_sequence_multiply(blocks, tasks):
    from engine.bpmn_xml import read
    from engine.lint.graph import Graph
    assert Graph(read(parallel_blocks(blocks))).predicted == tasks


def test_six_four_way_blocks_are_refused():
    assert "too-many-predicted" in rules_of(parallel_blocks(6))
    assert "too-many-predicted" not in rules_of(parallel_blocks(4))


def parallel_blocks(count, branches=4):
    parts, last = [S, E], "s"
    for i in range(count):
        parts += [par(f"g{i}"), par(f"j{i}"), f"{last} > g{i}"]
        parts += [script(f"t{i}_{k}") for k in range(branches)] + [f"g{i} > t{i}_{k} > j{i}" for k in range(branches)]
        last = f"j{i}"
    return diagram(*parts, f"{last} > e")
