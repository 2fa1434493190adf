"""What a diagram says of each of its elements, one fact at a time: what two versions of it are compared by."""
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import bpmn_xml
from engine.bpmn_xml import BPMN, FLOW_NODES, SPIFF, local
from engine.workshop.element_words import Called, outcomes
from engine.workshop.fact_words import Fact

_NOTES = {"textAnnotation", "association", "group", "category", "categoryValue"}
_OWNERS = FLOW_NODES | _NOTES | {"process", "sequenceFlow", "lane", "dataObject", "dataObjectReference", "dataStoreReference",
                                 "participant", "messageFlow", "collaboration"}
_TO_ELEMENTS = {"sourceRef", "targetRef", "attachedToRef", "default", "scope", "processRef"}
_TOLD = {"incoming", "outgoing", "flowNodeRef"}  # the flows and the lanes say it
_USUAL = {"cancelActivity": "true", "isInterrupting": "true", "isSequential": "false", "parallelMultiple": "false",
          "triggeredByEvent": "false", "isForCompensation": "false", "startQuantity": "1", "completionQuantity": "1",
          "isClosed": "false", "gatewayDirection": "Unspecified", "instantiate": "false", "implementation": "##unspecified"}
_NOT_RUN = {"name", "documentation", "text", "property:category", "processRef", "isClosed", "gatewayDirection"}
_MOST = 2_000  # letters of one fact


@dataclass(frozen=True)
class Told:
    """One element: its facts by what they are about.

    Attributes:
        shown: facts that name other elements, as people know these, and buttons by their labels; the facts themselves hold all.
        runs: False for notes that no token meets.
    """

    id: str
    name: str
    tag: str
    facts: Mapping[Fact, str] = field(default_factory=dict)
    shown: Mapping[Fact, str] = field(default_factory=dict)
    runs: bool = True

    def said(self, fact: Fact) -> str:
        """For people."""
        return self.shown.get(fact, self.facts.get(fact, ""))

    def executes(self, fact: Fact) -> bool:
        """Whether the fact changes what the engine does."""
        return self.runs and str(fact) not in _NOT_RUN or (self.tag == "lane" and str(fact) == "name")


def facts(root: Any) -> dict[str, Told]:
    """By id, in the order of the file."""
    names = {node.get("id"): _called(node) for node in root.iter(f"{{{BPMN}}}*") if node.get("id")}
    called = Called(root)
    lanes = {ref.text: ref.getparent().get("name", "") for ref in root.iter(f"{{{BPMN}}}flowNodeRef") if ref.text}
    found: dict[str, Told] = {}
    for node in root.iter(f"{{{BPMN}}}*"):
        if _owns(node) and node.get("id"):
            every: dict[Fact, list[str]] = {}
            for fact, value in _of_owner(node, names):
                every.setdefault(fact, []).append(value)
            said = {fact: "\n".join(values) for fact, values in every.items()}
            if node.get("id") in lanes:
                said[Fact("lane")] = lanes[node.get("id")]
            shown = {fact: called[value] for fact, value in said.items() if str(fact) in _TO_ELEMENTS} | _buttons(node)
            name = called[node.get("id")]
            found.setdefault(node.get("id"), Told(
                node.get("id"), name if node.get("name") or name != node.get("id") else "", local(node), said, shown, local(node) not in _NOTES))
    return found


