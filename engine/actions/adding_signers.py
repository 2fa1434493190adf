"""加签 and 减签: somebody asks more people to sign a step — before them, after them, or beside the others of a signing."""
from collections.abc import Iterable, Sequence
from typing import Any

from SpiffWorkflow.task import Task as Token
from SpiffWorkflow.util.task import TaskState
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import WAITING, Help, Task, TaskStatus
from engine import commands, helping, inbox, locks, rewind, rights
from engine.actions.answer import Answer
from engine.actions.asked import added_by, asked, token_of
from engine.actions.breaking import breaking
from engine.actions.helped import Beside
from engine.actions.holding import Held, held, said
from engine.actions.receiving import taker
from engine.candidates import Why
from engine.errors import EngineError, NotYours, TooLate
from engine.history import Action, Event
from engine.many import Parallel, Sequential
from engine.opening import Opened
from engine.principals import user_principal
from engine.signing import SigningTask

BEFORE, AFTER, ALONGSIDE = "before", "after", "alongside"
MOST = 50  # people added at once


def add_signer(
    session: Session, actor: Actor, task_id: int, user_ids: Sequence[int], where: str, reason: str, *, idem_key: str,
) -> Answer:
    """Ask more people to sign.

    Args:
        where: 'before' - the task waits for them and comes back; 'after' - the person's own answer stands, and the step goes on when
            they have signed too, a refusal of theirs taking its place; 'alongside' - beside the others of a signing, counting like them.

    Raises:
        TooLate: somebody has done the task, or it is gone.
        NotYours: the task is not this person's, or the diagram does not let anybody be added.
        EngineError: nobody, somebody who is asked already, or a step that asks one person only.
    """
    stored = commands.once(session, actor, idem_key, ["add_signer", task_id, list(user_ids), where, reason])
    if stored is not None:
        return Answer(**stored)
    here = held(session, actor, task_id, "add_signer")
    words = said(reason)
    with breaking(here.instance):
        beside = Beside(session, actor, here.instance)
        people = _people(session, beside, here, user_ids)
        before = asked(beside, here.task)
        if where == ALONGSIDE:
            _add_alongside(beside, here, people, actor)
        elif where in (BEFORE, AFTER):
            _add_helpers(session, beside, here, people, Help(where), words, actor)
        else:
            raise EngineError("请选择加签方式", field="where")
        beside.store([Event(Action.ADD_SIGNER, here.task.element_id, here.task.name, here.task.id, opinion=words, on_behalf=here.standing.proxy,
                            data={"where": where, "who": [{"id": user.id, "name": user.name} for user in people],
                                  "before": before, "after": [*before, *(user.id for user in people)]})])
    answer = Answer(here.instance.id, here.task.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def remove_signer(session: Session, actor: Actor, task_id: int, reason: str, *, user_id: int | None = None, idem_key: str) -> Answer:
    """Ask somebody no more whom one has added oneself, as long as they have not signed.

    Args:
        task_id: the signer's task; or any task of the step, with `user_id` for one whose turn has not come.

    Raises:
        TooLate: they have signed, or the step is over.
        NotYours: somebody else added them, or they are signers by the diagram.
        EngineError: they are the last one, or there is no reason.
    """
    stored = commands.once(session, actor, idem_key, ["remove_signer", task_id, reason, user_id])
    if stored is not None:
        return Answer(**stored)
    instance, task = locks.instance_of_task(session, task_id)
    rights.check_goes_on(task)
    if task.status not in WAITING:
        rights.check_open(task)
    words = said(reason)
    with breaking(instance):
        beside = Beside(session, actor, instance)
        before = asked(beside, task)
        if task.helps in (Help.BEFORE, Help.AFTER) and user_id is None:
            gone = _remove_helper(session, beside, task, actor)
        else:
            gone = _remove_instance(session, beside, task, user_id, actor)
        beside.store([Event(Action.REMOVE_SIGNER, task.element_id, task.name, task.id, opinion=words,
                            data={"who": gone, "before": before, "after": [one for one in before if one != gone["id"]]})])
    answer = Answer(instance.id, task.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


# -- adding

def _people(session: Session, beside: Beside, here: Held, user_ids: Sequence[int]) -> list[User]:
    """Each may take a task of this step, and none is asked at it already."""
    wanted = list(dict.fromkeys(user_ids))
    if not wanted:
        raise EngineError("请选择加签人", field="users")
    if len(wanted) > MOST:
        raise EngineError("一次最多加 {limit} 人", field="users", limit=MOST)
    people = [taker(session, here, user_id) for user_id in wanted]
    known = set(asked(beside, here.task))
    for user in people:
        if user.id in known:
            raise EngineError("{name} 已在此步骤签字，不能重复加签", field="users", name=user.name)
    return people


def _add_helpers(session: Session, beside: Beside, here: Held, people: Iterable[User], helps: Help, words: str, actor: Actor) -> None:
    task = here.task
    if len(helping.left(beside.rows, task.token_id)) >= MOST:
        raise EngineError("一次最多加 {limit} 人", field="users", limit=MOST)
    status = TaskStatus.OPEN if helps == Help.BEFORE else TaskStatus.HELD
    for user in people:
        why = Why(user_principal(user.id), "{who} 请您加签：{reason}", {"who": actor.name, "reason": words})
        row = helping.helper(task, helps, task.token_id, task.anchor or task.token_id, user.id, why, status)
        row.added_by, row.from_id, row.from_name = actor.user_id, actor.user_id, actor.name
        beside.opened.append(Opened(row, frozenset({user.id}) if status == TaskStatus.OPEN else frozenset()))
    if helps == Help.BEFORE:
        task.assignee_id = here.standing.person_id  # it comes back to who asked
        helping.hold(session, [task])
    else:
        task.assignee_id, task.answer = here.standing.person_id, {"after": True}
        session.flush()
        inbox.write(session, [task])


def _add_alongside(beside: Beside, here: Held, people: Iterable[User], actor: Actor) -> None:
    token = beside.run.token(here.task.token_id)
    step = rewind.step_of(token) if token is not None else None
    if token is None or step is None or step is token or here.task.helps:
        raise EngineError("此步骤只由一人办理，不能并行加签，请选择之前或之后", field="where")
    spec = step.task_spec
    if not isinstance(spec, (SigningTask, Parallel, Sequential)) or getattr(spec, "data_input", None) is not None:
        raise EngineError("此步骤按数据逐项办理，不能加人", field="where")
    if len(step.children) + len(list(people)) > 1_000:
        raise EngineError("此步骤人数已满", field="users")
    ordered = list(people)
    for user in ordered[::-1] if _in_turn(spec) else ordered:  # in turn each goes right behind the one who asks
        spec.add(step, user_principal(user.id), actor.user_id)
    beside.run.advance()


def _in_turn(spec: Any) -> bool:
    return isinstance(spec, Sequential) or bool(getattr(spec, "in_turn", False))


# -- taking away

def _remove_helper(session: Session, beside: Beside, task: Task, actor: Actor) -> dict[str, Any]:
    row = next(r for r in beside.rows if r.id == task.id)
    if row.added_by != actor.user_id:
        raise NotYours("只有加签人本人可以减签")
    if row.answer is not None and "outcome" in row.answer:
        raise TooLate("此人已签字，不能减签")
    beside.close(row)
    beside.dropped(row)
    return _person(session, next(iter(helping.named(row)), 0))


def _remove_instance(session: Session, beside: Beside, task: Task, user_id: int | None, actor: Actor) -> dict[str, Any]:
    token = token_of(beside, task)
    step = rewind.step_of(token) if token is not None else None
    if token is None or step is None or step is token or not isinstance(step.task_spec, (SigningTask, Parallel, Sequential)):
        raise NotYours("只有加签人本人可以减签")
    signer = user_principal(user_id) if user_id else token.internal_data.get("signer", "")
    by = added_by(step, signer)
    if by != actor.user_id:
        raise NotYours("只有加签人本人可以减签")
    child = next((c for c in step.children if c.internal_data.get("signer") == signer), None)
    row = next((r for r in beside.rows if child is not None and r.token_id == str(child.id)), None)
    if child is not None and (child._state & TaskState.FINISHED_MASK or (row is not None and row.answer and "outcome" in row.answer)):
        raise TooLate("此人已签字，不能减签")
    if _size(step) <= 1:
        raise EngineError("至少要有一人办理，不能减签")
    for helper in helping.left(beside.rows, row.token_id) if row is not None else ():
        beside.close(helper)
    step.task_spec.remove(step, signer)
    beside.run.advance()
    return _person(session, int(signer[1:]))


def _size(step: Token) -> int:
    kept = step.internal_data
    if "signers" in kept:
        return len(kept["signers"])
    return int(kept.get("cardinality", len(step.children)))


def _person(session: Session, user_id: int) -> dict[str, Any]:
    user = session.get(User, user_id)
    return {"id": user_id, "name": user.name if user else ""}
