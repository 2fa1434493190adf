"""Who is next: the steps that people will be asked to do after those that wait now, walked ahead in the process graph.

Certain as far as no gateway has to be decided that still depends on an answer to come; a gateway whose conditions speak of
earlier answers only is decided here. What a deadline may start is no part of it. Nothing is woken, nothing is written.
"""
import ast
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.exclusive_gateway import ExclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.inclusive_gateway import InclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask, ScriptTask
from sqlalchemy.orm import Session

from data_model.process import InstanceStatus, ProcessInstance, Task
from engine import candidates, catalog, past, store
from engine.calendar import TIMER_FUNCTIONS
from engine.candidates import Asking, Resolved
from engine.catalog import Flow
from engine.catching import Listener
from engine.expressions import ExprError, evaluate
from engine.properties import TaskRules
from engine.service_task import HandlerTask

LISTED = 6  # steps told at most
WALKED = 2_000  # elements looked at, at most
_WRITERS = (HandlerTask, ScriptTask, BusinessRuleTask)  # they may set any name


@dataclass(frozen=True)
class Next:
    """A step to come. Without holders and roles it is not known yet who will do it."""

    element_id: str
    name: str
    certain: bool
    many: bool  # several people are asked
    holders: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Forecast:
    """`ends` is 'sure', 'maybe' or '': whether the case ends without any further step."""

    steps: tuple[Next, ...] = ()
    ends: str = ""


@dataclass(frozen=True)
class Place:
    """Where the walk is: an element, the call tasks around it, whether it is certain to get there, what is still open by then."""

    spec: Any
    way: tuple[Any, ...]
    data: Mapping[str, Any] = field(repr=False)
    pending: frozenset[str]  # user tasks that will have been answered anew
    certain: bool = True
    written: bool = False  # something automatic stands in between, which may set names of its own


@dataclass(frozen=True)
class Step:
    """A user task the walk has come to."""

    place: Place
    rules: TaskRules
    many: bool


def forecast(session: Session, instance: ProcessInstance) -> Forecast:
    """What comes next. One statement for the state, three for names, and those of the candidate functions of each listed step;
    the length of the history and the number of open tasks do not matter."""
    if instance.status != InstanceStatus.RUNNING:
        return Forecast()
    flow = catalog.flow(session, instance.definition_id)
    try:
        lives = store.live(instance.state)
    except store.StrangeState:
        return Forecast()
    found, ends = Walk(flow, lives).run()
    return Forecast(_told(session, instance, flow, found), ends)


class Walk:
    """Ahead from everywhere the run stands, certain ways first, each element once."""

    def __init__(self, flow: Flow, lives: list[store.Live]) -> None:
        self.flow, self.seen = flow, set[tuple[Any, ...]]()
        self.sure, self.open = deque[Place](), deque[Place]()
        self.steps: list[Step] = []
        self.ends = ""
        starts = [place for live in lives if (place := self._start(live)) is not None]
        pending = frozenset(place.spec.bpmn_id for place in starts if _rules(place.spec))
        self.here = {(place.spec, *place.way) for place in starts}
        for place in starts:
            self._leave(Place(place.spec, place.way, place.data, pending), self._outputs(place.spec))

    def run(self) -> tuple[list[Step], str]:
        walked = 0
        while (self.sure or self.open) and len(self.steps) < LISTED and walked < WALKED:
            walked += 1
            place = (self.sure or self.open).popleft()
            key = (place.spec, *place.way)
            if key not in self.seen:
                self.seen.add(key)
                self._look(place)
        return self.steps, self.ends

    def _look(self, place: Place) -> None:
        spec = place.spec
        rules, many = self._asked(place)
        if rules is not None:
            if (spec, *place.way) not in self.here:
                self.steps.append(Step(place, rules, many))
            if place.certain:
                self._leave(Place(spec, place.way, place.data, place.pending | {spec.bpmn_id}, True, place.written), self._outputs(spec))
        elif isinstance(self._inside(place), SubWorkflowTask):
            inner = self.flow.parts[self._inside(place).spec].start
            self._go(Place(inner, (*place.way, spec), place.data, place.pending, place.certain, place.written))
        elif isinstance(spec, ExclusiveGateway | InclusiveGateway):
            self._decide(place)
        elif isinstance(spec, EventBasedGateway):
            self._leave(place, self._outputs(spec), certain=False)
        else:
            self._leave(place, self._outputs(spec))

    def _decide(self, place: Place) -> None:
        """The ways a gateway opens: one that is decided, or all that may still be."""
        spec, exclusive = place.spec, isinstance(place.spec, ExclusiveGateway)
        default = [target for condition, target in spec.cond_task_specs if condition is None]
        taken: list[str] = []
        unsure: list[str] = []
        for condition, target in ((c, t) for c, t in spec.cond_task_specs if c is not None):
            answer = _decided(str(condition.args[0]), place)
            if answer is None:
                unsure.append(target)
            elif answer:
                taken.append(target)
                if exclusive:
                    break
        if not taken:
            (unsure if unsure else taken).extend(default)
        level = spec._wf_spec.task_specs
        self._leave(place, [level[name] for name in taken], certain=place.certain and not (exclusive and unsure))
        self._leave(place, [level[name] for name in unsure], certain=False)

    def _leave(self, place: Place, outputs: list[Any], certain: bool = True) -> None:
        written = place.written or isinstance(place.spec, _WRITERS)
        for spec in outputs:
            self._go(Place(spec, place.way, place.data, place.pending, place.certain and certain, written))
        if not outputs and place.spec.name == "End":
            self._come_out(place, written)

    def _come_out(self, place: Place, written: bool) -> None:
        """The end of a level: on behind its call task, or the end of the case."""
        if place.way:
            outer = Place(place.way[-1], place.way[:-1], place.data, place.pending, place.certain, written)
            self._leave(outer, self._outputs(outer.spec))
        elif self.ends != "sure":
            self.ends = "sure" if place.certain else "maybe"

    def _go(self, place: Place) -> None:
        (self.sure if place.certain else self.open).append(place)

    def _outputs(self, spec: Any) -> list[Any]:
        """What follows when the element is done; deadlines beside it are left out."""
        level = spec._wf_spec.task_specs
        following = [level[name] for name in dict.fromkeys(getattr(o, "name", o) for o in spec.outputs)]
        return [s for s in following if not isinstance(s, BoundaryEvent | Listener) and not s.name.endswith(".BoundaryEventJoin")]

    def _inside(self, place: Place) -> Any:
        """The task that a loop repeats, or the element itself."""
        spec = place.spec
        return spec._wf_spec.task_specs[spec.task_spec] if isinstance(spec, LoopTask) else spec

    def _asked(self, place: Place) -> tuple[TaskRules | None, bool]:
        return _rules(self._inside(place)), isinstance(place.spec, LoopTask)

    def _start(self, live: store.Live) -> Place | None:
        """The element a token stands at, if the walk goes on from there: not a deadline, not a loop around others."""
        spec, way = self.flow.spec, []
        for name in live.way:
            around = _around(spec, name)
            way.append(around)
            spec = self.flow.parts[spec.task_specs[name].spec]
        token = spec.task_specs.get(live.spec)
        if token is None or isinstance(token, BoundaryEvent | Listener | LoopTask) or not token.bpmn_id:
            return None
        return Place(_around(spec, live.spec), tuple(way), live.data, frozenset())


