"""The inbox: one row per open task and address, written on change; pages and counts that need no join on candidates.

A person reads one branch per principal, each with its own LIMIT, merged by due time: cost does not grow with
the number of open tasks (`docs/architecture.md`).
"""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ARRAY, and_, bindparam, delete, exists, func, insert, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.base import PathText, unit_ids
from data_model.organisation import OrgUnit
from data_model.process import NEVER, InboxRow, Task, TaskExclusion
from engine.principals import user_principal

PAGE = 20
CAP = 100  # a count above this is shown as "99+"
SOON = timedelta(hours=24)
BEYOND = 2 * NEVER  # later than everything
TABS = ("all", "mine", "unclaimed", "soon", "overdue")


@dataclass(frozen=True)
class Order:
    """One way to sort, backed by an index of its own; every column runs the same way, so that a position is one comparison."""

    columns: tuple[str, ...]
    falling: bool = False

    def of(self, table: Any) -> list[Any]:
        return [table[name].desc() if self.falling else table[name] for name in self.columns]

    def beyond(self, position: tuple[int, ...]) -> Any:
        here = tuple_(*(getattr(InboxRow, name) for name in self.columns))
        return here < tuple_(*position) if self.falling else here > tuple_(*position)


ORDERS = {
    "due": Order(("due", "task_id")),
    "created": Order(("task_id",), falling=True),  # the newest first
    "priority": Order(("priority", "due", "task_id")),  # urgent first
}


@dataclass(frozen=True)
class InboxQuery:
    """What one page shows: a tab and its filters; `cursor` is the last page's `next`."""

    tab: str = "all"
    text: str = ""
    process_key: str = ""
    station_id: int = 0
    due_before: int = 0  # epoch seconds, 0 = no bound
    cursor: str = ""
    size: int = PAGE
    sort: str = "due"  # one of ORDERS
    duty: str = ""  # do, approve, verify; all of them when empty

    @property
    def order(self) -> Order:
        return ORDERS.get(self.sort, ORDERS["due"])


@dataclass(frozen=True)
class InboxPage:
    items: tuple[Task, ...]
    next: str  # '' on the last page


_rows, _excluded = InboxRow.__table__, TaskExclusion.__table__
_add_rows, _add_excluded = insert(_rows), insert(_excluded)  # type: ignore[arg-type]
_drop_rows = delete(_rows).where(_rows.c.task_id.in_(bindparam("ids", expanding=True)))  # type: ignore[arg-type]
_drop_rows_of_one = delete(_rows).where(_rows.c.task_id == bindparam("id"))  # type: ignore[arg-type]
_drop_excluded = delete(_excluded).where(_excluded.c.task_id.in_(bindparam("ids", expanding=True)))  # type: ignore[arg-type]


def write(session: Session, tasks: Iterable[Task]) -> None:
    """Make the rows of open tasks (flushed) say where they now belong: the claimer's address, or every candidate's."""
    tasks = list(tasks)
    remove(session, [task.id for task in tasks])
    add(session, tasks)


def add(session: Session, tasks: Iterable[Task]) -> None:
    """Rows of tasks that have none yet."""
    rows, excluded = [], []
    for task in tasks:
        due = _due(task)
        rows += [{"principal": address, "due": due, "task_id": task.id, "process_key": task.process_key,
                  "station_id": task.station_id or 0, "priority": task.priority, "duty": task.duty} for address in addresses(session, task)]
        excluded += [{"task_id": task.id, "user_id": user_id} for user_id in task.excluded]
    if rows:
        session.connection().execute(_add_rows, rows if len(rows) > 1 else rows[0])
    if excluded:
        session.connection().execute(_add_excluded, excluded)


def remove(session: Session, task_ids: Sequence[int], excluded: bool = True) -> None:
    """Take tasks out of every inbox."""
    if len(task_ids) == 1:
        session.connection().execute(_drop_rows_of_one, {"id": task_ids[0]})
    elif task_ids:
        session.connection().execute(_drop_rows, {"ids": task_ids})
    if task_ids and excluded:
        session.connection().execute(_drop_excluded, {"ids": task_ids})


