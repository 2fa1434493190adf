"""Which processes exist, and each version parsed once: the spec it runs on, its rules, its flows."""
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import DecisionTable, DefinitionStatus, ProcessDefinition
from engine import bpmn_xml, parser
from engine.errors import Missing
from engine.properties import TaskRules

EVERYONE = "everyone"


@dataclass(frozen=True, eq=False)
class Flow:
    """One version of one process, ready to run; shared by every run and every thread, so nobody changes it."""

    definition_id: int
    key: str
    name: str
    version: int
    spec: Any
    parts: Mapping[str, Any]
    diagram: bpmn_xml.Diagram

    @cached_property
    def rules(self) -> Mapping[str, TaskRules]:
        """By element id; those of a called process by `key/element`."""
        found: dict[str, TaskRules] = {}
        for wf_spec in (self.spec, *self.parts.values()):
            for spec in wf_spec.task_specs.values():
                rules = getattr(spec, "rules", None)
                if rules is not None:
                    found.setdefault(self.address(rules, spec.bpmn_id), rules)
        return found

    def address(self, rules: TaskRules, element: str) -> str:
        """How rows name a user task: its id, with the called process before it when it is drawn elsewhere."""
        return element if rules.process == self.key else f"{rules.process}/{element}"

    @cached_property
    def flows(self) -> Mapping[tuple[str, str], str]:
        """Sequence flow ids by (source, target)."""
        return {(flow.source, flow.target): flow.id for flow in self.diagram.flows}

    def name_of(self, element: str) -> str:
        found = self.diagram.by_id.get(element)
        return found.name if found else ""


@dataclass(frozen=True)
class Startable:
    key: str
    name: str
    category: str


_parsed: "WeakKeyDictionary[Engine, dict[int, Flow]]" = WeakKeyDictionary()
_lock = threading.Lock()


def effective(session: Session, key: str) -> ProcessDefinition:
    """The version that new instances run on.

    Raises:
        Missing: no version is effective.
    """
    found = session.scalars(select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.status == DefinitionStatus.EFFECTIVE)).one_or_none()
    if found is None:
        raise Missing("没有名为 {key} 的流程", key=key)
    return found


def startable(session: Session, actor: Actor) -> list[Startable]:
    """What the person may start by hand, by category and name."""
    rows = session.scalars(select(ProcessDefinition).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)
                           .order_by(ProcessDefinition.category, ProcessDefinition.name)).all()
    return [Startable(row.key, row.name, row.category) for row in rows if may_start(actor, row.starters)]


def may_start(actor: Actor, starters: list[str]) -> bool:
    """Whether one of the person's roles is among those that may start it by hand."""
    if EVERYONE in starters:
        return True
    return any(principal.partition("@")[0] in starters for principal in actor.principals if "@" in principal)


def flow(session: Session, definition_id: int) -> Flow:
    """A version, parsed the first time somebody asks for it."""
    if "deployed" in session.info:  # rows of an unfinished unit of work may yet vanish, and their ids be given again
        own: dict[int, Flow] = session.info.setdefault("parsed", {})
        if definition_id not in own:
            own[definition_id] = _parse(session, definition_id)
        return own[definition_id]
    known = _parsed.get(_database(session))
    if known is not None and definition_id in known:
        return known[definition_id]
    found = _parse(session, definition_id)
    with _lock:
        _parsed.setdefault(_database(session), {})[definition_id] = found
    return found


def _database(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def _parse(session: Session, definition_id: int) -> Flow:
    row = session.get_one(ProcessDefinition, definition_id)
    called = row.pins.get("called", {})
    diagrams = {row.key: row.xml.encode()}
    diagrams |= {key: session.get_one(ProcessDefinition, row_id).xml.encode() for key, row_id in called.items()}
    tables = {key: session.get_one(DecisionTable, row_id).xml.encode() for key, row_id in row.pins.get("dmn", {}).items()}
    spec, parts = parser.parse(row.key, diagrams, tables)
    return Flow(row.id, row.key, row.name, row.version, spec, parts, bpmn_xml.read(diagrams[row.key]))
