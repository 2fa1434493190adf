"""Elements that run several times: never more often than the house allows, and with people added or taken away while they run."""
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs.defaults import ParallelMultiInstanceTask, SequentialMultiInstanceTask, StandardLoopTask
from SpiffWorkflow.util.task import TaskState

from engine import stopping
from engine.expressions import ExprError
from engine.script_engine import MAX_INSTANCES


class TooManyInstances(ValueError):
    """A multi-instance or loop wants more children than the house allows."""


def take_out(child: Any) -> None:
    """A child nobody waits for any more: cancelled in its place, it would keep the multi-instance waiting for ever."""
    child.workflow.tasks.pop(child.id)
    child.parent._children.remove(child.id)


class Bounded(LoopTask):
    """No more children than the house allows. People are added only where a number says how many, not a collection."""

    def create_child(self, my_task: Any, *item: Any) -> None:
        if len(my_task._children) > MAX_INSTANCES:
            raise TooManyInstances(f"{self.bpmn_id}: more than {MAX_INSTANCES} instances")
        super().create_child(my_task, *item)


class Counted(Bounded):
    """Several instances of one element: a second pass begins anew, and the condition that ends it early can count."""

    input_item: Any
    output_item: Any
    data_input: Any
    data_output: Any
    condition: str | None

    def create_child(self, my_task: Any, *item: Any) -> None:
        for own in (self.input_item, self.output_item):
            if own is not None:
                my_task.data.pop(own.bpmn_id, None)  # an earlier pass has left it
        super().create_child(my_task, *item)

    def init_data_output_with_cardinality(self, my_task: Any) -> None:
        self.data_output.set(my_task, [])

    def init_data_output_with_input_data(self, my_task: Any, input_data: Any) -> None:
        if self.data_output.bpmn_id != self.data_input.bpmn_id:
            my_task.data.pop(self.data_output.bpmn_id, None)
        super().init_data_output_with_input_data(my_task, input_data)

    def check_completion_condition(self, my_task: Any) -> bool:
        """Asked after each instance, of what all of them have said so far and of their number. A name nobody has written means no."""
        merged, instances = my_task.internal_data["merged"], list(self._instances(my_task))
        if self.condition is None:
            return False
        last, total = next(c for c in instances if str(c.id) == merged[-1]), self.total(my_task)
        counts = {"numberOfInstances": total, "numberOfCompletedInstances": len(merged),
                  "numberOfActiveInstances": sum(_is_open(c) for c in instances), "numberOfTerminatedInstances": 0}
        level = my_task.workflow
        try:
            return bool(level.script_engine.environment.evaluate(
                self.condition, {**last.data, **my_task.data, **counts}, level.data_objects))
        except ExprError:
            return False

    def total(self, my_task: Any) -> int:
        return len(list(self._instances(my_task)))


class Parallel(Counted, ParallelMultiInstanceTask):
    def check_completion_condition(self, my_task: Any) -> bool:
        done = super().check_completion_condition(my_task)
        for child in [c for c in self._instances(my_task) if done and _is_open(c)]:
            stopping.stop(child)
        return done

    def add(self, my_task: Any, signer: str, by: int) -> None:
        """One more person, beside the others."""
        known = [child.internal_data.get("key_or_index", -1) for child in self._instances(my_task)]
        self.create_child(my_task, max(known, default=-1) + 1, max(known, default=-1) + 1)
        my_task.children[-1].internal_data.update(signer=signer, added_by=by)

    def remove(self, my_task: Any, signer: str) -> None:
        """The person is asked no more; the others may all have answered."""
        for child in [c for c in self._instances(my_task) if c.internal_data.get("signer") == signer and _is_open(c)]:
            take_out(child)
        if self.children_complete(my_task):
            my_task._set_state(TaskState.READY)


class Sequential(Counted, SequentialMultiInstanceTask):
    """`added` holds the people who were added and are yet to be asked: [signer, by], the next first."""

    def total(self, my_task: Any) -> int:
        cardinality = my_task.internal_data.get("cardinality")
        return len(self.data_input.get(my_task)) if cardinality is None else int(cardinality)

    def create_child(self, my_task: Any, *item: Any) -> None:
        super().create_child(my_task, *item)
        waiting = my_task.internal_data.get("added")
        if waiting:
            signer, by = waiting.pop(0)
            my_task.children[-1].internal_data.update(signer=signer, added_by=by)

    def add(self, my_task: Any, signer: str, by: int) -> None:
        """One more person, right after the one whose turn it is."""
        my_task.internal_data["cardinality"] += 1
        my_task.internal_data.setdefault("added", []).insert(0, [signer, by])

    def remove(self, my_task: Any, signer: str) -> None:
        kept = my_task.internal_data
        kept["cardinality"] -= 1
        if any(waiting[0] == signer for waiting in kept.get("added", [])):
            kept["added"] = [waiting for waiting in kept["added"] if waiting[0] != signer]
            return
        for child in [c for c in self._instances(my_task) if c.internal_data.get("signer") == signer and _is_open(c)]:
            take_out(child)
            kept["current"] -= 1
        if self.children_complete(my_task):
            my_task._set_state(TaskState.READY)
        else:
            self.add_next_child(my_task)


class Loop(Bounded, StandardLoopTask):
    pass


def _is_open(child: Any) -> bool:
    return not child._state & TaskState.FINISHED_MASK
