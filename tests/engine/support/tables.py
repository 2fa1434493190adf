"""What BPMN 2.0 knows, element by element and event by event, and what becomes of it here: the tables behind docs/bpmn-support.md."""
from collections.abc import Callable
from dataclasses import dataclass

from engine.lint.supported import RUNS, Place
from tests.diagrams import diagram, end, many, node, start, sub, user
from tests.engine.support import elements
from tests.engine.workshop import Workshop

Story = Callable[[Workshop], None]
COLUMNS = {
    Place.START: "start of a process", Place.INSIDE: "start of a subprocess", Place.BREAKS: "start of an event subprocess, interrupting",
    Place.BEGINS: "start of an event subprocess, non-interrupting", Place.CATCH: "intermediate catch", Place.THROW: "intermediate throw",
    Place.BOUNDARY: "boundary, interrupting", Place.BESIDE: "boundary, non-interrupting", Place.END: "end",
}
ALLOWED = {  # BPMN 2.0, tables 10.93 to 10.96: where each kind of event may stand
    "none": {Place.START, Place.INSIDE, Place.THROW, Place.END},
    "message": set(Place) - {Place.INSIDE},
    "timer": {Place.START, Place.BREAKS, Place.BEGINS, Place.CATCH, Place.BOUNDARY, Place.BESIDE},
    "conditional": {Place.START, Place.BREAKS, Place.BEGINS, Place.CATCH, Place.BOUNDARY, Place.BESIDE},
    "signal": set(Place) - {Place.INSIDE},
    "error": {Place.BREAKS, Place.BOUNDARY, Place.END},
    "escalation": {Place.BREAKS, Place.BEGINS, Place.THROW, Place.BOUNDARY, Place.BESIDE, Place.END},
    "cancel": {Place.BOUNDARY, Place.END},
    "compensate": {Place.BREAKS, Place.THROW, Place.BOUNDARY, Place.END},
    "link": {Place.CATCH, Place.THROW},
    "terminate": {Place.END},
    "multiple": set(Place) - {Place.INSIDE},
    "parallel multiple": {Place.START, Place.BREAKS, Place.BEGINS, Place.CATCH, Place.BOUNDARY, Place.BESIDE},
}
WHY_NOT = {
    "conditional": "before there is a case there is no data a condition could look at; use a plain start and a conditional catch event",
    "compensate": "undoing is drawn as ordinary steps behind a cancel or error event",
    "multiple": "one event waits for or throws one thing; draw several events, or an event-based gateway",
    "parallel multiple": "draw a parallel gateway with one event in each branch",
}
NOTES = {
    ("timer", Place.START): "the clock begins a case, once, in the name of the system, at the unit of the process property `unit` (its code; "
                            "without it, at the group). Moments missed while the house stood come together as one; a new version that says "
                            "the same time goes on counting. Begun by hand or by a call, it does not wait",
    ("message", Place.START): "one case, when no running case waits for the message; at the unit of `unit_id` in its payload, else where it "
                              "was sent from, else as for timers. The starter is the system",
    ("signal", Place.START): "as a message, but everybody who waits hears it too",
    ("conditional", Place.CATCH): "looked at on arrival and after every move of the case, on all the case knows: every branch, the subprocesses "
                                  "in it (of a multi-instance: once it is done), not called processes. A name nobody has written yet means no. "
                                  "The same holds in the other places; what does not interrupt happens again when it was false in between",
    ("error", Place.BREAKS): "the nearest event around that names the code, or names none; an event subprocess before a boundary event",
    ("error", Place.BOUNDARY): "beside a subprocess, transaction, call or service task; a handler raises `engine.errors.Foreseen(code)`",
    ("error", Place.END): "uncaught, the case ends there (terminated)",
    ("escalation", Place.END): "uncaught, nothing happens",
    ("message", Place.BESIDE): "as often as it comes while the activity lasts; a timer cycle as often as it says",
    ("message", Place.BEGINS): "as often as it comes while its process or subprocess lasts",
    ("cancel", Place.END): "in a transaction that has a cancel boundary event",
    ("link", Place.THROW): "goes on at the one catching link of that name in the same process or subprocess",
}


@dataclass(frozen=True)
class Row:
    """`verdict` is 'runs', 'drawn' (allowed, without effect on what is done) or 'refused'."""

    tag: str
    verdict: str
    story: Story | None = None  # of one that runs
    proof: str = ""  # of one that runs: another test, as file::name
    rule: str = ""  # of one that is refused
    broken: bytes = b""  # a diagram that holds what is refused, or what is only drawn
    words: str = ""


