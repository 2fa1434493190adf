"""What steps of the other kinds say: forms, conditions, scripts, decision tables, called processes, services."""
import json
import re
from typing import Any

from engine.bpmn_xml import child, local
from engine.lint.expressions import foreign_hint
from engine.workshop.imports import vendor
from engine.workshop.imports.language import is_marked
from engine.workshop.imports.scene import ROLES, Scene
from engine.workshop.imports.tokens import Untold

_SERVICES = ("class", "delegateExpression", "expression", "type", "topic")
_NAME = re.compile(r"[^\W\d_]\w{0,60}")


def key_of(said: str) -> str:
    """A key that things may be called by here; '' when nothing of it is left."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", said[:200]).strip("_")
    return re.sub(r"^(?=\d)", "_", plain)[:60]


def forms(scene: Scene) -> None:
    """A form key becomes the name of a form that is drawn here; questions drawn into the diagram are told one by one."""
    for node in vendor.inside(scene.root, "userTask", "startEvent"):
        boxes = vendor.taken(node, "formDefinition")
        said = vendor.take(node, "formKey", "formRef")
        said = said or next((box.get(name, "") for box in boxes for name in ("formId", "formKey", "externalReference") if box.get(name)), "")
        vendor.take(node, "formRefBinding", "formRefVersion")
        if said:
            key = "" if re.search(r"[/{<]", said) else key_of(said.rpartition(":")[2].removesuffix(".form"))
            if key:
                vendor.say(node, "form", key)
                scene.report.look(node, f"form={said}", "表单 {form}；请先在“表单”中画好它", form=key)
            else:
                scene.report.hand(node, f"form={said}", "页面写的表单不能照搬，请在“表单”中重画，再在设计器中选择")


def answers(scene: Scene) -> None:
    """Which step's form gives a variable: here its answers stand under the step."""
    twice: set[str] = set()
    for node in vendor.inside(scene.root, "userTask", "startEvent"):
        holder = "start" if local(node) == "startEvent" else node.get("id") or ""
        if local(node) == "startEvent" and (said := vendor.take(node, "initiator")):
            scene.starters.add(said)
            scene.report.done(node, f"initiator={said}", "即发起人 starter()")
        fields = [one for box in vendor.taken(node, "formData") for one in box] + vendor.taken(node, "formProperty")
        for one in (one for one in fields if isinstance(one.tag, str) and _NAME.fullmatch(one.get("id") or "")):
            name = one.get("id")
            if name in scene.renamed:
                twice.add(name)
            scene.renamed[name] = f"{holder}.{name}"
            scene.report.hand(node, f"{one.get('label') or one.get('name') or name} ({one.get('type') or 'string'})",
                              "请在这一步的表单中画出此项，编号 {name}；条件中已写成 {path}", name=name, path=f"{holder}.{name}")
    for name in twice:
        del scene.renamed[name]


def conditions(scene: Scene) -> None:
    for flow in vendor.inside(scene.root, "sequenceFlow"):
        node = child(flow, "conditionExpression")
        said = "" if node is None else (node.text or "").strip()
        language = "" if node is None else (node.attrib.pop("language", "") or "")
        if node is None:
            continue
        if elsewhere := vendor.take(node, "resource"):
            scene.report.hand(flow, f"resource={elsewhere}", "条件写在另一个文件里，请在设计器中写出")
        elif re.search(r"groovy|java|python|js", language, re.IGNORECASE):
            scene.report.hand(flow, said, "条件用 {language} 写成，请在设计器中改写", language=language)
        elif not said:
            flow.remove(node)
        elif is_marked(said) or foreign_hint(said):
            _into(scene, flow, node, said)
    for node in vendor.inside(scene.root, "condition"):
        if is_marked(node.text or ""):
            _into(scene, node, node, (node.text or "").strip())


def _into(scene: Scene, at: Any, node: Any, said: str) -> None:
    ours = scene.put(at, said, said)
    if ours is not None:
        node.text = ours
        scene.report.done(at, said, "条件写成 {source}", source=ours)


def scripts(scene: Scene) -> None:
    """A FEEL script is one assignment; a program in another language must be written anew."""
    for task in vendor.inside(scene.root, "scriptTask"):
        for box in vendor.taken(task, "script"):
            said, result = box.get("expression", ""), box.get("resultVariable", "")
            ours = scene.put(task, said, said if said.startswith("=") else f"={said}")
            if ours is not None and _NAME.fullmatch(result):
                task.append(vendor.bpmn("script", f"{result} = {ours}"))
                scene.report.done(task, said, "脚本写成 {source}", source=f"{result} = {ours}")
        language = task.get("scriptFormat") or ""
        if language and not re.fullmatch(r"(text/|application/)?(x-)?python", language):
            scene.report.hand(task, f"scriptFormat={language}", "脚本用 {language} 写成，请改写：每行一个赋值", language=language)


