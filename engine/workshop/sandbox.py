"""Where a draft runs on the real engine and nothing of it stays: a unit of work, or a part of one, that is always undone."""
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.session import become, unit_of_work
from data_model.workshop import Kind
from engine import bpmn_xml, deployment, xml_guard
from engine.errors import Missing
from engine.workshop import drafts, names, stock

_OWN = ("deployed", "parsed", "late", "own", "calendars")  # what a try writes into session.info


class _Undo(Exception):
    """Ends a unit of work that nobody wants to keep."""


@contextmanager
def unit(actor: Actor) -> Iterator[Session]:
    """A unit of work of its own that is always rolled back. It may write, so on an embedded database it waits its turn."""
    try:
        with unit_of_work(actor) as session:
            yield session
            session.expunge_all()  # what was read stays readable
            raise _Undo
    except _Undo:
        pass


@contextmanager
def inside(session: Session, keep_stage: bool = False) -> Iterator[None]:
    """A part of a unit of work that is always undone.

    Args:
        keep_stage: what was put on stage before goes on being known here.

    Raises:
        RuntimeError: the unit only reads; on an embedded database a try in it could meet somebody else's write.
    """
    if not session.info.get("write", True):
        raise RuntimeError("a try needs a unit of work that may write: use sandbox.unit")
    kept = {name: session.info[name] for name in _OWN if name in session.info}
    actor, calls = session.info["actor"], len(session.info["after_commit"])
    if not keep_stage:
        session.info.pop("parsed", None)
    undone = session.begin_nested()
    try:
        yield
    finally:
        if undone.is_active:
            undone.rollback()
        session.expire_all()
        for name in _OWN:
            session.info.pop(name, None)
        session.info.update(kept)
        del session.info["after_commit"][calls:]
        become(session, actor)


def put_on_stage(session: Session, actor: Actor, files: Mapping[str, bytes]) -> None:
    """Deploy for this try only.

    Raises:
        Refused: lint found errors.
    """
    if files:
        deployment.deploy(session, actor, files, "试运行", source="modeler")


def drawn(session: Session, key: str) -> dict[str, bytes]:
    """The draft of a process with the drafts of what it names; empty when nothing of that is being drawn.

    Raises:
        Missing: there is neither a draft nor a version in force.
    """
    known, found = drafts.contents(session), dict[str, bytes]()
    diagrams = _diagrams(session, known, key)
    if key not in diagrams:
        raise Missing("没有名为 {key} 的流程", key=key)
    for xml in diagrams.values():
        found |= {name: text.encode() for name, text in known.items() if _is_named(name, xml)}
    if found or any(f"{name}.bpmn" in known for name in diagrams):  # what did not change is known by its checksum
        found |= {f"{name}.bpmn": xml for name, xml in diagrams.items()}
    return found


def _diagrams(session: Session, known: Mapping[str, str], key: str) -> dict[str, bytes]:
    """The diagram and those it calls, as drawn or else in force."""
    found: dict[str, bytes] = {}
    wanted = [key]
    while wanted:
        name = wanted.pop()
        file = names.file_name(Kind.DIAGRAM, name)
        running = stock.running(session, Kind.DIAGRAM, name) if name not in found else None
        xml = known[file].encode() if file in known else running.content.encode() if running else b""
        if name not in found and xml:
            found[name] = xml
            wanted += _called(xml)
    return found


def _called(xml: bytes) -> list[str]:
    try:
        return [element.called for element in bpmn_xml.read(xml).tagged("callActivity") if element.called]
    except (xml_guard.XmlRefused, ValueError):
        return []  # lint says what is wrong with it


def _is_named(name: str, xml: bytes) -> bool:
    """Whether a table or form is spoken of in the diagram; one that is not, and does not matter, does no harm."""
    kind, key = names.parted(name)
    return kind is not Kind.DIAGRAM and key.encode() in xml
