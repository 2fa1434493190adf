"""The last question, asked when no rule objects: does the real parser take it?"""
from collections.abc import Iterator
from typing import Any

from engine.bpmn_xml import Diagram
from engine.lint.finding import Finding, Severity
from engine.parser import Parser, parts_of


class _AnyTable(Parser):
    """Tables are files of their own, linted by themselves."""

    def get_engine(self, decision_ref: str, node: Any) -> Any:
        return None


def bpmn_findings(diagram: Diagram) -> Iterator[Finding]:
    """The parser's refusal, as a finding."""
    parser, key = _AnyTable(), diagram.process.id
    try:
        parser.add_bpmn_xml(diagram.root)
        parts_of(parser, key)
    except (Exception, MemoryError) as problem:  # lxml, KeyError, RecursionError: all mean no
        yield _refused(problem)


def _refused(problem: BaseException) -> Finding:
    tag = getattr(problem, "sourceline", None)
    named = str(getattr(problem, "id", None) or "") if tag is not None or hasattr(problem, "id") else ""
    return Finding(named if named != "None" else "", "parser", Severity.ERROR, "引擎读不了这个文件：{problem}，请按提示修改",
                   {"problem": (str(problem) or type(problem).__name__)[:300]})
