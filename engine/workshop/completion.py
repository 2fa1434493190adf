"""The data fields an expression may speak of at one element: what the steps before it have left."""
import ast
import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from data_model import clock
from engine.bpmn_xml import Diagram, Element, child, extension_text
from engine.expressions import ExprError, compile_script
from engine.lint.tasks import PERSON
from engine.lint.times import TIMERS
from engine.properties import DONE, NO_FORM
from engine.service_task import NoHandler, handler
from engine.workshop.offers import FieldsOf, FormField, Offer, Type
from engine.workshop.upstream import behind

OutputsOf = Callable[[str], Sequence[FormField]]
"""The outputs of a decision table by its key."""


def available(diagram: Diagram, at: str, fields_of: FieldsOf, outputs_of: OutputsOf) -> list[Offer]:
    """Every entry of the data that can be there at an element or on a flow, each path once."""
    found: dict[str, Offer] = {}
    for offer in _all(diagram, at, fields_of, outputs_of):
        found.setdefault(offer.path, offer)
    return list(found.values())


def sample(offers: Sequence[Offer], person: int = 0, unit: int = 0) -> dict[str, Any]:
    """Data such as a case may have at that place, to try expressions on."""
    data: dict[str, Any] = {}
    for offer in offers:
        *above, name = offer.path.split(".")
        holder = data
        for part in above:
            inner = holder.get(part)
            holder = holder.setdefault(part, {}) if isinstance(inner, dict | None) else {}
        if not isinstance(holder.get(name), dict):
            holder[name] = _example(offer, person, unit)
    return data


def _example(offer: Offer, person: int, unit: int) -> Any:
    if offer.choices:
        return offer.choices[0][0]
    now = clock.local(clock.now())
    known: dict[str, Any] = {
        Type.NUMBER: 1, Type.YES_NO: True, Type.DATE: now.date().isoformat(), Type.MOMENT: now.isoformat(timespec="seconds"),
        Type.PERSON: person, Type.PEOPLE: [person], Type.UNIT: unit, Type.LIST: [], Type.ANY: None,
    }
    return known.get(offer.type, "")


def _all(diagram: Diagram, at: str, fields_of: FieldsOf, outputs_of: OutputsOf) -> Iterator[Offer]:
    process = diagram.process.id
    first = next((e for e in diagram.tagged("startEvent") if e.scope == process), None)
    form = _form(first, "start", fields_of) if first is not None else ""
    if first is not None and (asked := fields_of(form) if form else ()) is not None:
        yield Offer("start.by", "发起人", Type.PERSON, first.id)
        yield from (Offer(f"start.{f.key}", f.label, f.type, first.id, f.choices) for f in asked)
    for element in behind(diagram, at):
        yield from _left_by(element, fields_of, outputs_of)
    yield from _item(diagram.by_id.get(at))


def _left_by(element: Element, fields_of: FieldsOf, outputs_of: OutputsOf) -> Iterator[Offer]:
    if element.tag in PERSON:
        yield from _answer(element, fields_of)
    elif element.operator is not None:
        yield from (Offer(name, name, type_, element.id) for name, type_ in results(element.operator.name))
    elif element.decision:
        yield from (Offer(f.key, f.label, f.type, element.id, f.choices) for f in outputs_of(element.decision))
    for said in (element.script if element.tag == "scriptTask" else None,
                 extension_text(element.node, "preScript"), extension_text(element.node, "postScript")):
        yield from (Offer(name, name, Type.ANY, element.id) for name in assigned(said or ""))
    for variable in _messages(element):
        yield Offer(variable, variable, Type.ANY, element.id)


