"""Gateways that wait for several branches, by our own count: once for each round of a loop, whatever order the branches arrive in.

SpiffWorkflow counts the arrivals of earlier rounds too (a join in a loop fires too early) and drops what followed an earlier firing.
Here an arrival is used up by the firing it led to.
"""
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

_LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.ERROR  # what failed is tried again: it is still on its way


def arrivals(spec: Any, my_task: Task) -> list[Task]:
    """Tokens that have come to the gateway and were not used by a firing, the oldest first."""
    found = [t for t in my_task.workflow.tasks.values()
             if t.task_spec is spec and t is not my_task and has_come(t) and not t.internal_data.get("used")]
    return [*sorted(found, key=lambda t: t.last_state_change), my_task]


def has_come(token: Task) -> bool:
    return bool(token.parent is not None and token.parent._state == TaskState.COMPLETED
                and token._state & (TaskState.WAITING | TaskState.CANCELLED))


def use(spec: Any, my_task: Task) -> None:
    """The gateway fires: one arrival of each flow is used up, and what the branches have changed comes together, the last one's on top."""
    flows, used = {my_task.parent.task_spec}, []
    for token in arrivals(spec, my_task):
        if token is my_task or token.parent.task_spec not in flows:
            flows.add(token.parent.task_spec)
            token.internal_data["used"] = str(my_task.id)
            used.append(token)
    my_task.data = together([lineage(token) for token in used])


def together(ways: list[list[Task]]) -> dict[str, Any]:
    """One dictionary of what several branches know. Of a key that a branch only inherited, its copy may be out of date: it does not count.

    Args:
        ways: tokens from the root to each branch's last, in the order the branches arrived.
    """
    forks = [max((_shared(way, other) for other in ways if other is not way), default=len(way)) for way in ways]
    found: dict[str, Any] = deepcopy(ways[0][min(forks) - 1].data)
    for fork, way in sorted(zip(forks, ways, strict=True), key=lambda pair: pair[0]):
        bring(found, way[fork - 1].data, ways[0][min(forks) - 1].data)
    for fork, way in zip(forks, ways, strict=True):
        bring(found, way[-1].data, way[fork - 1].data)
    return found


def bring(found: dict[str, Any], data: dict[str, Any], before: dict[str, Any]) -> None:
    """Put into `found` what one branch has changed since `before`; where another has changed it too, the two are merged."""
    for key, value in data.items():
        if key in before and before[key] == value:
            continue
        if key in found and found[key] != before.get(key):  # two branches have written it
            DeepMerge.merge(found, {key: deepcopy(value)})
        else:
            found[key] = deepcopy(value)


def lineage(token: Task) -> list[Task]:
    """Everything above a token, the root first."""
    way, here = [], token.parent
    while here is not None:
        way.append(here)
        here = here.parent
    return way[::-1]


def _shared(one: list[Task], other: list[Task]) -> int:
    """How many tokens two ways have in common; the root always."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a is not b), min(len(one), len(other)))


class Joining:
    """Mixed into each gateway: arrivals are used at the moment they suffice."""

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.internal_data.get("used"):
            return True
        fires = self.suffices(my_task)  # type: ignore[attr-defined]
        for token in list(my_task.workflow.tasks.values()):
            if token.task_spec is self and token is not my_task and token._state == TaskState.WAITING:
                token.cancel()  # the latest one waits for all
        if fires:
            use(self, my_task)
        else:
            my_task._set_state(TaskState.WAITING)
        return bool(fires)


class Parallel(Joining, ParallelGateway):
    """Waits for one token on each flow; a flow that only a loop through the gateway itself could bring one to is not waited for."""

    def suffices(self, my_task: Task) -> bool:
        come = {token.parent.task_spec.name for token in arrivals(self, my_task)}
        awaited = [flow for flow in self.inputs if flow.name not in come]
        return not awaited or all(flow.name not in _before(self) for flow in awaited)

    def _run_hook(self, my_task: Task) -> bool:
        return True


class Inclusive(Joining, InclusiveGateway):
    """Waits while anything is on its way to a flow that has brought nothing yet."""

    def suffices(self, my_task: Task) -> bool:
        come = {token.parent.task_spec.name for token in arrivals(self, my_task)}
        lead_to_come = _leading(self, [flow for flow in self.inputs if flow.name in come])
        lead_to_rest = _leading(self, [flow for flow in self.inputs if flow.name not in come])
        return not any(t._state & _LIVE and t.task_spec is not self and t.task_spec.name in lead_to_rest - lead_to_come
                       for t in my_task.workflow.tasks.values())

    def _run_hook(self, my_task: Task) -> bool:
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches + defaults:
            raise WorkflowTaskException("No conditions satisfied on gateway", task=my_task)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


def _leading(gateway: Any, flows: Iterable[Any]) -> set[str]:
    """Names of the specs from which one of the flows is reached without passing the gateway."""
    return _reached(gateway, flows, lambda spec: spec.inputs)


def _before(gateway: Any) -> set[str]:
    """Names of the specs that are reached from the start without passing the gateway."""
    return _reached(gateway, [gateway._wf_spec.start], lambda spec: spec.outputs)


def _reached(gateway: Any, first: Iterable[Any], onward: Callable[[Any], Iterable[Any]]) -> set[str]:
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        spec = waiting.pop()
        if spec.name not in found and spec is not gateway:
            found.add(spec.name)
            waiting += onward(spec)
    return found
