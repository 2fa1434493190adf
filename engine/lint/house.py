"""Habits of the house: names people can read, properties that somebody reads, people who may start it."""
from collections import Counter

from engine.bpmn_xml import EVERYONE, SPIFF, Element
from engine.lint.finding import Checked, Drafts, error, rule, warning
from engine.lint.tasks import PERSON
from engine.properties import NO_FORM
from engine.start_forms import form_named

_PROCESS = {"category", "starters", "when_parent_ends", "unit"}
_TASK = {"form", "candidates", "due", "outcomes", "signing", "duty", "not", "on_empty", "allow", "priority", "urgency", "returnable_to",
         "resubmit", "repeat", "fields", "bulk", "personal", "on_timeout"}
_TIMER = {"on_timeout"}
_START = {"form", "fields"}
DECIDING = ("exclusiveGateway", "inclusiveGateway")


@rule("unknown-property")
def unknown_property(checked: Checked) -> Drafts:
    """A misspelt property would be a rule that nobody keeps."""
    for process in checked.diagram.processes:
        for name in set(process.properties) - _PROCESS:
            yield error(process.id, "流程「{element}」的属性“{name}”无人读取，请检查拼写或删去它", name=name[:60])
    for element in checked.diagram.elements:
        for name in set(element.properties) - _read_of(element):
            yield error(element, "「{element}」的属性“{name}”无人读取，请检查拼写或删去它", name=name[:60])


def _read_of(element: Element) -> set[str]:
    if element.tag == "startEvent":
        return _START
    return _TASK if element.tag in PERSON else _TIMER if element.tag == "boundaryEvent" else set()


@rule("property-form")
def property_form(checked: Checked) -> Drafts:
    for id, node in [(p.id, p.node) for p in checked.diagram.processes] + [(e.id, e.node) for e in checked.diagram.elements]:
        written = list(node.iterfind(f"{{*}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"))
        if any(p.get("name") is None or p.get("value") is None for p in written):
            yield error(id, "「{element}」有一个属性缺少 name 或 value，请补全或删去")
        for name, count in Counter(p.get("name") for p in written).items():
            if count > 1:
                yield error(id, "「{element}」的属性“{name}”写了 {count} 次，请只保留一个", name=(name or "")[:60], count=count)


@rule("starters")
def starters(checked: Checked) -> Drafts:
    for process in checked.diagram.processes:
        for name in process.starters:
            if checked.known.roles is not None and name != EVERYONE and name not in checked.known.roles:
                yield error(process.id, "流程「{element}」的发起角色“{role}”不存在，请从角色列表中选择", role=name[:60])


@rule("start-form")
def start_form(checked: Checked) -> Drafts:
    """A flow people start by hand asks them something first."""
    for process in checked.diagram.processes:
        known = checked.known.forms
        named = form_named(checked.diagram, process.id)
        wanted = named if "." in named or (named and named in (known or ())) else f"{process.id}.{named or 'start'}"
        if known is not None and process.starters and wanted not in known and named != NO_FORM:
            coded = any(name.startswith(f"{process.id}.") for name in known)
            yield (error if coded or named else warning)(process.id, "流程「{element}」可由人发起，但没有发起表单 {form}，请新建表单",
                                                         form=wanted)


@rule("name")
def name(checked: Checked) -> Drafts:
    """People read names in the inbox and in the history."""
    for process in checked.diagram.processes:
        if not process.name.strip():
            yield warning(process.id, "流程「{element}」没有名称，请填写")
        elif len(process.name) > 100:
            yield error(process.id, "流程「{element}」的名称超过 {limit} 个字，请缩短", limit=100)
    for element in checked.diagram.elements:
        if element.tag in PERSON and not element.name.strip():
            yield warning(element, "用户任务「{element}」没有名称，待办中无法辨认，请填写")
        elif element.tag in DECIDING and len(element.outgoing) > 1 and not element.name.strip():
            yield warning(element, "网关「{element}」没有名称，看不出在问什么，请填写")
        elif len(element.name) > 100:
            yield error(element, "「{element}」的名称超过 {limit} 个字，请缩短", limit=100)
