"""What other vendors' tools write into a file and SpiffWorkflow drops in silence."""
from collections.abc import Iterator
from typing import Any

from engine import bpmn_xml
from engine.lint.finding import Checked, Drafts, error, rule, warning

_VENDORS = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7", "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://flowable.org/bpmn": "Flowable", "http://activiti.org/bpmn": "Activiti", "http://www.signavio.com": "Signavio",
    "http://www.jboss.org/drools": "jBPM", "http://www.bonitasoft.org/ns/process/diagram": "Bonita",
}
HARMLESS = {
    "http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/XML/1998/namespace",
    "http://bpmn.io/schema/bpmn/biocolor/1.0", "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "http://camunda.org/schema/modeler/1.0", "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI",
}
_OURS = {
    "properties", "property", "preScript", "postScript", "serviceTaskOperator", "parameters", "parameter", "retry",
    "calledDecisionId", "instructionsForEndUser", "messagePayload", "messageVariable", "payloadExpression", "variableName",
    "processVariableCorrelation", "propertyId", "expression", "category", "unitTests", "unitTest", "inputJson",
    "expectedOutputJson", "taskMetadataValues", "taskMetadataValue", "allowGuest", "guestConfirmation", "signalButtonLabel",
    "isOutputSynthetic", "isMatchingCorrelation",
}


@rule("other-vendor")
def other_vendor(checked: Checked) -> Drafts:
    """Each forgotten setting is named: an assignee that is dropped is a task for nobody."""
    for node in _running(checked):
        owner = _owner(node)
        for name, value in node.attrib.items():
            namespace, _, attribute = name.rpartition("}")
            if namespace[1:] in _VENDORS:
                yield error(owner, "「{element}」的 {vendor} 属性 {attribute}=“{value}” 会被忽略，请改用本系统的属性并删去它",
                            vendor=_VENDORS[namespace[1:]], attribute=attribute, value=value[:60])
        namespace, _, tag = node.tag[1:].partition("}")
        if namespace in _VENDORS:
            yield (warning if namespace == "http://www.signavio.com" else error)(
                owner, "「{element}」的 {vendor} 扩展元素 {tag} 会被忽略，请改用本系统的属性并删去它",
                vendor=_VENDORS[namespace], tag=tag)


@rule("unknown-extension")
def unknown_extension(checked: Checked) -> Drafts:
    for node in _running(checked):
        owner = _owner(node)
        namespace, _, tag = node.tag[1:].partition("}")
        if namespace == bpmn_xml.SPIFF and tag not in _OURS:
            yield error(owner, "「{element}」的扩展元素 spiffworkflow:{tag} 无人读取，请检查拼写或删去它", tag=tag)
        elif namespace not in HARMLESS | {bpmn_xml.BPMN, bpmn_xml.SPIFF} and namespace not in _VENDORS:
            yield warning(owner, "「{element}」含有不认识的扩展元素 {tag}，会被忽略", tag=tag)
        for name in node.attrib:
            space, _, attribute = name.rpartition("}")
            if space and space[1:] not in HARMLESS | {bpmn_xml.BPMN, bpmn_xml.SPIFF} and space[1:] not in _VENDORS:
                yield warning(owner, "「{element}」含有不认识的属性 {attribute}，会被忽略", attribute=attribute)


def _running(checked: Checked) -> Iterator[Any]:
    """Every XML element of the processes and of what they refer to; the drawing is left out."""
    for part in checked.diagram.root:
        if isinstance(part.tag, str) and not part.tag.endswith("}BPMNDiagram"):
            yield from (node for node in part.iter() if isinstance(node.tag, str))


def _owner(node: Any) -> str:
    """Id of the BPMN element an extension belongs to."""
    while node is not None and not (node.tag.startswith(f"{{{bpmn_xml.BPMN}}}") and node.get("id")):
        node = node.getparent()
    return "" if node is None else str(node.get("id"))
