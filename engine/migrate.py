"""Carrying a run over to another version of its diagram: every token keeps its place, its id, its data and the time it has left.

SpiffWorkflow's own migration loses the items of a multi-instance (S14), so the tree is carried here: what is live must have its like
in the new version, else nothing is moved and the reasons are told; what is past and has none is taken out of the way behind it.
"""
from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import joins, likeness, rewind
from engine.catalog import Flow
from engine.catching import Listener
from engine.landing import Carried, Landing
from engine.likeness import counterpart, events_beside, split_of
from engine.moving import LIVE
from engine.opening import rules_of
from engine.runner import Run


def carry(run: Run, flow: Flow, mapping: Mapping[str, str]) -> Carried:
    """Put the run's tree on the new version, in memory; when there are problems the run is good for nothing any more.

    Args:
        mapping: where waiting steps of people land that have another id in the new version, by the addresses rows name them with.
    """
    found = Carried()
    levels: list[tuple[Any, Any]] = [(run.workflow, flow.spec)]
    for level, spec in levels:  # grows while it is walked
        _Level(run, flow, level, spec, mapping, found).carry()
        for token in level.tasks.values():
            sub, part = run.workflow.subprocesses.get(token.id), flow.parts.get(getattr(token.task_spec, "spec", ""))
            if sub is not None and part is not None:  # else the reason is told already
                levels.append((sub, part))
    return found


