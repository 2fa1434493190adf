"""What a case knows, and whether a value somebody puts there by hand is of the kind that belongs there."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.organisation import OrgUnit, User
from data_model.process import ProcessInstance
from engine.errors import EngineError
from engine.expressions import ExprError, json_safe
from engine.runner import Run

DECIDED = frozenset({"outcome", "by", "for", "votes", "auto", "opinion"})  # what somebody has decided: nobody rewrites it
LONGEST = 4_000


@dataclass(frozen=True)
class Field:
    """What a form says of one of its fields. kind: text, integer, number, flag, date, moment, choice, choices, person, people, unit, any."""

    label: str
    kind: str
    choices: tuple[str, ...] = ()
    required: bool = False
    longest: int = LONGEST


Schema = Mapping[str, Field]
"""By path, `step.field`."""


def steps(run: Run) -> frozenset[str]:
    """Keys of the data that people have filled in."""
    return frozenset({"start", *(address.rpartition("/")[2] for address in run.flow.rules)})


def parted(path: str) -> tuple[str, str]:
    """A path's first name and the rest: ('confirm', 'level'), ('level', '')."""
    first, _, rest = path.partition(".")
    return first, rest


def at(data: Mapping[str, Any], path: str) -> Any:
    """
    Raises:
        KeyError: there is nothing at that path.
    """
    first, rest = parted(path)
    found = data[first]
    if not rest:
        return found
    if not isinstance(found, dict):
        raise KeyError(path)
    return found[rest]


def put(run: Run, path: str, before: Any, value: Any) -> None:
    """Everywhere in the run where the old value is known; so joins and steps that are done again know the new one."""
    first, rest = parted(path)
    for token in run.tokens():
        if first not in token.data:
            continue
        if not rest:
            if token.data[first] == before:
                token.data[first] = value
        elif isinstance(token.data[first], dict) and token.data[first].get(rest) == before:
            token.data[first] = {**token.data[first], rest: value}


def checked(session: Session, path: str, before: Any, value: Any, field: Field | None) -> Any:
    """The value as the data may take it.

    Raises:
        EngineError: it is of another kind than the form says, or, where no form says anything, than what is there.
    """
    try:
        safe = json_safe(value)
    except ExprError:
        raise EngineError("内容含有不能保存的字符", field="value") from None
    if field is None:
        if before is not None and _kind(safe) != _kind(before):
            raise EngineError("「{name}」须与原来的类型相同（{kind}）", field="value", name=path, kind=KINDS[_kind(before)])
        return safe
    if safe is None or safe == "" or safe == []:
        if field.required:
            raise EngineError("「{name}」不能为空", field="value", name=field.label)
        return safe
    problem = next(_problems(session, field, safe), None)
    if problem is not None:
        raise problem
    return safe


KINDS = {"text": "文字", "number": "数字", "flag": "是或否", "list": "列表", "object": "一组数据", "nothing": "空"}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "text", list: "list", dict: "object", type(None): "nothing"}.get(type(value), "object")


def _problems(session: Session, field: Field, value: Any) -> Iterator[EngineError]:
    if not _fits(field, value):
        yield EngineError("「{name}」的内容不合要求", field="value", name=field.label)
    elif field.kind in ("person", "people") and not _all_there(session, User, value):
        yield EngineError("「{name}」中有人不存在或账号已停用", field="value", name=field.label)
    elif field.kind == "unit" and not _all_there(session, OrgUnit, value):
        yield EngineError("「{name}」中没有这个单位", field="value", name=field.label)


def _fits(field: Field, value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return {
        "text": lambda: isinstance(value, str) and len(value) <= field.longest,
        "integer": lambda: whole, "number": lambda: whole or isinstance(value, float), "flag": lambda: isinstance(value, bool),
        "date": lambda: _reads(date.fromisoformat, value), "moment": lambda: _reads(datetime.fromisoformat, value),
        "choice": lambda: isinstance(value, str) and value in field.choices,
        "choices": lambda: isinstance(value, list) and all(one in field.choices for one in value),
        "person": lambda: whole, "unit": lambda: whole,
        "people": lambda: isinstance(value, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in value),
    }.get(field.kind, lambda: True)()


def _reads(read: Any, value: Any) -> bool:
    try:
        read(value)
    except (TypeError, ValueError):
        return False
    return True


def _all_there(session: Session, table: type[User] | type[OrgUnit], value: Any) -> bool:
    wanted = set(value if isinstance(value, list) else [value])
    if any(not 0 < one < 2**53 for one in wanted):
        return False
    return set(session.scalars(select(table.id).where(table.id.in_(wanted), table.active))) == wanted


def changes(instance: ProcessInstance, path: str, before: Any, after: Any) -> dict[str, Any]:
    """What the history keeps of a change."""
    return {"changes": [{"path": path, "before": before, "after": after}], "version": instance.version}
