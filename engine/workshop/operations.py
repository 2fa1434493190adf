"""What service tasks may do: every function of engine/handlers, with words and arguments for the modeler's list."""
import inspect
import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import engine.handlers

LIBRARY = "flow"  # the module any diagram may use


@dataclass(frozen=True)
class Asked:
    """One argument of an operation. `takes` says where its value is picked from."""

    name: str
    label: str
    takes: str
    required: bool
    help: str = ""


@dataclass(frozen=True)
class Operation:
    name: str
    label: str
    help: str
    arguments: tuple[Asked, ...]
    open: bool = False  # takes further arguments of any name
    library: bool = False


_ARGUMENTS = {  # (label, where from, help)
    "code": ("通知类型", "notice", "决定通知归入哪一类，以及收件人能否关闭它"),
    "to": ("发给谁", "candidates", "写法与候选人相同"),
    "flow.escalate.to": ("升级给谁", "candidates", "不填时为正在办理的人的上一级负责人"),
    "text": ("内容", "text", "通知的文字，花括号中可写 {title}（事项）、{code}（编号）等"),
    "element": ("哪一步", "task", "这一步仍在办理的任务会增加办理人，原办理人不变"),
    "note": ("附言", "text", ""),
    "key": ("启动哪个流程", "process", ""),
    "unit": ("在哪个单位", "unit", "不填时与本流程相同"),
}
_WORDS = {
    "flow.notify": ("发通知", "给一些人发通知，不产生待办"),
    "flow.escalate": ("升级", "给仍未办理的步骤增加办理人并通知他们，原办理人不变"),
    "flow.copy": ("抄送", "让一些人看到这个事项"),
    "flow.start_process": ("启动另一个流程", "启动后各走各的；其余参数填入那个流程的发起表单"),
    "hidden_danger.register": ("隐患：登记", "写入隐患台账并编号"),
    "hidden_danger.assign": ("隐患：确定确认人", "首次为网格负责人，每次上报后为上一级"),
    "hidden_danger.close_at_once": ("隐患：直接关闭", "非隐患或当场整改的，关闭并告知发现人"),
    "hidden_danger.plan": ("隐患：转入整改配置", "按确认结果写入台账"),
    "hidden_danger.supervise": ("隐患：挂牌督办", "重大隐患登记督办并通知相关领导"),
    "hidden_danger.order": ("隐患：下达整改", "写入整改人、期限和措施"),
    "hidden_danger.record_cure": ("隐患：记录整改", "写入整改结果和照片"),
    "hidden_danger.to_acceptance": ("隐患：转入验收", "台账状态改为待验收"),
    "hidden_danger.close": ("隐患：关闭", "写入复核、验收结果并关闭"),
    "hidden_danger.remind": ("隐患：催办", "发通知，文字中可写 {number}、{deadline}、{days}"),
    "hidden_danger.escalate": ("隐患：升级", "增加办理人并通知，文字中可写 {number}、{deadline}、{days}"),
    "snapshot.register": ("随手拍：登记", "写入随手拍台账并编号"),
    "snapshot.assign": ("随手拍：确定研判人", "网格负责人；没有时为上一级"),
    "snapshot.ask": ("随手拍：请补充", "通知上报人补充情况"),
    "snapshot.link": ("随手拍：转为隐患", "登记为隐患并启动隐患治理"),
    "snapshot.discard": ("随手拍：不予处理", "关闭并写明理由"),
    "snapshot.feedback": ("随手拍：反馈", "把结果告知上报人"),
    "snapshot.escalate": ("随手拍：升级", "增加研判人并通知"),
    "assignment.register": ("任务：登记", "每个处理人一项任务"),
    "assignment.hand_over": ("任务：下达", "交给处理人并开始计时"),
    "assignment.remind": ("任务：临期提醒", "期限过去五分之四时提醒处理人"),
    "assignment.press": ("任务：逾期催办", "每天提醒处理人和指派人"),
    "assignment.escalate": ("任务：升级", "逾期三天后增加办理人"),
    "assignment.hand_in": ("任务：提交结果", "写入处理结果和照片"),
    "assignment.close": ("任务：完成", "复核通过，告知处理人"),
}
_TOLD = frozenset({"cancelled", "returned", "withdrawn", "moved"})  # called by the engine when that was done to a case; never drawn
_LEADING = 2  # case, data


def operations() -> list[Operation]:
    """Every operation, the library first; one without words of its own shows its name."""
    found = [_operation(module.name, name, function)
             for module in pkgutil.iter_modules(engine.handlers.__path__)
             for name, function in _public(import_module(f"engine.handlers.{module.name}"))]
    return sorted(found, key=lambda operation: (not operation.library, operation.name))


def _public(module: Any) -> list[tuple[str, Any]]:
    return [(name, found) for name, found in vars(module).items()
            if inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_") and name not in _TOLD]


def _operation(module: str, name: str, function: Any) -> Operation:
    full = f"{module}.{name}"
    label, said = _WORDS.get(full, (full, ""))
    parameters = list(inspect.signature(function).parameters.values())[_LEADING:]
    named = [p for p in parameters if p.kind is not inspect.Parameter.VAR_KEYWORD]
    return Operation(full, label, said, tuple(_asked(full, p) for p in named), len(named) < len(parameters), module == LIBRARY)


def _asked(operation: str, parameter: inspect.Parameter) -> Asked:
    """Words of the operation's own go before those that the name has everywhere."""
    usual = _ARGUMENTS.get(parameter.name, (parameter.name, "value", ""))
    label, takes, said = _ARGUMENTS.get(f"{operation}.{parameter.name}", usual)
    return Asked(parameter.name, label, takes, parameter.default is inspect.Parameter.empty, said)
