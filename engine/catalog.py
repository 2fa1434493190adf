"""Which processes exist, and each version parsed once: the spec it runs on, its rules, its flows."""
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, undefer

from data_model.actor import Actor
from data_model.process import DecisionTable, DefinitionStatus, ProcessDefinition
from data_model.workshop import FormDesign
from engine import bpmn_xml, parser
from engine.errors import Missing
from engine.properties import TaskRules

EVERYONE = "everyone"


GONE = TaskRules(allow=frozenset({"nothing"}))


class Steps(dict[str, TaskRules]):
    """A step that this version does not have, of a case that came from another one, can only be looked at."""

    def __missing__(self, _element: str) -> TaskRules:
        return GONE


@dataclass(frozen=True)
class Design:
    """One version of a form drawn in the browser, as form-js wrote it."""

    key: str
    version: int
    schema: str


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
    designs: Mapping[tuple[str, str], Design] = field(default_factory=dict)  # designed forms by (process they are asked in, name)

    @cached_property
    def rules(self) -> Mapping[str, TaskRules]:
        """By element id; those of a called process by `key/element`. What a case did under another version is here too: gone."""
        found = Steps()
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
    rows = {row.key: row} | {key: session.get_one(ProcessDefinition, row_id) for key, row_id in row.pins.get("called", {}).items()}
    diagrams = {key: one.xml.encode() for key, one in rows.items()}
    tables = {key: session.get_one(DecisionTable, row_id).xml.encode() for key, row_id in row.pins.get("dmn", {}).items()}
    spec, parts = parser.parse(row.key, diagrams, tables)
    return Flow(row.id, row.key, row.name, row.version, spec, parts, bpmn_xml.read(diagrams[row.key]), _designs(session, rows))


def _designs(session: Session, rows: Mapping[str, ProcessDefinition]) -> dict[tuple[str, str], Design]:
    """The forms that the processes have pinned, each process its own."""
    pinned = {(key, name): row_id for key, row in rows.items() for name, row_id in row.pins.get("forms", {}).items()}
    found = session.scalars(select(FormDesign).where(FormDesign.id.in_(set(pinned.values()))).options(undefer(FormDesign.schema)))
    designs = {row.id: Design(row.key, row.version, row.schema) for row in found} if pinned else {}
    return {place: designs[row_id] for place, row_id in pinned.items() if row_id in designs}
