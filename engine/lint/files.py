"""Is it a BPMN file of ours at all: one executable process with a proper key, sound ids."""
import keyword
import re
from collections import Counter

from engine import bpmn_xml
from engine.bpmn_xml import local
from engine.lint.finding import Checked, Drafts, error, rule

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_ID = re.compile(r"[^\W\d][\w.\-]*")
_RESERVED = {"Start", "End", "StartEventSplit", "StartEventJoin"}
_RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
_REFERRING = {"sourceRef", "targetRef", "correlationPropertyRef", "dataInputRefs", "dataOutputRefs"}
_DATA_NAMES = {"start", "data_objects"}


@rule("bpmn-file", first=True)
def bpmn_file(checked: Checked) -> Drafts:
    """Other XML is not read at all."""
    root = checked.diagram.root
    if root.tag != f"{{{bpmn_xml.BPMN}}}definitions":
        yield error("", "这不是 BPMN 2.0 文件（根元素是 {tag}），请选择建模工具导出的 .bpmn 文件", tag=local(root)[:40])
    elif not checked.diagram.processes:
        yield error("", "文件中没有流程（process），请画好流程后再部署")


@rule("one-process", first=True)
def one_process(checked: Checked) -> Drafts:
    """A file is one flow; its id is the file's name."""
    runs = [process for process in checked.diagram.processes if process.executable]
    if len(runs) > 1 or (runs and len(checked.diagram.processes) > 1 and runs[0] is not checked.diagram.processes[0]):
        named = "、".join(process.id for process in checked.diagram.processes)[:200]
        yield error(runs[0].id, "文件中有多个流程（{named}），请每个文件只保留一个可执行流程", named=named)


@rule("executable")
def executable(checked: Checked) -> Drafts:
    for process in checked.diagram.processes[:1]:
        if not process.executable:
            yield error(process.id, "流程「{element}」的 isExecutable 为 false，引擎不会执行，请设为 true")


@rule("process-key")
def process_key(checked: Checked) -> Drafts:
    """The key names files and modules."""
    for process in checked.diagram.processes[:1]:
        if not _KEY.fullmatch(process.id) or keyword.iskeyword(process.id):
            yield error(process.id, "流程编号「{element}」须由英文字母、数字、下划线组成，以字母开头，不超过 64 个字符，请修改")


@rule("duplicate-id")
def duplicate_id(checked: Checked) -> Drafts:
    """SpiffWorkflow keeps the last of them."""
    counts = Counter(node.get("id") for node in checked.diagram.root.iter() if node.get("id") is not None and _semantic(node))
    for id, count in counts.items():
        if count > 1:
            yield error(id, "编号「{element}」出现了 {count} 次，请为每个元素使用不同的编号", count=count)


@rule("bad-id")
def bad_id(checked: Checked) -> Drafts:
    """The parser puts ids and references into XPath: what is no id must not come so far."""
    for node in [*(e.node for e in checked.diagram.elements), *(f.node for f in checked.diagram.flows)]:
        if not node.get("id"):
            yield error(node.get("name") or "", "有一个 {tag} 元素没有编号（id），请用建模工具补上", tag=local(node))
    for node in (n for n in checked.diagram.root.iter() if _semantic(n)):
        said = [node.get("id"), node.text if local(node) in _REFERRING else None]
        for id in (text for text in said if text):
            if not _ID.fullmatch(id) or len(id) > 100:
                yield error(id, "编号「{element}」须以字母开头，只含字母、数字、下划线、点和连字符，请修改")


@rule("reserved-id")
def reserved_id(checked: Checked) -> Drafts:
    """SpiffWorkflow names its own steps so: an element called Start or End bypasses them in silence."""
    for element in checked.diagram.elements:
        if element.id in _RESERVED or element.id.endswith(_RESERVED_ENDINGS):
            yield error(element.id, "编号「{id}」是引擎的保留字，流程会走错，请换一个编号", id=element.id)
        elif element.id in _DATA_NAMES and element.tag == "userTask":
            yield error(element.id, "用户任务的编号「{id}」会覆盖同名的流程数据，请换一个编号", id=element.id)


def _semantic(node: object) -> bool:
    """Shapes and labels may be sloppy; what runs may not."""
    tag = getattr(node, "tag", None)
    return isinstance(tag, str) and tag.startswith(f"{{{bpmn_xml.BPMN}}}")
