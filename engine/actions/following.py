"""关注: somebody wants to hear how a case they may see goes on."""
from sqlalchemy.orm import Session

from data_model.actor import Actor
from engine import locks, sight, watching


def follow(session: Session, actor: Actor, instance_id: int) -> None:
    """From now on the person is told of every step, and keeps sight of this case. A second time changes nothing.

    Raises:
        NotYours: the person may not see the case.
    """
    instance = locks.instance(session, instance_id)
    sight.check_case(session, actor, instance)
    watching.set_follow(session, instance, actor.user_id, True)


def unfollow(session: Session, actor: Actor, instance_id: int) -> None:
    """The person hears no more of it, and sees it only as far as they do without."""
    watching.set_follow(session, locks.instance(session, instance_id), actor.user_id, False)
