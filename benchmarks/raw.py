"""SpiffWorkflow by itself, in memory, without a database: the floor everything else is held against."""
import time
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from benchmarks.measure import pace, until
from engine.script_engine import ScriptEngine

LINE = Path(__file__).parent / "line.bpmn"


def run() -> dict[str, Any]:
    """Completions of start → A → gateway → B → C → end, each with the steps that follow it."""
    parser = SpiffBpmnParser()
    parser.add_bpmn_file(str(LINE))
    spec, parts = parser.get_spec("line"), parser.get_subprocess_specs("line")
    spans: list[float] = []
    started = time.perf_counter()
    for _ in until():
        workflow = BpmnWorkflow(spec, parts, script_engine=ScriptEngine())
        workflow.do_engine_steps()
        while not workflow.completed:
            before = time.perf_counter()
            task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
            task.data["a"] = {"amount": 250, "outcome": "done", "by": 1}
            task.run()
            workflow.do_engine_steps()
            spans.append(time.perf_counter() - before)
    return pace(spans) | {"completions_per_second_with_starts": round(len(spans) / (time.perf_counter() - started), 1)}
