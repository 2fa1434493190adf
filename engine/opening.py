"""User tasks that a move has opened, as rows: who may act, why, until when."""
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task as Token
from SpiffWorkflow.util.task import TaskState

from data_model import clock
from data_model.organisation import User
from data_model.process import Task, TaskStatus
from engine import calendar, expressions
from engine.candidates import Resolved, Why
from engine.properties import TaskRules
from engine.resolving import excluded, task_candidates
from engine.runner import Run


class Opened:
    """A row about to be written, and the people it means today."""

    __slots__ = ("notes", "people", "row")

    def __init__(self, row: Task, people: frozenset[int], notes: tuple[str, ...] = ()) -> None:
        self.row, self.people, self.notes = row, people, notes


def opened(run: Run) -> list[Opened]:
    """One for each user task that waits now and did not before. What has no candidates to be found stands in error."""
    found = []
    barred: dict[UUID, tuple[int, ...]] = {}
    for token_id, token in run.open_tokens().items():
        if token_id not in run.opened_before:
            try:
                found.append(_open(run, token_id, token, barred))
            except Exception as error:
                run.failed(token, "open", error)
    rounds = [round_of(token) for item in found if (token := run.token(item.row.token_id)) is not None]
    for item in found:
        item.row.round = max([run.case.instance.round, *rounds])
    return found


def _open(run: Run, token_id: UUID, token: Token, barred: dict[UUID, tuple[int, ...]]) -> Opened:
    case, spec = run.case, token.task_spec
    instance, rules = case.instance, rules_of(spec)
    resolved = _resolved(run, token, rules, barred)
    row = Task(
        instance_id=instance.id, token_id=str(token_id), element_id=run.flow.address(rules, spec.bpmn_id),
        name=spec.bpmn_name or spec.bpmn_id, process_key=run.flow.key, process_name=run.flow.name, code=instance.code,
        title=instance.title, starter_id=instance.starter_id, starter_name=instance.starter_name, org_path=instance.org_path,
        station_id=case.station(), status=TaskStatus.OPEN, priority=priority_of(run, rules, token.data), duty=rules.duty, candidates=list(resolved.principals),
        excluded=list(resolved.excluded), why=[why.plain() for why in resolved.why], opened_at=clock.now(),
        due_at=due_of(run, rules.due, token.data), round=instance.round, personal=rules.personal,
        assignee_id=_whose(token, resolved), helps="", host="", anchor="", **_added(run, token))
    return Opened(row, resolved.people, resolved.notes)


def _added(run: Run, token: Token) -> dict[str, Any]:
    """加签: who asked this signer to sign beside the others."""
    by = token.internal_data.get("added_by")
    user = run.case.session.get(User, by) if by else None
    return {"added_by": by, "from_id": by, "from_name": user.name if user else ""}


def _whose(token: Token, resolved: Resolved) -> int | None:
    """A step that was returned to goes to who did it, when they still may."""
    whose: int | None = token.internal_data.get("whose")
    return whose if whose in resolved.people and whose not in resolved.excluded else None


def rules_of(spec: Any) -> TaskRules:
    rules: TaskRules = spec.rules
    return rules


def _resolved(run: Run, token: Token, rules: TaskRules, barred: dict[UUID, tuple[int, ...]]) -> Resolved:
    """Of a signer: that person alone. Who is barred is asked once a signing, in `barred`."""
    signer = token.internal_data.get("signer")
    if signer is None:
        return task_candidates(run.case, rules, token.data)
    if token.parent.id not in barred:
        barred[token.parent.id] = tuple(sorted(excluded(run.case, rules, token.parent.data)))
    people = frozenset() if "@" in signer else frozenset({int(signer[1:])})
    return Resolved(principals=(signer,), people=people, excluded=barred[token.parent.id], why=(Why(signer, "您是会签人"),))


def due_of(run: Run, said: str, data: dict[str, Any]) -> Any:
    """The task's limit: a duration in the work calendar, or an expression that gives a date, a moment or a duration."""
    if not said:
        return None
    value = said if calendar.is_duration(said) else expressions.evaluate(said, data, run.functions)
    if not value:
        return None
    return run.case.calendar().after(value, clock.now()) if calendar.is_duration(value) else calendar.moment_of(value)


def priority_of(run: Run, rules: TaskRules, data: dict[str, Any]) -> int:
    """What the property `urgency` works out (0, 1 or 2) for this case; else the step's own priority."""
    said = rules.more.get("urgency", "").strip()
    value = expressions.evaluate(said, data, run.functions) if said else None
    return value if value in (0, 1, 2) else rules.priority


def round_of(token: Token) -> int:
    """How often the token's way has led through this element, this time included."""
    spec, here, times = token.task_spec, token.parent, 1
    if here is not None and isinstance(here.task_spec, LoopTask):
        spec, here = here.task_spec, here.parent  # its other signers are no earlier round
    while here is not None:
        times += here.task_spec is spec and here._state == TaskState.COMPLETED
        here = here.parent
    return times
