"""Whatever of another vendor is left after the translation: taken out and told, one line each."""
from typing import Any

from engine.bpmn_xml import BPMN, SPIFF, local
from engine.lint.vendors import HARMLESS
from engine.workshop.imports import vendor
from engine.workshop.imports.scene import Scene

_NEEDLESS = {
    "asyncBefore", "asyncAfter", "async", "exclusive", "jobPriority", "taskPriority", "historyTimeToLive", "versionTag", "isStartableInTasklist",
    "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "formFieldValidation", "userTask", "autoStoreVariables", "category",
    "calledElementBinding", "calledElementVersion", "calledElementTenantId", "failedJobRetryTimeCycle", "elementTemplate", "executionPlatform",
    "allowSendMailToUser", "useLocalScopeForResultVariable", "storeResultVariableAsTransient", "sameDeployment", "inheritVariables",
    "variableName", "variableEvents", "propagateAllChildVariables", "errorCodeVariable", "errorMessageVariable", "documentation",
}
_WHY = {
    "executionListener": "监听程序不会运行；请改成画出来的服务任务、脚本任务或定时事件",
    "taskListener": "监听程序不会运行；待办的通知、催办和超时由本系统自己做",
    "executionListeners": "监听程序不会运行；请改成画出来的服务任务、脚本任务或定时事件",
    "taskListeners": "监听程序不会运行；待办的通知、催办和超时由本系统自己做",
    "inputOutput": "输入输出映射不会运行：各步看得到全部数据；需要改名或计算请用脚本任务",
    "ioMapping": "输入输出映射不会运行：各步看得到全部数据；需要改名或计算请用脚本任务",
    "connector": "对方系统的连接器，本系统没有；请在设计器中选择一个服务操作",
    "field": "对方系统程序的参数；请在选择服务操作后重填",
    "taskHeaders": "对方系统程序的参数；请在选择服务操作后重填",
    "subscription": "消息的关联请在设计器中重设",
    "skipExpression": "本系统没有跳过表达式；请用网关绕过这一步",
    "properties": "自定义属性在本系统无人读取；需要时请在设计器中重设",
}
_OTHERWISE = "本系统没有对应的设置；需要时请在设计器中重设"


def sweep(scene: Scene) -> None:
    """After it, the file holds BPMN and words of ours only."""
    for part in scene.root:
        if isinstance(part.tag, str) and not part.tag.endswith("}BPMNDiagram"):
            for node in [node for node in part.iter() if isinstance(node.tag, str) and node.tag.startswith(f"{{{BPMN}}}")]:
                _attributes(scene, node)
                _elements(scene, node)
    _attributes(scene, scene.root)
    for box in list(vendor.inside(scene.root, "extensionElements")):
        if not len(box):
            box.getparent().remove(box)


def _attributes(scene: Scene, node: Any) -> None:
    for attribute in list(node.attrib):
        namespace, _, name = attribute.rpartition("}")
        if namespace and namespace[1:] not in HARMLESS | {BPMN, SPIFF}:
            _tell(scene, node, name, f"{name}={node.attrib.pop(attribute)}", namespace[1:] in vendor.VENDORS)


def _elements(scene: Scene, node: Any) -> None:
    for inner in list(node):
        if not isinstance(inner.tag, str):
            continue
        namespace = inner.tag[1:].partition("}")[0]
        if namespace not in (BPMN, SPIFF):
            said = [f"{name.rpartition('}')[2]}={value}" for piece in [inner, *list(inner)[:5]] for name, value in list(piece.attrib.items())[:5]]
            _tell(scene, node, local(inner), f"{local(inner)} {', '.join(said)}".strip(), namespace in vendor.VENDORS)
            node.remove(inner)


def _tell(scene: Scene, node: Any, name: str, said: str, known: bool) -> None:
    if name in _NEEDLESS:
        scene.report.needless(node, said)
    elif known:
        scene.report.hand(node, said, _WHY.get(name, _OTHERWISE))
    else:
        scene.report.needless(node, said, "绘图工具自己的记号，已去掉")
