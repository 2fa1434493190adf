"""Everything SpiffWorkflow evaluates ends here, in the closed language; Python's own eval is switched off.

The library's hook is the environment: message correlation and ad-hoc conditions go past the engine. And an engine is never
stored with an instance, so whoever restores one must set it again; forgetting that must not open a door.
"""
import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import SpiffWorkflow.bpmn.workflow as library_workflow
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine, TaskDataEnvironment

from engine.calendar import TIMER_FUNCTIONS
from engine.errors import EngineError
from engine.expressions import ExprError, Functions, compile_expr, evaluate, execute, json_safe

MAX_INSTANCES = 1_000
Service = Callable[[str, dict[str, Any], dict[str, Any]], Any]
"""(operation, task data, parameters) -> an answer that is JSON-safe."""


def no_service(operation: str, data: dict[str, Any], parameters: dict[str, Any]) -> NoReturn:
    raise ExprError("没有服务 {name}", name=operation)


class ClosedEnvironment(BasePythonScriptEngineEnvironment):
    """Evaluates in the closed language, with the timer functions unless others are lent."""

    def __init__(self, service: Service = no_service, functions: Functions = TIMER_FUNCTIONS) -> None:
        super().__init__({})
        self.service, self.functions = service, functions

    def evaluate(self, expression: Any, context: Mapping[str, Any], external_context: Mapping[str, Any] | None = None) -> Any:
        """The value, JSON-safe. The library passes ready numbers too, for a loop's maximum."""
        if expression is None or type(expression) in (int, float, bool):
            return expression
        return evaluate(expression, {**(external_context or {}), **context}, self.functions)

    def execute(self, script: str, context: dict[str, Any], external_context: Mapping[str, Any] | None = None) -> bool:
        """Change `context` as the script says, or not at all; what lies outside may be read only."""
        outside = {name: value for name, value in (external_context or {}).items() if name not in context}
        after = execute(script, {**outside, **context}, self.functions)
        for name, value in outside.items():
            if after.pop(name) != json_safe(value):
                raise ExprError("不能改写 {name}", name=name)
        context.update(after)
        return True

    def call_service(
        self, context: dict[str, Any], *, operation_name: str = "", operation_params: Mapping[str, Any] | None = None, **_: Any,
    ) -> str:
        """The service's answer as the JSON text the library reads back."""
        parameters = {name: given["value"] for name, given in (operation_params or {}).items()}
        return json.dumps(json_safe(self.service(operation_name, context, parameters)))


class ScriptEngine(PythonScriptEngine):
    """One for each opened instance. `run` is the runner's: tasks of ours find their case through it."""

    def __init__(self, run: Any = None, *, service: Service = no_service, functions: Functions = TIMER_FUNCTIONS) -> None:
        super().__init__(ClosedEnvironment(service, functions))
        self.run = run

    def validate(self, expression: str) -> None:
        """Decision tables ask whether a cell is an expression of its own; 'no' is a SyntaxError."""
        compile_expr(expression, frozenset(self.environment.functions))

    def evaluate(self, task: Any, expression: Any, external_context: Mapping[str, Any] | None = None) -> Any:
        try:
            value = self.environment.evaluate(expression, task.data, external_context)
            if expression is not None and expression == getattr(task.task_spec, "cardinality", None):
                _check_cardinality(value)
        except ExprError as error:
            raise _failed(task, error) from error
        return value

    def execute(self, task: Any, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        try:
            return bool(self.environment.execute(script, task.data, external_context))
        except ExprError as error:
            raise _failed(task, error) from error

    def call_service(self, task: Any, **kwargs: Any) -> str:
        """What a person can mend passes as it is; the library's own way to say the rest is broken in 3.2.0."""
        try:
            return str(self.environment.call_service(task.data, **kwargs))
        except (EngineError, WorkflowTaskException):
            raise
        except Exception as error:  # the door between handlers and the library: whatever it was, the task is named
            raise _failed(task, error) from error


def install_fail_closed() -> None:
    """A forgotten engine means the closed language without services, and the library's own environment only refuses."""
    TaskDataEnvironment.evaluate = _refuse
    TaskDataEnvironment.execute = _refuse
    library_workflow.PythonScriptEngine = ScriptEngine


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError("SpiffWorkflow's own evaluating environment is switched off")


def _check_cardinality(value: Any) -> None:
    """A loop of a million would build a million tasks before anybody is asked."""
    if type(value) is not int or not 0 <= value <= MAX_INSTANCES:
        raise ExprError("重复次数须是 0 到 {most} 的整数", most=MAX_INSTANCES)


def _failed(task: Any, error: Exception) -> WorkflowTaskException:
    return WorkflowTaskException(str(error), task=task, exception=error)


install_fail_closed()  # whoever imports the engine has the door shut
