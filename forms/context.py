"""What a form knows about the moment it is filled in: who, in which run, with what said before."""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.base import subtree, unit_ids
from data_model.organisation import Level, OrgUnit, UnitKind, User


@dataclass(frozen=True)
class FormContext:
    """The facts a form may look at.

    Attributes:
        session: the unit of work of the request.
        actor: who fills it in.
        data: the task's data (`task_view(...).data`); empty at a start.
        outcome: the button pressed; '' while the form is only shown.
        starter_id: who started the run; 0 at a start.
        query: what the address carried, such as {'grid': '12'} from a QR code; prefills a start form.
        say: translates the words of choices and messages; the screen passes its gettext.
        access: 'read-only' or 'hidden' by field, as the step says; others may be edited.
        earlier: what this form held last, at this step or at another that asks the same.
    """

    session: Session
    actor: Actor
    data: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    starter_id: int = 0
    query: Mapping[str, str] = field(default_factory=dict)
    say: Callable[[str], str] = str
    access: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, Any] = field(default_factory=dict)

    def said(self, path: str, default: Any = None) -> Any:
        """What an earlier step said: `said("confirm.level")`."""
        value: Any = self.data
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return default if value is None else value

    @cached_property
    def company_path(self) -> str:
        """The company the run belongs to; at a start the actor's own."""
        grid = self.session.get(OrgUnit, self.data["grid"]) if isinstance(self.data.get("grid"), int) else None
        if grid is None:
            return self.actor.company_path
        return self.session.scalar(select(OrgUnit.path).where(
            OrgUnit.id.in_(unit_ids(grid.path)), OrgUnit.level == Level.COMPANY)) or grid.path

    @cached_property
    def people(self) -> Sequence[tuple[int, str, str]]:
        """Active people of the company: id, name, unit's name."""
        rows = self.session.execute(
            select(User.id, User.name, OrgUnit.name).join(OrgUnit, OrgUnit.id == User.unit_id)
            .where(User.active, subtree(OrgUnit.path, self.company_path)).order_by(OrgUnit.path, User.id)).all()
        return [(row[0], row[1], row[2]) for row in rows]

    @cached_property
    def units(self) -> Sequence[tuple[int, str]]:
        """Every active unit of the company, departments too: id, name from the company down."""
        return self._named(OrgUnit.level >= Level.COMPANY)

    @cached_property
    def grids(self) -> Sequence[tuple[int, str]]:
        """Places of the company a danger can be at: id, name from the station down."""
        return self._named(OrgUnit.kind == UnitKind.PLACE, OrgUnit.level >= Level.STATION)

    def _named(self, *wanted: Any) -> list[tuple[int, str]]:
        units = self.session.scalars(
            select(OrgUnit).where(OrgUnit.active, *wanted, subtree(OrgUnit.path, self.company_path)).order_by(OrgUnit.path)).all()
        names = {unit.id: unit.name for unit in units}
        return [(unit.id, " / ".join(names[i] for i in unit_ids(unit.path) if i in names)) for unit in units]