def addresses(session: Session, task: Task) -> list[str]:
    """Where the task is listed. A role at a unit is listed at each ancestor too: its holders there see it as well."""
    if task.assignee_id:
        return [user_principal(task.assignee_id)]
    return spread(session, task.candidates)


def spread(session: Session, candidates: Iterable[str]) -> list[str]:
    """Every address that candidates stand for."""
    found: dict[str, None] = {}
    for principal in candidates:
        kind, _, unit_id = principal.partition("@")
        if not unit_id or kind in ("owner", "backup"):
            found[principal] = None
            continue
        unit = session.get(OrgUnit, int(unit_id))
        for ancestor in unit_ids(unit.path) if unit else [int(unit_id)]:
            found[f"{kind}@{ancestor}"] = None
    return list(found)


def page(session: Session, actor: Actor, query: InboxQuery) -> InboxPage:
    """One page of the person's open tasks, the most pressing first. One statement."""
    chosen = _merged(session, actor, query, query.size + 1)
    rows = session.scalars(select(Task).join(chosen, Task.id == chosen.c.task_id).order_by(*query.order.of(chosen.c))).all()
    more = len(rows) > query.size
    items = tuple(rows[:query.size])
    return InboxPage(items=items, next=_cursor(items[-1], query.order) if more else "")


def counts(session: Session, actor: Actor, query: InboxQuery | None = None) -> dict[str, int]:
    """How many tasks each tab holds under the same filters, counted no further than CAP. One statement."""
    base = replace(query or InboxQuery(), cursor="")
    parts = []
    for tab in TABS:
        chosen = _merged(session, actor, replace(base, tab=tab), CAP)
        parts.append(select(literal(tab).label("tab"), func.count().label("n")).select_from(chosen))
    return {row.tab: row.n for row in session.execute(union_all(*parts))}


def _merged(session: Session, actor: Actor, query: InboxQuery, limit: int) -> Any:
    """The first rows at all addresses of the person and of those they stand in for, each task once."""
    closed = _barred(actor.user_id)
    branches = _branches(session, _principals(actor.user_id, actor.principals, query.tab), closed, query, limit)
    for proxy in actor.proxies:
        principals = _principals(proxy.giver_id, proxy.principals, query.tab)
        shut = or_(closed, _barred(proxy.giver_id), ~_lendable(actor))
        branches += _branches(session, principals, shut, query, limit, proxy.keys)
    if not branches:
        branches = [select(*_columns(query.order)).where(literal(False))]
    merged = union_all(*branches).subquery()
    return select(merged).distinct().order_by(*query.order.of(merged.c)).limit(limit).subquery()


def _branches(session: Session, principals: Sequence[str], closed: Any, query: InboxQuery, limit: int, keys: Sequence[str] = ()) -> list[Any]:
    """The first rows at each address. PostgreSQL walks a list, for it would take longer to plan fifty branches than to read them."""
    if not principals:
        return []
    if session.get_bind().dialect.name == "sqlite":
        return [select(_branch(InboxRow.principal == principal, query.order.of(_rows.c), closed, query, limit, keys).subquery())
                for principal in principals]
    each = func.unnest(literal(list(principals), ARRAY(PathText))).table_valued("principal").render_derived()
    here, order = _stretch(each.c.principal, query)
    return [select(_branch(here, order, closed, query, limit, keys).lateral()).select_from(each)]


