"""Who may see a file: its uploader while it hangs nowhere, and then whoever may see the row it hangs on."""
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.attachment import Attachment
from data_model.base import Base, HasAttachments, OrgOwned
from engine import sight


def may_see(session: Session, actor: Actor, file: Attachment) -> bool:
    """A loose file belongs to its uploader; a hung one is as open as its row, by the wall or by a task of its case."""
    if not file.owner_kind:
        return file.uploaded_by == actor.user_id
    model = _walled().get(file.owner_kind)
    if model is not None and session.scalar(select(model.id).where(model.id == file.owner_id)) is not None:
        return True
    return sight.may_see_subject(session, actor, file.owner_kind, file.owner_id)


@cache
def _walled() -> dict[str, type]:
    """Tables that stand behind the organisation wall and carry files, by name. Others are open by task only."""
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers
            if issubclass(mapper.class_, OrgOwned) and issubclass(mapper.class_, HasAttachments)}
