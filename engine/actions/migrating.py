"""迁移: running cases go on with another version of their diagram, one or many, each in a transaction of its own and told in its history."""
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.task import Task as Token
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from data_model.actor import Actor
from data_model.process import (
    UNFINISHED,
    WAITING,
    DefinitionStatus,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    Task,
    TaskStatus,
)
from engine import calendar, catalog, commands, designs, expressions, inbox, incidents, pausing, people, runner, trace
from engine.actions.answer import Answer
from engine.actions.breaking import breaking
from engine.actions.holding import said
from engine.actions.operating import operated
from engine.actions.starting import start_child
from engine.broken import EngineBroken
from engine.case import Case
from engine.errors import EngineError, Missing, TooLate
from engine.history import Action, Event
from engine.landing import Carried, Landing
from engine.migrate import carry
from engine.opening import rules_of
from engine.properties import TaskRules
from engine.rearming import awake
from engine.resolving import task_candidates
from engine.returns import Effect
from engine.runner import Run
from engine.settle import settle

OpenUnit = Callable[[], AbstractContextManager[Session]]
MOST = 200  # cases of one go


@dataclass(frozen=True)
class Preview:
    """What would become of one case."""

    instance: ProcessInstance
    version: int
    landings: tuple[Landing, ...]
    problems: tuple[Effect, ...]
    notes: tuple[Effect, ...]


@dataclass(frozen=True)
class Report:
    """What became of one case; `text` with its parameters says why it was refused."""

    instance_id: int
    ok: bool
    text: str = ""
    params: Mapping[str, Any] | None = None


def versions(session: Session, key: str) -> Sequence[ProcessDefinition]:
    """What cases of this process may go on with, the newest first."""
    return session.scalars(select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.status != DefinitionStatus.DRAFT).order_by(ProcessDefinition.version.desc())).all()


def preview(session: Session, actor: Actor, instance_ids: Sequence[int], definition_id: int, mapping: Mapping[str, str]) -> list[Preview]:
    """What would become of each case. Nothing is changed; the number of statements does not grow with the cases.

    Raises:
        Missing: there is no such version.
        EngineError: too many cases.
    """
    target = _target(session, definition_id)
    if len(instance_ids) > MOST:
        raise EngineError("一次最多迁移 {limit} 个流程", limit=MOST)
    found = session.scalars(select(ProcessInstance).options(undefer(ProcessInstance.state)).where(ProcessInstance.id.in_(instance_ids))
                            .order_by(ProcessInstance.id)).all()
    rows: dict[int, list[Task]] = {}
    for row in session.scalars(select(Task).where(Task.instance_id.in_([one.id for one in found]), Task.status.in_(WAITING))):
        rows.setdefault(row.instance_id, []).append(row)
    old = {row.id: row for row in session.scalars(select(ProcessDefinition).where(
        ProcessDefinition.id.in_({one.definition_id for one in found})))}
    return [_preview(session, actor, one, old[one.definition_id], target, rows.get(one.id, []), mapping) for one in found]


def _preview(
    session: Session, actor: Actor, instance: ProcessInstance, old: ProcessDefinition, target: ProcessDefinition, rows: list[Task],
    mapping: Mapping[str, str],
) -> Preview:
    try:
        _check(instance, old, target)
        if instance.status == InstanceStatus.SUSPENDED:
            raise EngineError("流程已挂起，请先恢复")
        with breaking(instance):
            run = runner.wake(catalog.flow(session, old.id), Case(session, actor, instance, False), instance.state)
            found = _carried(session, run, old, target, rows, mapping)
    except EngineError as error:
        return Preview(instance, old.version, (), (Effect(error.text, error.params),), ())
    except EngineBroken as broken:
        return Preview(instance, old.version, (), (Effect(broken.reason, {}),), ())
    return Preview(instance, old.version, tuple(found.landings), tuple(found.problems), tuple(found.notes))


