"""Whether a place in one version of a diagram means the same in another: kinds of elements, what they wait for, who is asked, branches."""
from collections.abc import Iterator, Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask, StandardLoopTask
from SpiffWorkflow.spiff.specs.defaults import CallActivity

from engine import graph
from engine.graph import Region, Shape
from engine.signing import SigningTask


def counterpart(old: Any, spec: Any) -> Any:
    """The spec of the same name and kind in another version of the same process; None when there is none."""
    found = spec.task_specs.get(old.name)
    return found if found is not None and type(found) is type(old) else None


def split_of(spec: Any) -> Any:
    """The split before a step with events beside it; None without such events."""
    return next((before for before in spec.inputs if isinstance(before, BoundaryEventSplit)), None)


def events_beside(split: Any) -> dict[str, Any]:
    """Events beside a step, by name."""
    return {out.name: out for out in split.outputs if isinstance(out, BoundaryEvent)} if split is not None else {}


def awaits(definition: Any) -> tuple[Any, ...]:
    """What an event waits for, whatever it is called."""
    if isinstance(definition, MultipleEventDefinition):
        return ("multiple", definition.parallel, *sorted((awaits(inner) for inner in definition.event_definitions), key=repr))
    expression = getattr(definition, "expression", None)
    name = "" if hasattr(definition, "due") else getattr(definition, "name", None)  # a timer's name is its element's
    return (type(definition).__name__, name, expression, getattr(definition, "code", None))


def asked_of(spec: Any) -> tuple[Any, ...]:
    """How a step is asked of several, so that an asking that has begun may go on under another version only when it is the same."""
    if isinstance(spec, SigningTask):
        rules = spec.rules
        return ("signing", spec.in_turn, rules.signing, tuple(o.value for o in rules.outcomes))
    if isinstance(spec, MultiInstanceTask):
        held = (spec.data_input, spec.data_output, spec.input_item, spec.output_item)
        return ("many", spec.cardinality, spec.condition, *(getattr(one, "bpmn_id", None) for one in held))
    if isinstance(spec, StandardLoopTask):
        return ("loop", spec.maximum, spec.condition, spec.test_before)
    return ()


def called(spec: Any) -> tuple[Any, ...]:
    """Of a subprocess: which process runs inside."""
    return (spec.spec, isinstance(spec, CallActivity)) if hasattr(spec, "spec") else ()


def other_branches(old: Shape, new: Shape, places: Sequence[tuple[str, str]], old_spec: Any, new_spec: Any) -> Iterator[str]:
    """Names of old places whose branches are not the same in the new version.

    Args:
        places: what is live, or has come to a join: its name in the old version and in the new one.
    """
    seen: dict[str, dict[frozenset[int], frozenset[int]]] = {}
    for before, after in places:
        theirs = {region.split: branch for region, branch in _parallel(new, after)}
        mine = {region.split: branch for region, branch in _parallel(old, before)}
        if theirs.keys() != mine.keys():
            yield before
            continue
        for split, branch in mine.items():
            known = seen.setdefault(split, {})
            if known.setdefault(branch, theirs[split]) != theirs[split] or _fewer_or_more(old_spec, new_spec, split):
                yield before
    for known in seen.values():
        if len(set(known.values())) != len(known):
            yield from (before for before, _ in places)


def _parallel(shape: Shape, name: str) -> list[tuple[Region, frozenset[int]]]:
    """The splits whose other branches count; on the own way of a step, events beside it that have not come do not."""
    return [(region, branch) for region, branch in shape.around(name) if not region.beside or branch != {0}]


def _fewer_or_more(old_spec: Any, new_spec: Any, split: str) -> bool:
    """A join waits for as many branches as its split has."""
    before, after = old_spec.task_specs[split], new_spec.task_specs[split]
    return isinstance(before, ParallelGateway) and len(before.outputs) != len(after.outputs)


def shapes(old_spec: Any, new_spec: Any) -> tuple[Shape, Shape]:
    return graph.shape(old_spec), graph.shape(new_spec)
