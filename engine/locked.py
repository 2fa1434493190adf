"""Fields that a step shows but does not let change, or does not show: what is sent for them is refused and remembered."""
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.audit import AuditEntry
from data_model.process import Task
from engine.errors import EngineError

OpenUnit = Callable[[], AbstractContextManager[Session]]
MOST_NAMED = 20


class FieldsLocked(EngineError):
    """Somebody has sent what this step does not let them change. The door has it recorded: nothing else is kept of the request.

    Args:
        names: of the fields.
        labels: what people call them.
        task_id: None at the start of a case.
    """

    def __init__(self, names: Iterable[str], labels: Iterable[str] = (), task_id: int | None = None) -> None:
        self.names = sorted(name[:64] for name in names)[:MOST_NAMED]
        self.task_id = task_id
        super().__init__("「{fields}」在这一步不能修改，您的提交没有生效，已记录", fields="、".join([*labels] or self.names)[:200])


def check(access: Mapping[str, str], data: Mapping[str, Any], task_id: int | None = None) -> None:
    """
    Raises:
        FieldsLocked: the answers hold a read-only or a hidden field.
    """
    if sent := set(access) & set(data):
        raise FieldsLocked(sent, task_id=task_id)


def kept(access: Mapping[str, str], earlier: Mapping[str, Any], filled: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a step: what was changed, and of the fields that could not be what they held before."""
    return {name: earlier[name] for name in access if name in earlier} | dict(filled)


def record(open_unit: OpenUnit, actor: Actor, locked: FieldsLocked) -> None:
    """Write into the audit who tried it, where, and for which fields, in a unit of work of its own."""
    with open_unit() as session:
        session.add(AuditEntry(actor_id=actor.user_id, deed="refused", kind=Task.__tablename__, row_id=locked.task_id or 0,
                               changes={"fields": locked.names}))
