"""Small diagrams from a terse description: diagram(start("s"), user("a"), end("e"), "s > a > e") is BPMN XML.

A text part is flows: "a > b > c", "g > b if x == 1", "g > c default". Messages, signals, errors and escalations that
events refer to are declared by themselves; `undeclared` leaves some out.
"""
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
_FLOW = re.compile(r"(?P<path>[^>]+(?: > [^>]+?)+?)(?: if (?P<condition>.+)| (?P<default>default))?")


@dataclass(frozen=True)
class Node:
    """One element: tag, id, attributes, extension XML, inner XML, and the parts of a subprocess."""

    tag: str
    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    extensions: str = ""
    inner: str = ""
    parts: tuple["Node | str", ...] = ()

    def looping(self, inner: str) -> "Node":
        """This element with loop characteristics: user("a").looping(many("3"))."""
        return replace(self, inner=self.inner + inner)

    def having(self, **attributes: str) -> "Node":
        return replace(self, attributes={**self.attributes, **attributes})


def diagram(*parts: "Node | str", key: str = "p", executable: bool = True, properties: Mapping[str, str] | None = None,
            root: str = "", lanes: Mapping[str, str] | None = None, undeclared: Iterable[str] = ()) -> bytes:
    """BPMN XML of one process; `lanes` maps a lane's name to the ids in it, parted by spaces; `root` is XML beside the process."""
    body = _body(parts)
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions {spaces} targetNamespace="http://anlan">'
        f'<bpmn:process id={quoteattr(key)} name="流程" isExecutable="{str(executable).lower()}">'
        f"{_extension(_properties(properties or {}))}{_lanes(lanes or {})}{body}</bpmn:process>"
        f"{root}{_declared(body, set(undeclared))}</bpmn:definitions>"
    ).encode()


def node(tag: str, id: str, extensions: str = "", inner: str = "", name: str | None = None, **attributes: str) -> Node:
    return Node(tag, id, {"name": id if name is None else name, **attributes}, extensions, inner)


def start(id: str = "s", event: str = "", **attributes: str) -> Node:
    return node("startEvent", id, inner=event, **attributes)


def end(id: str = "e", event: str = "") -> Node:
    return node("endEvent", id, inner=event)


def user(id: str, extensions: str = "", **properties: str) -> Node:
    """A user task; keywords are properties, `not_` stands for `not`."""
    return node("userTask", id, extensions + _properties({k.rstrip("_"): v for k, v in properties.items()}))


def script(id: str, code: str = "x = 1", **attributes: str) -> Node:
    return node("scriptTask", id, inner=f"<bpmn:script>{escape(code)}</bpmn:script>", **attributes)


def service(id: str, operator: str = "flow.notify", result: str = "", **parameters: str) -> Node:
    inside = "".join(f'<spiffworkflow:parameter id="{k}" type="str" value={quoteattr(v)}/>' for k, v in parameters.items())
    return node("serviceTask", id, f'<spiffworkflow:serviceTaskOperator id={quoteattr(operator)} resultVariable="{result}">'
                f"<spiffworkflow:parameters>{inside}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>")


def decide(id: str, decision: str = "grade") -> Node:
    return node("businessRuleTask", id, f"<spiffworkflow:calledDecisionId>{escape(decision)}</spiffworkflow:calledDecisionId>")


def call(id: str, called: str = "other") -> Node:
    return node("callActivity", id, calledElement=called)


def xor(id: str) -> Node:
    return node("exclusiveGateway", id)


def par(id: str) -> Node:
    return node("parallelGateway", id)


def inc(id: str) -> Node:
    return node("inclusiveGateway", id)


def race(id: str) -> Node:
    return node("eventBasedGateway", id)


def catch(id: str, event: str = "") -> Node:
    return node("intermediateCatchEvent", id, inner=event)


def throw(id: str, event: str = "") -> Node:
    return node("intermediateThrowEvent", id, inner=event)


def boundary(id: str, on: str, event: str, interrupting: bool = True) -> Node:
    return node("boundaryEvent", id, inner=event, attachedToRef=on, cancelActivity=str(interrupting).lower())


def sub(id: str, *parts: "Node | str", tag: str = "subProcess", **attributes: str) -> Node:
    return Node(tag, id, {"name": id, **attributes}, parts=parts)


