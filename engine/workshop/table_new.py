"""A decision table from scratch: a name, columns, and one empty rule that always fits."""
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.process import DecisionTable
from data_model.workshop import Draft, Kind
from engine.errors import EngineError
from engine.workshop import drafts, names

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
TYPES = ("string", "number", "boolean", "date")
LONGEST_KEY = 60
MOST = 20


@dataclass(frozen=True)
class Column:
    """`said` is an input's expression or an output's name."""

    label: str
    said: str
    type: str


def create(session: Session, actor: Actor, key: str, name: str, inputs: Sequence[Column], outputs: Sequence[Column]) -> str:
    """Begin a draft; its key.

    Raises:
        EngineError: something is missing, or there is such a table; with the field.
    """
    if len(names.checked(key)) > LONGEST_KEY:
        raise EngineError("编号「{key}」太长，最多 {limit} 个字符", "key", key=key, limit=LONGEST_KEY)
    if not name.strip() or len(name) > 100:
        raise EngineError("请填写名称，不超过 {limit} 个字", "name", limit=100)
    for field, columns in (("inputs", inputs), ("outputs", outputs)):
        if not columns or len(columns) > MOST or any(not column.said.strip() or column.type not in TYPES for column in columns):
            raise EngineError("请至少写一列，每列都要有名称和类型", field)
    if session.scalars(select(DecisionTable.id).where(DecisionTable.key == key).limit(1)).first() is not None or session.scalars(
            select(Draft.id).where(Draft.kind == Kind.TABLE, Draft.key == key)).first() is not None:
        raise EngineError("已有编号为 {key} 的决策表，请换一个编号", "key", key=key)
    try:
        content = blank(key, name.strip(), inputs, outputs)
    except ValueError:  # characters that no XML may hold
        raise EngineError("名称中有不能保存的字符", "name") from None
    drafts.save(session, actor, Kind.TABLE, key, content, 0, name.strip())
    return key


def blank(key: str, name: str, inputs: Sequence[Column], outputs: Sequence[Column]) -> str:
    """The file of such a table."""
    root = etree.Element(f"{{{DMN}}}definitions", {"id": f"{key}_definitions", "name": name, "namespace": "http://camunda.org/schema/1.0/dmn"},
                         nsmap={None: DMN})
    decision = etree.SubElement(root, f"{{{DMN}}}decision", {"id": key, "name": name})
    table = etree.SubElement(decision, f"{{{DMN}}}decisionTable", {"id": f"{key}_table", "hitPolicy": "FIRST"})
    for at, column in enumerate(inputs, 1):
        node = etree.SubElement(table, f"{{{DMN}}}input", {"id": f"{key}_in_{at}", "label": column.label.strip()})
        said = etree.SubElement(node, f"{{{DMN}}}inputExpression", {"id": f"{key}_expr_{at}", "typeRef": column.type})
        etree.SubElement(said, f"{{{DMN}}}text").text = column.said.strip()
    for at, column in enumerate(outputs, 1):
        etree.SubElement(table, f"{{{DMN}}}output", {
            "id": f"{key}_out_{at}", "label": column.label.strip(), "name": column.said.strip(), "typeRef": column.type})
    rule = etree.SubElement(table, f"{{{DMN}}}rule", {"id": f"{key}_rule_1"})
    for tag, count, text in (("inputEntry", len(inputs), "-"), ("outputEntry", len(outputs), "")):
        for at in range(1, count + 1):
            entry = etree.SubElement(rule, f"{{{DMN}}}{tag}", {"id": f"{key}_r1_{tag[:-5]}_{at}"})
            etree.SubElement(entry, f"{{{DMN}}}text").text = text
    return str(etree.tostring(root, encoding="unicode", pretty_print=True))