def _around(level: Any, name: str) -> Any:
    """The loop that repeats this task, or the task itself."""
    loops = (spec for spec in level.task_specs.values() if isinstance(spec, LoopTask) and spec.task_spec == name)
    return next(loops, level.task_specs[name])


def _rules(spec: Any) -> TaskRules | None:
    inner = spec._wf_spec.task_specs[spec.task_spec] if isinstance(spec, LoopTask) else spec
    rules: TaskRules | None = getattr(inner, "rules", None)
    return rules if inner.manual else None


def _decided(condition: str, place: Place) -> bool | None:
    """The value of a condition that only speaks of what is known for good; None when it is open."""
    names = speaks_of(condition)
    if names is None or names & place.pending or not names <= place.data.keys():
        return None
    if place.written and any(not isinstance(place.data[name], dict) for name in names):  # an answer of a step is a dict
        return None
    try:
        return bool(evaluate(condition, place.data, TIMER_FUNCTIONS))
    except ExprError:
        return None


@lru_cache(maxsize=4_096)
def speaks_of(expression: str) -> frozenset[str] | None:
    """The names of the data an expression reads, those in field("…") and done_by("…") included; None when it is no expression."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
    return frozenset(names | set(_quoted(tree)))


def _quoted(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("field", "done_by"):
            yield from (str(said.value).partition(".")[0] for said in node.args[:1] if isinstance(said, ast.Constant))


# ── in words ──

def _told(session: Session, instance: ProcessInstance, flow: Flow, steps: list[Step]) -> tuple[Next, ...]:
    known: dict[tuple[str, ...], Resolved | None] = {}
    rows = [Task(name=step.place.spec.bpmn_name or step.place.spec.bpmn_id, candidates=list(found.principals) if found else [],
                 excluded=list(found.excluded) if found else [])
            for step in steps for found in (_resolved(session, instance, step, known),)]
    return tuple(Next(flow.address(step.rules, step.place.spec.bpmn_id), row.name, step.place.certain, step.many, who.holders, who.roles)
                 for step, row, who in zip(steps, rows, past.steps(session, rows), strict=True))


def _resolved(session: Session, instance: ProcessInstance, step: Step, known: dict[tuple[str, ...], Resolved | None]) -> Resolved | None:
    """Who would be asked if the step opened now; None when that depends on answers to come."""
    rules, place = step.rules, step.place
    expression = rules.candidates or (f'role("{rules.lane}", {instance.unit_id})' if rules.lane else "")
    names, barred = speaks_of(expression), speaks_of(rules.barred) if rules.barred else frozenset()
    if names is None or names & place.pending or not names <= place.data.keys():
        return None
    not_ = rules.barred if barred is not None and not barred & place.pending else ""
    key = (expression, not_, rules.duty, rules.on_empty)
    if key not in known:
        try:
            asking = Asking(session, place.data, instance.unit_id, instance.starter_id)
            known[key] = candidates.resolve(asking, expression, barred=not_, duty=rules.duty, on_empty=rules.on_empty)
        except (ExprError, ValueError, LookupError):
            known[key] = None
    return known[key]
