"""Each submission counts once: the same key with the same content gets the first one's answer, with other content a refusal."""
import json
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import Command
from engine.errors import EngineError

KEY_LENGTH = 64
_command = Command.__table__
_note = {name: dialect.insert(_command).on_conflict_do_nothing(index_elements=[_command.c.key])
         for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))}
_kept = select(_command.c.request_hash, _command.c.result).where(_command.c.key == bindparam("_key"))
_answer = update(_command).where(_command.c.key == bindparam("_key")).values(result=bindparam("_result"))  # type: ignore[arg-type]


def once(session: Session, actor: Actor, key: str, request: list[Any]) -> dict[str, Any] | None:
    """Take the key; None when it is new, else the answer its first use got.

    Raises:
        EngineError: the key came with another request before.
    """
    if not 0 < len(key) <= KEY_LENGTH:
        raise EngineError("表单缺少提交标识，请刷新页面后重试")
    asked = sha256(json.dumps([actor.user_id, *request], sort_keys=True, default=str).encode()).hexdigest()
    connection = session.connection()
    taken = connection.execute(_note[connection.dialect.name], {
        "key": key, "actor_id": actor.user_id, "request_hash": asked, "at": clock.now()})
    if taken.rowcount == 1:
        return None
    kept = connection.execute(_kept, {"_key": key}).one()
    if kept.request_hash != asked:
        raise EngineError("此表单已用另一内容提交过，请刷新页面后重试")
    return dict(kept.result or {})


def answered(session: Session, key: str, result: dict[str, Any]) -> None:
    """Keep the answer for whoever comes with the same key again."""
    session.connection().execute(_answer, {"_key": key, "_result": result})
