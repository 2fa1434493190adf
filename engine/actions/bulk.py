"""批量办理: the same answer to several tasks, each in a unit of work of its own, with a result for each."""
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import ProcessInstance, Task
from data_model.scope import EVERYWHERE
from engine import catalog, incidents
from engine.actions.completing import complete
from engine.broken import EngineBroken
from engine.errors import EngineError, Missing, NotYours

AT_ONCE = 100
OpenUnit = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Result:
    """What became of one task; `text` is a message id with its parameters when it was not done."""

    task_id: int
    ok: bool
    text: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


def bulk_complete(
    open_unit: OpenUnit, actor: Actor, tasks: Sequence[tuple[int, str]], outcome: str, opinion: str = "",
) -> list[Result]:
    """Press the same button on several tasks; one that cannot be done stops nobody else's.

    Args:
        open_unit: opens a writing unit of work of the actor; none may be open.
        tasks: (task, idempotency key); a task named twice is done once.

    Raises:
        EngineError: more than AT_ONCE, or none.
    """
    wanted = dict(tasks)
    if not wanted:
        raise EngineError("请选择要办理的任务")
    if len(wanted) > AT_ONCE:
        raise EngineError("一次最多办理 {limit} 个任务", limit=AT_ONCE)
    return [_one(open_unit, actor, task_id, key, outcome, opinion) for task_id, key in wanted.items()]


def _one(open_unit: OpenUnit, actor: Actor, task_id: int, key: str, outcome: str, opinion: str) -> Result:
    try:
        with open_unit() as session:
            _check_allowed(session, task_id)
            complete(session, actor, task_id, outcome, {}, idem_key=key, opinion=opinion)
    except EngineError as error:
        return Result(task_id, False, error.text, error.params, error.status)
    except EngineBroken as broken:
        incidents.record_broken(open_unit, broken)
        return Result(task_id, False, "流程出错，已记录异常并通知流程管理员", {}, 500)
    return Result(task_id, True)


def _check_allowed(session: Session, task_id: int) -> None:
    task = session.get(Task, task_id)
    if task is None:
        raise Missing("没有这个任务")
    instance = session.get_one(ProcessInstance, task.instance_id, execution_options=EVERYWHERE)
    if not catalog.flow(session, instance.definition_id).rules[task.element_id].bulk:
        raise NotYours("此步骤须逐个办理")
