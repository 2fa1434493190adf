"""What a diagram says: processes, elements, flows, lanes and our own properties, read once from guarded XML.

`read(xml)` is for everyone above the parser: lint, the catalog (process name, category, starters), the runner (an
element's properties), screens (ids of sequence flows). It judges nothing: `engine.lint` does.
"""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine import xml_guard

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_B, _S = f"{{{BPMN}}}", f"{{{SPIFF}}}"
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
TASKS = {"task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask"}
SCOPES = {"subProcess", "transaction", "adHocSubProcess"}
ACTIVITIES = TASKS | SCOPES | {"callActivity"}
FLOW_NODES = EVENTS | GATEWAYS | ACTIVITIES
EVERYONE = "everyone"


@dataclass(frozen=True)
class EventDefinition:
    """Why an event happens: kind such as 'timer' or 'signal', the id it refers to, and its XML."""

    kind: str
    ref: str | None
    node: Any = field(repr=False, compare=False)

    @property
    def expression(self) -> str | None:
        """The text of a timer or of a condition."""
        found = next((n for n in self.node if local(n) in ("timeDate", "timeDuration", "timeCycle", "condition")), None)
        return None if found is None else (found.text or "")

    @property
    def timer(self) -> str | None:
        """'timeDate', 'timeDuration' or 'timeCycle'."""
        return next((local(n) for n in self.node if local(n).startswith("time")), None)


@dataclass(frozen=True)
class Operator:
    """The handler a service task calls, with its parameters as expressions."""

    name: str
    result: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Element:
    """One flow node; `scope` is the id of the process or subprocess it stands in."""

    id: str
    tag: str
    name: str
    scope: str
    process: str
    lane: str | None
    node: Any = field(repr=False, compare=False)
    incoming: tuple["Flow", ...] = field(default=(), repr=False, compare=False)
    outgoing: tuple["Flow", ...] = field(default=(), repr=False, compare=False)

    @cached_property
    def properties(self) -> Mapping[str, str]:
        return properties_of(self.node)

    @cached_property
    def events(self) -> tuple[EventDefinition, ...]:
        return tuple(EventDefinition(local(n)[:-len("EventDefinition")], _event_ref(n), n)
                     for n in self.node if local(n).endswith("EventDefinition"))

    @property
    def attached_to(self) -> str | None:
        """The activity a boundary event sits on."""
        return self.node.get("attachedToRef")

    @property
    def interrupting(self) -> bool:
        """Of a boundary event, and of the start of an event subprocess."""
        said = self.node.get("isInterrupting" if self.tag == "startEvent" else "cancelActivity", "true")
        return bool(said.lower() == "true")

    @property
    def by_event(self) -> bool:
        """Whether it is an event subprocess."""
        return bool(self.node.get("triggeredByEvent") == "true")

    @property
    def links(self) -> list[str]:
        return link_names(self.node)

    @property
    def default(self) -> str | None:
        return self.node.get("default")

    @property
    def multiple(self) -> bool:
        """Whether it runs many times: multi-instance, not a standard loop."""
        return child(self.node, "multiInstanceLoopCharacteristics") is not None

    @property
    def operator(self) -> Operator | None:
        found = extension(self.node, "serviceTaskOperator")
        if found is None:
            return None
        given = {p.get("id", ""): p.get("value", "") for p in found.iter(f"{_S}parameter")}
        return Operator(found.get("id", ""), found.get("resultVariable") or "", given)

    @property
    def decision(self) -> str | None:
        """The id of the decision table of a business rule task."""
        return extension_text(self.node, "calledDecisionId")

    @property
    def called(self) -> str | None:
        """The key of the process a call activity calls."""
        return self.node.get("calledElement")

    @property
    def script(self) -> str | None:
        found = child(self.node, "script")
        return None if found is None else (found.text or "")


@dataclass(frozen=True)
class Flow:
    """One sequence flow; `condition` is None when it has none."""

    id: str
    source: str
    target: str
    condition: str | None
    default: bool
    scope: str
    node: Any = field(repr=False, compare=False)


@dataclass(frozen=True)
class Process:
    """One process of the file; `starters` are role codes, or `everyone`, who may start it by hand."""

    id: str
    name: str
    executable: bool
    properties: Mapping[str, str]
    node: Any = field(repr=False, compare=False)

    @property
    def category(self) -> str:
        return self.properties.get("category", "")

    @property
    def starters(self) -> tuple[str, ...]:
        return tuple(part for part in (p.strip() for p in self.properties.get("starters", "").split(",")) if part)


