"""The only file that starts, wakes, moves and stores a BpmnWorkflow."""
import traceback
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs.event_definitions import ErrorEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import arriving, calendar, knowing, store
from engine.broken import EngineBroken
from engine.case import Case
from engine.catalog import Flow
from engine.catching import BEGUN, happen
from engine.errors import EngineError, TooLate
from engine.event_definitions import waits_for_data
from engine.failure import Failure
from engine.script_engine import ScriptEngine
from engine.tree import Tree
from engine.waiting import Waiting, waiting_for

STEPS = 2_000  # automatic steps between two waits
DEPTH = 900  # of the task tree: at 1,000 SpiffWorkflow silently finds no ready task
CALLS = 20  # nested processes
_REACHED = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.COMPLETED | TaskState.ERROR


class Run(Tree):
    """One instance while it moves: the workflow, what it waited for before, and what happened on the way."""

    def __init__(self, flow: Flow, case: Case, workflow: BpmnWorkflow, fresh: bool) -> None:
        super().__init__(workflow)
        self.flow, self.case = flow, case
        self.functions = calendar.functions(case.calendar)
        workflow.script_engine = ScriptEngine(self, functions=self.functions)
        self.before: dict[UUID, int] = {} if fresh else {t.id: t._state for t in self.tokens()}
        self.waited = Waiting() if fresh else waiting_for(workflow)
        self.opened_before: set[UUID] = set() if fresh else set(self.open_tokens())
        self.failures: list[Failure] = []
        self.services: list[Task] = []
        self.dropped: list[Task] = []  # failed events beside a task that is done: nobody needs them any more
        self.ringing: UUID | None = None  # the timer whose moment has come
        self.weighing = False  # conditions may look at the data now
        self._seen: dict[Any, dict[str, Any]] = {}
        self.answered: set[UUID] = set()  # user tasks a person has done in this move
        self._steps = 0
        self.late = case.session.info.get("late", _never)  # a try has only so much time

    # -- moving

    def advance(self) -> None:
        """Let everything automatic happen, until people, time or messages are waited for.

        Raises:
            EngineError: a handler says what the person can mend.
            EngineBroken: the tree cannot go on; nothing of this move may be kept.
        """
        try:
            while self._sweep() or self._drop_needless() or self._weigh():
                pass
        except (EngineError, EngineBroken):
            raise
        except Exception as error:  # the library's own failures, such as TaskNotFoundException
            raise self._broken("流程状态树出错", error) from error
        self._check_depth()
        self._end_on_error()

    def _sweep(self) -> bool:
        moved = False
        active = sorted(self.workflow.get_active_subprocesses(), key=lambda sub: -sub.depth)
        for sub in active:
            while self._run_ready(sub):
                moved = True
            if sub.parent_task_id in self.workflow.subprocesses:  # else broken off meanwhile
                parent = self.workflow.get_task_from_id(sub.parent_task_id)
                if not parent._state & TaskState.FINISHED_MASK:
                    parent.task_spec._update(parent)
        return self._run_ready(self.workflow) or moved

    def _weigh(self) -> bool:
        """What waits for data looks at what the case knows now."""
        waiting = [t for t in self.workflow.event_manager.tasks.values() if t._state == TaskState.WAITING and waits_for_data(t)]
        self.weighing = True
        self._seen.clear()
        before = [(t, t._state, len(t._children)) for t in waiting]
        for token in waiting:
            token.task_spec._update(token)
        self.weighing = False
        return any(token._state != state or len(token._children) != children for token, state, children in before)

    def seen_from(self, level: Any) -> dict[str, Any]:
        """What a condition on that level looks at; worked out once while all of them look."""
        if not self.weighing:
            return knowing.seen_from(level)
        if level not in self._seen:
            self._seen[level] = knowing.seen_from(level)
        return self._seen[level]

    def _drop_needless(self) -> bool:
        """A failed boundary event whose task is done needs no retry, and must not keep the case open."""
        needless = [t for t in self.tokens() if t._state == TaskState.ERROR and isinstance(t.task_spec, BoundaryEvent)
                    and all(c._state & TaskState.FINISHED_MASK for c in t.parent.children)]
        for token in needless:
            token._set_state(TaskState.CANCELLED)
            token._drop_children(force=True)
            token.workflow.update_waiting_tasks()
        self.dropped += needless
        return bool(needless)

    def _run_ready(self, level: Any) -> bool:
        ready = [t for t in level.tasks.values() if t._state == TaskState.READY and not t.task_spec.manual]
        for token in ready:
            if token._state == TaskState.READY:  # an earlier one may have cancelled it
                self._count(token)
                self.step(token)
        return bool(ready)

    def step(self, token: Task) -> None:
        """Do one element's work, as `Task.run` does, noting where it fails."""
        phase = "run"
        try:
            result = token.task_spec._run(token)
            phase = "complete"
            if token._state == TaskState.CANCELLED:  # what it threw has broken off what it stands in
                token._set_state(TaskState.COMPLETED if isinstance(token.task_spec, ThrowingEvent) else TaskState.CANCELLED)
                return
            self._set(token, result)
        except EngineBroken:
            raise
        except Exception as error:
            self.failed(token, phase, error)

    def _set(self, token: Task, result: bool | None) -> None:
        if result is None:
            token._set_state(TaskState.STARTED)
        elif result is False:
            token.error()
        else:
            token.complete()

    def failed(self, token: Task, phase: str, error: Exception) -> None:
        """The element stands in error, the others go on; a person who can mend it is told instead."""
        if isinstance(error, EngineBroken) or (isinstance(error, EngineError) and self.case.by_person):
            raise error
        if isinstance(error, (RecursionError, MemoryError)):
            raise self._broken("流程太复杂，无法继续", error) from error
        if isinstance(token.task_spec, LoopTask):
            for child in [c for c in token.children if c.triggered]:
                token.workflow._remove_task(child.id)
        token._set_state(TaskState.ERROR)
        token.internal_data["failed"] = phase
        self.failures.append(Failure(token, phase, error))

    def _count(self, token: Task) -> None:
        self._steps += 1
        if self.late():
            raise EngineBroken("试运行超过时间限制", element=token.task_spec.bpmn_id or "")
        if self._steps > STEPS:
            raise EngineBroken("两次等待之间的自动步骤太多", element=token.task_spec.bpmn_id or "", detail=f"> {STEPS}")
        if token.workflow.depth > CALLS:
            raise EngineBroken("流程调用嵌套太深", element=token.task_spec.bpmn_id or "", detail=f"> {CALLS}")
        if self._steps % 20 == 0:
            self._check_depth()

    def _check_depth(self) -> None:
        for level in self.levels():
            if len(level.tasks) > DEPTH and _depth(level) > DEPTH:
                raise EngineBroken("流程状态树太深，请结束此流程", detail=f"> {DEPTH}")

    def _end_on_error(self) -> None:
        """An error nobody inside catches ends the whole process."""
        for event in self.workflow.bpmn_events:
            if isinstance(event.event_definition, ErrorEventDefinition) and not self.workflow.completed:
                self.workflow.cancel()

    def _broken(self, reason: str, error: Exception) -> EngineBroken:
        return EngineBroken(reason, element="", detail="".join(traceback.format_exception(error))[-8_000:])

    # -- what a person, the clock, a message or a retry does

    def answer(self, token_id: str, data: dict[str, Any]) -> Task:
        """A person has done a user task."""
        token = self.token(token_id)
        if token is None or token._state != TaskState.READY:
            raise TooLate("此任务已不在等待中")
        token.data[token.task_spec.bpmn_id] = data
        self.answered.add(token.id)
        self.step(token)
        return token

    def ring(self, token_id: str) -> Task | None:
        """The clock has reached a timer's moment; None when it is not there any more."""
        token = self.token(token_id)
        if token is None or token._state != TaskState.WAITING:
            return None
        self.ringing = token.id
        token.task_spec._update(token)
        self.ringing = None
        if token._state == TaskState.WAITING and token.internal_data.get("event_fired"):
            token.task_spec._update(token)  # a cycle that has fired for the last time leaves
        return token

    def hear(self, token_id: str, event: Any) -> Task | None:
        """A message or signal reaches an element that waits for it; None when it does not, or not for this one."""
        token = self.token(token_id)
        if token is None or token._state != TaskState.WAITING:
            return None
        try:
            if not token.task_spec.catches(token, event):
                return None
            token.task_spec.catch(token, event)
        except Exception as error:  # a correlation that cannot be read from the payload
            self.failed(token, "update", error)
        token.task_spec._update(token)
        return token

    def again(self, token_id: str) -> Task | None:
        """Try a failed element once more, with the data it has."""
        token = self.token(token_id)
        if token is None or token._state != TaskState.ERROR:
            return None
        phase = token.internal_data.pop("failed", "run")
        if phase == "update":
            token._set_state(TaskState.FUTURE)
            token.task_spec._predict(token, mask=TaskState.NOT_FINISHED_MASK)
            token.task_spec._update(token)
        elif phase == "complete":
            self._finish(token)
        else:
            token._set_state(TaskState.READY)
        return token

    def _finish(self, token: Task) -> None:
        try:
            token.complete()
        except Exception as error:
            self.failed(token, "complete", error)

    def cancel(self) -> None:
        self.workflow.cancel()

    # -- what our specs ask

    def served(self, token: Task) -> None:
        self.services.append(token)