def migrate(
    session: Session, actor: Actor, instance_id: int, definition_id: int, mapping: Mapping[str, str], reason: str, *, idem_key: str,
) -> Answer:
    """Let one case go on with another version.

    Args:
        mapping: where waiting steps of people land that have another id there, by the ids that their tasks have now.

    Raises:
        NotYours: the person may not operate the case.
        TooLate: it is suspended, or over.
        EngineError: it cannot go on there; the words say why, and nothing has changed.
    """
    stored = commands.once(session, actor, idem_key, ["migrate", instance_id, definition_id, dict(mapping), reason])
    if stored is not None:
        return Answer(**stored)
    instance = operated(session, actor, instance_id)
    pausing.check_running(session, instance, "流程已结束，不能迁移")
    words, target = said(reason), _target(session, definition_id)
    old = session.get_one(ProcessDefinition, instance.definition_id)
    _check(instance, old, target)
    rows = list(session.scalars(select(Task).where(Task.instance_id == instance.id, Task.status.in_(WAITING)).order_by(Task.id),
                                execution_options={"populate_existing": True}))
    with breaking(instance):
        run = runner.wake(catalog.flow(session, old.id), Case(session, actor, instance, False, start_child), instance.state)
        before = {str(token.id): rules_of(token.task_spec) for token in run.open_tokens().values()}
        carried = _carried(session, run, old, target, rows, mapping)
        if carried.problems:
            first = carried.problems[0]
            raise EngineError(first.text, **first.params)
        fresh = awake(run, carried, catalog.flow(session, target.id))
        instance.definition_id = target.id
        _rewrite(fresh, rows, before)
        fresh.advance()
        settle(fresh, [_line(old, target, carried, words, fresh)])
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def migrate_many(
    open_unit: OpenUnit, actor: Actor, instance_ids: Sequence[int], definition_id: int, mapping: Mapping[str, str], reason: str, key: str,
) -> list[Report]:
    """Each case in a unit of work of its own: what cannot go leaves the others alone. The same key again changes nothing twice."""
    if not instance_ids or len(instance_ids) > MOST:
        raise EngineError("一次最多迁移 {limit} 个流程", limit=MOST)
    return [_one(open_unit, actor, one, definition_id, mapping, reason, f"{key[:40]}:{one}") for one in dict.fromkeys(instance_ids)]


def _one(
    open_unit: OpenUnit, actor: Actor, instance_id: int, definition_id: int, mapping: Mapping[str, str], reason: str, key: str,
) -> Report:
    try:
        with open_unit() as session:
            migrate(session, actor, instance_id, definition_id, mapping, reason, idem_key=key)
    except EngineError as error:
        return Report(instance_id, False, error.text, error.params)
    except EngineBroken as broken:
        incidents.record_broken(open_unit, broken)
        return Report(instance_id, False, broken.reason, {})
    return Report(instance_id, True)


def _target(session: Session, definition_id: int) -> ProcessDefinition:
    found = session.get(ProcessDefinition, definition_id)
    if found is None or found.status == DefinitionStatus.DRAFT:
        raise Missing("没有这个版本")
    return found


def _check(instance: ProcessInstance, old: ProcessDefinition, target: ProcessDefinition) -> None:
    if instance.status not in UNFINISHED:
        raise TooLate("流程已结束，不能迁移")
    if instance.key != target.key:
        raise EngineError("不能迁移到另一个流程")
    if old.id == target.id:
        raise EngineError("已是此版本")


