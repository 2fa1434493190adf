"""What the modeler's lists offer: roles, functions, operations, forms, processes, tables, departments, kinds of notices.

Words are message ids; the web translates them.
"""
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.notice_kinds import KINDS
from data_model.organisation import ROLE_NAMES, OrgUnit, UnitKind
from data_model.process import DecisionTable, DefinitionStatus, ProcessDefinition
from data_model.workshop import Draft, FormDesign, Kind
from engine import timeouts, xml_guard
from engine.bpmn_xml import local
from engine.lint.deeds import DEEDS
from engine.workshop import functions, stock
from engine.workshop.drawable import drawable
from engine.workshop.offers import FormField, Type
from engine.workshop.operations import operations

_DMN_TYPES = {"number": Type.NUMBER, "integer": Type.NUMBER, "double": Type.NUMBER, "long": Type.NUMBER, "boolean": Type.YES_NO,
              "date": Type.DATE}


def vocabulary(session: Session, coded: Iterable[str]) -> dict[str, Any]:
    """Every list of the modeler.

    Args:
        coded: names of the forms that come with the code.
    """
    return {
        "roles": [{"value": str(role), "name": name, "label": name} for role, name in ROLE_NAMES.items()],
        "departments": _departments(session),
        "functions": [asdict(function) for function in functions.ALL],
        "operations": [asdict(operation) for operation in operations()],
        "forms": _coded_forms(session, sorted(coded)) + _drawn_forms(session),
        "processes": _diagrams(session),
        "tables": _tables(session),
        "notices": [{"value": code, "label": kind.name} for kind in KINDS for code in kind.codes],
        "deeds": sorted(DEEDS),
        "timeouts": list(timeouts.DEEDS),
        "drawable": sorted(drawable()),
        "categories": _categories(session),
    }


def outputs(session: Session, key: str) -> list[FormField]:
    """What a decision table leaves in the data: of the draft when there is one, else of the newest version."""
    draft = session.scalars(select(Draft.content).where(Draft.kind == Kind.TABLE, Draft.key == key)).one_or_none()
    now = stock.running(session, Kind.TABLE, key) if draft is None else None
    content = draft if draft is not None else now.content if now else ""
    try:
        root = xml_guard.parse(content.encode())
    except xml_guard.XmlRefused:
        return []
    return [_output(node, place, root) for place, node in enumerate(n for n in root.iter() if local(n) == "output") if node.get("name")]


def _output(node: Any, place: int, root: Any) -> FormField:
    type_ = _DMN_TYPES.get((node.get("typeRef") or "").lower(), Type.TEXT)
    said = [entries[place] for entries in (_entries(rule) for rule in root.iter() if local(rule) == "rule") if len(entries) > place]
    words = dict.fromkeys(text[1:-1] for text in said if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1])
    return FormField(node.get("name"), node.get("label") or node.get("name"), type_,
                     tuple((word, word) for word in words) if type_ == Type.TEXT else ())


def _entries(rule: Any) -> list[str]:
    return ["".join(node.itertext()).strip() for node in rule if local(node) == "outputEntry"]


def _departments(session: Session) -> list[str]:
    found = session.scalars(select(OrgUnit.function).where(OrgUnit.kind == UnitKind.DEPARTMENT, OrgUnit.function != "").distinct())
    return sorted(found)


def _drafts(session: Session, kind: Kind) -> dict[str, str]:
    return {row.key: row.name for row in session.execute(select(Draft.key, Draft.name).where(Draft.kind == kind))}


def _coded_forms(session: Session, names: Sequence[str]) -> list[dict[str, Any]]:
    """Forms that come with the code, called as the step of the process in force that shows them."""
    keys = {name.partition(".")[0] for name in names}
    steps: dict[str, str] = {}
    for row in session.execute(select(ProcessDefinition.key, ProcessDefinition.xml).where(
            ProcessDefinition.status == DefinitionStatus.EFFECTIVE, ProcessDefinition.key.in_(keys))):
        for node in xml_guard.parse(row.xml.encode()).iter():
            said = node.get("name") if node.get("id") else None
            if said:
                steps[f"{row.key}.{'start' if local(node) == 'startEvent' else node.get('id')}"] = said
    return [{"value": name, "label": steps.get(name, ""), "drawn": False, "draft": False} for name in names]


def _drawn_forms(session: Session) -> list[dict[str, Any]]:
    deployed = {row.key: row.name for row in session.execute(select(FormDesign.key, FormDesign.name).order_by(FormDesign.version))}
    return _with_drafts(deployed, _drafts(session, Kind.FORM), drawn=True)


def _diagrams(session: Session) -> list[dict[str, Any]]:
    running = {row.key: row.name for row in session.execute(
        select(ProcessDefinition.key, ProcessDefinition.name).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE))}
    return _with_drafts(running, _drafts(session, Kind.DIAGRAM))


def _tables(session: Session) -> list[dict[str, Any]]:
    deployed = {row.key: row.name for row in session.execute(select(DecisionTable.key, DecisionTable.name).order_by(DecisionTable.version))}
    return _with_drafts(deployed, _drafts(session, Kind.TABLE))


def _with_drafts(deployed: dict[str, str], drafts: dict[str, str], **more: Any) -> list[dict[str, Any]]:
    return [{"value": key, "label": drafts.get(key) or deployed.get(key) or key, "draft": key not in deployed, **more}
            for key in sorted({**deployed, **drafts})]


def _categories(session: Session) -> list[str]:
    return sorted(session.scalars(select(ProcessDefinition.category).where(ProcessDefinition.category != "").distinct()))
