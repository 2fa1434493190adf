"""Which property a finding of lint is about, so that a click on it leads there."""
from collections.abc import Mapping

PROPERTY: Mapping[str, str] = {
    "form": "form", "candidates": "candidates", "role": "candidates", "done-by": "not", "due": "due", "outcomes": "outcomes",
    "signing": "signing", "allow": "allow", "returnable": "returnable_to", "resubmit": "resubmit", "timeout": "on_timeout",
    "switch": "bulk", "by-itself": "bulk", "property-word": "duty", "name": "name", "starters": "starters", "start-form": "starters",
    "key": "id", "process-key": "id", "bad-id": "id", "duplicate-id": "id", "reserved-id": "id",
    "executable": "executable", "handler": "operation", "handler-parameter": "operation", "script": "script", "decision": "table",
    "called-process": "called", "self-call": "called", "gateway-default": "default", "default-flow": "default",
    "dangling-reference": "default", "flow-condition": "condition", "ignored-condition": "condition", "default-condition": "condition",
    "outcome-name": "condition", "timer": "timer", "time": "timer", "timer-cycle": "timer",
    "link": "link", "event-reference": "reference", "message-payload": "payload",
    "multi-instance": "loop", "cardinality": "loop", "collection": "loop", "completion-condition": "loop", "loop": "loop",
    "approval-due": "due", "separation": "not", "nobody-left": "not", "same-way": "outcomes", "fields": "fields",
}
_BY_WORDS = (  # of the rule 'expression', whose words say where it stands
    ("候选人", "candidates"), ("回避人", "not"), ("时间", "timer"), ("参数", "operation"), ("多实例次数", "loop"), ("循环条件", "loop"),
    ("前置脚本", "preScript"), ("后置脚本", "postScript"), ("脚本", "script"), ("内容", "payload"), ("条件", "condition"),
    ("紧急程度", "urgency"),
)


def property_of(rule: str, where: str = "") -> str:
    """The property's name, '' when the whole element is meant."""
    if rule != "expression":
        return PROPERTY.get(rule, "")
    return next((name for word, name in _BY_WORDS if word == where), "")