def decisions(scene: Scene) -> None:
    for task in [*vendor.inside(scene.root, "businessRuleTask"), *vendor.inside(scene.root, "serviceTask")]:
        said = vendor.take(task, "decisionRef") or next((box.get("decisionId", "") for box in vendor.taken(task, "calledDecision")), "")
        if not said and vendor.take_if(task, "type", "dmn"):
            said = vendor.field(task, "decisionTableReferenceKey")
            task.tag = task.tag.replace("serviceTask", "businessRuleTask")
        for name in ("resultVariable", "mapDecisionResult", "decisionRefBinding", "decisionRefVersion"):
            vendor.take(task, name)
        key = "" if is_marked(said) else key_of(said)
        if key:
            vendor.add(task, "calledDecisionId", key)
            scene.report.look(task, f"decision={said}", "决策表 {table}；请先有这张表，它的输出按列名并入数据", table=key)
        elif said:
            scene.report.hand(task, f"decision={said}", "决策表由表达式选出，本系统不能照搬，请在设计器中选择")


def called(scene: Scene) -> None:
    for task in vendor.inside(scene.root, "callActivity"):
        boxes = vendor.taken(task, "calledElement")
        said = next((box.get("processId", "") for box in boxes if box.get("processId")), "") or task.get("calledElement") or ""
        if is_marked(said):
            task.attrib.pop("calledElement", None)
            scene.report.hand(task, f"calledElement={said}", "被调用的流程由表达式选出，本系统不能照搬，请在设计器中选择")
        elif said:
            task.set("calledElement", key_of(said) or said)
            scene.report.look(task, f"calledElement={said}", "调用流程 {process}；请先有这个流程", process=task.get("calledElement"))
        for node in vendor.taken(task, "in", "out"):
            words = f"{local(node)}: " + ", ".join(f"{name}={value}" for name, value in node.attrib.items())
            if node.get("variables") == "all" or node.get("businessKey"):
                scene.report.needless(task, words, "子流程看得到全部数据，不必写明，已去掉")
            else:
                scene.report.hand(task, words, "数据不会改名传递：子流程看得到全部数据，按原名取用；需要改名请用脚本任务")


def services(scene: Scene) -> None:
    """Code of another house is not here."""
    for task in vendor.inside(scene.root, "serviceTask", "sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent", "receiveTask"):
        said = [f"{name}={value}" for name in _SERVICES if (value := vendor.take(task, name))]
        said += [f"taskDefinition={box.get('type', '')}" for box in vendor.taken(task, "taskDefinition")]
        for definition in task:
            if isinstance(definition.tag, str):
                said += [f"{name}={value}" for name in _SERVICES if (value := vendor.take(definition, name))]
        if said:
            scene.report.hand(task, ", ".join(said), "这里调用对方系统的程序，本系统没有；请在设计器中选择一个服务操作，或改成用户任务")


def starters(scene: Scene, process: Any) -> None:
    """Who may start it."""
    for name in ("candidateStarterGroups", "candidateStarterUsers"):
        said = vendor.take(process, name)
        known = [ROLES[word.strip()] for word in said[:2_000].split(",") if word.strip() in ROLES]
        if known:
            vendor.say(process, "starters", ",".join(dict.fromkeys(known)))
            scene.report.done(process, f"{name}={said}", "可发起的人：{roles}", roles=", ".join(known))
        elif said:
            scene.report.hand(process, f"{name}={said}", "本系统没有这些组，请在流程页上选择谁可以发起")


def priority(scene: Scene, task: Any) -> None:
    """0 to 100 there, 0 to 2 here."""
    boxes = vendor.taken(task, "priorityDefinition")
    said = vendor.take(task, "priority") or next((box.get("priority", "") for box in boxes), "")
    if not said:
        return
    try:
        number = json.loads(scene.translated(said).source if is_marked(said) else said[:10])
    except (Untold, ValueError, RecursionError):
        number = None
    if isinstance(number, int | float):
        ours = "0" if number < 34 else "2" if number > 66 else "1"
        vendor.say(task, "priority", ours)
        scene.report.done(task, f"priority={said}", "优先级 {level}（0 低、1 中、2 高）", level=ours)
    else:
        scene.report.hand(task, f"priority={said}", "优先级由表达式算出，请在设计器中选择")