class _Level:
    """One process or subprocess of a run, and the spec it shall run on."""

    def __init__(self, run: Run, flow: Flow, level: Any, spec: Any, mapping: Mapping[str, str], found: Carried) -> None:
        self.run, self.flow, self.level, self.spec, self.mapping, self.found = run, flow, level, spec, mapping, found
        self.goes_on = not level.completed

    def carry(self) -> None:
        old_spec = self.level.spec
        self._forget_predictions()
        live = [token for token in self.level.tasks.values() if token._state & LIVE and not self._stands_by(token)]
        places = [pair for token in live if (pair := self._land(token)) is not None]
        if not self.found.problems:
            places += self._arrived()
            old, new = likeness.shapes(old_spec, self.spec)
            known = [(a, b) for a, b in places if a in old.next and b in new.next]
            for name in dict.fromkeys(likeness.other_branches(old, new, known, old_spec, self.spec)):
                self.found.problem("「{step}」在并行分支内，新版本改变了这些分支", step=_name(old_spec.task_specs[name]))
        self._fit_events()
        self._leave_the_past()
        if self.goes_on and not self.found.problems:
            self.level.tasks = {token.id: token for token in _down(self.level.task_tree)}

    def _stands_by(self, token: Task) -> bool:
        return isinstance(token.task_spec, (BoundaryEvent, BoundaryEventJoin, Listener)) or not token.task_spec.inputs

    # -- what is live

    def _land(self, token: Task) -> tuple[str, str] | None:
        """The token's place in both versions; None for what has no place of its own."""
        spec = token.task_spec
        step = rewind.step_of(token)
        if isinstance(spec, UnstructuredJoin):
            return self._land_join(token)
        new = self._target(token, step)
        if new is None:
            return None
        if step is token or token.task_spec.manual:
            self._tell(token, new)
        if step is token:
            self._check_alike(token, new)
        token.task_spec = new
        return (spec.name, new.name) if step is token else None

    def _target(self, token: Task, step: Task) -> Any:
        spec = token.task_spec
        named = self._mapped(token)
        if named and step is not token:
            self.found.problem("「{step}」正在多人办理，不能改到另一步骤", step=_name(spec))
            return None
        if named:
            new = self.spec.task_specs.get(named)
            if new is None or not new.manual or isinstance(new, LoopTask) or not new.bpmn_id or not spec.manual:
                self.found.problem("「{step}」不能改到「{to}」：不是由一人办理的步骤", step=_name(spec), to=named)
                return None
            return new
        new = self.spec.task_specs.get(spec.name)
        if new is None:
            self.found.problem("「{step}」在新版本中已删除", step=_name(spec))
            self.found.landings.append(Landing(self._address(spec), _name(spec), "", "", _kind(token)))
        elif type(new) is not type(spec):
            self.found.problem("「{step}」在新版本中是另一种步骤", step=_name(spec))
            new = None
        return new

    def _mapped(self, token: Task) -> str:
        said = self.mapping.get(self._address(token.task_spec), "") if token.task_spec.manual else ""
        return said.rpartition("/")[2]

    def _address(self, spec: Any) -> str:
        return self.run.flow.address(rules_of(spec), spec.bpmn_id) if getattr(spec, "rules", None) is not None else str(spec.bpmn_id)

    def _tell(self, token: Task, new: Any) -> None:
        spec = token.task_spec
        to = self.flow.address(rules_of(new), new.bpmn_id) if getattr(new, "rules", None) is not None else str(new.bpmn_id)
        landing = Landing(self._address(spec), _name(spec), to, _name(new), _kind(token))
        if spec.bpmn_id and not isinstance(spec, LoopTask) and landing not in self.found.landings:
            self.found.landings.append(landing)

    def _check_alike(self, token: Task, new: Any) -> None:
        old = token.task_spec
        if isinstance(old, LoopTask) and likeness.asked_of(old) != likeness.asked_of(new):
            self.found.problem("「{step}」正在多人办理，新版本改变了多人办理的方式", step=_name(old))
        if likeness.called(old) != likeness.called(new):
            self.found.problem("「{step}」在新版本中调用另一流程", step=_name(old))
        if isinstance(old, CatchingEvent) and token._state == TaskState.WAITING:
            self._rewait(token, new)

    def _rewait(self, token: Task, new: Any) -> None:
        """What waits for the same goes on waiting with the time it has left; for something else it waits from now on."""
        before, after = token.task_spec.event_definition, new.event_definition
        if likeness.awaits(before) != likeness.awaits(after):
            self.found.again.append(token.id)
            self.found.note("「{step}」等待的事件或时间已改变，从现在起重新等待", step=_name(new))
            return
        if getattr(before, "_key", None) != getattr(after, "_key", None) and before._key in token.internal_data:
            token.internal_data[after._key] = token.internal_data.pop(before._key)

    def _land_join(self, token: Task) -> tuple[str, str] | None:
        spec = token.task_spec
        new = counterpart(spec, self.spec)
        if new is None:
            self.found.problem("汇合点「{step}」在新版本中已删除或改变", step=_name(spec))
            return None
        token.task_spec = new
        return None

    def _arrived(self) -> list[tuple[str, str]]:
        """What has come to a join stands at the end of its branch; the flow it came by must be there."""
        found = []
        for token in self.level.tasks.values():
            if not isinstance(token.task_spec, joins.Joining) or token.internal_data.get("used") or not joins.has_come(token):
                continue
            new, before = self.spec.task_specs.get(_spec(token).name), _spec(token.parent).name
            if new is None or before not in {flow.name for flow in new.inputs}:
                self.found.problem("已到达汇合点的分支「{step}」在新版本中不同", step=_name(_spec(token.parent)))
            else:
                found.append((before, before))
        return found

    # -- events beside

    def _fit_events(self) -> None:
        """Each live step gets the events beside it that the new version draws; what waits beside it already goes on waiting."""
        if self.found.problems or not self.goes_on:
            return
        for token in [t for t in self.level.tasks.values() if t._state & LIVE and not self._stands_by(t) and t.task_spec.bpmn_id]:
            if rewind.step_of(token) is token and not isinstance(token.task_spec, UnstructuredJoin):
                self._fit(token, split_of(token.task_spec))
        for token in [t for t in self.level.tasks.values() if isinstance(t.task_spec, Listener) and t._state & LIVE]:
            new = counterpart(token.task_spec, self.spec)
            if new is None:
                self._drop(token)
            else:
                self._rewait(token, new)
                token.task_spec = new

    def _fit(self, token: Task, split: Any) -> None:
        head = rewind.head_of(token)
        wanted = events_beside(split)
        if head is not token:
            for child in [c for c in head.children if isinstance(c.task_spec, BoundaryEvent)]:
                new = wanted.get(child.task_spec.name)
                if new is None or new.cancel_activity != child.task_spec.cancel_activity:
                    self._drop(child)
                else:
                    if child._state == TaskState.WAITING:
                        self._rewait(child, new)
                    child.task_spec = new
        if head is not token and split is not None:
            head.task_spec = split
        elif head is not token:
            self._splice(head)
        elif split is not None:
            self._wrap(token, split)

    def _drop(self, event: Task) -> None:
        """An event that is beside the step no more; what it has begun and still goes on has no place."""
        if any(t._state & LIVE and t is not event and t.task_spec.bpmn_id for t in rewind.below(self.run, event)):
            self.found.problem("「{step}」已触发的分支仍在办理，新版本中没有它", step=_name(event.task_spec))
            return
        rewind.cut(self.run, event)

    def _wrap(self, token: Task, split: Any) -> None:
        parent = token.parent
        assert parent is not None
        number = parent._children.index(token.id)
        around = parent._add_child(split, TaskState.FUTURE)
        around.data, around._state = dict(parent.data), TaskState.COMPLETED
        parent._children.remove(around.id)
        parent._children[number] = around.id
        around._children.append(token.id)
        token._parent = around.id

    # -- what is past

    def _forget_predictions(self) -> None:
        for token in list(self.level.tasks.values()):
            if token.id in self.level.tasks and token._state & (TaskState.PREDICTED_MASK | TaskState.FUTURE) and token.parent is not None:
                if token.parent._state & LIVE:
                    self.found.predicted.setdefault(token.parent.id, []).append(token.task_spec.name)
                for gone in list(_down(token)):
                    self.level.tasks.pop(gone.id, None)
                token.parent._children.remove(token.id)

    def _leave_the_past(self) -> None:
        if self.found.problems:
            return
        for token in list(self.level.tasks.values()):
            if token._state & LIVE and not isinstance(token.task_spec, BoundaryEventJoin):
                continue
            new = token.task_spec if self.spec.task_specs.get(token.task_spec.name) is token.task_spec else counterpart(token.task_spec, self.spec)
            if new is None or likeness.called(new) != likeness.called(token.task_spec) or not self._is_there(token, new):
                self._splice(token)
            else:
                token.task_spec = new

    def _is_there(self, token: Task, new: Any) -> bool:
        return token.id not in self.run.workflow.subprocesses or new.spec in self.flow.parts

    def _splice(self, token: Task) -> None:
        """Its children hang under what it hung under; they keep everything they know."""
        parent = token.parent
        if parent is None:
            self.found.problem("新版本的开始与旧版本不同")
            return
        number = parent._children.index(token.id)
        parent._children[number:number + 1] = token._children
        for child in token.children:
            child._parent = parent.id
        self.level.tasks.pop(token.id, None)
        own = self.run.workflow.subprocesses.pop(token.id, None)
        for inner in list(rewind.below(self.run, own.task_tree)) if own is not None else ():
            self.run.workflow.subprocesses.pop(inner.id, None)


def _down(token: Task) -> Iterator[Task]:
    """A token and everything below it in its level, parents first."""
    waiting = [token]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += reversed(here.children)


def _spec(token: Any) -> Any:
    return token.task_spec


def _name(spec: Any) -> str:
    return str(getattr(spec, "bpmn_name", "") or getattr(spec, "bpmn_id", "") or spec.name)


def _kind(token: Task) -> str:
    if token._state == TaskState.ERROR:
        return "failed"
    return "task" if token.task_spec.manual else "event" if token._state == TaskState.WAITING else "inside"
