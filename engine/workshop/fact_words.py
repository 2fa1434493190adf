"""How people call what a diagram says of an element: message ids for the screen."""
import re
from typing import NamedTuple

from engine.workshop.expectations import Words


class Fact(NamedTuple):
    """What something said is about; `of` names one of several, such as a property or a parameter."""

    kind: str
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.of}" if self.of else self.kind


PROPERTIES = {
    "form": "表单", "candidates": "候选人", "due": "办理时限", "outcomes": "按钮（结果）", "signing": "会签", "duty": "职责", "not": "排除的人",
    "on_empty": "无人可办时", "allow": "允许的操作", "priority": "优先级", "repeat": "自动去重", "bulk": "可批量办理", "personal": "须本人办理",
    "on_timeout": "超时后", "returnable_to": "可退回到", "resubmit": "退回后", "fields": "字段权限", "category": "分类", "starters": "可发起的人",
    "separation": "职责分离",
}
_FACTS = {
    "name": "名称", "tag": "类型", "scope": "所在子流程", "lane": "泳道", "sourceRef": "从", "targetRef": "到", "conditionExpression": "条件",
    "default": "默认流向", "event": "事件", "timeDate": "定时（时刻）", "timeDuration": "定时（时长）", "timeCycle": "定时（周期）",
    "condition": "条件", "messageRef": "消息", "signalRef": "信号", "errorRef": "错误", "escalationRef": "升级",
    "cancelActivity": "是否中断", "isInterrupting": "是否中断", "attachedToRef": "附着于", "calledElement": "调用的流程", "script": "脚本",
    "operation": "处理程序", "documentation": "说明", "text": "批注", "isExecutable": "可执行", "triggeredByEvent": "由事件触发",
    "loop": "重复", "loop.isSequential": "依次进行", "loop.loopCardinality": "次数", "loop.completionCondition": "完成条件",
    "loop.loopDataInputRef": "逐个取自", "loop.inputDataItem": "每一个叫做", "loop.outputDataItem": "每个结果叫做",
    "loop.loopDataOutputRef": "结果汇总到", "loop.loopCondition": "重复条件", "loop.testBefore": "先判断再执行", "loop.loopMaximum": "最多次数",
}
_SEVERAL = {"parameter": "参数", "property": "属性", "extension": "扩展"}


def words(fact: Fact) -> tuple[str, str]:
    """A message id, and a name of the diagram's own to stand after it."""
    if fact.kind == "property" and fact.of in PROPERTIES:
        return PROPERTIES[fact.of], ""
    if fact.kind == "extension" and fact.of == "calledDecisionId":
        return "决策表", ""
    if fact.of:
        return _SEVERAL[fact.kind], fact.of
    return _FACTS.get(fact.kind, "属性"), "" if fact.kind in _FACTS else fact.kind


TAGS = {
    "userTask": "用户任务", "manualTask": "人工任务", "task": "任务", "serviceTask": "自动执行", "scriptTask": "脚本任务",
    "businessRuleTask": "决策任务", "sendTask": "发送任务", "receiveTask": "接收任务", "callActivity": "调用流程", "subProcess": "子流程",
    "transaction": "事务子流程", "adHocSubProcess": "特定子流程", "startEvent": "开始事件", "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件", "intermediateThrowEvent": "中间抛出事件", "boundaryEvent": "边界事件",
    "exclusiveGateway": "选一条", "parallelGateway": "都走", "inclusiveGateway": "选几条", "eventBasedGateway": "事件网关",
    "complexGateway": "复杂网关", "sequenceFlow": "连线", "process": "流程", "lane": "泳道", "participant": "池", "collaboration": "协作",
    "messageFlow": "消息流", "textAnnotation": "批注", "association": "关联", "group": "分组", "dataObject": "数据对象",
    "dataObjectReference": "数据对象", "dataStoreReference": "数据存储",
}
_LIMIT = re.compile(r"P(?:(?P<days>\d{1,4})D|T(?P<hours>\d{1,4})H)", re.ASCII)
_VALUES = {
    "timer": "定时", "message": "消息", "signal": "信号", "error": "错误", "escalation": "升级", "conditional": "条件", "terminate": "终止",
    "compensate": "补偿", "cancel": "取消", "link": "链接", "multiInstance": "多实例", "standard": "循环",
}


def value_words(what: str, value: str) -> str:
    """A message id for what is written in a code of BPMN's own; everything else is as it was written."""
    if what == "类型":
        return TAGS.get(value, value)
    if what == PROPERTIES["due"] and (found := _LIMIT.fullmatch(value.strip())):
        return Words("{n} 个工作日" if found["days"] else "{n} 小时", n=int(found["days"] or found["hours"]))
    if what in ("事件", "重复"):
        return _VALUES.get(value, value)
    return {"true": "是", "false": "否"}.get(value, value)
