"""评论: talk on a case, kept in its history; @somebody tells them, and lets them read the case."""
import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import User
from data_model.process import ProcessInstance
from engine import commands, locks, sight, watching
from engine.actions.answer import Answer
from engine.actions.copying import may_copy
from engine.actions.holding import kept
from engine.case import Notice
from engine.errors import EngineError
from engine.history import Action, Event

LONGEST = 2_000
MOST = 20  # people mentioned at once
_NAMED = re.compile(r"@([\w·.-]{1,20})")


def comment(
    session: Session, actor: Actor, instance_id: int, text: str, *, idem_key: str, mentions: Sequence[int] = (),
) -> Answer:
    """Say something on a case, running or over.

    Args:
        text: `@name` or `@login` mentions a colleague when exactly one is meant.
        mentions: ids of people picked from a list while writing.

    Raises:
        NotYours: the person may not see the case.
        EngineError: nothing was said, too much, or too many are mentioned.
    """
    stored = commands.once(session, actor, idem_key, ["comment", instance_id, text, list(mentions)])
    if stored is not None:
        return Answer(**stored)
    instance = locks.instance(session, instance_id)
    sight.check_case(session, actor, instance)
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise EngineError("请填写评论，最多 {limit} 个字", field="text", limit=LONGEST)
    names = _mentioned(session, instance, words, mentions)
    if names and may_copy(session, instance):
        watching.copy(session, instance, (actor.user_id, actor.name), list(names), "")
    event = Event(Action.COMMENT, opinion=words, data={"mentions": [{"id": i, "name": name} for i, name in names.items()]})
    notice = Notice("N-25", tuple(i for i in names if i != actor.user_id), "{who} 在评论中提到了您：{title}",
                    {"who": actor.name, "title": instance.title}, f"/cases/{instance.id}", f"comment:{instance.id}:{instance.events + 1}")
    kept(session, actor, instance, [event], notices=[notice])
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def _mentioned(session: Session, instance: ProcessInstance, words: str, picked: Sequence[int]) -> dict[int, str]:
    """The people meant, who may read the case; a name that fits several of them means nobody."""
    called = [_beginnings(word) for word in list(dict.fromkeys(_NAMED.findall(words)))[:2 * MOST]]
    asked = {beginning for word in called for beginning in word}
    rows = session.execute(select(User.id, User.name, User.login).where(User.name.in_(asked) | User.login.in_(asked), User.active)
                           .limit(10 * MOST)).all() if asked else ()
    near = watching.near(session, instance, [row.id for row in rows]) if rows else {}
    known: dict[str, set[int]] = {}
    for row in rows:
        if row.id in near:
            known.setdefault(row.name, set()).add(row.id)
            known.setdefault(row.login, set()).add(row.id)
    meant = [next((known[beginning] for beginning in word if beginning in known), set()) for word in called]
    wanted = {*picked, *(user_id for people in meant if len(people) == 1 for user_id in people)}
    if len(wanted) > MOST:
        raise EngineError("一次最多提到 {limit} 人", field="text", limit=MOST)
    return watching.near(session, instance, wanted) if wanted else {}


def _beginnings(word: str) -> list[str]:
    """The longest first: in Chinese no space parts a name from what follows."""
    return [word[:length] for length in range(len(word), 0, -1)]