def begin(flow: Flow, case: Case, data: dict[str, Any], event: Any = None, element: str = "") -> Run:
    """A new run, moved to its first wait.

    Args:
        data: what the first element finds.
        event: the message or signal that starts it.
        element: the start event that the clock has reached. Without either, the plain start event begins.
    """
    workflow = BpmnWorkflow(flow.spec, dict(flow.parts), script_engine=ScriptEngine())
    run = Run(flow, case, workflow, fresh=True)
    workflow.task_tree.data.update(data)
    if event is not None:
        element = next((s.bpmn_id for s in flow.spec.bpmn_start_events if s.event_definition == event.event_definition), "")
    if element:
        workflow.task_tree.internal_data[BEGUN] = element
    run.advance()
    for token in [t for t in workflow.event_manager.tasks.values() if event is not None and t.task_spec.bpmn_id == element]:
        happen(token, event)
        run.advance()
    return run


def wake(flow: Flow, case: Case, state: bytes) -> Run:
    """A stored run, on its own version's shared specs."""
    return Run(flow, case, store.load(state, flow.spec, flow.parts), fresh=False)


def _never() -> bool:
    return False


def _depth(level: Any) -> int:
    """Longest way from the root; parents stand before their children."""
    depth: dict[UUID, int] = {}
    for token in level.tasks.values():
        depth[token.id] = depth.get(token._parent, 0) + 1
    return max(depth.values())


arriving.guard()
