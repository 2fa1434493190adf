"""The file as a whole: one process that may run, under a key and ids that may be used here."""
import re
from typing import Any

from lxml import etree

from engine.bpmn_xml import BPMN, EVENTS, SPIFF, local
from engine.workshop.imports import vendor
from engine.workshop.imports.scene import ROLES, Scene
from engine.workshop.imports.steps import key_of

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_RESERVED = {"Start", "End", "StartEventSplit", "StartEventJoin"}
_DATA = {"start", "data_objects"}  # of a user task they would write over
_TEXTS = {"incoming", "outgoing"}
_FINE = re.compile(r"[^\W\d_]\w{0,99}", re.ASCII)


def process_of(scene: Scene) -> Any:
    """The process that becomes the draft; the others are told."""
    found = [node for node in scene.root if isinstance(node.tag, str) and local(node) == "process"]
    runs = [node for node in found if node.get("isExecutable") == "true"]
    chosen = (runs or [node for node in found if any(local(inner) in EVENTS for inner in node if isinstance(inner.tag, str))] or found)[0]
    for other in found:
        if other is not chosen:
            scene.report.hand(other, other.get("name") or other.get("id") or "", "一个文件只能有一个可执行的流程；请把这个流程另存一个文件再导入，并在此删去")
    if chosen.get("isExecutable") != "true":
        chosen.set("isExecutable", "true")
        scene.report.done(chosen, "isExecutable=false", "已标为可执行")
    return chosen


def rename(scene: Scene, process: Any, key: str) -> None:
    """Ids that mean something else here, or cannot stand in an expression, are changed wherever they are named."""
    changed = {process.get("id") or "": key} if process.get("id") != key else {}
    taken = {node.get("id") or "": 0 for node in scene.root.iter() if isinstance(node.tag, str)}
    for node in [node for node in process.iter() if isinstance(node.tag, str) and node.tag.startswith(f"{{{BPMN}}}")]:
        id = node.get("id") or ""
        if id in changed or not (id in _RESERVED or (local(node) == "userTask" and id and (id in _DATA or not _FINE.fullmatch(id)))):
            continue
        changed[id] = _free(f"step_{key_of(id)}", taken)
    _replace(scene.root, changed)
    told = {new: old for old, new in changed.items() if old}
    for node in process.iter():
        if isinstance(node.tag, str) and (old := told.pop(node.get("id") or "", "")):
            words = "流程编号改为 {id}" if node is process else "编号改为 {id}"
            scene.report.done(node, f"id={old}", words, id=node.get("id"))


def _free(wanted: str, taken: dict[str, int]) -> str:
    """The name itself, or with a number behind; `taken` keeps the last number of each."""
    number, name = taken.get(wanted, 0), wanted if wanted not in taken else ""
    while not name or name in taken:
        number += 1
        name = f"{wanted}_{number + 1}"
    taken[wanted] = number
    taken[name] = taken.get(name, 0)
    return name


def _replace(root: Any, changed: dict[str, str]) -> None:
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        for name, value in node.attrib.items():
            if value in changed and (name in ("id", "default", "bpmnElement") or name.endswith("Ref")):
                node.set(name, changed[value])
        if (local(node) in _TEXTS or local(node).endswith("Ref")) and (node.text or "").strip() in changed:
            node.text = changed[node.text.strip()]


def lanes(scene: Scene, process: Any) -> None:
    """A lane called like a role of ours decides who acts; any other does not."""
    for lane in vendor.inside(process, "lane"):
        name = (lane.get("name") or "").strip()
        if name in ROLES:
            scene.report.done(lane, name, "泳道与角色同名：没有写明候选人的步骤由该角色办理")
        elif name:
            scene.report.hand(lane, name, "泳道“{name}”不是本系统的角色；请改成角色名，或为其中的步骤选择办理人", name=name)


def written(root: Any) -> str:
    """The file, with the names of namespaces that are still needed."""
    for node in root.iter():
        if isinstance(node.tag, str) and _TYPE in node.attrib:
            kind = node.attrib.pop(_TYPE).rpartition(":")[2]
            prefix = next((p for p, uri in node.nsmap.items() if uri == BPMN), None)
            node.set(_TYPE, f"{prefix}:{kind}" if prefix else kind)
    kept = [prefix for prefix, uri in root.nsmap.items() if prefix and uri not in vendor.VENDORS]
    etree.cleanup_namespaces(root, top_nsmap=None if "spiffworkflow" in root.nsmap else {"spiffworkflow": SPIFF}, keep_ns_prefixes=kept)
    return str(etree.tostring(root, encoding="unicode"))
