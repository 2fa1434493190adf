"""What may be done to versions that are there: take one back as a draft, take a process out of use, say who may start it."""
import re

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from data_model.actor import Actor
from data_model.organisation import ROLE_NAMES
from data_model.process import DecisionTable, DefinitionStatus, ProcessDefinition
from data_model.workshop import FormDesign, Kind
from engine import bpmn_xml
from engine.errors import EngineError, Missing, TooLate
from engine.workshop import drafts
from engine.workshop.four_eyes import may_deploy

_QUOTED = re.compile(r"""['"](.+)['"]""")


def content_of(session: Session, kind: Kind, key: str, version: int) -> str:
    """What a version says.

    Raises:
        Missing: there is no such version.
    """
    column = {Kind.DIAGRAM: ProcessDefinition.xml, Kind.TABLE: DecisionTable.xml, Kind.FORM: FormDesign.schema}[kind]
    model = column.class_
    found: str | None = session.scalars(select(column).where(model.key == key, model.version == version)).one_or_none()
    if found is None:
        raise Missing("没有版本 {version}", version=version)
    return found


def restore(session: Session, actor: Actor, kind: Kind, key: str, version: int, revision: int) -> int:
    """Make an old version the draft; it runs once it is deployed. The draft's new revision.

    Args:
        revision: of the draft that it replaces, as the person has seen it; 0: there was none.

    Raises:
        TooLate: somebody has saved a draft meanwhile.
    """
    return drafts.save(session, actor, kind, key, content_of(session, kind, key, version), revision)


def retire(session: Session, actor: Actor, key: str, version: int) -> ProcessDefinition:
    """Take a process out of use: nobody starts it any more, running cases go on.

    Args:
        version: the one the person took for the running one.

    Raises:
        TooLate: it is not the running version any more.
        EngineError: other processes call it.
    """
    may_deploy(actor)
    row = _effective(session, key, version)
    others = callers(session, key)
    if others:
        raise EngineError("流程仍被 {names} 调用，请先修改这些流程", names="、".join(other.name for other in others))
    row.status = DefinitionStatus.RETIRED
    session.flush()
    return row


def callers(session: Session, key: str) -> list[ProcessDefinition]:
    """Running definitions that call the process, or start it."""
    rows = session.scalars(select(ProcessDefinition).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE, ProcessDefinition.key != key)
                           .options(undefer(ProcessDefinition.xml)).order_by(ProcessDefinition.key)).all()
    return [row for row in rows if key in row.xml and key in _named(bpmn_xml.read(row.xml.encode()))]


def set_starters(session: Session, actor: Actor, key: str, version: int, starters: list[str]) -> ProcessDefinition:
    """Who may start the process by hand, from now on; new versions keep it until their drawing says something new.

    Args:
        starters: role codes, or 'everyone'; empty: nobody.
    """
    may_deploy(actor)
    wrong = [name for name in starters if name != bpmn_xml.EVERYONE and name not in list(map(str, ROLE_NAMES))]
    if wrong:
        raise EngineError("没有角色「{role}」", "starters", role=wrong[0][:60])
    row = _effective(session, key, version)
    row.starters = [bpmn_xml.EVERYONE] if bpmn_xml.EVERYONE in starters else list(dict.fromkeys(starters))
    session.flush()
    return row


def discard(session: Session, actor: Actor, key: str, version: int) -> None:
    """Throw away a version that came as a file and never ran.

    Raises:
        TooLate: it runs, or did.
    """
    may_deploy(actor)
    row = session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == key, ProcessDefinition.version == version)).one_or_none()
    if row is None or row.status != DefinitionStatus.DRAFT:
        raise TooLate("此版本已不是待处理的文件")
    row.status = DefinitionStatus.RETIRED
    session.flush()


def _effective(session: Session, key: str, version: int) -> ProcessDefinition:
    row = session.scalars(select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.status == DefinitionStatus.EFFECTIVE).with_for_update()).one_or_none()
    if row is None or row.version != version:
        raise TooLate("现行版本已不是版本 {version}，请刷新后重试", version=version)
    return row


def _named(diagram: bpmn_xml.Diagram) -> set[str]:
    """Processes that a diagram calls, or starts by an operation."""
    called = {element.called for element in diagram.tagged("callActivity") if element.called}
    started = {found[1] for element in diagram.tagged("serviceTask") if element.operator and element.operator.name == "flow.start_process"
               for value in element.operator.parameters.values() if (found := _QUOTED.fullmatch(value.strip()))}
    return called | started