def event(kind: str, ref: str = "") -> str:
    """An event definition: event("signal", "s1"), event("terminate")."""
    reference = f' {kind}Ref="{ref}"' if ref else ""
    return f"<bpmn:{kind}EventDefinition{reference}/>"


def timer(expression: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(expression)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def when(condition: str) -> str:
    return f"<bpmn:conditionalEventDefinition><bpmn:condition>{escape(condition)}</bpmn:condition></bpmn:conditionalEventDefinition>"


def many(cardinality: str = "", sequential: bool = False, inner: str = "") -> str:
    """Multi-instance loop characteristics."""
    count = f"<bpmn:loopCardinality>{escape(cardinality)}</bpmn:loopCardinality>" if cardinality else ""
    return (f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{count}{inner}'
            "</bpmn:multiInstanceLoopCharacteristics>")


def table(*cells: str, policy: str = "FIRST", more: str = "") -> bytes:
    """DMN XML of a decision with one input x, one output o, and a row a cell: the first row gives 1, the second 2."""
    rows = "".join(f'<rule id="r{i}"><inputEntry id="i{i}"><text>{escape(cell)}</text></inputEntry>'
                   f'<outputEntry id="o{i}"><text>{i}</text></outputEntry></rule>' for i, cell in enumerate(cells, 1))
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="grade" name="g"><decisionTable id="t" hitPolicy="{policy}"{more}>'
        '<input id="in"><inputExpression id="ie"><text>x</text></inputExpression></input>'
        f'<output id="out" name="o"/>{rows}</decisionTable></decision></definitions>'
    ).encode()


def _body(parts: Iterable["Node | str"]) -> str:
    parts = tuple(parts)
    flows = [flow for part in parts if isinstance(part, str) for flow in _flows(part)]
    defaults = {source: f"f_{source}_{target}" for source, target, _, default in flows if default}
    return "".join(_element(part, defaults) for part in parts if isinstance(part, Node)) + "".join(_flow(*flow) for flow in flows)


def _flows(text: str) -> list[tuple[str, str, str, bool]]:
    found = _FLOW.fullmatch(text)
    assert found, f"no flow: {text!r}"
    path = [step.strip() for step in found["path"].split(" > ")]
    last = len(path) - 2
    return [(a, b, (found["condition"] or "") if i == last else "", bool(found["default"]) and i == last)
            for i, (a, b) in enumerate(zip(path, path[1:], strict=False))]


def _flow(source: str, target: str, condition: str, default: bool) -> str:
    inside = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def _element(part: Node, defaults: Mapping[str, str]) -> str:
    attributes = {"id": part.id, **part.attributes} | ({"default": defaults[part.id]} if part.id in defaults else {})
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<bpmn:{part.tag}{written}>{_extension(part.extensions)}{part.inner}{_body(part.parts)}</bpmn:{part.tag}>"


def _extension(inside: str) -> str:
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>" if inside else ""


def _properties(values: Mapping[str, str]) -> str:
    inside = "".join(f"<spiffworkflow:property name={quoteattr(k)} value={quoteattr(v)}/>" for k, v in values.items())
    return f"<spiffworkflow:properties>{inside}</spiffworkflow:properties>" if inside else ""


def _lanes(lanes: Mapping[str, str]) -> str:
    inside = "".join(f'<bpmn:lane id="lane_{i}" name={quoteattr(name)}>' + "".join(
        f"<bpmn:flowNodeRef>{ref}</bpmn:flowNodeRef>" for ref in refs.split()) + "</bpmn:lane>"
        for i, (name, refs) in enumerate(lanes.items()))
    return f'<bpmn:laneSet id="lanes">{inside}</bpmn:laneSet>' if inside else ""


def _declared(body: str, undeclared: set[str]) -> str:
    code = {"error": "errorCode", "escalation": "escalationCode"}
    return "".join(
        f'<bpmn:{kind} id="{ref}" name="{ref}"' + (f' {code[kind]}="{ref}"' if kind in code else "") + "/>"
        for kind in ("message", "signal", "error", "escalation")
        for ref in dict.fromkeys(re.findall(rf'\b{kind}Ref="([^"]+)"', body)) if ref not in undeclared)
