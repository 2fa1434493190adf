"""Turns a ledger's query string into SELECTs. The organisation wall is not here: the session adds it."""
import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from data_model import clock
from web.ledger.register import Column, Kind, Register

PAGE = 20
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 12, 31)


@dataclass(frozen=True)
class Question:
    """What a query string asks of a ledger; what could not be understood is in `problems`, as labels of filters."""

    words: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # also 'yes'/'no' of booleans, ids of units
    spans: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    sort: str = ""
    after: tuple[Any, int] | None = None  # the last row of the page before: its sort value and id
    problems: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        return bool(self.words or self.choices or self.spans)


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursor of the ones that follow."""

    rows: Sequence[Any]
    following: str | None


def asked(register: Register, args: Any) -> Question:
    """The question in a query string (a MultiDict). Never fails: nonsense is left out and named in `problems`."""
    choices: dict[str, tuple[str, ...]] = {}
    spans: dict[str, tuple[date | None, date | None]] = {}
    problems: list[str] = []
    for column in register.shown(register.filters):
        try:
            if column.kind in (Kind.DATE, Kind.MOMENT):
                span = _day(args.get(f"{column.name}_from")), _day(args.get(f"{column.name}_to"))
                spans |= {column.name: span} if any(span) else {}
            elif wanted := tuple(_wanted(column, value) for value in args.getlist(column.name) if value):
                choices[column.name] = wanted
        except ValueError:
            problems.append(column.label)
    words = args.get("q", "").replace("\0", "").strip()[:100]
    sort = args.get("sort", "")
    sort = sort if sort.removeprefix("-") in register.sort else register.order
    return Question(words, choices, spans, sort, _cursor(args.get("after", "")), tuple(problems))


def conditions(register: Register, question: Question, without: str = "") -> list[ColumnElement[bool]]:
    """What the rows must satisfy; `without` leaves one filter out, for counting its choices."""
    found = [_chosen(register.column(name), values) for name, values in question.choices.items() if name != without]
    found += [_within(register.column(name), *span) for name, span in question.spans.items()]
    if question.words:
        found.append(or_(*(c.sql.icontains(question.words, autoescape=True) for c in register.shown(register.search))))
    return found


def one_page(session: Session, register: Register, question: Question) -> Page:
    """One page after the cursor: one statement, however deep."""
    chosen = select(register.model).where(*conditions(register, question))
    if question.after:
        chosen = chosen.where(_beyond(register, question))
    rows = session.scalars(_ordered(register, question, chosen).limit(PAGE + 1)).all()
    name = question.sort.removeprefix("-")
    following = _pack(getattr(rows[PAGE - 1], name), rows[PAGE - 1].id) if len(rows) > PAGE else None
    return Page(rows[:PAGE], following)


def all_rows(session: Session, register: Register, question: Question, also: ColumnElement[bool], chunk: int) -> Iterator[Sequence[Any]]:
    """Every row, streamed in chunks, for the sheet."""
    chosen = _ordered(register, question, select(register.model).where(*conditions(register, question), also))
    yield from session.scalars(chosen.execution_options(yield_per=chunk)).partitions()


def how_many(session: Session, register: Register, question: Question, also: ColumnElement[bool], limit: int) -> int:
    """How many rows, counted no further than one beyond the limit."""
    some = select(register.model.id).where(*conditions(register, question), also).limit(limit + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def counts(session: Session, register: Register, question: Question) -> tuple[dict[str, int], dict[str, int]]:
    """Rows per choice of the chip column, and per computed boolean: one statement."""
    flags = [c for c in register.shown(register.filters) if c.name in register.labels]
    chip = register.column(register.chips).sql
    sums = [func.sum(case((c.sql, 1), else_=0)) for c in flags]
    rows = session.execute(
        select(chip, func.count(), *sums).where(*conditions(register, question, without=register.chips)).group_by(chip)).all()
    return ({row[0]: row[1] for row in rows},
            {c.name: sum(row[2 + n] for row in rows) for n, c in enumerate(flags)})


def _ordered(register: Register, question: Question, chosen: Select[Any]) -> Select[Any]:
    """Empty values last, whichever way; the id makes the order whole."""
    column, model_id = register.column(question.sort.removeprefix("-")), register.model.id
    empty = [column.sql.is_(None)] if column.nullable else []
    if question.sort.startswith("-"):
        return chosen.order_by(*empty, column.sql.desc(), model_id.desc())
    return chosen.order_by(*empty, column.sql, model_id)


def _beyond(register: Register, question: Question) -> ColumnElement[bool]:
    """Rows that come after the cursor in `_ordered`."""
    column, model_id = register.column(question.sort.removeprefix("-")), register.model.id
    value, last = question.after or (None, 0)
    further = model_id < last if question.sort.startswith("-") else model_id > last
    if column.name == "id":
        return further
    if value is None:
        return and_(column.sql.is_(None), further) if column.nullable else further
    value = _typed(column, value)
    later = column.sql < value if question.sort.startswith("-") else column.sql > value
    beyond = or_(later, and_(column.sql == value, further))
    return or_(beyond, column.sql.is_(None)) if column.nullable else beyond


def _chosen(column: Column, values: tuple[str, ...]) -> ColumnElement[bool]:
    if column.kind is Kind.BOOL:
        return or_(*(column.sql if value == "yes" else ~column.sql for value in values))
    if column.kind in (Kind.UNIT, Kind.PERSON):
        return column.sql.in_([int(value) for value in values])
    return column.sql.in_(values)


def _within(column: Column, since: date | None, until: date | None) -> ColumnElement[bool]:
    """Both days belong to the span."""
    if column.kind is Kind.DATE:
        ends = [column.sql >= since] if since else []
        return and_(*ends, *([column.sql <= until] if until else []))
    ends = [column.sql >= _midnight(since)] if since else []
    return and_(*ends, *([column.sql < _midnight(until + timedelta(days=1))] if until else []))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def _wanted(column: Column, value: str) -> str:
    if column.kind is Kind.BOOL and value not in ("yes", "no"):
        raise ValueError(value)
    if column.kind is Kind.CHOICE and value not in column.choices:
        raise ValueError(value)
    if column.kind in (Kind.UNIT, Kind.PERSON) and not (value.isascii() and value.isdigit() and len(value) < 16):
        raise ValueError(value)
    return value


def _day(text: str | None) -> date | None:
    """A day of a year that both databases can hold."""
    day = date.fromisoformat(text) if text else None
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(text)
    return day


def _pack(value: Any, row_id: int) -> str:
    plain = value.isoformat() if isinstance(value, (date, datetime)) else value
    return base64.urlsafe_b64encode(json.dumps([plain, row_id]).encode()).decode().rstrip("=")


def _cursor(text: str) -> tuple[Any, int] | None:
    """A cursor somebody changed by hand means the first page."""
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        return None
    plain = value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool))
    return (value, row_id) if plain and type(row_id) is int and 0 <= row_id < 2**53 else None


def _typed(column: Column, value: Any) -> Any:
    """A cursor's value as the column's own type; one of another type starts at the beginning of it."""
    try:
        if column.kind is Kind.MOMENT:
            at = datetime.fromisoformat(value)
            return at if at.tzinfo else at.replace(tzinfo=clock.zone())
        if column.kind is Kind.DATE:
            return date.fromisoformat(value)
        return value if column.kind in (Kind.NUMBER, Kind.AMOUNT) and not isinstance(value, str) else str(value).replace("\0", "")
    except (TypeError, ValueError):
        return datetime.combine(FIRST_DAY, time(), clock.zone()) if column.kind is Kind.MOMENT else FIRST_DAY
