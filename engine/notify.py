"""Who is told what and by which way: a message inside Anlan, a mail, a robot's word to a group. Nothing leaves the house from here.

What a person chose counts when the notice is written. Quiet hours count when it is delivered (scheduler/outbox.py), so that
changing them moves what waits.
"""
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from data_model import clock
from data_model.base import unit_ids
from data_model.notice_kinds import Channel, kind_of
from data_model.outbox import Message, OutboxMessage
from engine import reach
from engine.case import Case, Notice
from engine.opening import Opened
from engine.reach import Group, Person, Reach

CAP = 50  # people told of one task
LONGEST = 300  # characters of a message
_mail: list[bool] = []  # set once, when the settings are read
_add_message = insert(Message.__table__)  # type: ignore[arg-type]
_add_outbox = insert(OutboxMessage.__table__)  # type: ignore[arg-type]


def configure(mail: bool) -> None:
    """Whether notices are mailed too."""
    _mail[:] = [True] if mail else []


def tell(connection: Connection, case: Case, opened: Iterable[Opened], over: bool) -> None:
    """Write what this move has to say: new tasks, the end, and what handlers wanted said. At most three statements."""
    notices = [_of_task(case, item) for item in opened]
    if over and not any(case.instance.starter_id in notice.user_ids for notice in case.notices):  # a flow's own last word is better
        notices.append(_of_end(case))
    notices += case.notices
    case.notices.clear()
    _write(connection, case, [notice for notice in notices if notice.user_ids])


def _of_task(case: Case, item: Opened) -> Notice:
    task, others = item.row, sorted(item.people - {case.actor.user_id})
    return Notice("N-01", tuple(others[:CAP]), "您有新的待办：{task}（{title}）",
                  {"task": task.name, "title": task.title or task.process_name}, f"/tasks/{task.id}", f"task:{task.id}",
                  None if task.personal else frozenset({case.actor.user_id, task.starter_id, *task.excluded}))


def _of_end(case: Case) -> Notice:
    here = case.instance
    people = (here.starter_id,) if here.starter_id and here.starter_id != case.actor.user_id else ()
    return Notice("N-14", people, "您发起的流程已结束：{title}", {"title": here.title}, f"/cases/{here.id}", f"end:{here.id}")


def _write(connection: Connection, case: Case, notices: list[Notice]) -> None:
    if not notices:
        return
    here = case.instance
    whole = [replace(notice, text=notice.text[:LONGEST], link=notice.link or f"/cases/{here.id}",
                     key=notice.key or f"case:{here.id}:{here.version}:{number}") for number, notice in enumerate(notices)]
    found = reach.find(connection, {user_id for notice in whole for user_id in notice.user_ids}, unit_ids(here.org_path))
    pairs = [(notice, found.people[user_id]) for notice in (*whole, *_copies(whole, found, here.key)) for user_id in notice.user_ids
             if user_id in found.people]
    now = clock.now()
    if messages := [_message(notice, person, now) for notice, person in pairs]:
        connection.execute(_add_message, messages)
    letters = [_letter(notice, person, now) for notice, person in pairs if _by_mail(notice, person) and not _in_digest(notice, person)]
    if letters := letters + _posts(whole, found, now):
        connection.execute(_add_outbox, letters)


def _copies(notices: list[Notice], found: Reach, key: str) -> list[Notice]:
    """委托: who stands in hears of a new task too, unless the task is not theirs to do; whom it is for is told in any case."""
    copies = []
    for notice in notices:
        for giver in notice.user_ids if notice.barred is not None and found.agents else ():
            agents = tuple(one.agent_id for one in found.agents.get(giver, ()) if not one.keys or key in one.keys)
            if told := tuple(i for i in agents if i not in (notice.barred or ()) and i not in notice.user_ids):
                copies.append(replace(notice, user_ids=told, text="委托给您的新待办：{task}（{title}）", key=f"{notice.key}:for{giver}"))
    return copies


def _message(notice: Notice, person: Person, now: datetime) -> dict[str, Any]:
    """Who wants no sign of this kind finds it among the messages all the same, as read."""
    shown = person.takes(kind_of(notice.code), Channel.IN_APP)
    return {"user_id": person.user_id, "code": notice.code, "text": notice.text, "params": dict(notice.params), "link": notice.link,
            "at": now, "read_at": None if shown else now, "digest": _by_mail(notice, person) and _in_digest(notice, person)}


def _by_mail(notice: Notice, person: Person) -> bool:
    return bool(_mail) and person.takes(kind_of(notice.code), Channel.MAIL)


def _in_digest(notice: Notice, person: Person) -> bool:
    return person.digest and not kind_of(notice.code).urgent


def _letter(notice: Notice, person: Person, now: datetime) -> dict[str, Any]:
    return _leaving(notice, f"{notice.key}:{person.user_id}", now) | {"channel": "mail", "to_user_id": person.user_id}


def _posts(notices: list[Notice], found: Reach, now: datetime) -> list[dict[str, Any]]:
    """What robots tell. The same words to several people of one move, such as the signers of a step, are one post."""
    posts: dict[Any, dict[str, Any]] = {}
    for notice in notices:
        for group in found.groups:
            people = [user_id for user_id in notice.user_ids if _named(notice, found.people.get(user_id))]
            if not people or kind_of(notice.code).key not in group.kinds:
                continue
            same = (group.robot_id, notice.code, notice.text, tuple(sorted(notice.params.items())))
            posts.setdefault(same, _post(notice, group, now))["details"]["to"] += people
    return list(posts.values())


def _named(notice: Notice, person: Person | None) -> bool:
    return person is not None and person.takes(kind_of(notice.code), Channel.GROUP)


def _post(notice: Notice, group: Group, now: datetime) -> dict[str, Any]:
    return _leaving(notice, f"{notice.key}:r{group.robot_id}", now) | {
        "channel": group.channel, "robot_id": group.robot_id, "details": {"to": []}}


def _leaving(notice: Notice, key: str, now: datetime) -> dict[str, Any]:
    return {"dedupe_key": key, "channel": "", "to_user_id": 0, "robot_id": None, "code": notice.code, "subject": notice.text,
            "params": dict(notice.params), "details": {}, "link": notice.link, "made_at": now, "next_try_at": now}
