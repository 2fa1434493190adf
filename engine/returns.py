"""退回: which earlier steps a task may be returned to, and in words what that would undo."""
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task as Token
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.organisation import User
from data_model.process import ProcessInstance, Task, TaskStatus
from engine import past, rewind, ways
from engine.properties import TaskRules
from engine.runner import Run
from engine.ways import Way

WORDS = ("starter", "previous", "any")
REDO_ALL, STRAIGHT_BACK = "redo_all", "straight_back"


@dataclass(frozen=True)
class Effect:
    """One thing that would be undone or repeated: a message id with its parameters."""

    text: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Target:
    """A step the task may be returned to; `who` did it last and gets it back."""

    element: str
    name: str
    who: str
    effects: tuple[Effect, ...]
    modes: tuple[str, ...]  # redo_all, straight_back: what the diagram leaves open


@dataclass(frozen=True)
class Found:
    """A target as the engine needs it."""

    element: str
    way: Way
    doers: tuple[Task, ...]  # the rows that were done there last
    mender: int | None = None  # who alone can mend it on the side: one person's own answer, and they are still here

    @property
    def whose(self) -> int | None:
        """Of a step of one person, who did it."""
        return self.doers[0].completed_by if len(self.doers) == 1 else None


def named(rules: TaskRules) -> tuple[str, ...]:
    """What `returnable_to` says; a task that only allows `return` says any."""
    said = tuple(word.strip() for word in rules.more.get("returnable_to", "").split(",") if word.strip())
    return said or (("any",) if "return" in rules.allow else ())


def modes(rules: TaskRules, target: Found) -> tuple[str, ...]:
    """How it may go on afterwards: all over again, or straight back to who returned it.

    Straight back asks one person for a better answer. What several signed, what passed by itself, and what somebody did who has left
    has no such person: everything after it is done again.
    """
    straight = rules.more.get("resubmit", "").strip() == STRAIGHT_BACK and target.mender is not None
    return (STRAIGHT_BACK,) if straight else (REDO_ALL,)


def rules_at(step: Token) -> TaskRules:
    spec = step.task_spec
    if getattr(spec, "rules", None) is None and isinstance(spec, LoopTask):
        spec = step.workflow.spec.task_specs[spec.task_spec]
    rules: TaskRules = spec.rules
    return rules


def found(session: Session, run: Run, instance: ProcessInstance, token: Token, rules: TaskRules) -> list[Found]:
    """Where the open task may be returned to, the nearest first: what the graph lets be done, then what the diagram names."""
    wanted = named(rules)
    if not wanted:
        return []
    all_ways = list(ways.back_from(run, token))
    rows = _rows(session, instance, all_ways)
    active = _active(session, rows.values())
    here = [Found(run.flow.address(rules_at(way.step), way.step.task_spec.bpmn_id), way, doers, _mender(way, doers, active))
            for way in all_ways for doers in [_doers(way, rows)]]
    if "any" in wanted:
        return here
    chosen = [target for target in here if target.element in wanted]
    chosen += here[:1] if "previous" in wanted else []
    if "starter" in wanted:
        chosen += [t for t in here if any(row.completed_by == instance.starter_id for row in t.doers)][-1:]
    return [target for target in here if target in chosen]


def _rows(session: Session, instance: ProcessInstance, all_ways: Iterable[Way]) -> dict[str, Task]:
    wanted = [str(token.id) for way in all_ways for token in _persons(way.step)]
    rows = session.scalars(select(Task).where(Task.instance_id == instance.id, Task.token_id.in_(wanted)))
    return {row.token_id: row for row in rows}


def _persons(step: Token) -> list[Token]:
    """The tokens people have answered at a step."""
    return [child for child in step.children if child.triggered] if isinstance(step.task_spec, LoopTask) else [step]


def _doers(way: Way, rows: Mapping[str, Task]) -> tuple[Task, ...]:
    there = [rows[str(token.id)] for token in _persons(way.step) if str(token.id) in rows]
    return tuple(row for row in there if row.status == TaskStatus.DONE)


def _active(session: Session, rows: Iterable[Task]) -> set[int]:
    ids = {row.completed_by for row in rows if row.completed_by}
    return set(session.scalars(select(User.id).where(User.id.in_(ids), User.active))) if ids else set()


def _mender(way: Way, doers: tuple[Task, ...], active: set[int]) -> int | None:
    alone = len(doers) == 1 and not isinstance(way.step.task_spec, LoopTask)
    return doers[0].completed_by if alone and doers[0].completed_by in active else None


def target(session: Session, run: Run, chosen: Found, asking: Task, rules: TaskRules) -> Target:
    """The same in words."""
    step = chosen.way.step
    return Target(chosen.element, step.task_spec.bpmn_name or step.task_spec.bpmn_id,
                  "、".join(dict.fromkeys(row.completed_by_name for row in chosen.doers)),
                  tuple(_effects(session, run, chosen, asking, rules)), modes(rules, chosen))


def _effects(session: Session, run: Run, chosen: Found, asking: Task, rules: TaskRules) -> Iterator[Effect]:
    way = chosen.way
    if modes(rules, chosen) == (STRAIGHT_BACK,):
        yield Effect("「{step}」修改后直接回到「{here}」，中间步骤不重走", {"step": _name(way.step), "here": asking.name})
        again = rewind.step_of(run.token(asking.token_id) or way.step)
        if again is not way.step and isinstance(again.task_spec, LoopTask):
            yield Effect("「{step}」全部人员重新办理", {"step": _name(again)})
        return
    if rules.more.get("resubmit", "").strip() == STRAIGHT_BACK:
        yield Effect("「{step}」不是由一人办理或办理人已不在，不能改完直接回到「{here}」，之后的步骤须重走", {"step": _name(way.step), "here": asking.name})
    yield from undone(session, run, way, asking)
    if isinstance(way.step.task_spec, LoopTask):
        yield Effect("「{step}」全部人员重新办理", {"step": _name(way.step)})
    for name in dict.fromkeys(_name(rewind.step_of(token)) for token in way.done if rewind.step_of(token) is not way.step):
        yield Effect("「{step}」须重新办理", {"step": name})
    for name in dict.fromkeys(_name(token) for token in way.services):
        yield Effect("「{step}」将再次自动执行", {"step": name})


def undone(session: Session, run: Run, way: Way, asking: Task | None = None) -> Iterator[Effect]:
    """The tasks that people have now and would have no more."""
    ids = [str(token.id) for token in way.open]
    rows = session.scalars(select(Task).where(
        Task.instance_id == run.case.instance.id, Task.token_id.in_(ids), Task.status == TaskStatus.OPEN).order_by(Task.id)).all()
    others = [row for row in rows if asking is None or row.id != asking.id]
    for row, step in zip(others, past.steps(session, others), strict=True):
        who = "、".join((*step.holders, *(place for _, place in step.roles)))
        yield Effect("「{step}」将关闭（{who}）", {"step": row.name, "who": who})


def _name(token: Token) -> str:
    spec: Any = token.task_spec
    return str(spec.bpmn_name or spec.bpmn_id)