def runs(tag: str, story: Story | None = None, proof: str = "", words: str = "") -> Row:
    return Row(tag, "runs", story, proof, words=words)


def cell(tag: str, place: Place, kind: str, words: str = "") -> Row:
    """Shown by a story of the table of events."""
    assert kind in RUNS.events[place]
    return Row(tag, "runs", proof=f"test_bpmn_support.py::test_an_event_runs[{place}-{kind}]", words=words)


def within(*parts: object, root: str = "") -> bytes:
    return diagram(start(), user("a", candidates="starter()"), end(), "s > a > e", *parts, root=root)  # type: ignore[arg-type]


def drawn(tag: str, *parts: object, root: str = "", words: str = "") -> Row:
    return Row(tag, "drawn", broken=within(*parts, root=root), words=words)


def refused(tag: str, rule: str, *parts: object, root: str = "", words: str) -> Row:
    return Row(tag, "refused", rule=rule, broken=within(*parts, root=root), words=words)


def asked(inner: str) -> bytes:
    return diagram(start(), node("userTask", "a", inner=inner), end(), "s > a > e")


def _in_process(tag: str, inner: str = "", **attributes: str) -> object:
    return node(tag, f"{tag}_1", inner=inner, **attributes)


def _co(inner: str = "") -> str:
    return f'<bpmn:collaboration id="co">{inner}</bpmn:collaboration>'


