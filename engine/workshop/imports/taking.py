"""A file of another vendor becomes a draft; nothing is deployed."""
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import User
from data_model.scope import EVERYWHERE
from data_model.workshop import Kind
from engine import xml_guard
from engine.bpmn_xml import BPMN, local
from engine.errors import EngineError, NotYours
from engine.workshop import drafts, names, template
from engine.workshop.imports import deadlines, leftovers, loops, people, shape, steps, vendor
from engine.workshop.imports.report import Line, Report
from engine.workshop.imports.scene import Scene

_MACHINE = re.compile(r"Process_\w{0,7}|(sid|id)[-_].*")  # says nothing; the name of the file may
_WORD = re.compile(r"[\w.@-]{1,64}")
_MOST_LOGINS = 200  # asked for at once


@dataclass(frozen=True)
class Taken:
    """The draft, whose file it was, whether it was drawn, and what became of everything it said."""

    key: str
    name: str
    vendor: str
    drawn: bool
    report: Report
    lines: list[Line]


def take(session: Session, actor: Actor, data: bytes, file_name: str = "") -> Taken:
    """Let a BPMN file land as a draft under a key that is free.

    Raises:
        EngineError: it is no BPMN file, or one that nobody should open; `field` is 'file'.
    """
    if not actor.can("definition.edit"):
        raise NotYours("您没有权限进行此操作")
    root = _root(data)
    whose, scene = vendor.vendor_of(root), Scene(root)
    process = shape.process_of(scene)
    key = _key(session, process, file_name)
    scene.logins = _logins(session, process)
    translate(scene, process, key)
    name = (process.get("name") or "").strip()[:100] or key
    content = shape.written(root)
    drawn = any(local(node) == "BPMNShape" for node in root.iter())
    drafts.save(session, actor, Kind.DIAGRAM, key, content, 0, name)
    return Taken(key, name, whose, drawn, scene.report, scene.report.sorted())


def translate(scene: Scene, process: Any, key: str) -> None:
    """Everything the file says, in an order that lets later parts know what earlier ones found out."""
    shape.rename(scene, process, key)
    steps.starters(scene, process)
    steps.answers(scene)
    steps.forms(scene)
    loops.translate(scene)
    for task in list(vendor.inside(scene.root, "userTask")):
        people.translate(scene, task)
        deadlines.due(scene, task)
        steps.priority(scene, task)
    for translated in (deadlines.timers, steps.conditions, steps.scripts, steps.decisions, steps.called, steps.services):
        translated(scene)
    shape.lanes(scene, process)
    leftovers.sweep(scene)
    if scene.asked:
        scene.report.look(process, ", ".join(sorted(scene.asked)[:40]),
                          "表达式读取这些数据；本系统中表单的答案写成“步骤编号.字段编号”，请核对它们从哪里来")


def _root(data: bytes) -> Any:
    try:
        root = xml_guard.parse(data)
    except xml_guard.XmlRefused as refusal:
        raise EngineError(refusal.text, "file", **refusal.params) from None
    if local(root) == "definitions" and "DMN" in root.tag.upper():
        raise EngineError("这是决策表（DMN），不是流程图；请在“决策表”中新建", "file")
    if root.tag != f"{{{BPMN}}}definitions":
        raise EngineError("这不是 BPMN 2.0 文件（根元素是 {tag}），请选择建模工具导出的 .bpmn 文件", "file", tag=local(root)[:40])
    if not any(local(node) == "process" for node in root):
        raise EngineError("文件中没有流程（process），请选择画有流程的文件", "file")
    return root


def _key(session: Session, process: Any, file_name: str) -> str:
    """Like the process is called, or its file; another one when that is taken."""
    id = process.get("id") or ""
    file = steps.key_of(file_name.partition(".")[0])
    wanted = file if file and _MACHINE.fullmatch(id) else steps.key_of(id) or file or "imported"
    number, key = 2, wanted
    while template.taken(session, key):
        key, number = f"{wanted[:55]}_{number}", number + 1
    return names.checked(key)


def _logins(session: Session, process: Any) -> dict[str, int]:
    """People of ours who sign in by a name that the file uses."""
    said: set[str] = set()
    for node in process.iter():
        if not isinstance(node.tag, str):
            continue
        written = [value for name, value in node.attrib.items() if name.rpartition("}")[2] in ("assignee", "candidateUsers")]
        written += [node.text] if local(node) == "formalExpression" and node.text else []
        said |= {word for text in written for word in _WORD.findall(text[:2_000])}
    rows = session.execute(select(User.login, User.id).where(User.login.in_(sorted(said)[:_MOST_LOGINS]), User.active)
                           .execution_options(**EVERYWHERE))
    return dict(rows.all())
