"""A run's state in bytes: tokens and their data, compressed. The definition is not in it; specs are parsed once and shared."""
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default import event_definition as converters
from SpiffWorkflow.bpmn.serializer.workflow import VERSION
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.event_definitions import Cancel, Condition, Error, Escalation, Message, Signal
from engine.timer_definitions import CycleTimer, OnceTimer

FORMAT = f"{VERSION}+lean1"
_CONFIG = {
    **SPIFF_CONFIG, **{ours: SPIFF_CONFIG[ours.__bases__[0]] for ours in (Message, Signal, Error, Escalation, Cancel, Condition)},
    OnceTimer: converters.TimerConditionalEventDefinitionConverter, CycleTimer: converters.TimerConditionalEventDefinitionConverter,
}
_registry = BpmnWorkflowSerializer.configure(_CONFIG)  # only for what internal data may hold: events and their definitions
_UNFINISHED = TaskState.NOT_FINISHED_MASK
_LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.ERROR
Row = list[Any]


class StrangeState(ValueError):
    """Stored state of another format; migrating it by SpiffWorkflow's own code could execute what it holds."""


def dump(workflow: BpmnWorkflow) -> bytes:
    """The state of a run that goes on."""
    subs = [[str(parent_id), _dump_level(sub)] for parent_id, sub in workflow.subprocesses.items()]
    return _pack({"top": _dump_level(workflow), "subs": subs})


def dump_data(data: Mapping[str, Any]) -> bytes:
    """The state of a run that is over: its last data, no tokens."""
    return _pack({"data": data})


def data_at(state: bytes, token_id: str) -> dict[str, Any]:
    """What the run knows at one token, without waking it; of a run that is over, what it knew last."""
    stored = _unpack(state)
    if "top" not in stored:
        return dict(stored["data"])
    wanted = UUID(token_id).hex
    for level in (stored["top"], *(level for _, level in stored["subs"])):
        rows: list[Row] = level["tasks"]
        place = next((number for number, row in enumerate(rows) if row[0] == wanted), -1)
        if place >= 0:
            return _data_in(rows, place)
    return {}


@dataclass(frozen=True)
class Live:
    """A place where the run stands: the spec, the spec it was made by, the call tasks around it from the outermost, its data."""

    spec: str
    parent: str
    way: tuple[str, ...]
    data: Mapping[str, Any]


def live(state: bytes) -> list[Live]:
    """Where a run waits, without waking it; of several tokens at one place, the first. A run that is over waits nowhere."""
    stored = _unpack(state)
    if "top" not in stored:
        return []
    called = {UUID(parent).hex: level for parent, level in stored["subs"]}
    found: dict[tuple[str, str, tuple[str, ...]], Live] = {}
    _live_in(stored["top"], (), called, found)
    return list(found.values())


def _live_in(level: dict[str, Any], way: tuple[str, ...], called: Mapping[str, Any], found: dict[Any, Live]) -> None:
    rows: list[Row] = level["tasks"]
    for place, row in enumerate(rows):
        parent = rows[row[1]][2] if row[1] >= 0 else ""
        if row[0] in called and row[3] & _LIVE:
            _live_in(called[row[0]], (*way, row[2]), called, found)
        elif row[3] & _LIVE and (row[2], parent, way) not in found:
            found[row[2], parent, way] = Live(row[2], parent, way, _data_in(rows, place))


def _data_in(rows: list[Row], place: int) -> dict[str, Any]:
    """Follow the changes from the root down to one token."""
    way = []
    while place >= 0:
        way.append(rows[place])
        place = rows[place][1]
    data: dict[str, Any] = {}
    for row in reversed(way):
        data = _data(data, row[5], row[6], own=False)
    return data


def load(state: bytes, spec: Any, parts: Mapping[str, Any]) -> BpmnWorkflow:
    """The run as it was when it was stored, on shared specs.

    Raises:
        StrangeState: the bytes were written by another format, or are none of ours.
    """
    stored = _unpack(state)
    if "top" not in stored:
        raise StrangeState("this run is over")
    workflow = BpmnWorkflow(spec, parts, deserializing=True)
    _load_level(workflow, stored["top"])
    for parent_id, level in stored["subs"]:
        _load_sub(workflow, workflow.get_task_from_id(UUID(parent_id)), level)
    return workflow


def _pack(value: dict[str, Any]) -> bytes:
    text = json.dumps({"serializer_version": FORMAT, **value}, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 1)


