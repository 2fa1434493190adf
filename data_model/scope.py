"""The organisation wall: no SELECT of an OrgOwned row leaves this house un-narrowed."""
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from data_model.actor import Actor
from data_model.base import Base, OrgOwned

EVERYWHERE: dict[str, Any] = {"everywhere": True}  # execution options; for the engine only: the task is the permission


class NoActor(RuntimeError):
    """A query ran before anyone said on whose behalf. Open a unit_of_work(actor)."""


@event.listens_for(Session, "do_orm_execute")
def narrow_to_actor(state: ORMExecuteState) -> None:
    """Add the actor's wall to every ORM SELECT; fail closed when there is no actor."""
    if not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    actor: Actor | None = state.session.info.get("actor")
    if actor is None:
        raise NoActor(str(state.statement)[:80])
    if actor.everywhere or state.execution_options.get("everywhere"):
        return
    state.statement = state.statement.options(*_walls(state.session, actor))


def _walls(session: Session, actor: Actor) -> tuple[Any, ...]:
    """One loader criterion per walled table, built once per unit of work."""
    kept = session.info.get("walls")
    if kept is None or kept[0] is not actor:
        walls = tuple(
            with_loader_criteria(model, model.wall(actor), include_aliases=True)
            for model in (mapper.class_ for mapper in Base.registry.mappers) if issubclass(model, OrgOwned)
        )
        kept = session.info["walls"] = (actor, walls)
    return kept[1]
