"""Passing over a failed element: the run goes on behind it with a result that somebody has given by hand.

Only what the machine should have done can be passed over. A person's step is theirs, and a gateway must find its way by itself.
"""
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import IntermediateCatchEvent, IntermediateThrowEvent
from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask, ReceiveTask, ScriptTask, SendTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import EngineError
from engine.expressions import ExprError, json_safe
from engine.runner import Run
from engine.service_task import HandlerTask

LARGEST = 100  # names of one result
_MACHINES = (HandlerTask, ScriptTask, BusinessRuleTask, SendTask, ReceiveTask, IntermediateCatchEvent, IntermediateThrowEvent)


def may_skip(token: Task | None) -> bool:
    return token is not None and token._state == TaskState.ERROR and isinstance(token.task_spec, _MACHINES)


def names(token: Task) -> tuple[str, ...]:
    """What the element would have put into the data, as far as the diagram says."""
    spec = token.task_spec
    if isinstance(spec, BusinessRuleTask):
        return tuple(dict.fromkeys(column.name for column in spec.dmnEngine.ready.table.outputs))
    return ()


def checked(run: Run, token: Task, result: Mapping[str, Any]) -> dict[str, Any]:
    """The result as the data may take it.

    Raises:
        EngineError: it cannot be stored, lacks what the element must give, or speaks in somebody's name.
    """
    try:
        found: dict[str, Any] = json_safe(dict(result))
    except ExprError:
        raise EngineError("结果含有不能保存的内容", field="result") from None
    odd = next((name for name in found if not name.isidentifier()), None)
    if odd is not None or len(found) > LARGEST:
        raise EngineError("「{name}」不能作为数据名", field="result", name=odd or "…")
    steps = {"start", *(address.rpartition("/")[2] for address in run.flow.rules)}
    spoken = next((name for name in found if name in steps), None)
    if spoken is not None:
        raise EngineError("「{name}」是某一步骤由人填写的内容，不能代填", field="result", name=spoken)
    missing = [name for name in names(token) if name.partition(".")[0] not in found]
    if missing:
        raise EngineError("结果缺少 {names}", field="result", names="、".join(missing))
    return found


def skip(run: Run, token: Task, result: Mapping[str, Any]) -> None:
    """Let the run go on behind the element; what is automatic goes on with `run.advance()`."""
    phase, spec = token.internal_data.pop("failed", "run"), token.task_spec
    token._set_state(TaskState.FUTURE)
    if phase == "update":
        token._inherit_data()
    spec._predict(token, mask=TaskState.NOT_FINISHED_MASK)
    token.data.update(result)
    token._set_state(TaskState.COMPLETED)
    try:
        spec.completed_event.emit(token.workflow, token)
        for child in token.children:
            if not child._state & TaskState.FINISHED_MASK:
                child.task_spec._update(child)
        token.workflow._task_completed_notify(token)
    except Exception as error:
        run.failed(token, "complete", error)
