"""SpiffWorkflow by itself, in memory, without a database: the floor everything else is held against."""
import time
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from benchmarks.measure import pace, until
from engine.script_engine import ScriptEngine

LINE = Path(__file__).parent / "line.bpmn"


def run() -> dict[str, Any]:
    """Completions of start → A → gateway → B → C → end, each with the steps that follow it.

    `stored_…` also stores and wakes the instance at each completion with the library's own serializer, still without a
    database: what anybody must do who lets people answer on different days.
    """
    spec, parts = _parsed()
    spans: list[float] = []
    started = time.perf_counter()
    for _ in until():
        workflow = _begun(spec, parts)
        while not workflow.completed:
            before = time.perf_counter()
            _complete(workflow)
            spans.append(time.perf_counter() - before)
    elapsed = time.perf_counter() - started
    return pace(spans) | {"completions_per_second_with_starts": round(len(spans) / elapsed, 1),
                          "stored_completions_per_second": pace(_stored(spec, parts))["completions_per_second"]}


def _stored(spec: Any, parts: Any) -> list[float]:
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
    spans: list[float] = []
    for _ in until():
        state, done = serializer.serialize_json(_begun(spec, parts)), False
        while not done:
            before = time.perf_counter()
            workflow = serializer.deserialize_json(state)
            workflow.script_engine = ScriptEngine()
            _complete(workflow)
            state, done = serializer.serialize_json(workflow), workflow.completed
            spans.append(time.perf_counter() - before)
    return spans


def _parsed() -> tuple[Any, Any]:
    parser = SpiffBpmnParser()
    parser.add_bpmn_file(str(LINE))
    return parser.get_spec("line"), parser.get_subprocess_specs("line")


def _begun(spec: Any, parts: Any) -> BpmnWorkflow:
    workflow = BpmnWorkflow(spec, parts, script_engine=ScriptEngine())
    workflow.do_engine_steps()
    return workflow


def _complete(workflow: BpmnWorkflow) -> None:
    task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
    task.data["a"] = {"amount": 250, "outcome": "done", "by": 1}
    task.run()
    workflow.do_engine_steps()
