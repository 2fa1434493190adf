"""The library every diagram may call: tell people, give them copies, lift a late task to more people, start another process."""
from collections.abc import Sequence
from typing import Any

from engine import people, watching
from engine.case import Case
from engine.history import Action, Event


def notify(case: Case, data: dict[str, Any], code: str, to: Sequence[str], text: str) -> None:
    """Tell whoever the principals mean today; the text may name {title} and {code}, the case's."""
    case.notify(code, people.people_behind(case.session, to), text, title=case.instance.title, code=case.instance.code)


def escalate(case: Case, data: dict[str, Any], element: str, to: Sequence[str] = ()) -> None:
    """Add people to the open task of that step and tell them: these, or who is above those who have it. Nothing is taken from them."""
    case.escalate(element, to, tell=True)


def copy(case: Case, data: dict[str, Any], to: Sequence[str], note: str = "") -> None:
    """Let whoever the principals mean today read the case; who has a copy gets no second one."""
    names = people.people_behind(case.session, to)
    by = (case.actor.user_id, case.actor.name)
    fresh = watching.copy(case.session, case.instance, by, list(names), note)
    if fresh:
        case.events.append(Event(Action.COPY, opinion=note, data={"to": [{"id": i, "name": names[i]} for i in fresh]}))
        case.notify("N-23", fresh, "{who} 抄送给您：{title}", who=case.actor.name, title=case.instance.title)


def start_process(case: Case, data: dict[str, Any], key: str, unit: int | None = None, **fields: Any) -> dict[str, Any]:
    """Start another process with these start fields; its instance's id is `started.<key>`."""
    return {"started": {**data.get("started", {}), key: case.start(key, fields, unit)}}
