"""Multi-instance: a task for several people becomes our counter-signing; anything else keeps its list and its end."""
import json
import re
from typing import Any

from engine.bpmn_xml import child, local, properties_of
from engine.workshop.imports import vendor
from engine.workshop.imports.scene import Scene
from engine.workshop.imports.tokens import Untold

_NAME = re.compile(r"[^\W\d_]\w{0,60}")
_PATH = re.compile(r"[^\W\d_]\w*(\.[^\W\d_]\w*)*")
_SHARE = re.compile(r"numberOfCompletedInstances / numberOfInstances >=? (0?\.\d{1,4}|1(?:\.0)?)")
_ONE = re.compile(r"numberOfCompletedInstances (?:>= 1|== 1|> 0)")


def translate(scene: Scene) -> None:
    scene.lists |= {node.get("id") for node in vendor.inside(scene.root, "dataObject")}
    for loop in list(vendor.inside(scene.root, "multiInstanceLoopCharacteristics")):
        owner = loop.getparent()
        over, each, out = _said(loop)
        for inner in [n for n in loop if isinstance(n.tag, str) and local(n) == "extensionElements"]:
            loop.remove(inner)
        if local(owner) == "userTask" and over and _is_the_person(owner, each):
            _sign(scene, owner, loop, over)
        else:
            _list(scene, owner, loop, over, each)
        if out:
            _told(scene, owner, out)


def _told(scene: Scene, owner: Any, out: str) -> None:
    if "signing" in properties_of(owner):
        place = f"{owner.get('id')}.votes"
        scene.report.look(owner, f"outputCollection={out}", "会签的意见在本系统的 {place} 中", place=place)
    else:
        scene.report.hand(owner, f"outputCollection={out}", "每次的结果没有收集成列表；需要时请在设计器中重设")


def _said(loop: Any) -> tuple[str, str, str]:
    """(the list, what one of it is called, the list of results)."""
    boxes = vendor.taken(loop, "loopCharacteristics")
    def box(name: str) -> str:
        return next((b.get(name, "").strip() for b in boxes if b.get(name)), "")
    over = vendor.take(loop, "collection") or box("inputCollection")
    return over, vendor.take(loop, "elementVariable") or box("inputElement"), box("outputCollection") or vendor.take(loop, "outputCollection")


def _is_the_person(task: Any, each: str) -> bool:
    """Whether the task is for the one of the list whose turn it is."""
    written = [value for name, value in task.attrib.items() if name.endswith("}assignee")]
    written += [node.get("assignee", "") for node in task.iter() if isinstance(node.tag, str) and local(node) == "assignmentDefinition"]
    return bool(each) and any(re.sub(r"[\s${}#=]", "", one) == each for one in written)


def _sign(scene: Scene, task: Any, loop: Any, over: str) -> None:
    vendor.take(task, "assignee")
    for node in vendor.taken(task, "assignmentDefinition"):
        if any(node.get(name) for name in ("candidateUsers", "candidateGroups")):
            scene.report.hand(task, "assignmentDefinition", "会签只由名单中的人办理，其余候选人已去掉，请核对")
    path = _plain(scene, over)
    said = f"collection={over}"
    if path is None:
        scene.report.hand(task, said, "会签名单由表达式算出，本系统不能照搬，请在设计器中选择谁来办理")
    else:
        vendor.say(task, "candidates", f'field("{path}")')
        scene.report.look(task, said, "会签：由数据 {path} 中的人办理；它须由前面的步骤给出，请核对", path=path)
    mode = {"mode": "sequential"} if loop.get("isSequential") == "true" else {"mode": "all"}
    mode = _end(scene, task, loop, mode)
    vendor.say(task, "signing", json.dumps(mode))
    for inner in list(loop):
        loop.remove(inner)


def _end(scene: Scene, task: Any, loop: Any, mode: dict[str, Any]) -> dict[str, Any]:
    """How many must agree."""
    condition = child(loop, "completionCondition")
    said = "" if condition is None else (condition.text or "").strip()
    if not said:
        return mode
    try:
        ours = scene.translated(said).source
    except Untold as problem:
        scene.cannot(task, f"completionCondition={said}", problem)
        return mode
    share = _SHARE.fullmatch(ours)
    if mode["mode"] == "all" and (share or _ONE.fullmatch(ours)):
        found = {"mode": "ratio", "ratio": max(1, round(float(share[1]) * 100))} if share else {"mode": "any"}
        scene.report.look(task, f"completionCondition={said}", "会签方式 {mode}；按同意的人数计，请核对", mode=json.dumps(found))
        return found
    scene.report.hand(task, f"completionCondition={said}", "会签不能按此条件结束，请在设计器中选择会签方式")
    return mode


def _list(scene: Scene, owner: Any, loop: Any, over: str, each: str) -> None:
    """Over a list that earlier steps leave in the data."""
    condition, count = child(loop, "completionCondition"), child(loop, "loopCardinality")
    for node, name in ((count, "loopCardinality"), (condition, "completionCondition")):
        if node is not None and (node.text or "").strip():
            said = f"{name}={node.text.strip()}"
            ours = scene.put(owner, said, node.text)
            if ours is not None:
                node.text = ours
                scene.report.done(owner, said, "写成 {source}", source=ours)
    if not over:
        return
    path = _plain(scene, over)
    said = f"collection={over}"
    if path is None or not _NAME.fullmatch(path) or count is not None or child(loop, "loopDataInputRef") is not None:
        scene.report.hand(owner, said, "多实例的列表须是一个数据的名称；请先用脚本任务把它存成一个数据，再在设计器中选择")
        return
    process = next(node for node in owner.iterancestors() if local(node) == "process")
    if path not in scene.lists:
        scene.lists.add(path)
        vendor.lead(process, vendor.bpmn("dataObject", id=path))
    if each and _NAME.fullmatch(each):
        vendor.lead(loop, vendor.bpmn("inputDataItem", id=each, name=each))
    vendor.lead(loop, vendor.bpmn("loopDataInputRef", path))
    scene.asked.add(path)
    scene.report.look(owner, said, "对数据 {path} 中的每一个各做一次；它须由前面的步骤给出，请核对", path=path)


def _plain(scene: Scene, over: str) -> str | None:
    """The name of the data that holds the list."""
    inner = re.fullmatch(r"[$#]\{\s*([^{}]*?)\s*\}|=\s*(.*)", over)
    word = (inner[1] or inner[2] or "") if inner else over
    word = scene.renamed.get(word, word)
    return word if _PATH.fullmatch(word) else None