def _stretch(principal: Any, query: InboxQuery) -> tuple[Any, list[Any]]:
    """An address as one stretch of the index that the order runs on, and that order.

    An equality with a value that PostgreSQL does not know while it plans looks so rare to it that it would sort all rows of an
    address with a hundred thousand; a stretch it walks in order and leaves at the limit.
    """
    lead = {"principal": principal}
    if query.process_key:
        lead["process_key"] = query.process_key
    elif query.station_id:
        lead["station_id"] = query.station_id
    elif query.duty:
        lead["duty"] = query.duty
    order, position = query.order, _position(query.cursor, query.order)
    columns, at = [_rows.c[name] for name in lead], list(lead.values())
    low, high = _dues(query) if order.columns[0] == "due" else (0, BEYOND)
    first = tuple_(*columns, _rows.c[order.columns[0]])
    here = and_(first >= tuple_(*at, low), first < tuple_(*at, high))
    whole = [*columns, *(_rows.c[name] for name in order.columns)]
    if position:
        ends = tuple_(*at, *position)
        here &= tuple_(*whole) < ends if order.falling else tuple_(*whole) > ends
    return here, [column.desc() if order.falling else column for column in whole]


def _dues(query: InboxQuery) -> tuple[int, int]:
    """From when, and until before when, the tab's rows are due, in epoch seconds."""
    now = int(clock.now().timestamp())
    low = now if query.tab == "soon" else 0
    ends = {"overdue": now, "soon": now + int(SOON.total_seconds())}
    return low, min(ends.get(query.tab, BEYOND), query.due_before or BEYOND)


def _columns(order: Order) -> list[Any]:
    return [getattr(InboxRow, name) for name in order.columns]


def _branch(here: Any, order: list[Any], closed: Any, query: InboxQuery, limit: int, keys: Sequence[str]) -> Any:
    row = select(*_columns(query.order)).where(here, ~closed)
    if keys:
        row = row.where(InboxRow.process_key.in_(keys))
    low, high = _dues(query)
    if low:
        row = row.where(InboxRow.due >= low)
    if high < BEYOND:
        row = row.where(InboxRow.due < high)
    if query.process_key:
        row = row.where(InboxRow.process_key == query.process_key)
    if query.station_id:
        row = row.where(InboxRow.station_id == query.station_id)
    if query.duty:
        row = row.where(InboxRow.duty == query.duty)
    if query.text:
        row = row.join(Task, Task.id == InboxRow.task_id).where(matches(query.text))
    if position := _position(query.cursor, query.order):
        row = row.where(query.order.beyond(position))
    return row.order_by(*order).limit(limit)


def _principals(user_id: int, principals: Sequence[str], tab: str) -> list[str]:
    own = user_principal(user_id)
    if tab == "mine":
        return [own]
    return [p for p in principals if p != own] if tab == "unclaimed" else list(principals)


def _barred(user_id: int) -> Any:
    """The person is excluded from the task by separation of duties."""
    return exists().where(TaskExclusion.task_id == InboxRow.task_id, TaskExclusion.user_id == user_id)


def _lendable(agent: Actor) -> Any:
    """An agent may do the task: not one of the agent's own case, nor one that only its person may sign."""
    return exists().where(Task.id == InboxRow.task_id, ~Task.personal, Task.starter_id != agent.user_id)


def matches(text: str) -> Any:
    """The task's title, number or starter contains the text."""
    return (Task.title.contains(text, autoescape=True) | Task.code.contains(text, autoescape=True)
            | Task.starter_name.contains(text, autoescape=True) | Task.name.contains(text, autoescape=True))


def _due(task: Task) -> int:
    """Nobody is late with what is suspended."""
    return int(task.due_at.timestamp()) if task.due_at and not task.suspended else NEVER


def _cursor(task: Task, order: Order) -> str:
    told = {"due": _due(task), "task_id": task.id, "priority": task.priority}
    return ".".join(str(told[name]) for name in order.columns)


def _position(cursor: str, order: Order) -> tuple[int, ...]:
    """Where the last page ended; () at the beginning, and for what no page of this order can have said."""
    parts = cursor.split(".")
    return tuple(int(part) for part in parts) if len(parts) == len(order.columns) and all(p.isdecimal() for p in parts) else ()
