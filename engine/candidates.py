"""Who may act on a task: the candidate functions diagrams use, each with its fallback order, and the rules around them.

A candidate expression such as `grid_owner(grid) or role("station_leader", station(grid))` yields principals (flows.md §2.0).
"""
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.organisation import ROLE_NAMES, Level, OrgUnit, Role
from engine import people
from engine.expressions import evaluate
from engine.people import Found
from engine.principals import role_principal, user_principal

FUNCTION_NAMES = frozenset({
    "grid_owner", "grid_up", "role", "dept_head", "fgld", "gm", "chair", "starter", "field", "done_by", "users",
    "station", "company",
})
_PRINCIPAL = re.compile(r"u\d+|[a-z_]+@\d+")
_BY_NAME = {name: role for role, name in ROLE_NAMES.items()}


@dataclass(frozen=True)
class Why:
    """The words that tell a candidate why the task is theirs: a message id with its parameters."""

    principal: str
    text: str
    params: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return {"principal": self.principal, "text": self.text, "params": dict(self.params)}


@dataclass(frozen=True)
class Resolved:
    """What came out: addresses, the people behind them today, who is barred, why, and what had to be passed over."""

    principals: tuple[str, ...]
    people: frozenset[int]
    excluded: tuple[int, ...] = ()
    why: tuple[Why, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asking:
    """The facts a candidate expression may speak of."""

    session: Session
    data: Mapping[str, Any]
    unit_id: int
    starter_id: int


class Book:
    """The functions bound to one question, and a note of everything they found."""

    def __init__(self, asking: Asking, barring: bool = False) -> None:
        self.asking, self.session, self.barring = asking, asking.session, barring
        self.found: dict[str, Found] = {}
        self.why: dict[str, Why] = {}

    def functions(self) -> dict[str, Callable[..., Any]]:
        return {name: getattr(self, f"f_{name}") for name in FUNCTION_NAMES}

    def _keep(self, found: Found | None, text: str, **params: str) -> list[str]:
        if found is None:
            return []
        self.found[found.principal] = found
        self.why.setdefault(found.principal, Why(found.principal, text, params))
        return [found.principal]

    def _place(self, unit_id: int) -> str:
        unit = people.unit(self.session, unit_id)
        return unit.name if unit else ""

    def f_grid_owner(self, unit_id: int | None) -> list[str]:
        """负责人 of the place → backup → the place above … → 公司安全管理员."""
        found = people.nearest_owner(self.session, unit_id)
        if found is None:
            return self._safety_admin(unit_id)
        return self._keep(found, "您是「{unit}」的负责人", unit=self._place(found.unit_id))

    def f_grid_up(self, unit_id: int | None) -> list[str]:
        """The owner of the nearest place above with a different person → 公司安全管理员."""
        found = people.owner_above(self.session, unit_id)
        if found is None:
            return self._safety_admin(unit_id)
        return self._keep(found, "您是上一级「{unit}」的负责人", unit=self._place(found.unit_id))

    def _safety_admin(self, unit_id: int | None) -> list[str]:
        company = people.at_level(self.session, unit_id, Level.COMPANY)
        return self.f_role(Role.COMPANY_SAFETY_ADMIN, company.id if company else None)

    def f_role(self, name: str, unit_id: int | None) -> list[str]:
        role = _BY_NAME.get(name) or Role(name)
        found = people.role_holders(self.session, role, unit_id)
        return self._keep(found, "您在「{unit}」担任{role}", unit=self._place(found.unit_id if found else 0), role=ROLE_NAMES[role])

    def f_dept_head(self, unit_id: int | None, function: str) -> list[str]:
        found = people.department_head(self.session, unit_id, function)
        return self._keep(found, "您是「{unit}」的部门负责人", unit=self._place(found.unit_id if found else 0))

    def f_fgld(self, unit_id: int | None) -> list[str]:
        return self._company_role(Role.DEPUTY_LEADER, unit_id)

    def f_gm(self, unit_id: int | None) -> list[str]:
        return self._company_role(Role.GENERAL_MANAGER, unit_id)

    def f_chair(self, unit_id: int | None) -> list[str]:
        return self._company_role(Role.CHAIRMAN, unit_id)

    def _company_role(self, role: Role, unit_id: int | None) -> list[str]:
        company = people.at_level(self.session, unit_id, Level.COMPANY)
        return self.f_role(role, company.id) if company else []

    def f_starter(self) -> list[str]:
        return self._people([self.asking.starter_id], "您是发起人")

    def f_field(self, path: str) -> list[str]:
        """The person, or list of persons, a form field names: `field("plan.rectifier")`."""
        value: Any = self.asking.data
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return self._people(value if isinstance(value, list) else [value], "您被指定办理此步骤")

    def f_done_by(self, element: str) -> list[str]:
        """Who completed that user task last; where people are barred, also in whose name they did."""
        answer = self.asking.data.get(element)
        if not isinstance(answer, dict):
            return []
        answers = answer.get("votes") or [answer]  # of a signing: everybody who voted
        named = [said.get(role) for said in answers for role in (("by", "for") if self.barring else ("by",))]
        return self._people(named, "您办理过前面的步骤")

    def f_users(self, user_ids: Sequence[int]) -> list[str]:
        return self._people(user_ids, "您被流程指定办理此步骤")

    def _people(self, user_ids: Sequence[Any], text: str) -> list[str]:
        active = people.active_people(self.session, [i for i in user_ids if isinstance(i, int)])
        return [p for i in active for p in self._keep(Found(user_principal(i), frozenset({i})), text)]

    def f_station(self, unit_id: int | None) -> int | None:
        return self._at(unit_id, Level.STATION)

    def f_company(self, unit_id: int | None) -> int | None:
        return self._at(unit_id, Level.COMPANY)

    def _at(self, unit_id: int | None, level: Level) -> int | None:
        unit = people.at_level(self.session, unit_id, level)
        return unit.id if unit else None


def resolve(
    asking: Asking, expression: str, *, barred: str = "", duty: str = "do", on_empty: str = "escalate",
) -> Resolved:
    """The candidates of a task that opens now.

    Args:
        asking: the instance's data, place and starter.
        expression: the diagram's `candidates`, or the lane's role as an expression; '' when it says nothing.
        barred: the diagram's `not`: an expression naming people who must not act.
        duty: 'do', 'approve' or 'verify'; the starter may not approve or verify unless the expression names starter().
        on_empty: 'escalate' walks up from the instance's place; 'process_owner' asks the process owner at once.
    """
    book = Book(asking)
    excluded = excluded_of(asking, expression, barred, duty)
    principals = _ask(book, expression) if expression else []
    notes: list[str] = []
    if not _free(book, principals, excluded):
        if principals:
            notes.append(_why_passed_over(book, principals, asking.starter_id))
        principals = _walk_up(book, excluded) if on_empty == "escalate" else []
    if not principals:
        principals = _queue(book)
        notes.append("没有可办理的人，已转流程管理员")
    behind = frozenset().union(*(book.found[p].people for p in principals if p in book.found))
    return Resolved(
        principals=tuple(principals), people=behind - excluded, excluded=tuple(sorted(excluded)),
        why=tuple(book.why[p] for p in principals if p in book.why), notes=tuple(notes),
    )


def principals_of(asking: Asking, expression: str) -> tuple[list[str], Book]:
    """What an expression names, without the rules around a task (for escalations and notices)."""
    book = Book(asking)
    return _ask(book, expression), book


def _ask(book: Book, expression: str) -> list[str]:
    value = evaluate(expression, dict(book.asking.data), functions=book.functions())
    named = value if isinstance(value, list) else [value] if value else []
    wrong = [p for p in named if not (isinstance(p, str) and _PRINCIPAL.fullmatch(p))]
    if wrong:
        raise ValueError(f"candidates: {expression!r} named {wrong[:3]!r}, which is no person, role or owner")
    return list(dict.fromkeys(named))


def excluded_of(asking: Asking, expression: str, barred: str, duty: str) -> set[int]:
    """Who must not act: people barred by `not`, and the starter of what is approved or verified unless the diagram names them.

    Their reasons are kept apart, so that they do not show as reasons to act.
    """
    aside = Book(asking, barring=True)
    named = _ask(aside, barred) if barred else []
    found = {i for p in named if p in aside.found for i in aside.found[p].people}
    return found | ({asking.starter_id} if duty in ("approve", "verify") and "starter()" not in expression else set())


def above(asking: Asking, excluded: set[int]) -> Resolved:
    """Who acts when nobody is left: the owner of the nearest place above, then the process owner's queue."""
    book = Book(asking)
    principals = _walk_up(book, excluded) or _queue(book)
    behind = frozenset().union(*(book.found[p].people for p in principals if p in book.found))
    return Resolved(tuple(principals), behind - excluded, tuple(sorted(excluded)),
                    tuple(book.why[p] for p in principals if p in book.why))


def _why_passed_over(book: Book, principals: Sequence[str], starter_id: int) -> str:
    behind = {i for p in principals if p in book.found for i in book.found[p].people}
    return "发起人不能审批自己的申请，已上移一级" if behind == {starter_id} else "候选人都须回避，已上移一级"


def _free(book: Book, principals: Sequence[str], excluded: set[int]) -> bool:
    return any(book.found[p].people - excluded for p in principals if p in book.found)


def _walk_up(book: Book, excluded: set[int]) -> list[str]:
    found = people.nearest_owner(book.session, book.asking.unit_id, unlike=excluded)
    if found is not None:
        return book._keep(found, "原候选人须回避或缺位，由上一级「{unit}」的负责人办理", unit=book._place(found.unit_id))
    named = book._safety_admin(book.asking.unit_id)
    return named if _free(book, named, excluded) else []


def _queue(book: Book) -> list[str]:
    """The process owner's queue: last resort, never a silent skip."""
    root = book.session.scalars(select(OrgUnit).where(OrgUnit.parent_id.is_(None)).limit(1)).first()
    found = people.role_holders(book.session, Role.PROCESS_OWNER, root.id if root else None)
    if found is None:
        return [role_principal(Role.PROCESS_OWNER, root.id if root else 0)]
    return book._keep(found, "没有可办理的人，请流程管理员指派")
