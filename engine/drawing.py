"""How a diagram is drawn: the shapes, lines and labels of its BPMN DI, as plain values of bounded size."""
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from engine import bpmn_xml
from engine.bpmn_xml import local
from engine.catalog import Flow

SHAPES, POINTS, WORDS = 2_000, 60, 200  # more of it is not drawn
FARTHEST = 50_000.0  # no coordinate lies beyond


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Shape:
    """One thing with a place. `event` is why an event happens, `loop` how a task repeats; '' when it says nothing."""

    id: str
    tag: str
    name: str
    box: Box
    label: Box | None = None
    event: str = ""
    loop: str = ""
    flat: bool = False  # collapsed
    upright: bool = False  # a vertical pool or lane
    dashed: bool = False  # does not interrupt
    solid: bool = False  # throws


@dataclass(frozen=True)
class Line:
    """One connection. `start` is the mark at its beginning: 'default', 'conditional' or ''."""

    id: str
    tag: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None = None
    start: str = ""


@dataclass(frozen=True)
class Drawing:
    """Everything to be drawn, in document order, and the room it takes."""

    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    room: Box = field(default=Box(0, 0, 0, 0))

    @property
    def frames(self) -> tuple[Shape, ...]:
        return tuple(shape for shape in self.shapes if shape.tag in ("participant", "lane"))


_kept: "WeakKeyDictionary[Flow, Drawing | None]" = WeakKeyDictionary()


def drawing_of(flow: Flow) -> Drawing | None:
    """The drawing of a version, read once; None when the file has no drawing."""
    if flow not in _kept:
        _kept[flow] = read(flow.diagram.root)
    return _kept[flow]


def read(root: Any) -> Drawing | None:
    """The drawing below a parsed root element."""
    nodes = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
    drawn = list(_drawn(root))[:SHAPES]
    shapes = tuple(s for di, said in drawn if local(di) == "BPMNShape" and (s := _shape(di, nodes.get(said))) is not None)
    defaults = {node.get("default") for node in nodes.values() if node.get("default")}
    lines = tuple(e for di, said in drawn if local(di) == "BPMNEdge" and (e := _line(di, nodes.get(said), defaults)) is not None)
    return Drawing(shapes, lines, _room(shapes, lines)) if shapes else None


def _drawn(root: Any) -> Iterator[tuple[Any, str]]:
    for di in root.iter():
        if local(di) in ("BPMNShape", "BPMNEdge"):
            yield di, di.get("bpmnElement") or ""


def _shape(di: Any, node: Any) -> Shape | None:
    box = _box(di)
    if node is None or box is None:
        return None
    tag, events = local(node), [local(n)[:-len("EventDefinition")] for n in node if local(n).endswith("EventDefinition")]
    return Shape(
        id=node.get("id"), tag=tag, name=_words(node), box=box, label=_label(di), loop=_loop(node),
        event="multiple" if len(events) > 1 else events[0] if events else "",
        flat=tag in bpmn_xml.SCOPES and di.get("isExpanded") != "true", upright=di.get("isHorizontal") == "false",
        dashed=node.get("cancelActivity", node.get("isInterrupting", "true")) == "false",
        solid=tag in ("intermediateThrowEvent", "endEvent"))


def _line(di: Any, node: Any, defaults: set[str]) -> Line | None:
    points = tuple(p for n in di if local(n) == "waypoint" and (p := _point(n)) is not None)[:POINTS]
    if node is None or len(points) < 2:
        return None
    start = "default" if node.get("id") in defaults else "conditional" if _is_conditional_task_flow(node) else ""
    return Line(node.get("id"), local(node), _words(node), points, _label(di), start)


def _is_conditional_task_flow(node: Any) -> bool:
    """The small diamond belongs to conditions that leave a task; a gateway shows its own."""
    if bpmn_xml.child(node, "conditionExpression") is None:
        return False
    source = next((n for n in node.getparent() if n.get("id") == node.get("sourceRef")), None)
    return source is not None and local(source) in bpmn_xml.ACTIVITIES


def _words(node: Any) -> str:
    text = node.get("name") or next((n.text or "" for n in node if local(n) == "text"), "")
    return str(text)[:WORDS]


def _loop(node: Any) -> str:
    for child in node:
        if local(child) == "multiInstanceLoopCharacteristics":
            return "sequential" if child.get("isSequential") == "true" else "parallel"
        if local(child) == "standardLoopCharacteristics":
            return "loop"
    return ""


def _label(di: Any) -> Box | None:
    return next((_box(n) for n in di if local(n) == "BPMNLabel"), None)


def _box(di: Any) -> Box | None:
    said = next((n for n in di if local(n) == "Bounds"), None)
    numbers = [n for name in ("x", "y", "width", "height") if said is not None and (n := _number(said.get(name))) is not None]
    return Box(*numbers) if len(numbers) == 4 and min(numbers[2:]) >= 0 else None


def _point(node: Any) -> tuple[float, float] | None:
    x, y = _number(node.get("x")), _number(node.get("y"))
    return (x, y) if x is not None and y is not None else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= FARTHEST else None


def _room(shapes: tuple[Shape, ...], lines: tuple[Line, ...]) -> Box:
    boxes = [shape.box for shape in shapes]
    boxes += [b for b in (*(shape.label for shape in shapes), *(line.label for line in lines)) if b is not None]
    xs = [v for b in boxes for v in (b.x, b.right)] + [x for line in lines for x, _ in line.points]
    ys = [v for b in boxes for v in (b.y, b.bottom)] + [y for line in lines for _, y in line.points]
    return Box(min(xs) - 12, min(ys) - 12, max(xs) - min(xs) + 24, max(ys) - min(ys) + 24)