@dataclass(frozen=True)
class Diagram:
    """A file as values, in document order."""

    root: Any = field(repr=False)
    processes: tuple[Process, ...]
    elements: tuple[Element, ...]
    flows: tuple[Flow, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Element]:
        return {element.id: element for element in reversed(self.elements)}

    @property
    def process(self) -> Process:
        """The one process of a file that lint let pass."""
        return self.processes[0]

    def tagged(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.elements if element.tag in tags)

    def boundaries(self, host: str) -> tuple[Element, ...]:
        return self._attached.get(host, ())

    @cached_property
    def links(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Ids of the catching links by scope and name."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for event in self.tagged("intermediateCatchEvent"):
            for name in event.links:
                found[event.scope, name] = (*found.get((event.scope, name), ()), event.id)
        return found

    def linked(self, element: Element) -> list[str]:
        """Where a throwing link goes on."""
        names = element.links if element.tag == "intermediateThrowEvent" else []
        return [id for name in names for id in self.links.get((element.scope, name), ())[:1]]

    @cached_property
    def _attached(self) -> Mapping[str, tuple[Element, ...]]:
        found: dict[str, tuple[Element, ...]] = {}
        for event in self.tagged("boundaryEvent"):
            if event.attached_to:
                found[event.attached_to] = (*found.get(event.attached_to, ()), event)
        return found


def local(node: Any) -> str:
    """The tag without its namespace; '' for comments."""
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def child(node: Any, tag: str) -> Any:
    """The first BPMN child of that tag, or None."""
    return node.find(f"{_B}{tag}")


def extension(node: Any, tag: str) -> Any:
    """The first `spiffworkflow:` extension element of that tag, or None."""
    return node.find(f"{_B}extensionElements/{_S}{tag}")


def extension_text(node: Any, tag: str) -> str | None:
    found = extension(node, tag)
    return None if found is None else (found.text or "")


def link_names(node: Any) -> list[str]:
    """Names of the links an intermediate event throws or catches."""
    return [(link.get("name") or "").strip() for link in node.iterchildren(f"{_B}linkEventDefinition")]


def properties_of(node: Any) -> Mapping[str, str]:
    """Our settings, as `spiffworkflow:properties` writes them."""
    return {p.get("name", ""): p.get("value", "")
            for p in node.iterfind(f"{_B}extensionElements/{_S}properties/{_S}property")}


def read(xml: bytes) -> Diagram:
    """The diagram in the bytes.

    Raises:
        XmlRefused: when the guard does not let the file in.
    """
    return of_root(xml_guard.parse(xml))


def of_root(root: Any) -> Diagram:
    """The diagram below a parsed root element."""
    lanes = {ref.text: ref.getparent().get("name") for ref in root.iter(f"{_B}flowNodeRef") if ref.text}
    processes = tuple(_process(node) for node in root.iter(f"{_B}process"))
    found = [placed for process in processes for placed in _placed(process)]
    defaults = {node.get("id"): node.get("default") for node, _, _ in found if node.get("default")}
    flows = tuple(_flow(node, scope, defaults) for node, scope, _ in found if local(node) == "sequenceFlow")
    incoming, outgoing = _ends(flows)
    elements = tuple(
        Element(id=node.get("id") or "", tag=local(node), name=node.get("name") or "", scope=scope, process=process,
                lane=lanes.get(node.get("id")), node=node,
                incoming=tuple(incoming.get(node.get("id"), ())), outgoing=tuple(outgoing.get(node.get("id"), ())))
        for node, scope, process in found if local(node) in FLOW_NODES)
    return Diagram(root, processes, elements, flows)


def _process(node: Any) -> Process:
    return Process(id=node.get("id") or "", name=node.get("name") or "", properties=properties_of(node), node=node,
                   executable=node.get("isExecutable", "true") == "true")


def _placed(process: Process) -> Iterator[tuple[Any, str, str]]:
    """Every BPMN element of a process with the id of its scope and of its process; extensions are left out."""
    waiting = [(node, process.id) for node in reversed(process.node)]
    while waiting:
        node, scope = waiting.pop()
        if not (isinstance(node.tag, str) and node.tag.startswith(_B)):
            continue
        yield node, scope, process.id
        if local(node) in SCOPES:
            waiting += [(inner, node.get("id") or "") for inner in reversed(node)]


def _flow(node: Any, scope: str, defaults: Mapping[str, str]) -> Flow:
    condition, source = child(node, "conditionExpression"), node.get("sourceRef") or ""
    return Flow(id=node.get("id") or "", source=source, target=node.get("targetRef") or "",
                condition=None if condition is None else (condition.text or ""),
                default=bool(node.get("id")) and defaults.get(source) == node.get("id"), scope=scope, node=node)


def _ends(flows: tuple[Flow, ...]) -> tuple[dict[str, list[Flow]], dict[str, list[Flow]]]:
    """Flows by the element they enter, and by the element they leave."""
    incoming: dict[str, list[Flow]] = {}
    outgoing: dict[str, list[Flow]] = {}
    for flow in flows:
        incoming.setdefault(flow.target, []).append(flow)
        outgoing.setdefault(flow.source, []).append(flow)
    return incoming, outgoing


def _event_ref(node: Any) -> str | None:
    return next((str(value) for name, value in node.attrib.items() if name.endswith("Ref")), None)
