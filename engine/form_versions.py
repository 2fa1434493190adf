"""Versions of designed forms: a new one when a form has changed, and the ones that a diagram pins."""
import json
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from data_model.actor import Actor
from data_model.workshop import FormDesign
from engine import laid_aside
from engine.bpmn_xml import Diagram
from engine.properties import NO_FORM
from engine.start_forms import form_named

PERSON = ("userTask", "manualTask", "task")


def store(session: Session, actor: Actor, key: str, content: bytes, note: str = "", source: str = "file") -> FormDesign:
    """The version that says so: the newest when it does, else one more. Lint has read the content before."""
    newest, checksum = latest(session, key), sha256(content).hexdigest()
    if newest is not None and (newest.checksum == checksum or laid_aside.keeps(session, actor, newest, content, source)):
        return newest
    row = FormDesign(key=key, version=newest.version + 1 if newest else 1, name=_name(content) or key, schema=content.decode(),
                     checksum=checksum, deployed_by=actor.user_id, note=note, source=source)
    session.add(row)
    session.flush()
    return row


def latest(session: Session, key: str) -> FormDesign | None:
    return session.scalars(select(FormDesign).where(FormDesign.key == key).order_by(FormDesign.version.desc()).limit(1)).first()


def newest(session: Session) -> list[FormDesign]:
    """The newest version of every form, with what is drawn."""
    ids = select(func.max(FormDesign.id)).group_by(FormDesign.key)
    return list(session.scalars(select(FormDesign).where(FormDesign.id.in_(ids)).options(undefer(FormDesign.schema)).order_by(FormDesign.key)))


def newest_versions(session: Session) -> tuple[tuple[str, int], ...]:
    """The number of the newest version of every form."""
    rows = session.execute(select(FormDesign.key, func.max(FormDesign.version)).group_by(FormDesign.key).order_by(FormDesign.key))
    return tuple((row[0], row[1]) for row in rows)


def named(diagram: Diagram, key: str) -> set[str]:
    """Names without a dot that the people's steps of a diagram give as their form; a coded step's short name may be among them."""
    said = {element.properties.get("form", "").strip() for element in diagram.tagged(*PERSON)} | {form_named(diagram, key)}
    return {name for name in said - {NO_FORM} if name and "." not in name}


def pins(session: Session, diagram: Diagram, key: str) -> dict[str, int]:
    """The rows of the forms that a version of a diagram asks for ever."""
    wanted = named(diagram, key)
    if not wanted:
        return {}
    rows = session.execute(select(FormDesign.key, func.max(FormDesign.id)).where(FormDesign.key.in_(wanted)).group_by(FormDesign.key))
    return dict(sorted((row[0], row[1]) for row in rows))


def _name(content: bytes) -> str:
    """What the form calls itself: our word in the file, which form-js keeps as it is."""
    said = json.loads(content).get("name", "")
    return said.strip()[:100] if isinstance(said, str) else ""