def _carried(
    session: Session, run: Run, old: ProcessDefinition, target: ProcessDefinition, rows: Sequence[Task], mapping: Mapping[str, str],
) -> Carried:
    """Carry in memory, and look at the forms that people have open."""
    before = {str(token.id): rules_of(token.task_spec) for token in run.open_tokens().values()}
    flow = catalog.flow(session, target.id)
    found = carry(run, flow, mapping)
    if not found.problems:
        after = {str(token.id): rules_of(token.task_spec) for token in run.open_tokens().values()}
        for row in rows:
            anchor = row.anchor or row.token_id
            if anchor in before and anchor in after and designs.of_rules(run.flow, before[anchor]) != designs.of_rules(flow, after[anchor]):
                _say_form(found, row)
            if anchor in before and anchor in after and not row.helps and before[anchor].due != after[anchor].due:
                said = Effect("「{step}」的办理时限改变（{before} → {after}）", {"step": row.name, "before": before[anchor].due, "after": after[anchor].due})
                found.notes += [said] * (said not in found.notes)
    return found


def _say_form(found: Carried, row: Task) -> None:
    if row.drafted:
        found.problem("「{step}」的表单已改变，而有人正在填写草稿；请先提交或放弃草稿", step=row.name)
    else:
        found.note("「{step}」将使用新版本的表单", step=row.name)


def _line(old: ProcessDefinition, target: ProcessDefinition, carried: Carried, words: str, run: Run) -> Event:
    return Event(Action.MIGRATE, opinion=words, path=trace.path(run), data={
        "before": {"definition": old.id, "version": old.version}, "after": {"definition": target.id, "version": target.version},
        "steps": [{"from": one.element, "to": one.to, "name": one.to_name} for one in carried.landings if one.kind != "inside"],
        "notes": [{"text": note.text, "params": dict(note.params)} for note in carried.notes]})


def _rewrite(run: Run, rows: Sequence[Task], before: Mapping[str, TaskRules]) -> None:
    """Rows of waiting tasks say what the new version says; who has claimed one, or got it from somebody, keeps it."""
    tokens = {str(token.id): token for token in run.open_tokens().values()}
    moved = []
    for row in rows:
        token = tokens.get(row.anchor or row.token_id)
        if token is None:
            continue
        rules = rules_of(token.task_spec)
        row.element_id, row.process_name = run.flow.address(rules, token.task_spec.bpmn_id), run.flow.name
        row.name = token.task_spec.bpmn_name or token.task_spec.bpmn_id
        if row.helps:
            continue
        row.priority, row.personal = rules.priority, rules.personal
        if any([_retime(run, row, token, before[row.token_id], rules), _reask(run, row, token, before[row.token_id], rules)]):
            moved.append(row)
    run.case.session.flush()
    listed = [row for row in moved if row.status == TaskStatus.OPEN]
    if listed:
        inbox.write(run.case.session, listed)


def _retime(run: Run, row: Task, token: Token, before: TaskRules, rules: TaskRules) -> bool:
    """Another limit counts from when the task came."""
    if before.due == rules.due:
        return before.priority != rules.priority
    value = rules.due if not rules.due or calendar.is_duration(rules.due) else expressions.evaluate(rules.due, token.data, run.functions)
    if not value:
        row.due_at = None
    else:
        row.due_at = run.case.calendar().after(value, row.opened_at) if calendar.is_duration(value) else calendar.moment_of(value)
    return True


def _reask(run: Run, row: Task, token: Token, before: TaskRules, rules: TaskRules) -> bool:
    """Other people may do it, when the new version names others and nobody has it in hand."""
    same = all(getattr(before, name) == getattr(rules, name) for name in ("candidates", "barred", "duty", "on_empty", "lane"))
    if same or row.assignee_id or row.owner_id or row.from_id or "signer" in token.internal_data:
        return False
    try:
        resolved = task_candidates(run.case, rules, token.data)
    except Exception as error:  # whatever the expression does with this case's data
        raise EngineError("「{step}」在新版本中找不到办理人：{problem}", step=row.name, problem=str(error)[:200]) from error
    known = set(people.people_behind(run.case.session, row.candidates))
    row.candidates, row.excluded = list(resolved.principals), list(resolved.excluded)
    row.why = [why.plain() for why in resolved.why]
    run.case.notify("N-01", sorted(resolved.people - known), "您有新的待办：{task}（{title}）", task=row.name, title=row.title or row.process_name)
    return True
