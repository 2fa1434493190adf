"""From the XML of a DMN file to a table. Nothing is judged here but that there is exactly one."""
from collections.abc import Iterator
from typing import Any

from engine import xml_guard
from engine.bpmn_xml import local
from engine.dmn.model import Cell, Input, Output, Row, Table
from engine.expressions import ExprError


def read(xml: bytes) -> Table:
    """The table of a guarded file.

    Raises:
        XmlRefused: it is no XML we read.
        ExprError: it does not hold exactly one decision table.
    """
    return of_root(xml_guard.parse(xml))


def of_root(root: Any) -> Table:
    decision = next(_children(root, "decision"), None)
    node = None if decision is None else next(_children(decision, "decisionTable"), None)
    if decision is None or node is None:
        raise ExprError("文件中没有决策表")
    return Table(
        key=decision.get("id") or "", name=decision.get("name") or "", id=node.get("id") or "",
        policy=(node.get("hitPolicy") or "UNIQUE").upper(), aggregation=(node.get("aggregation") or "").upper(),
        inputs=tuple(_input(part) for part in _children(node, "input")),
        outputs=tuple(_output(part) for part in _children(node, "output")),
        rows=tuple(_row(number, part) for number, part in enumerate(_children(node, "rule"), 1)))


def _input(node: Any) -> Input:
    asked = next(_children(node, "inputExpression"), None)
    return Input(node.get("id") or "", (node.get("label") or "").strip(), "" if asked is None else text_of(asked),
                 "" if asked is None else _type(asked), _inside(node, "inputValues"))


def _output(node: Any) -> Output:
    return Output(node.get("id") or "", (node.get("label") or "").strip(), node.get("name") or node.get("label") or "",
                  _type(node), _inside(node, "outputValues"), _inside(node, "defaultOutputEntry"))


def _row(number: int, node: Any) -> Row:
    cells = [tuple(Cell(part.get("id") or "", text_of(part)) for part in _children(node, tag)) for tag in ("inputEntry", "outputEntry")]
    note = next((part.text or "" for part in _children(node, "description")), "")
    return Row(node.get("id") or "", number, cells[0], cells[1], note.strip())


def _type(node: Any) -> str:
    return (node.get("typeRef") or "").rpartition(":")[2].strip()


def _inside(node: Any, tag: str) -> str:
    return next((text_of(part) for part in _children(node, tag)), "")


def text_of(node: Any) -> str:
    """What stands in the child `text`, without the space around it."""
    return next((part.text or "" for part in _children(node, "text")), "").strip()


def _children(node: Any, tag: str) -> Iterator[Any]:
    return (part for part in node if local(part) == tag)
