"""Who is told what: a message inside Anlan, and a mail when mail is set up. Nothing leaves the house from here."""
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from data_model import clock
from data_model.organisation import User
from data_model.outbox import Message, OutboxMessage
from engine.case import Case, Notice
from engine.opening import Opened

CAP = 50  # people told of one task
LONGEST = 300  # characters of a message, and of a mail's subject
_PLACE = re.compile(r"\{(\w+)\}")  # as the screens fill it: a diagram's words may hold any other brace
_mail: list[bool] = []  # set once, when the settings are read
_add_message = insert(Message.__table__)  # type: ignore[arg-type]
_add_mail = insert(OutboxMessage.__table__)  # type: ignore[arg-type]


def configure(mail: bool) -> None:
    """Whether notices are mailed too."""
    _mail[:] = [True] if mail else []


def tell(connection: Connection, case: Case, opened: Iterable[Opened], over: bool) -> None:
    """Write what this move has to say: new tasks, the end, and what handlers wanted said. At most three statements."""
    notices = [_of_task(case, item) for item in opened]
    if over and not any(case.instance.starter_id in notice.user_ids for notice in case.notices):  # a flow's own last word is better
        notices.append(_of_end(case))
    for notice in case.notices:
        notices.append(notice)
    case.notices.clear()
    _write(connection, case, [notice for notice in notices if notice.user_ids])


def _of_task(case: Case, item: Opened) -> Notice:
    task, others = item.row, sorted(item.people - {case.actor.user_id})
    return Notice("N-01", tuple(others[:CAP]), "您有新的待办：{task}（{title}）",
                  {"task": task.name, "title": task.title or task.process_name}, f"/tasks/{task.id}", f"task:{task.id}")


def _of_end(case: Case) -> Notice:
    here = case.instance
    people = (here.starter_id,) if here.starter_id and here.starter_id != case.actor.user_id else ()
    return Notice("N-14", people, "您发起的流程已结束：{title}", {"title": here.title}, f"/cases/{here.id}", f"end:{here.id}")


def _write(connection: Connection, case: Case, notices: list[Notice]) -> None:
    now, here = clock.now(), f"/cases/{case.instance.id}"
    rows = [{"user_id": user_id, "code": notice.code, "text": notice.text[:LONGEST], "params": dict(notice.params),
             "link": notice.link or here, "at": now} for notice in notices for user_id in notice.user_ids]
    if not rows:
        return
    connection.execute(_add_message, rows)
    if _mail:
        _write_mail(connection, case, notices)


def _write_mail(connection: Connection, case: Case, notices: list[Notice]) -> None:
    wanted = {user_id for notice in notices for user_id in notice.user_ids}
    reachable = set(connection.scalars(select(User.id).where(User.id.in_(wanted), User.email != "", User.active)))
    now, here = clock.now(), f"/cases/{case.instance.id}"
    rows = [_mail_row(case, number, notice, user_id, here, now) for number, notice in enumerate(notices)
            for user_id in notice.user_ids if user_id in reachable]
    if rows:
        connection.execute(_add_mail, rows)


def _mail_row(case: Case, number: int, notice: Notice, user_id: int, here: str, now: Any) -> Mapping[str, Any]:
    key = notice.key or f"case:{case.instance.id}:{case.instance.version}:{number}"
    return {"dedupe_key": f"{key}:{user_id}", "channel": "mail", "to_user_id": user_id,
            "subject": _subject(notice), "link": notice.link or here, "made_at": now, "next_try_at": now}


def _subject(notice: Notice) -> str:
    """The words on one line, as a mail's head can carry them."""
    words = _PLACE.sub(lambda place: notice.params.get(place[1], place[0]), notice.text)
    return " ".join(words.split())[:LONGEST]
