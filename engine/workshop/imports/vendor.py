"""The words other vendors add to a BPMN element, taken away one by one as they are translated."""
from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.bpmn_xml import BPMN, SPIFF, child, extension, local

ZEEBE = "http://camunda.org/schema/zeebe/1.0"
VENDORS = {"http://camunda.org/schema/1.0/bpmn": "Camunda 7", ZEEBE: "Camunda 8", "http://flowable.org/bpmn": "Flowable",
           "http://activiti.org/bpmn": "Activiti"}
_B, _S = f"{{{BPMN}}}", f"{{{SPIFF}}}"
_FIRST = {"documentation", "extensionElements"}  # stand before everything else in an element


def vendor_of(root: Any) -> str:
    """Whose file it is: '' for plain BPMN."""
    for node in root.iter():
        for name in (node.tag, *node.attrib) if isinstance(node.tag, str) else ():
            if found := VENDORS.get(name[1:].partition("}")[0]):
                return found
    return ""


def take(node: Any, *names: str) -> str:
    """The first of these attributes in a vendor's namespace; it is gone then."""
    for attribute in list(node.attrib):
        namespace, _, name = attribute.rpartition("}")
        if name in names and namespace[1:] in VENDORS:
            return str(node.attrib.pop(attribute)).strip()
    return ""


def take_if(node: Any, name: str, value: str) -> bool:
    """Whether a vendor's attribute has this value; it is gone then."""
    return any(attribute.rpartition("}")[2] == name and said == value and attribute[1:].partition("}")[0] in VENDORS
               for attribute, said in node.attrib.items()) and bool(take(node, name))


def field(node: Any, name: str) -> str:
    """Flowable's `field` of that name: its text; it is gone then."""
    holder = child(node, "extensionElements")
    for inner in [] if holder is None else list(holder):
        if isinstance(inner.tag, str) and local(inner) == "field" and inner.get("name") == name:
            holder.remove(inner)
            return (inner.get("stringValue") or " ".join(str(piece) for piece in inner.itertext())[:200]).strip()
    return ""


def taken(node: Any, *tags: str) -> list[Any]:
    """A vendor's extension elements of these tags; they are gone then."""
    holder = child(node, "extensionElements")
    found = [] if holder is None else [inner for inner in holder if isinstance(inner.tag, str) and local(inner) in tags
                                       and inner.tag[1:].partition("}")[0] in VENDORS]
    for inner in found:
        holder.remove(inner)
    return found


def say(node: Any, name: str, value: str) -> None:
    """Set a property of ours; one that is there already is kept."""
    box = extension(node, "properties")
    if box is None:
        box = etree.SubElement(_holder(node), f"{_S}properties")
    if not any(one.get("name") == name for one in box):
        etree.SubElement(box, f"{_S}property", name=name, value=value)


def add(node: Any, tag: str, text: str = "") -> Any:
    """An extension element of ours."""
    made = etree.SubElement(_holder(node), f"{_S}{tag}")
    made.text = text or None
    return made


def lead(node: Any, made: Any) -> None:
    """Put a BPMN element in as the first after documentation and extensions."""
    place = 0
    for inner in node:
        if not (isinstance(inner.tag, str) and local(inner) in _FIRST):
            break
        place += 1
    node.insert(place, made)


def bpmn(tag: str, text: str = "", **attributes: str) -> Any:
    made = etree.Element(f"{_B}{tag}", attributes)
    made.text = text or None
    return made


def inside(root: Any, *tags: str) -> Iterator[Any]:
    """BPMN elements of these tags, in order."""
    return root.iter(*(f"{_B}{tag}" for tag in tags))


def _holder(node: Any) -> Any:
    found = child(node, "extensionElements")
    if found is None:
        found = bpmn("extensionElements")
        node.insert(int(len(node) > 0 and local(node[0]) == "documentation"), found)
    return found