def places(root: Any) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Where each element is drawn and how it is painted, by id: for finding what was only moved.

    A lane that was only stretched stays where it is; so does a line that only follows what it joins, and a name beside its sign.
    """
    frames = {node.get("id") for node in root.iter(f"{{{BPMN}}}*") if local(node) in ("lane", "participant")}
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for node in root.iter():
        id = node.get("bpmnElement") if local(node) in ("BPMNShape", "BPMNEdge") else None
        if id:
            paint = tuple(sorted(value for name, value in node.attrib.items() if "color" in name.lower() or name in ("stroke", "fill")))
            told = ("x", "y") if id in frames else ("x", "y", "width", "height")
            dots = [tuple(_rounded(part.get(name)) for name in told) for part in node if local(part) == "Bounds"]
            found[id] = (paint, *dots)
    return found


def _buttons(node: Any) -> dict[Fact, str]:
    """How people read the buttons of a step."""
    for one in node.iterfind(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property[@name='outcomes']"):
        try:
            if words := outcomes(json.loads(one.get("value", ""))):
                return {Fact("property", "outcomes"): words[:_MOST]}
        except (ValueError, RecursionError):
            pass
    return {}


def _owns(node: Any) -> bool:
    return local(node) in _OWNERS


def _called(node: Any) -> str:
    """How people know it: its name, the code of an error or escalation, or its id."""
    code = node.get("errorCode") or node.get("escalationCode") or ""
    return " ".join(part for part in (node.get("name"), f"({code})" if code else "") if part) or node.get("id")


def _of_owner(node: Any, names: Mapping[str, str]) -> Iterator[tuple[Fact, str]]:
    yield Fact("tag"), local(node)
    parent = node.getparent()
    if parent is not None and local(parent) in bpmn_xml.SCOPES:
        yield Fact("scope"), parent.get("id", "")
    yield from _attributes(node, names, "")
    for child in node:
        if isinstance(child.tag, str) and not _owns(child) and local(child) not in _TOLD and local(child) != "laneSet":
            yield from _of_child(child, names)


def _attributes(node: Any, names: Mapping[str, str], before: str) -> Iterator[tuple[Fact, str]]:
    for name, value in node.attrib.items():
        plain = name.rpartition("}")[2]
        if plain != "id" and value != _USUAL.get(plain):
            means = plain.endswith("Ref") and plain not in _TO_ELEMENTS  # a message or an error is what it is called
            yield Fact(before + plain), names.get(value, value)[:_MOST] if means else value[:_MOST]


def _of_child(node: Any, names: Mapping[str, str]) -> Iterator[tuple[Fact, str]]:
    tag = local(node)
    if tag == "extensionElements":
        for extension in node:
            yield from _extension(extension)
    elif tag.endswith("EventDefinition"):
        yield Fact("event"), tag.removesuffix("EventDefinition")
        yield from _attributes(node, names, "")
        for part in node:
            if local(part):
                yield Fact(local(part)), _text(part)
    elif tag.endswith("LoopCharacteristics"):
        yield Fact("loop"), tag.removesuffix("LoopCharacteristics")
        yield from _attributes(node, names, "loop.")
        for part in node:
            if local(part):
                yield Fact(f"loop.{local(part)}"), _text(part)
    else:
        yield Fact(tag), _text(node)


def _extension(node: Any) -> Iterator[tuple[Fact, str]]:
    tag = local(node)
    if node.tag == f"{{{SPIFF}}}properties":
        for one in node:
            yield Fact("property", one.get("name", "")), _readable(one.get("value", ""))
    elif node.tag == f"{{{SPIFF}}}serviceTaskOperator":
        yield Fact("operation"), node.get("id", "")
        for one in node.iter(f"{{{SPIFF}}}parameter"):
            yield Fact("parameter", one.get("id", "")), one.get("value", "")[:_MOST]
    elif tag:
        yield Fact("extension", tag), _text(node)


def _readable(value: str) -> str:
    """JSON without its brackets where people write lists of buttons."""
    try:
        said = json.loads(value)
    except (ValueError, RecursionError):
        return value[:_MOST]
    if isinstance(said, list) and said and all(isinstance(item, dict) for item in said):
        return "\n".join(_pairs(item) for item in said)[:_MOST]
    return (_pairs(said) if isinstance(said, dict) else value)[:_MOST]


def _pairs(item: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}" for name, value in sorted(item.items()))


def _text(node: Any) -> str:
    """What is written in it, and below it with attributes, in short."""
    if not len(node) and not any(name != "id" and not name.endswith("}type") for name in node.attrib):
        return (node.text or "").strip()[:_MOST]
    said = [f"{local(part)} {_pairs({n.rpartition('}')[2]: v for n, v in part.attrib.items() if n != 'id'})} {(part.text or '').strip()}".strip()
            for part in node.iter() if isinstance(part.tag, str)]
    return "; ".join(said)[:_MOST]


def _rounded(text: str | None) -> str:
    try:
        return str(round(float(text or 0)))
    except (ValueError, OverflowError):
        return text or ""