def _answer(element: Element, fields_of: FieldsOf) -> Iterator[Offer]:
    form = _form(element, element.id, fields_of)
    yield Offer(f"{element.id}.outcome", "结果（按钮）", Type.CHOICE, element.id, outcomes(element))
    yield Offer(f"{element.id}.by", "办理人", Type.PERSON, element.id)
    yield Offer(f"{element.id}.opinion", "意见", Type.TEXT, element.id)
    if "signing" in element.properties:
        yield Offer(f"{element.id}.votes", "各人的表态", Type.LIST, element.id)
    yield from (Offer(f"{element.id}.{f.key}", f.label, f.type, element.id, f.choices) for f in (fields_of(form) if form else None) or ())


def _form(element: Element, usual: str, fields_of: FieldsOf) -> str:
    """Its full name: a coded form of this flow is named by its step alone; '' when it asks nothing."""
    named = element.properties.get("form", "").strip()
    if named == NO_FORM:
        return ""
    if "." in named or (named and fields_of(named) is not None):
        return named
    return f"{element.process}.{named or usual}"


def outcomes(element: Element) -> tuple[tuple[str, str], ...]:
    """(value, label) of a step's buttons; the usual one when they cannot be read."""
    try:
        said = json.loads(element.properties.get("outcomes", "[]"))
        found = tuple((str(button["value"]), str(button["label"])) for button in said)
    except (ValueError, TypeError, KeyError, RecursionError):
        found = ()
    return found or tuple((usual.value, usual.label) for usual in DONE)


def assigned(script: str) -> list[str]:
    """Names a script sets, in the order of its lines."""
    try:
        body = compile_script(script, TIMERS) if script.strip() else []
    except ExprError:
        return []
    set_here = [_path(target) for statement in body for node in ast.walk(statement) if isinstance(node, ast.Assign)
                for target in node.targets]
    return list(dict.fromkeys(path for path in set_here if path))


def _path(target: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(target, ast.Attribute):
        parts, target = [target.attr, *parts], target.value
    return ".".join([target.id, *parts]) if isinstance(target, ast.Name) else ""


@cache
def results(operation: str) -> tuple[tuple[str, str], ...]:
    """(name, type) of what a handler adds to the data, read from its returns."""
    try:
        function = handler(operation)
    except NoHandler:
        return ()
    tree = ast.parse(inspect.getsource(function))
    found = [(key.value, _type_of(key.value, value)) for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value
             for part in ast.walk(node.value) if isinstance(part, ast.Dict) and _outermost(part, node.value)
             for key, value in zip(part.keys, part.values, strict=True) if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return tuple(dict(found).items())


def _outermost(part: ast.Dict, returned: ast.expr) -> bool:
    """Whether the dictionary is returned itself, or joined with others by `|`; not one that is inside a value."""
    if part is returned:
        return True
    if isinstance(returned, ast.BinOp):
        return _outermost(part, returned.left) or _outermost(part, returned.right)
    return isinstance(returned, ast.IfExp) and (_outermost(part, returned.body) or _outermost(part, returned.orelse))


_BY_NAME = {"grid": Type.UNIT, "place": Type.UNIT, "station": Type.UNIT, "unit": Type.UNIT, "assignee": Type.PERSON, "assigner": Type.PERSON}


def _type_of(name: str, value: ast.expr) -> str:
    if name in _BY_NAME:
        return _BY_NAME[name]
    if isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return Type.YES_NO
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "isoformat":
        return Type.MOMENT
    return Type.ANY


def _messages(element: Element) -> Iterator[str]:
    """Names under which an event keeps what a message brought."""
    for holder in (element.node, *(event.node for event in element.events)):
        for tag in ("messageVariable", "variableName"):
            if said := (extension_text(holder, tag) or "").strip():
                yield said


def _item(element: Element | None) -> Iterator[Offer]:
    """Inside a multi-instance step: the one it is about."""
    loop = child(element.node, "multiInstanceLoopCharacteristics") if element is not None else None
    item = child(loop, "inputDataItem") if loop is not None else None
    if element is not None and item is not None and item.get("id"):
        yield Offer(item.get("id"), item.get("name") or item.get("id"), Type.ANY, element.id)
