"""A person has done a task: the transaction of `docs/architecture.md`, statement by statement."""
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from data_model import clock
from data_model.actor import Actor
from data_model.process import ProcessInstance, Task, TaskStatus
from engine import catalog, commands, designs, drafts, inbox, locked, locks, rights, runner, signatures, store, trace
from engine.actions import helped
from engine.actions.answer import Answer, next_task
from engine.actions.breaking import breaking
from engine.actions.enclosing import Enclosed, bound, chosen, enclosed, hang
from engine.actions.starting import start_child
from engine.actions.words import safe
from engine.case import Case
from engine.catalog import Flow
from engine.errors import TooLate
from engine.history import Action, Event
from engine.properties import Outcome, TaskRules
from engine.rights import Standing
from engine.settle import settle

_task = Task.__table__
_ANSWERED = ("status", "outcome", "completed_at", "completed_by", "completed_by_name")
_done = update(_task).where(  # type: ignore[arg-type]
    _task.c.id == bindparam("_id"), _task.c.status == bindparam("_open")).values({name: bindparam(name) for name in _ANSWERED})


def complete(
    session: Session, actor: Actor, task_id: int, outcome: str, data: Mapping[str, Any], *, idem_key: str, opinion: str = "",
    files: Sequence[int] = (), signature: int | None = None,
) -> Answer:
    """Complete a task and let the process go on.

    Args:
        outcome: value of the button that was pressed.
        data: the form's fields.
        opinion: why, in the person's own words.
        files: the person's loose uploads that go with the opinion.
        signature: the person's loose upload of a drawn signature.

    Raises:
        TooLate: somebody else was first.
        NotYours: the task is not this person's.
        FieldsLocked: the answers hold a field that this step does not let be changed; the door has it recorded.
        EngineError: the form or a handler says what is to be mended; nothing has changed.
        EngineBroken: the process cannot go on; nothing has changed, and the door has an incident written.
    """
    request = ["complete", task_id, outcome, data, opinion, *([list(files), signature] if files or signature else [])]
    stored = commands.once(session, actor, idem_key, request)
    if stored is not None:
        return Answer(**stored)
    instance, task = locks.instance_of_task(session, task_id)
    standing = rights.check(session, actor, task)
    rights.check_decides(session, task)
    flow = catalog.flow(session, instance.definition_id)
    given = enclosed(session, actor, files, signature)
    rules = flow.rules[task.element_id]
    rights.check_not_queued(task, rules)
    button = chosen(rules, outcome, opinion, given)
    filled = safe(data)
    locked.check(rules.access, filled, task.id)
    said = {**_whole(flow, rules, instance, task, filled), **_who(actor, standing), "outcome": outcome} | ({"opinion": opinion} if opinion else {})
    _hang_form(session, actor, flow, rules, task, filled)
    if helped.is_beside(session, instance, task):
        hang(given, task)
        drafts.drop(session.connection(), task)
        opened = helped.take(session, actor, instance, task, said, button, _line(actor, task, button, filled, opinion, given, standing, []))
        answer = Answer(instance.id, task.id, next((row.id for row in opened if rights.may_act(session, actor, row)), None))
        commands.answered(session, idem_key, answer.plain())
        return answer
    case = Case(session, actor, instance, True, start_child, task.station_id)
    with breaking(instance):
        run = runner.wake(flow, case, instance.state)
        run.answer(task.token_id, said)
        run.advance()
        _close(session, actor, task, outcome)
        hang(given, task)
        opened = settle(run, [_line(actor, task, button, filled, opinion, given, standing, trace.path(run))])
    answer = Answer(instance.id, task.id, next_task(session, actor, run, opened))
    commands.answered(session, idem_key, answer.plain())
    return answer


def _whole(flow: Flow, rules: TaskRules, instance: ProcessInstance, task: Task, filled: dict[str, Any]) -> dict[str, Any]:
    """The answers with what the fields held that this step does not let be changed."""
    if not rules.access:
        return filled
    data = store.data_at(instance.state, task.anchor or task.token_id)
    return locked.kept(rules.access, designs.asked(flow, rules, task.element_id, data).earlier, filled)


def _hang_form(session: Session, actor: Actor, flow: Flow, rules: TaskRules, task: Task, filled: dict[str, Any]) -> None:
    """Photos and files of a designed form belong to its task; those of coded forms are hung by their flow's handlers."""
    _, design = designs.of_rules(flow, rules)
    if design is not None:
        designs.hang(session, actor, designs.file_ids(design.schema, filled), Task.__tablename__, task.id)


def _who(actor: Actor, standing: Standing) -> dict[str, int]:
    """Who did it, and for whom."""
    return {"by": actor.user_id} | ({"for": standing.person_id} if standing.proxy else {})


def _close(session: Session, actor: Actor, task: Task, outcome: str) -> None:
    values = {"status": TaskStatus.DONE, "outcome": outcome, "completed_at": clock.now(), "completed_by": actor.user_id,
              "completed_by_name": actor.name}
    closed = session.connection().execute(_done, {**values, "_id": task.id, "_open": TaskStatus.OPEN})
    if closed.rowcount != 1:
        raise TooLate("流程刚被他人处理，请刷新后重试")
    for name, value in values.items():
        set_committed_value(task, name, value)
    inbox.remove(session, [task.id], excluded=bool(task.excluded))
    drafts.drop(session.connection(), task)


def _line(
    actor: Actor, task: Task, button: Outcome, filled: dict[str, Any], opinion: str, given: Enclosed, standing: Standing,
    path: list[list[str]],
) -> Event:
    giver = standing.proxy.giver_id if standing.proxy else None
    content = signatures.content(task.instance_id, task.id, button.value, opinion, filled, given.ids, actor.user_id, giver)
    return Event(
        Action.COMPLETE, task.element_id, task.name, task.id, button.value, button.label, opinion, filled, path,
        int((clock.now() - task.opened_at).total_seconds()), on_behalf=standing.proxy, files=given.ids,
        signature=bound(given, content))
