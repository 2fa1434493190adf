"""What may be drawn: every kind of element is put into the smallest diagram it makes sense in, and lint says whether it runs.

There is no second list: what lint learns to accept appears in the modeler by itself.
"""
from collections.abc import Iterator
from functools import cache

from engine.bpmn_xml import BPMN, SPIFF
from engine.lint import Severity, lint

KINDS = ("message", "timer", "signal", "conditional", "error", "escalation", "cancel", "compensate", "terminate", "link")
TASKS = ("task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask", "callActivity")
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway")
_DECLARED = {kind: f"{kind}_0" for kind in ("message", "signal", "error", "escalation")}
_BODIES = {
    "scriptTask": "<script>x = 1</script>",
    "serviceTask": '<extensionElements><spiffworkflow:serviceTaskOperator id="h.f" resultVariable=""/></extensionElements>',
    "businessRuleTask": "<extensionElements><spiffworkflow:calledDecisionId>t</spiffworkflow:calledDecisionId></extensionElements>",
}
_EXTRA = {"sendTask": ' messageRef="message_0"', "receiveTask": ' messageRef="message_0"', "callActivity": ' calledElement="other"'}

_SOMEBODY = ('<extensionElements><spiffworkflow:properties><spiffworkflow:property name="candidates" value="starter()"/>'
             "</spiffworkflow:properties></extensionElements>")


@cache
def drawable() -> frozenset[str]:
    """Names such as 'userTask', 'boundaryEvent:timer', 'boundaryEvent:timer:non', 'eventSubProcess:error'."""
    return frozenset(name for name, parts in _trials() if _runs(parts))


def _trials() -> Iterator[tuple[str, str]]:
    for tag in TASKS:
        yield tag, _row(f'<{tag} id="x"{_EXTRA.get(tag, "")}>{_BODIES.get(tag, "")}{{io}}</{tag}>')
    for tag in ("subProcess", "transaction", "adHocSubProcess"):
        yield tag, _row(f'<{tag} id="x">{{io}}{_inner()}</{tag}>')
    for tag in GATEWAYS:
        yield tag, _gateway(tag)
    yield "dataObjectReference", _row('<task id="x">{io}</task>') + '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>'
    yield "dataStoreReference", _row('<task id="x">{io}</task>') + '<dataStoreReference id="r" dataStoreRef="d"/>'
    yield "intermediateThrowEvent", _row('<intermediateThrowEvent id="x">{io}</intermediateThrowEvent>')
    for kind in KINDS:
        yield from _events(kind)


def _events(kind: str) -> Iterator[tuple[str, str]]:
    said = _definition(kind)
    yield f"startEvent:{kind}", _flow("s", "e") + f'<startEvent id="s">{_out("s", "e")}{said}</startEvent><endEvent id="e">{_in("s", "e")}</endEvent>'
    yield f"endEvent:{kind}", (_flow("s", "e") + f'<startEvent id="s">{_out("s", "e")}</startEvent><endEvent id="e">{_in("s", "e")}{said}</endEvent>')
    for tag in ("intermediateCatchEvent", "intermediateThrowEvent"):
        yield f"{tag}:{kind}", _row(f'<{tag} id="x">{{io}}{said}</{tag}>')
    for suffix, attribute in (("", ""), (":non", ' cancelActivity="false"')):
        yield f"boundaryEvent:{kind}{suffix}", (
            _row(f'<userTask id="x">{_SOMEBODY}{{io}}</userTask>')
            + f'<boundaryEvent id="b" attachedToRef="x"{attribute}>{_out("b", "e2")}{said}</boundaryEvent>'
            + f'{_flow("b", "e2")}<endEvent id="e2">{_in("b", "e2")}</endEvent>')
    for suffix, attribute in (("", ""), (":non", ' isInterrupting="false"')):
        inner = (f'<startEvent id="s3"{attribute}>{_out("s3", "e3")}{said}</startEvent>{_flow("s3", "e3")}'
                 f'<endEvent id="e3">{_in("s3", "e3")}</endEvent>')
        yield f"eventSubProcess:{kind}{suffix}", (
            _row(f'<userTask id="x">{_SOMEBODY}{{io}}</userTask>') + f'<subProcess id="sub" triggeredByEvent="true">{inner}</subProcess>')


def _definition(kind: str) -> str:
    ref = f' {kind}Ref="{_DECLARED[kind]}"' if kind in _DECLARED else ""
    inner = {"timer": '<timeDuration>"P1D"</timeDuration>', "conditional": "<condition>o == 1</condition>"}.get(kind, "")
    return f'<{kind}EventDefinition id="d"{ref}>{inner}</{kind}EventDefinition>'


def _flow(source: str, target: str, inner: str = "") -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def _in(source: str, target: str) -> str:
    return f"<incoming>{source}_{target}</incoming>"


def _out(source: str, target: str) -> str:
    return f"<outgoing>{source}_{target}</outgoing>"


def _row(middle: str) -> str:
    """start → middle → end; `{io}` in the middle is where its ends go."""
    return (f'<startEvent id="s">{_out("s", "x")}</startEvent>{middle.replace("{io}", _in("s", "x") + _out("x", "e"))}'
            f'<endEvent id="e">{_in("x", "e")}</endEvent>{_flow("s", "x")}{_flow("x", "e")}')


def _inner() -> str:
    return (f'<startEvent id="s2">{_out("s2", "e2")}</startEvent><endEvent id="e2">{_in("s2", "e2")}</endEvent>{_flow("s2", "e2")}')


def _gateway(tag: str) -> str:
    """Two ways out of it: each to an end, or of an event gateway to a timer before it."""
    default = ' default="x_e"' if tag in ("exclusiveGateway", "inclusiveGateway") else ""
    condition = "<conditionExpression>1 == 1</conditionExpression>" if default else ""
    head = f'<startEvent id="s">{_out("s", "x")}</startEvent>{_flow("s", "x")}'
    if tag == "eventBasedGateway":
        ways = "".join(f'{_flow("x", f"t{n}")}<intermediateCatchEvent id="t{n}">{_in("x", f"t{n}")}{_out(f"t{n}", f"e{n}")}{_definition("timer")}'
                       f'</intermediateCatchEvent>{_flow(f"t{n}", f"e{n}")}<endEvent id="e{n}">{_in(f"t{n}", f"e{n}")}</endEvent>' for n in (1, 2))
        return f'{head}<eventBasedGateway id="x">{_in("s", "x")}{_out("x", "t1")}{_out("x", "t2")}</eventBasedGateway>{ways}'.replace('id="d"', "")
    return (f'{head}<{tag} id="x"{default}>{_in("s", "x")}{_out("x", "e")}{_out("x", "f")}</{tag}>{_flow("x", "e")}{_flow("x", "f", condition)}'
            f'<endEvent id="e">{_in("x", "e")}</endEvent><endEvent id="f">{_in("x", "f")}</endEvent>')


def _runs(parts: str) -> bool:
    declared = "".join(f'<{kind} id="{id}" name="{kind}"{_code(kind)}/>' for kind, id in _DECLARED.items())
    xml = (f'<definitions xmlns="{BPMN}" xmlns:spiffworkflow="{SPIFF}" id="defs" targetNamespace="t">{declared}'
           f'<process id="p" name="p" isExecutable="true"><dataObject id="data"/>{parts}</process></definitions>')
    return not any(finding.severity == Severity.ERROR for finding in lint(xml.encode()))


def _code(kind: str) -> str:
    return f' {kind}Code="{kind}"' if kind in ("error", "escalation") else ""