_RACE = "test_bpmn_support.py::test_an_element_runs[eventBasedGateway]"
_CORRELATED = "test_messages.py::test_correlated_messages_find_their_case"
_HANDED = "test_bpmn_support.py::test_an_element_runs[ioSpecification]"
_DATA = "test_bpmn_support.py::test_an_element_runs[dataObject]"
_DESCRIBES = "describes, decides nothing"
_NOT_RUN = "describes what is agreed between organisations; the process is drawn as a process"
ELEMENTS = (
    # tasks and subprocesses
    runs("task", elements.people, words="asks a person, like a user task"), runs("userTask", elements.people),
    runs("manualTask", elements.people, words="asks a person to say that it is done"),
    runs("scriptTask", elements.script_task, words="in the closed language"), runs("script", elements.script_task),
    runs("serviceTask", elements.service_task, words="a handler of the library"), runs("businessRuleTask", elements.business_rule_task),
    runs("sendTask", elements.send_and_receive), runs("receiveTask", elements.send_and_receive, words="`instantiate` is refused"),
    runs("subProcess", elements.subprocess, words="as an event subprocess: see the table of events"), runs("transaction", elements.transaction),
    runs("callActivity", elements.call_activity, words="the version that was effective at deployment"),
    refused("adHocSubProcess", "unsupported-element", sub("h", user("u"), tag="adHocSubProcess"),
            words="without flows nobody can say what may be returned to or what comes next; draw a choice, or a multi-instance"),
    runs("standardLoopCharacteristics", elements.standard_loop), runs("multiInstanceLoopCharacteristics", elements.multi_instance,
         words="parallel and sequential, of a number or of a data object; `completionCondition` may count (`numberOfInstances`, "
         "`numberOfCompletedInstances`, `numberOfActiveInstances`); co-signing (`signing`) counts votes"),
    refused("complexBehaviorDefinition", "unsupported-element", sub("h", start("s1"), end("e1"), "s1 > e1").looping(many(
        "2", inner='<bpmn:complexBehaviorDefinition id="cb"/>')), words="throwing while instances are done; use co-signing, or events inside"),
    # gateways and flows
    runs("exclusiveGateway", elements.exclusive), runs("parallelGateway", elements.parallel),
    runs("inclusiveGateway", elements.inclusive), runs("eventBasedGateway", elements.event_based,
         words="timers, messages, signals, conditions; `instantiate` and the parallel kind are refused"),
    refused("complexGateway", "unsupported-element", node("complexGateway", "g"), words="use an inclusive gateway or co-signing"),
    runs("sequenceFlow", elements.uncontrolled, words="conditions and defaults at exclusive and inclusive gateways only, elsewhere refused "
         "(`ignored-condition`); flows that meet are followed each by itself; several flows out of a task or event are refused (`implicit-split`)"),
    runs("expression", elements.exclusive, words="in the closed language"), runs("formalExpression", elements.exclusive),
    # events
    cell("startEvent", Place.START, "none", "several are allowed at the start of a process, one of them plain; one begins the case"),
    cell("endEvent", Place.END, "none"), cell("intermediateCatchEvent", Place.CATCH, "message"),
    cell("intermediateThrowEvent", Place.THROW, "message"), cell("boundaryEvent", Place.BOUNDARY, "timer"),
    refused("implicitThrowEvent", "unsupported-element", _in_process("implicitThrowEvent"), words="no tool draws it"),
    refused("event", "unsupported-element", _in_process("event"), words="one of the five kinds is drawn instead"),
    cell("messageEventDefinition", Place.CATCH, "message"), cell("timerEventDefinition", Place.CATCH, "timer", "a cycle only where it can "
         "happen again (`timer-cycle`)"), cell("conditionalEventDefinition", Place.CATCH, "conditional"),
    cell("signalEventDefinition", Place.CATCH, "signal"), cell("errorEventDefinition", Place.END, "error"),
    cell("escalationEventDefinition", Place.END, "escalation"), cell("cancelEventDefinition", Place.END, "cancel"),
    cell("terminateEventDefinition", Place.END, "terminate"), cell("linkEventDefinition", Place.THROW, "link"),
    Row("compensateEventDefinition", "refused", rule="event-kind", words=WHY_NOT["compensate"] + "; `isForCompensation` is refused too",
        broken=diagram(start(), end("e", "<bpmn:compensateEventDefinition/>"), "s > e")),
    cell("message", Place.CATCH, "message"), cell("signal", Place.CATCH, "signal"), cell("error", Place.END, "error"),
    cell("escalation", Place.END, "escalation"),
    # data
    runs("dataObject", elements.data_objects), runs("dataObjectReference", elements.data_objects_far_up),
    runs("dataInputAssociation", elements.data_objects), runs("dataOutputAssociation", elements.data_objects),
    drawn("dataAssociation", words="as one of the two above"),
    refused("assignment", "data-flow", node("scriptTask", "n", inner='<bpmn:dataInputAssociation id="d"><bpmn:assignment/></bpmn:dataInputAssociation>'),
            words="nothing is reckoned on the way; use a script task"),
    drawn("dataState", _in_process("dataObjectReference", '<bpmn:dataState id="ds" name="draft"/>', dataObjectRef="dob"), node("dataObject", "dob"),
          words=_DESCRIBES),
    refused("dataStore", "unsupported-element", root='<bpmn:dataStore id="ds"/>', words="handlers read and write the tables"),
    refused("dataStoreReference", "unsupported-element", _in_process("dataStoreReference"), words="handlers read and write the tables"),
    runs("ioSpecification", elements.handed_over, words="of a called process; of a step it is refused (`data-flow`): a step keeps all data"),
    *(runs(tag, proof=_HANDED) for tag in ("dataInput", "dataOutput", "inputSet", "outputSet")),
    drawn("ioBinding", _in_process("ioBinding"), words=_DESCRIBES), drawn("property", _in_process("property"), words=_DESCRIBES),
    drawn("itemDefinition", root='<bpmn:itemDefinition id="i1"/>', words="data have no declared types"),
    # who
    runs("laneSet", elements.lanes), runs("lane", elements.lanes, words="its name is the role of tasks that name no candidates"),
    *(Row(tag, "refused", rule="resource-role", broken=asked(f'<bpmn:{tag} id="r1"/>'), words="candidates say who (property `candidates`)")
      for tag in ("resourceRole", "performer", "humanPerformer", "potentialOwner")),
    Row("resourceAssignmentExpression", "refused", rule="resource-role", words="part of a resource role", broken=asked(
        '<bpmn:potentialOwner id="r1"><bpmn:resourceAssignmentExpression id="r2"/></bpmn:potentialOwner>')),
    Row("resourceParameterBinding", "refused", rule="resource-role", words="part of a resource role", broken=asked(
        '<bpmn:potentialOwner id="r1"><bpmn:resourceParameterBinding id="r2"/></bpmn:potentialOwner>')),
    drawn("resource", root='<bpmn:resource id="r1" name="r"/>', words=_DESCRIBES),
    drawn("resourceParameter", root='<bpmn:resource id="r1" name="r"><bpmn:resourceParameter id="r2"/></bpmn:resource>', words=_DESCRIBES),
    drawn("rendering", words="forms are named by the property `form`"),
    # the process and what stands around it
    cell("definitions", Place.START, "none"), cell("process", Place.START, "none", "one executable process a file"),
    drawn("import", root='<bpmn:import namespace="n" location="http://127.0.0.1:9/x" importType="t"/>', words="nothing is ever fetched"),
    drawn("collaboration", root=_co(), words="correlation keys are read, the rest describes"),
    drawn("participant", root=_co('<bpmn:participant id="pa" processRef="p"/>'), words="pools"),
    drawn("participantMultiplicity", root=_co('<bpmn:participant id="pa"><bpmn:participantMultiplicity/></bpmn:participant>'), words=_DESCRIBES),
    drawn("participantAssociation", root=_co('<bpmn:participantAssociation id="x1"/>'), words=_DESCRIBES),
    drawn("messageFlow", root=_co('<bpmn:participant id="pa"/><bpmn:participant id="pb"/><bpmn:messageFlow id="mf" sourceRef="pa" targetRef="pb"/>'),
          words="messages find their receiver by name and correlation"),
    drawn("messageFlowAssociation", root=_co('<bpmn:messageFlowAssociation id="x1"/>'), words=_DESCRIBES),
    *(runs(tag, proof=_CORRELATED) for tag in ("correlationKey", "correlationProperty", "correlationPropertyRetrievalExpression")),
    refused("correlationSubscription", "unsupported-element", _in_process("correlationSubscription"),
            words="use `spiffworkflow:processVariableCorrelation` at the event"),
    refused("correlationPropertyBinding", "unsupported-element", _in_process(
        "correlationSubscription", '<bpmn:correlationPropertyBinding id="x1"/>'), words="part of a correlation subscription"),
    *(drawn(tag, root=_co(f'<bpmn:{tag} id="x1"/>'), words=_NOT_RUN) for tag in (
        "conversation", "subConversation", "callConversation", "conversationLink", "conversationAssociation")),
    *(refused(tag, "unsupported-element", root=f'<bpmn:{tag} id="x1"/>', words=_NOT_RUN) for tag in (
        "choreography", "globalChoreographyTask", "globalConversation")),
    *(refused(tag, "unsupported-element", _in_process(tag), words=_NOT_RUN) for tag in ("choreographyTask", "subChoreography", "callChoreography")),
    *(refused(tag, "unsupported-element", root=f'<bpmn:{tag} id="x1"/>', words="draw a process of one task and call it") for tag in (
        "globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask")),
    *(drawn(tag, root=f'<bpmn:{tag} id="x1" name="x"/>', words=_DESCRIBES) for tag in ("interface", "endPoint", "partnerEntity", "partnerRole")),
    drawn("operation", root='<bpmn:interface id="x1" name="x"><bpmn:operation id="x2" name="y"/></bpmn:interface>',
          words="a service task names its handler"),
    drawn("category", root='<bpmn:category id="x1" name="x"/>', words=_DESCRIBES),
    drawn("categoryValue", root='<bpmn:category id="x1"><bpmn:categoryValue id="x2" value="v"/></bpmn:category>', words=_DESCRIBES),
    drawn("group", _in_process("group"), words=_DESCRIBES), drawn("association", _in_process("association", sourceRef="a", targetRef="e"), words=_DESCRIBES),
    drawn("textAnnotation", _in_process("textAnnotation", "<bpmn:text>words</bpmn:text>"), words=_DESCRIBES),
    drawn("text", _in_process("textAnnotation", "<bpmn:text>words</bpmn:text>"), words=_DESCRIBES),
    drawn("documentation", _in_process("documentation"), words=_DESCRIBES),
    drawn("relationship", root='<bpmn:relationship id="x1" type="t"/>', words=_DESCRIBES),
    drawn("auditing", _in_process("auditing"), words="every move is written to the history"),
    drawn("monitoring", _in_process("monitoring"), words="every case is monitored"),
    cell("extensionElements", Place.START, "none", "our own properties (`spiffworkflow:`); of other makers: refused (`other-vendor`)"),
    drawn("extension", root='<bpmn:extension mustUnderstand="false"/>', words=_DESCRIBES),
)
ABSTRACT = {  # names the standard only uses to speak of several elements at once; no file holds them
    "activity", "artifact", "baseElement", "baseElementWithMixedContent", "callableElement", "catchEvent", "choreographyActivity",
    "conversationNode", "eventDefinition", "flowElement", "flowNode", "gateway", "loopCharacteristics", "rootElement", "throwEvent",
}
