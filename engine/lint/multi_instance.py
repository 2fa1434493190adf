"""Multi-instance and loops: how many, over what, until when."""
from typing import Any

from engine.bpmn_xml import BPMN, Element, child
from engine.lint.expressions import constant
from engine.lint.finding import Checked, Drafts, error, rule, warning

MAX_INSTANCES = 1_000
_B = f"{{{BPMN}}}"


@rule("multi-instance")
def multi_instance(checked: Checked) -> Drafts:
    for element, loop in _loops(checked):
        count, source = loop.findtext(f"{_B}loopCardinality"), loop.findtext(f"{_B}loopDataInputRef")
        if "signing" in element.properties:
            if count is not None or source is not None or child(loop, "completionCondition") is not None:
                yield warning(element, "「{element}」是会签（signing），人数由候选人决定，次数、集合和完成条件会被忽略，请删去")
        elif (count is None) == (source is None):
            yield error(element, "多实例「{element}」须写明次数（loopCardinality）或集合（loopDataInputRef）之一，请改正")


@rule("cardinality")
def cardinality(checked: Checked) -> Drafts:
    for element, loop in _loops(checked):
        written = constant(loop.findtext(f"{_B}loopCardinality") or "x")
        if written is not None and not (type(written) is int and 1 <= written <= MAX_INSTANCES):
            yield error(element, "多实例「{element}」的次数须是 1 到 {limit} 的整数，请改正", limit=MAX_INSTANCES)


@rule("collection")
def collection(checked: Checked) -> Drafts:
    """The modeler loses a collection that is a plain variable when it saves."""
    declared = {node.get("id") for tag in ("dataObject", "dataInput", "dataOutput") for node in checked.diagram.root.iter(f"{_B}{tag}")}
    for element, loop in _loops(checked):
        for tag in ("loopDataInputRef", "loopDataOutputRef"):
            said = loop.findtext(f"{_B}{tag}")
            if said is not None and said not in declared:
                yield error(element, "多实例「{element}」的 {tag}“{name}”不是数据对象，再次保存会丢失，请改用次数，或新建同名数据对象",
                            tag=tag, name=said[:60])


@rule("loop")
def loop(checked: Checked) -> Drafts:
    for element in checked.diagram.elements:
        found = child(element.node, "standardLoopCharacteristics")
        if found is None:
            continue
        most, condition = found.get("loopMaximum"), found.findtext(f"{_B}loopCondition")
        if most is None and not (condition or "").strip():
            yield error(element, "循环「{element}」须写明循环条件或最多次数，请补上")
        elif most is not None and not (most.isascii() and most.isdigit() and 1 <= int(most[:9]) <= MAX_INSTANCES):
            yield error(element, "循环「{element}」的最多次数须是 1 到 {limit} 的整数，请改正", limit=MAX_INSTANCES)
        if child(element.node, "multiInstanceLoopCharacteristics") is not None:
            yield error(element, "「{element}」不能同时是循环和多实例，请只保留一种")


def _loops(checked: Checked) -> list[tuple[Element, Any]]:
    found = ((element, child(element.node, "multiInstanceLoopCharacteristics")) for element in checked.diagram.elements)
    return [(element, loop) for element, loop in found if loop is not None]
