"""An expression tried on sample data: what it gives, or what is wrong with it, in words. Nothing is written."""
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.organisation import Level, OrgUnit, UnitKind
from engine import calendar, calendars, candidates, people
from engine.expressions import ExprError, evaluate, execute

_PRINCIPAL = re.compile(r"u\d+|[a-z_]+@\d+")
_SHOWN = 20


@dataclass(frozen=True)
class Tried:
    """`value` when it went well, else a message id with its parameters. `people`: names behind candidates."""

    value: Any = None
    people: tuple[str, ...] = ()
    wrong: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None
    column: int | None = None


def try_it(session: Session, actor: Actor, source: str, data: Mapping[str, Any], kind: str = "expr") -> Tried:
    """What the source gives on this data.

    Args:
        kind: 'expr', 'time', 'script', or 'candidates', whose functions look into the real organisation.
    """
    place = any_place(session)
    asking = candidates.Asking(session, data, place.id if place else 0, actor.user_id)
    try:
        if kind == "script":
            return Tried(execute(source, data, calendar.TIMER_FUNCTIONS))
        book = candidates.Book(asking)
        lent = {**calendar.functions(lambda: calendars.of(session, place.path if place else "/")), **book.functions()}
        value = evaluate(source, data, lent)
        return _named(session, value) if kind == "candidates" else Tried(value)
    except ExprError as problem:
        return Tried(wrong=problem.text, params=problem.params, line=problem.line, column=problem.column)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as problem:  # a function was given what it cannot take
        return Tried(wrong="函数的参数不对（{problem}）", params={"problem": str(problem)[:120]})


def any_place(session: Session) -> OrgUnit | None:
    """A place to try things at: the first grid, else the lowest there is."""
    return session.scalars(select(OrgUnit).where(OrgUnit.kind == UnitKind.PLACE, OrgUnit.active, OrgUnit.level <= Level.GRID)
                           .order_by(OrgUnit.level.desc(), OrgUnit.id).limit(1)).first()


def _named(session: Session, value: Any) -> Tried:
    """The people a candidate expression means today."""
    named = value if isinstance(value, list) else [value] if value else []
    if not all(isinstance(item, str) and _PRINCIPAL.fullmatch(item) for item in named):
        return Tried(value, wrong="候选人表达式须用候选人函数写出")
    return Tried(value, tuple(people.people_behind(session, named).values())[:_SHOWN])
