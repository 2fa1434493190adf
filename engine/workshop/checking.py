"""Whether a file of the workshop may be deployed: lint, told of everything it may name now, drafts included.

The modeler and deployment ask the same question here, so they cannot differ.
"""
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from data_model.workshop import Kind
from engine import bpmn_xml, xml_guard
from engine.lint import Finding, Known, Severity, lint, lint_dmn
from engine.workshop import drafts, names, stock, table_rows

FormCheck = Callable[[str], Iterable[Finding]]
_base: list[Known] = [Known()]
_form_checks: list[FormCheck] = []


def use(known: Known, form_check: FormCheck | None = None) -> None:
    """Wired at start-up: the names that come with the code, and how a designed form is checked."""
    _base[:] = [known]
    _form_checks[:] = [form_check] if form_check else []


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
                   forms=None if base.forms is None else base.forms | found[Kind.FORM])


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
