"""What a case knows at this moment, out of all its branches: events ask for it that belong to no branch of their own."""
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs.defaults import CallActivity
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import joins

_COUNTS = TaskState.READY | TaskState.STARTED | TaskState.ERROR | TaskState.COMPLETED
_COMPARED = 40  # branches that are brought together key by key; of more, the latest wins


def known(level: Any) -> dict[str, Any]:
    """The data of one process or subprocess: of all its branches, and of the subprocesses drawn in it that run now."""
    leaves = sorted((t for t in level.tasks.values() if _counts(t) and not any(_counts(c) for c in t.children)),
                    key=lambda token: token.last_state_change)
    found = _together(level, leaves)
    for token in leaves:
        sub = level.top_workflow.subprocesses.get(token.id)
        if sub is not None and not sub.completed and not isinstance(token.task_spec, CallActivity):
            joins.bring(found, known(sub), sub.task_tree.data)
    return found


def seen_from(level: Any) -> dict[str, Any]:
    """What an element of this level may look at: what its level knows, and what the levels it is drawn in know."""
    here = known(level)
    if level.parent_task_id is None:
        return here
    outer = level.top_workflow.get_task_from_id(level.parent_task_id)
    if outer is None or isinstance(outer.task_spec, CallActivity):
        return here
    found = seen_from(outer.workflow)
    joins.bring(found, here, level.task_tree.data)
    return found


def _counts(token: Task) -> bool:
    """Of several instances the element around them counts: each knows only its own part."""
    return bool(token._state & _COUNTS) and not (token.parent is not None and isinstance(token.parent.task_spec, LoopTask)
                                                 and token.parent.task_spec.task_spec == token.task_spec.name)


def _together(level: Any, leaves: list[Task]) -> dict[str, Any]:
    if 1 < len(leaves) <= _COMPARED:
        return joins.together([[*joins.lineage(token), token] for token in leaves])
    found: dict[str, Any] = deepcopy(level.task_tree.data)
    for token in leaves:
        found.update(deepcopy(token.data))
    return found
