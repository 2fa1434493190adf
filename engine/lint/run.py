"""Runs the rules over a file: guard, rules, and at last the real parser. Whatever the file holds, findings come back."""
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from engine import bpmn_xml, xml_guard
from engine.lint import (  # noqa: F401  (imported for the rules they list)
    decisions,
    deeds,
    duties,
    events,
    expressions,
    fields,
    files,
    gateways,
    house,
    limits,
    multi_instance,
    parsing,
    returns,
    services,
    structure,
    tasks,
    vendors,
)
from engine.lint.finding import FIRST, RULES, Checked, Finding, Known, Severity, Translate

MAX_FINDINGS = 200
_NOTHING_KNOWN = Known()


def lint(data: bytes, known: Known = _NOTHING_KNOWN) -> list[Finding]:
    """What is wrong with a BPMN file: errors first, at most MAX_FINDINGS.

    Args:
        data: the file.
        known: the names it may use.
    """
    return _guarded(data, lambda root: _bpmn(root, known))


def lint_dmn(data: bytes) -> list[Finding]:
    """What is wrong with a DMN file; as `lint`."""
    return _guarded(data, decisions.findings)


def lint_file(data: bytes, known: Known = _NOTHING_KNOWN) -> list[Finding]:
    """What is wrong with a file that is BPMN or DMN; as `lint`."""
    return _guarded(data, lambda root: decisions.findings(root) if decisions.is_dmn(root) else _bpmn(root, known))


def report(path: Path, known: Known = _NOTHING_KNOWN, translate: Translate = str) -> tuple[list[dict[str, str]], int]:
    """What `anlan lint FILE --json` prints, and its exit code: 1 when deploy would refuse. Never reads past the size limit."""
    try:
        with path.open("rb") as file:
            found = lint_file(file.read(xml_guard.MAX_BYTES + 1), known)
    except OSError as problem:
        found = [_whole("file", "无法读取文件：{problem}", problem=problem.strerror or "")]
    return [finding.plain(translate) for finding in found], int(any(f.severity == Severity.ERROR for f in found))


def _guarded(data: bytes, judge: Callable[[Any], Iterator[Finding]]) -> list[Finding]:
    try:
        found = list(islice(judge(xml_guard.parse(data)), 10 * MAX_FINDINGS))
    except xml_guard.XmlRefused as refusal:
        found = [_whole("xml", refusal.text, **refusal.params)]
    except (Exception, MemoryError) as problem:  # a file that breaks lint is not fit to be deployed
        found = [_failed("", problem)]
    found.sort(key=lambda finding: finding.severity != Severity.ERROR)
    return found[:MAX_FINDINGS]


def _bpmn(root: Any, known: Known) -> Iterator[Finding]:
    checked = Checked(bpmn_xml.of_root(root), known)
    found = [finding for name in FIRST for finding in _applied(name, checked)]
    yield from found
    if any(finding.severity == Severity.ERROR for finding in found):
        return
    found = [finding for name in RULES if name not in FIRST for finding in _applied(name, checked)]
    yield from found
    if not any(finding.severity == Severity.ERROR for finding in found):
        yield from parsing.bpmn_findings(checked.diagram)


def _applied(name: str, checked: Checked) -> Iterator[Finding]:
    try:
        for draft, _ in zip(RULES[name](checked), range(MAX_FINDINGS), strict=False):
            yield Finding(draft.element, name, draft.severity, draft.text, draft.params)
    except (Exception, MemoryError) as problem:
        yield _failed(name, problem)


def _failed(name: str, problem: BaseException) -> Finding:
    return _whole("lint-failed", "检查规则 {rule} 时出错（{problem}），无法确认此文件可以部署，请联系管理员",
                  rule=name or "-", problem=type(problem).__name__)


def _whole(named: str, text: str, **params: Any) -> Finding:
    return Finding("", named, Severity.ERROR, text, params)
