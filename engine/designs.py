"""Which form a step asks, what it lets its person do with each field, and what the form held before."""
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.attachment import Attachment
from engine import catalog
from engine.catalog import Design, Flow
from engine.properties import NO_FORM, Access, TaskRules, access
from engine.start_forms import form_named, plain_start

FILES = frozenset({"photo", "attachment", "signature"})  # components whose answers are uploads
START = "start"  # where the data keeps what the start form said


@dataclass(frozen=True)
class Asked:
    """The form of a step.

    Attributes:
        form: 'hidden_danger.confirm', or the key of a form drawn in the browser; '' asks nothing.
        design: what form-js drew; '' when the form is coded.
        step: the step's name in the data.
        access: fields that are read-only or hidden here.
        earlier: what this form held last, at this step or another that asks the same.
    """

    form: str = ""
    design: str = ""
    step: str = ""
    access: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, Any] = field(default_factory=dict)


def asked(flow: Flow, rules: TaskRules, element: str, data: Mapping[str, Any]) -> Asked:
    """The form of a user task, with what is known at it."""
    step, (form, design) = element.rpartition("/")[2], of_rules(flow, rules)
    return Asked(form, design.schema if design else "", step, rules.access, earlier(flow, form, step, data))


def of_rules(flow: Flow, rules: TaskRules) -> tuple[str, Design | None]:
    """The name of a user task's form, and its drawing when it has one."""
    found = flow.designs.get((rules.process, rules.design)) if rules.design else None
    return (rules.design, found) if found else (rules.form, None)


def start(session: Session, key: str) -> Asked:
    """The form that a process begins with when a person starts it."""
    return of_start(catalog.flow(session, catalog.effective(session, key).id))


def of_start(flow: Flow) -> Asked:
    named, said = form_named(flow.diagram, flow.key), plain_start(flow.diagram, flow.key)
    found = flow.designs.get((flow.key, named))
    form = "" if named == NO_FORM else named if found or "." in named else f"{flow.key}.{named or START}"
    return Asked(form, found.schema if found else "", START, access(said.properties.get("fields", "")) if said else {})


def earlier(flow: Flow, form: str, step: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a form held last: of the steps that ask it the later ones on top, this step itself on top of all."""
    found: dict[str, Any] = {}
    same = _asking(flow, form)
    for name in (*(one for one in data if one in same and one != step), step):
        said = data.get(name)
        if isinstance(said, Mapping) and "votes" not in said:
            found |= {key: value for key, value in said.items() if key not in ("by", "for", "outcome")}
    return found


def _asking(flow: Flow, form: str) -> frozenset[str]:
    """Names in the data of the steps that ask a form; where nothing is asked, nothing is shared."""
    if not form:
        return frozenset()
    steps = {address.rpartition("/")[2] for address, rules in flow.rules.items() if of_rules(flow, rules)[0] == form}
    return frozenset(steps | ({START} if of_start(flow).form == form else set()))


def masked(flow: Flow, form: str, locked: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, Any]:
    """The data without what is hidden from the person at this step, wherever the same form left it."""
    hidden = {name for name, word in locked.items() if word == Access.HIDE}
    if not hidden:
        return dict(data)
    same = _asking(flow, form)
    return {name: {key: part for key, part in value.items() if key not in hidden}
            if name in same and isinstance(value, Mapping) else value for name, value in data.items()}


def file_ids(design: str, filled: Mapping[str, Any]) -> list[int]:
    """The uploads that the answers to a designed form name."""
    found: dict[int, None] = {}
    for key, inside in _files(json.loads(design).get("components", ()) if design else ()):
        said = filled.get(key)
        values = [row.get(inside) for row in said or () if isinstance(row, Mapping)] if inside else [said]
        for one in (one for value in values for one in (value if isinstance(value, list) else [value])):
            if isinstance(one, int) and not isinstance(one, bool):
                found[one] = None
    return list(found)


def _files(components: Any) -> Iterator[tuple[str, str]]:
    """(key, '') of each upload; (list, key) of one in a row of a list."""
    for one in components:
        if one.get("type") in FILES:
            yield one.get("key", ""), ""
        elif one.get("type") == "dynamiclist":
            yield from ((one.get("path", ""), key) for key, _ in _files(one.get("components", ())))
        else:
            yield from _files(one.get("components", ()))


def hang(session: Session, actor: Actor, ids: list[int], kind: str, row_id: int) -> None:
    """Uploads that came with a designed form belong to its task, or case, from now on; only the person's own loose ones."""
    if not ids:
        return
    rows = session.scalars(select(Attachment).where(Attachment.id.in_(ids), Attachment.uploaded_by == actor.user_id,
                                                    Attachment.owner_kind == "").with_for_update())
    for row in rows:
        row.owner_kind, row.owner_id, row.stage = kind, row_id, "form"
