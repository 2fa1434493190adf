"""Views of a list that a person keeps on the server, so that every device has them."""
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.saved_view import SavedView

MOST = 20


def of(session: Session, actor: Actor, screen: str) -> Sequence[SavedView]:
    """The person's views of one screen, by name."""
    mine = select(SavedView).where(SavedView.user_id == actor.user_id, SavedView.screen == screen)
    return session.scalars(mine.order_by(SavedView.name).limit(MOST)).all()


def keep(session: Session, actor: Actor, screen: str, name: str, query: str) -> bool:
    """Keep a view, or replace the one of that name; False when there are too many."""
    kept = of(session, actor, screen)
    same = next((view for view in kept if view.name == name), None)
    if same is None and len(kept) >= MOST:
        return False
    if same is None:
        session.add(SavedView(user_id=actor.user_id, screen=screen, name=name, query=query[:500]))
    else:
        same.query = query[:500]
    return True


def drop(session: Session, actor: Actor, view_id: int) -> None:
    """Forget one of the person's own views."""
    session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == actor.user_id))
