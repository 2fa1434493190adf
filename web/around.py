"""What stands around a task and a case alike: the record, the history, the talk, who got a copy, and the further deeds."""
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import g
from markupsafe import Markup, escape

from engine import cases, watching
from engine.actions import wishes
from engine.cases import Line
from engine.history import Action
from web import fillings, records
from web.deeds import OF_CASE, OF_TASK
from web.hue import hue


def around(view: Any, back: str | None) -> dict[str, Any]:
    """For the templates under templates/case."""
    case = view.instance
    kind, row_id = view.subject or ("", None)
    lines = cases.timeline(g.session, case.id)
    return {
        "case": case, "back": back, "hue": hue, "record": records.record_of(g.session, kind, row_id),
        "lines": [line for line in lines if line.action != Action.COMMENT], "talk": talk(lines),
        "copies": watching.copies(g.session, case.id), "deeds_of_task": list(OF_TASK.values()), "deeds_of_case": list(OF_CASE.values()),
        "wish": wishes.pending(g.session, case.id), "filled": fillings.of_case(case), "new_key": new_key, "mentioned": mentioned,
    }


def talk(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.action == Action.COMMENT]


def mentioned(line: Line) -> Markup:
    """A comment with the people it speaks to made visible."""
    words = escape(line.opinion)
    for person in line.data.get("mentions", ()):
        name = escape(f"@{person['name']}")
        words = Markup(words.replace(name, Markup('<span class="mention">{}</span>').format(Markup(name))))
    return words


def new_key() -> str:
    """A form of its own on the page counts once."""
    return uuid4().hex
