"""The way the tokens went in one move, for the history and for the diagram on the screen."""
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs.defaults import CallActivity
from SpiffWorkflow.spiff.specs.event_definitions import ErrorEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.catching import Listener
from engine.runner import Run

_REACHED = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.COMPLETED | TaskState.ERROR


def touched(run: Run) -> list[Task]:
    """Visible elements a token came to or went through in this move, in that order."""
    found = [t for t in run.tokens() if t.task_spec.bpmn_id and _is_touched(run, t)]
    return sorted(found, key=lambda t: t.last_state_change)


def _is_touched(run: Run, token: Task) -> bool:
    before = run.before.get(token.id, TaskState.MAYBE)
    if isinstance(token.task_spec, BoundaryEvent | Listener):  # waiting beside something is no arrival
        return bool(token._state == TaskState.COMPLETED and before != TaskState.COMPLETED)
    return bool(token._state & _REACHED and before < TaskState.WAITING)


def path(run: Run) -> list[list[str]]:
    """[from, to] of every arrow of this diagram that was gone along in this move."""
    edges: dict[tuple[str, str], None] = {}
    for token in touched(run):
        if _is_home(run, token) and (source := _source(run, token)):
            edges[source, token.task_spec.bpmn_id] = None
    return [list(edge) for edge in edges]


def started_at(run: Run) -> str:
    """Id of the start event that began the process."""
    starts = [t for t in touched(run) if t.workflow is run.workflow and isinstance(t.task_spec, StartEvent)
              and t._state == TaskState.COMPLETED]
    return str(starts[0].task_spec.bpmn_id) if starts else ""


def ended_at(run: Run) -> tuple[str, bool]:
    """Id of the end event that closed the process, and whether it broke off what else was going on."""
    ends = [t for t in touched(run) if isinstance(t.task_spec, EndEvent) and t._state == TaskState.COMPLETED]
    own = [t for t in ends if t.workflow is run.workflow]
    hard = [t for t in ends if isinstance(t.task_spec.event_definition, ErrorEventDefinition) and not run.workflow.success]
    hard += [t for t in own if isinstance(t.task_spec.event_definition, TerminateEventDefinition)]
    last = (hard or own or [None])[-1]
    return (last.task_spec.bpmn_id, bool(hard)) if last is not None else ("", False)


def _source(run: Run, token: Task) -> str | None:
    """The visible element the token came from."""
    if isinstance(token.task_spec, BoundaryEvent):
        return run.flow.diagram.by_id[token.task_spec.bpmn_id].attached_to
    element, here = token.task_spec.bpmn_id, token.parent
    while here is not None and (not here.task_spec.bpmn_id or _stands_around(here, element)):
        here = here.parent
    return str(here.task_spec.bpmn_id) if here is not None else None


def _stands_around(token: Task, element: str) -> bool:
    """The loop around one of its own children."""
    return bool(isinstance(token.task_spec, LoopTask) and token.task_spec.bpmn_id == element)


def _is_home(run: Run, token: Task) -> bool:
    """Drawn in the instance's own diagram, not in a called one."""
    level = token.workflow
    while level is not run.workflow:
        parent = run.workflow.get_task_from_id(level.parent_task_id)
        if parent is None or isinstance(parent.task_spec, CallActivity):
            return False
        level = parent.workflow
    return True
