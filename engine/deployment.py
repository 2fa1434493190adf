"""How diagrams, decision tables and designed forms come into the house: linted, versioned, with everything they call pinned."""
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_model.actor import SYSTEM, Actor
from data_model.process import DecisionTable, DefinitionStatus, ProcessDefinition
from engine import bpmn_xml, form_versions, laid_aside, start_timers, xml_guard
from engine.errors import Refused

SHIPPED = Path(__file__).parent.parent / "bpmn"
Findings = Callable[[Session, Mapping[str, bytes]], Mapping[str, tuple[Any, ...]]]  # wired at start-up, see `use_lint`
_lint: list[Findings] = []


def use_lint(findings: Findings) -> None:
    """Let every deployment ask this first: (session, content by file name) -> the errors found, by file name."""
    _lint[:] = [findings]


def load_shipped(session: Session, folder: Path = SHIPPED) -> list[ProcessDefinition]:
    """Bring the files of the house up to date: new and changed ones become effective."""
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".bpmn", ".dmn", ".form")}
    return deploy(session, SYSTEM, files, "随系统发布")


def deploy(
    session: Session, actor: Actor, files: Mapping[str, bytes], note: str = "", source: str = "file",
) -> list[ProcessDefinition]:
    """Make new versions of what has changed, tables and forms first and called processes before their callers.

    A form that comes without the diagrams that ask it gives each of them a new version: running cases keep the form they began with.

    Args:
        files: content by file name, `<key>.bpmn`, `<decision>.dmn` or `<form>.form`.
        source: 'file' or 'modeler'. A file never replaces what the modeler made: it becomes a draft.

    Raises:
        Refused: lint found errors; nothing is deployed.
    """
    _refuse_errors(session, files)
    session.info["deployed"] = True
    tables = {name: xml for name, xml in files.items() if name.endswith(".dmn")}
    diagrams = {Path(name).stem: xml for name, xml in files.items() if name.endswith(".bpmn")}
    for name, xml in tables.items():
        _table(session, actor, Path(name).stem, xml, note, source)
    for name, content in files.items():
        if name.endswith(".form"):
            form_versions.store(session, actor, Path(name).stem, content, note, source)
    read = {key: bpmn_xml.read(xml) for key, xml in diagrams.items()}
    made = [_definition(session, actor, key, diagrams[key], read[key], note, source) for key in _callees_first(read)]
    return [row for row in (*made, *_asking_anew(session, actor, files, note)) if row is not None]


def _asking_anew(session: Session, actor: Actor, files: Mapping[str, bytes], note: str) -> list[ProcessDefinition | None]:
    """New versions of effective diagrams that were not in the parcel but pin a form, table or called process that was."""
    came = {Path(name).stem for name in files}
    rows = session.scalars(select(ProcessDefinition).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)).all()
    asking = {row.key: row for row in rows if f"{row.key}.bpmn" not in files and any(came & set(pinned) for pinned in row.pins.values())}
    read = {key: bpmn_xml.read(row.xml.encode()) for key, row in asking.items()}
    return [_definition(session, actor, key, asking[key].xml.encode(), read[key], note, asking[key].source) for key in _callees_first(read)]


def _refuse_errors(session: Session, files: Mapping[str, bytes]) -> None:
    for ask in _lint:
        for name, errors in ask(session, files).items():
            raise Refused("{file} 有错误，未部署", errors, file=name)


def _callees_first(read: Mapping[str, bpmn_xml.Diagram]) -> list[str]:
    order: dict[str, None] = {}

    def visit(key: str, above: tuple[str, ...]) -> None:
        if key in read and key not in order and key not in above:
            for called in _called(read[key]):
                visit(called, (*above, key))
            order[key] = None

    for key in read:
        visit(key, ())
    return list(order)


def _called(diagram: bpmn_xml.Diagram) -> list[str]:
    return [element.called for element in diagram.tagged("callActivity") if element.called]


