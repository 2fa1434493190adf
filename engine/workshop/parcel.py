"""What goes along when a diagram is deployed, and what each part changes."""
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from data_model.workshop import Kind
from engine import bpmn_xml, form_versions, xml_guard
from engine.dmn import reading
from engine.expressions import ExprError
from engine.workshop import names, stock, table_changes
from engine.workshop.compare import Change, How, differences

_MOST = 2_000  # letters of one value


def asks(key: str, diagram: bpmn_xml.Diagram) -> set[str]:
    """Names of the files that a diagram needs: tables, forms, called processes."""
    tables = {element.decision for element in diagram.tagged("businessRuleTask") if element.decision}
    called = {element.called for element in diagram.tagged("callActivity") if element.called}
    return ({names.file_name(Kind.TABLE, name) for name in tables} | {names.file_name(Kind.FORM, name) for name in form_versions.named(diagram, key)}
            | {names.file_name(Kind.DIAGRAM, name) for name in called - {key}})


def needed(contents: Mapping[str, str], main: str) -> set[str]:
    """Of the drafts, those that one of them asks for, directly or through a called process that is drawn too."""
    found: set[str] = set()
    ahead = [main]
    while ahead:
        name = ahead.pop()
        if name in contents and name.endswith(".bpmn"):
            more = (_asked(name, contents[name]) & set(contents)) - found - {main}
            found |= more
            ahead += more
    return found


def changes(session: Session, kind: Kind, key: str, content: bytes) -> list[Change]:
    """What a file would change of what runs now; a new thing is one change."""
    now = stock.running(session, kind, key)
    if now is None:
        return [Change(key, key, kind, How.ADDED)]
    before = now.content.encode()
    try:
        if kind is Kind.DIAGRAM:
            return differences(before, content)
        return list(_of_table(before, content) if kind is Kind.TABLE else _of_form(before, content))
    except (ValueError, ExprError, LookupError, AttributeError, TypeError, RecursionError):  # lint says what is wrong with it
        return [Change(key, key, kind, How.CHANGED)] if before != content else []


def _asked(name: str, content: str) -> set[str]:
    try:
        return asks(names.parted(name)[1], bpmn_xml.read(content.encode()))
    except xml_guard.XmlRefused:
        return set()


def _of_table(before: bytes, after: bytes) -> Iterator[Change]:
    found = table_changes.changes(reading.read(before), reading.read(after))
    for cell in found.head:
        yield Change("", "", "table", How.CHANGED, cell.title, "", cell.before, cell.after, cell.title != "名称")
    for row in found.rows:
        number = str(row.after or row.before)
        if not row.cells:
            yield Change(number, row.note, "rule", str(row.how))
        for cell in row.cells:
            yield Change(number, row.note, "rule", str(row.how), cell.title, "", cell.before, cell.after)


def _of_form(before: bytes, after: bytes) -> Iterator[Change]:
    """By the key of each field, as people see the form."""
    was, now = _fields(json.loads(before)), _fields(json.loads(after))
    for id, field in now.items():
        if id not in was:
            yield Change(id, _label(field), "field", How.ADDED)
            continue
        for name in dict.fromkeys([*field, *was[id]]):
            old, new = _plain(was[id].get(name)), _plain(field.get(name))
            if old != new:
                yield Change(id, _label(field), "field", How.CHANGED, "属性", name, old, new, name not in ("label", "description", "layout"))
    yield from (Change(id, _label(field), "field", How.REMOVED) for id, field in was.items() if id not in now)
    if list(was) != list(now) and set(was) == set(now):
        yield Change("", "", "form", How.MOVED, "位置", executes=False)


def _fields(part: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for component in part.get("components", ()):
        found[str(component.get("key") or component.get("path") or component.get("id"))] = {
            name: value for name, value in component.items() if name not in ("components", "id")}
        found |= _fields(component)
    return found


def _label(field: Mapping[str, Any]) -> str:
    return str(field.get("label") or field.get("text") or "")[:80]


def _plain(value: Any) -> str:
    return (value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True))[:_MOST]
