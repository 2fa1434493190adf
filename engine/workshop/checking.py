"""Whether a file of the workshop may be deployed: lint, told of everything it may name now, drafts included.

The modeler and deployment ask the same question here, so they cannot differ.
"""
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from data_model.workshop import Kind
from engine import bpmn_xml, xml_guard
from engine.lint import Finding, Known, Severity, lint, lint_dmn
from engine.lint.finding import Facts
from engine.workshop import drafts, names, stock, table_rows

FormCheck = Callable[[str], Iterable[Any]]  # findings in the shape of ours
FieldsOf = Callable[[str], Facts]  # of a designed form's content
_base: list[Known] = [Known()]
_form_checks: list[FormCheck] = []
_fields_of: list[FieldsOf] = []


def use(known: Known, form_check: FormCheck | None = None, fields_of: FieldsOf | None = None) -> None:
    """Wired at start-up: the names that come with the code, how a designed form is checked, and which fields it has."""
    _base[:] = [known]
    _form_checks[:] = [form_check] if form_check else []
    _fields_of[:] = [fields_of] if fields_of else []


def known(session: Session, with_drafts: bool = True, beside: Iterable[str] = ()) -> Known:
    """What a diagram may name at this moment.

    Args:
        with_drafts: things that are only drawn count too: a deployment can take both.
        beside: names of files that come together with it.
    """
    also = [names.parted(name) for name in (*beside, *(_drawn(session) if with_drafts else ()))]
    found = {kind: stock.keys(session, kind) | {key for its, key in also if its is kind} for kind in Kind}
    base = _base[0]
    return replace(base, decisions=found[Kind.TABLE], processes=found[Kind.DIAGRAM],
                   forms=None if base.forms is None else base.forms | found[Kind.FORM], fields=partial(_fields, session, with_drafts, beside))


def _fields(session: Session, with_drafts: bool, beside: Iterable[str], name: str) -> Facts | None:
    """The fields of a form: coded, or drawn and coming along, drawn and not deployed yet, or deployed."""
    if "." in name:
        return _base[0].fields(name) if _base[0].fields else None
    file = names.file_name(Kind.FORM, name)
    if isinstance(beside, Mapping) and file in beside:
        content = beside[file].decode("utf-8", "replace")
    else:
        drawn = drafts.contents(session).get(file) if with_drafts else None
        now = None if drawn is not None else stock.running(session, Kind.FORM, name)
        content = drawn if drawn is not None else now.content if now else None
    return _fields_of[0](content) if content is not None and _fields_of else None


def findings(session: Session, file_name: str, content: bytes, with_drafts: bool = True, beside: Iterable[str] = ()) -> list[Finding]:
    """What is wrong with the file, errors first.

    Args:
        file_name: `<key>.bpmn`, `<key>.dmn` or `<key>.form`.
        with_drafts, beside: see `known`.
    """
    kind, key = names.parted(file_name)
    if kind is Kind.FORM:
        return [finding for check in _form_checks for finding in check(content.decode("utf-8", "replace"))]
    found = lint_dmn(content) if kind is Kind.TABLE else lint(content, known(session, with_drafts, beside))
    return found if any(f.rule == "xml" for f in found) else [*_misnamed(kind, key, content), *found]


def errors(session: Session, files: Mapping[str, bytes]) -> dict[str, tuple[Finding, ...]]:
    """What keeps files that come together from being deployed, by file name; empty: nothing does."""
    found = {name: tuple(f for f in (*findings(session, name, content, with_drafts=False, beside=files), *_untrue(session, name, content))
                         if f.severity == Severity.ERROR) for name, content in files.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


def _untrue(session: Session, file_name: str, content: bytes) -> Iterator[Finding]:
    """Test rows that a table as it is drawn does not keep; a file from outside is not held up by the owner's rows."""
    kind, key = names.parted(file_name)
    if kind is Kind.TABLE and drafts.contents(session).get(file_name, "").encode() == content:
        yield from table_rows.findings(session, key, content)


def _misnamed(kind: Kind, key: str, content: bytes) -> Iterator[Finding]:
    """Whoever calls a process or a table calls it by the name of its file."""
    tag = "process" if kind is Kind.DIAGRAM else "decision"
    found = [node.get("id", "") for node in xml_guard.parse(content) if bpmn_xml.local(node) == tag]
    if found and key not in found:
        yield Finding(found[0], "key", Severity.ERROR, "编号「{element}」与文件名「{key}」不一致，请改为一致", {"element": found[0], "key": key})


def _drawn(session: Session) -> list[str]:
    return [names.file_name(draft.kind, draft.key) for draft in drafts.listing(session)]
