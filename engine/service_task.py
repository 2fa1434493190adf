"""A service task calls the function it names: `hidden_danger.close` is `close` in engine/handlers/hidden_danger.py."""
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from importlib import import_module
from typing import Any

from SpiffWorkflow.spiff.specs.defaults import ServiceTask

from engine import event_definitions
from engine.errors import Foreseen
from engine.resolving import argument

Handler = Callable[..., dict[str, Any] | None]


class NoHandler(LookupError):
    """The diagram names a function that is not there."""


@cache
def handler(name: str) -> Handler:
    """The function behind a name.

    Raises:
        NoHandler: when there is none, or it is private.
    """
    module, _, function = name.partition(".")
    if not module.isidentifier() or not function.isidentifier() or function.startswith("_"):
        raise NoHandler(name)
    try:
        found = getattr(import_module(f"engine.handlers.{module}"), function)
    except (ImportError, AttributeError):
        raise NoHandler(name) from None
    return found


class HandlerTask(ServiceTask):
    """Runs in a savepoint of its own: a failing handler leaves nothing behind, and the other branches go on."""

    def _execute(self, task: Any) -> bool:
        run = task.workflow.script_engine.run
        call = handler(self.operation_name)
        arguments = {name: argument(run.case, task.data, said["value"]) for name, said in self.operation_params.items()}
        try:
            with run.case.trying(), run.case.session.begin_nested():
                answer = call(run.case, deepcopy(task.data), **arguments)
        except Foreseen as foreseen:
            if not event_definitions.fail(task, foreseen.code):
                raise
            return True
        task.data.update(answer or {})
        run.served(task)
        return True