def _table(session: Session, actor: Actor, key: str, xml: bytes, note: str, source: str) -> None:
    """A new version of a decision table, when it is one."""
    latest = _latest_table(session, key)
    checksum = sha256(xml).hexdigest()
    if (latest is None or latest.checksum != checksum) and not laid_aside.keeps(session, actor, latest, xml, source):
        name = next((node.get("name") for node in xml_guard.parse(xml) if bpmn_xml.local(node) == "decision"), key)
        session.add(DecisionTable(key=key, version=latest.version + 1 if latest else 1, name=name or key, xml=xml.decode(),
                                  checksum=checksum, source=source, deployed_by=actor.user_id, note=note))
        session.flush()


def _latest_table(session: Session, key: str) -> DecisionTable | None:
    return session.scalars(select(DecisionTable).where(DecisionTable.key == key)
                           .order_by(DecisionTable.version.desc()).limit(1)).first()


def _current(session: Session, key: str) -> ProcessDefinition | None:
    return session.scalars(select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.status == DefinitionStatus.EFFECTIVE)).one_or_none()


def _definition(
    session: Session, actor: Actor, key: str, xml: bytes, diagram: bpmn_xml.Diagram, note: str, source: str,
) -> ProcessDefinition | None:
    """A new version, when the diagram or what it pins has changed."""
    current, checksum, pins = _current(session, key), sha256(xml).hexdigest(), _pins(session, key, diagram)
    if current is not None and current.checksum == checksum and current.pins == pins:
        return None
    if current is not None and current.checksum == checksum:
        source = current.source  # the same drawing, with something new that it calls
    overruled = source == "file" and (current.source == "modeler" if current else _is_retired(session, key))
    if overruled and _seen(session, key, checksum):
        return None
    if current is not None and not overruled:
        current.status = DefinitionStatus.RETIRED
        session.flush()
    process = next(p for p in diagram.processes if p.id == key)
    row = ProcessDefinition(
        key=key, version=1 + (session.scalar(select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)) or 0),
        name=process.name or key, category=process.category, xml=xml.decode(), checksum=checksum, pins=pins,
        starters=_starters(current, process), source=source, deployed_by=actor.user_id, note=note,
        status=DefinitionStatus.DRAFT if overruled else DefinitionStatus.EFFECTIVE)
    session.add(row)
    session.flush()
    if not overruled:
        start_timers.arm(session, row, diagram)
    return row


def _starters(current: ProcessDefinition | None, process: bpmn_xml.Process) -> list[str]:
    """Who may start it: as drawn, but what an owner has ruled in the browser holds until the drawing says something new."""
    drawn = list(process.starters)
    if current is None:
        return drawn
    before = next((list(p.starters) for p in bpmn_xml.read(current.xml.encode()).processes if p.id == current.key), drawn)
    return current.starters if before == drawn else drawn


def _is_retired(session: Session, key: str) -> bool:
    """An owner took it out of use: no version is effective, though there are some."""
    return session.scalars(select(ProcessDefinition.id).where(ProcessDefinition.key == key).limit(1)).first() is not None


def _seen(session: Session, key: str, checksum: str) -> bool:
    """Whether the file lies there already, as a draft or as a version that an owner has replaced."""
    return session.scalars(select(ProcessDefinition.id).where(
        ProcessDefinition.key == key, ProcessDefinition.status != DefinitionStatus.EFFECTIVE,
        ProcessDefinition.checksum == checksum).limit(1)).first() is not None


def _pins(session: Session, key: str, diagram: bpmn_xml.Diagram) -> dict[str, Any]:
    """The rows this version runs with for ever: tables, and called processes with what they pin themselves."""
    dmn: dict[str, int] = {}
    called: dict[str, int] = {}
    for decision in {element.decision for element in diagram.tagged("businessRuleTask") if element.decision}:
        table = _latest_table(session, decision)
        if table is None:
            raise Refused("{key} 引用了不存在的决策表 {name}", key=key, name=decision)
        dmn[decision] = table.id
    for name in set(_called(diagram)) - {key}:
        row = _current(session, name)
        if row is None:
            raise Refused("{key} 调用了不存在的流程 {name}", key=key, name=name)
        called |= {**row.pins.get("called", {}), name: row.id}
        dmn |= row.pins.get("dmn", {})
    forms = form_versions.pins(session, diagram, key)
    return {"dmn": dict(sorted(dmn.items())), "called": dict(sorted(called.items()))} | ({"forms": forms} if forms else {})