def _unpack(state: bytes) -> dict[str, Any]:
    try:
        stored = json.loads(zlib.decompress(state))
    except (zlib.error, ValueError):
        raise StrangeState("not a state of ours") from None
    if not isinstance(stored, dict) or stored.get("serializer_version") != FORMAT:
        raise StrangeState("a state of another version")
    return stored


def _dump_level(workflow: BpmnBaseWorkflow) -> dict[str, Any]:
    tasks = list(workflow.tasks.values())
    place = {task.id: number for number, task in enumerate(tasks)}
    began = int(tasks[0].last_state_change * 1e6)
    return {
        "began": began, "root": place[workflow.task_tree.id],
        "last": place.get(workflow.last_task.id, -1) if workflow.last_task else -1,
        "data": workflow.data, "correlations": workflow.correlations,
        "success": workflow.success, "completed": workflow.completed,
        "tasks": [_dump_task(task, workflow.tasks, place, began) for task in tasks],
    }


def _dump_task(task: Task, tasks: dict[UUID, Task], place: dict[UUID, int], began: int) -> Row:
    """id, parent, spec, state, since, then as far as needed: what the data change, what they drop, internal data, triggered."""
    parent = tasks.get(task._parent)
    row: Row = [task.id.hex, place[parent.id] if parent is not None else -1, task.task_spec.name, task._state,
                int(task.last_state_change * 1e6) - began]
    data = task.data
    if data:
        before = parent.data if parent is not None else {}
        row.append({key: value for key, value in data.items()
                    if key not in before or (before[key] is not value and before[key] != value)})
        row.append([key for key in before if key not in data])
    else:
        row += [None, None]
    row += [_registry.convert(task.internal_data) if task.internal_data else 0, int(task.triggered)]
    return row


def _load_level(workflow: BpmnBaseWorkflow, level: dict[str, Any]) -> None:
    tasks: list[Task] = []
    for row in level["tasks"]:
        tasks.append(_load_task(row, tasks, workflow, level["began"]))
    workflow.task_tree = tasks[level["root"]]
    workflow.last_task = tasks[level["last"]] if level["last"] >= 0 else None
    workflow.data, workflow.correlations = level["data"], level["correlations"]
    workflow.success, workflow.completed = level["success"], level["completed"]


def _load_task(row: Row, before: list[Task], workflow: BpmnBaseWorkflow, began: int) -> Task:
    """Fills the object itself: Task's constructor would ask the time and a random number for each."""
    task_id, parent_place, spec, state, since, changed, dropped, internal, triggered = row
    task = Task.__new__(Task)
    task.id, task.workflow, task.task_spec = UUID(hex=task_id), workflow, workflow.spec.task_specs[spec]
    task._state, task.triggered, task.thread_id, task._children = state, bool(triggered), 0, []
    task.last_state_change = (began + since) / 1e6
    task.internal_data = _registry.restore(internal) if internal else {}
    task._parent, inherited = None, {}
    if parent_place >= 0:
        parent = before[parent_place]
        task._parent, inherited = parent.id, parent.data
        parent._children.append(task.id)
    task.data = _data(inherited, changed, dropped, bool(state & _UNFINISHED) and not _is_signer(task))
    workflow.tasks[task.id] = task
    if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
        workflow.top_workflow.event_manager.add_task(task)
    return task


def _is_signer(task: Task) -> bool:
    """One of many who are asked the same: an answer is a new key, nobody changes what all were told. Copies would be people times data."""
    return "signer" in task.internal_data and not getattr(task.task_spec, "postscript", None)


def _data(inherited: dict[str, Any], changed: dict[str, Any] | None, dropped: list[str] | None, own: bool) -> dict[str, Any]:
    """Finished tasks may share what they inherited; one that may still change gets a copy of its own."""
    if changed is None:
        return {}
    data = {**inherited, **changed}
    for key in dropped or ():
        data.pop(key, None)
    return _fresh(data) if own else data


def _fresh(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _fresh(item) for key, item in value.items()}
    return [_fresh(item) for item in value] if isinstance(value, list) else value


def _load_sub(workflow: BpmnWorkflow, parent: Task, level: dict[str, Any]) -> None:
    sub = BpmnSubWorkflow(workflow.subprocess_specs[parent.task_spec.spec], parent.id, workflow, deserializing=True)
    _load_level(sub, level)
    workflow.subprocesses[parent.id] = sub
    sub.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
