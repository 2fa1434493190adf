"""A diagram as SVG, close to what bpmn-js shows, in plain Python: for print and for browsers without scripts.

Every word and number goes through `_tag`, which escapes it; there are no style attributes, so that a strict
Content-Security-Policy shows it as it is.
"""
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from math import hypot

from engine.bpmn_xml import ACTIVITIES, EVENTS, GATEWAYS
from engine.diagram_glyphs import EVENT_GLYPHS, GATEWAY_GLYPHS, LOOP_GLYPHS, TASK_GLYPHS
from engine.diagram_words import wide as wide_in
from engine.diagram_words import wrapped
from engine.drawing import Box, Drawing, Line, Shape

INK, PAPER = "#22242a", "#fff"
FONT = "'Noto Sans SC', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
OVERLAP = 60.0  # what two neighbouring parts of a wide drawing both show
_PAINTS = {"done": ("#e3f6e8", "#2b8a3e", 2.0, ""), "current": ("#fff3d6", "#b35900", 3.0, ""), "failed": ("#fde3e3", "#c92a2a", 3.0, "6 3")}
_BOLD = ("exclusiveGateway", "parallelGateway", "complexGateway")


@dataclass(frozen=True)
class Marks:
    """Which elements look how; `flows` are the lines gone along, `badges` small words at an element's foot."""

    done: frozenset[str] = frozenset()
    current: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()
    badges: dict[str, str] = field(default_factory=dict)

    def paint(self, element: str) -> tuple[str, str, float, str] | None:
        return next((_PAINTS[kind] for kind in ("failed", "current", "done") if element in getattr(self, kind)), None)


def svg(drawing: Drawing, marks: Marks, words: Callable[[str], str] = str, view: Box | None = None) -> str:
    """The picture.

    Args:
        words: turns a name in the diagram into the language of the reader.
        view: the part of the room to show; default all of it.
    """
    view = view or drawing.room
    if view != drawing.room:
        drawing = _within(drawing, view)
    parts = [_defs(), *(_frame(s, marks, words) for s in drawing.frames)]
    rest = [s for s in drawing.shapes if s.tag not in ("participant", "lane")]
    parts += [_shape(s, marks, words) for s in rest if _is_room(s)]
    parts += [_line(line, marks) for line in sorted(drawing.lines, key=lambda line: line.id in marks.flows)]
    parts += [_shape(s, marks, words) for s in rest if not _is_room(s)]
    parts += [_beside(shape, words) for shape in rest]
    parts += [_beside(line, words) for line in drawing.lines]
    parts += [_badge(s, marks) for s in rest if s.id in marks.badges]
    inside = "".join(parts)
    if view != drawing.room:  # not every renderer cuts off what lies outside the view
        clip = _tag("clipPath", _rect(view), id="view")
        inside = _tag("defs", clip) + _tag("g", inside, clip_path="url(#view)")
    return _tag("svg", inside, xmlns="http://www.w3.org/2000/svg", width=_n(view.width), height=_n(view.height),
                viewBox=" ".join(map(_n, (view.x, view.y, view.width, view.height))), font_family=FONT, fill=INK)


def views(drawing: Drawing, widest: float, most: int = 4) -> list[Box]:
    """The room cut into upright parts of about equal width, none wider than `widest`, where the fewest shapes are cut."""
    room = drawing.room
    count = min(most, max(1, -(-int(room.width) // int(widest))))
    cuts = [room.x, *(_best_cut(drawing, room.x + room.width * i / count, room.width / count / 5) for i in range(1, count)), room.right]
    return [Box(left - (OVERLAP if i else 0), room.y, right - left + (OVERLAP if i else 0), room.height)
            for i, (left, right) in enumerate(zip(cuts, cuts[1:], strict=False))]


def _within(drawing: Drawing, view: Box) -> Drawing:
    """What a part shows at least a corner of."""
    def seen(xs: list[float], ys: list[float]) -> bool:
        return max(xs) >= view.x and min(xs) <= view.right and max(ys) >= view.y and min(ys) <= view.bottom

    def of(*boxes: Box | None) -> tuple[list[float], list[float]]:
        found = [b for b in boxes if b]
        return [x for b in found for x in (b.x, b.right)], [y for b in found for y in (b.y, b.bottom)]

    shapes = tuple(s for s in drawing.shapes if seen(*of(s.box, s.label)))
    lines = tuple(e for e in drawing.lines if seen([x for x, _ in e.points], [y for _, y in e.points]) or (e.label and seen(*of(e.label))))
    return Drawing(shapes, lines, drawing.room)


def _best_cut(drawing: Drawing, wanted: float, slack: float) -> float:
    small = [b for s in drawing.shapes if s.tag not in ("participant", "lane") for b in (s.box, s.label) if b]
    tries = [wanted + slack * step / 10 for step in range(-10, 11)]
    return min(tries, key=lambda x: (sum(b.x - 6 <= x <= b.right + 6 for b in small), abs(x - wanted)))


def _is_room(shape: Shape) -> bool:
    """Things that other things stand in, drawn below the lines."""
    return shape.tag == "group" or (shape.tag in ("subProcess", "transaction", "adHocSubProcess") and not shape.flat)


# ── pools, lanes, elements ──

def _frame(shape: Shape, marks: Marks, words: Callable[[str], str]) -> str:
    box, name = shape.box, words(shape.name)
    rect = _rect(box, fill=PAPER, stroke=INK, stroke_width="1.5")
    if shape.upright:
        return rect + _text(name, Box(box.x, box.y, box.width, 30), 12)
    band = _tag("path", d=f"M{_n(box.x + 30)} {_n(box.y)}V{_n(box.bottom)}", stroke=INK, stroke_width="1.5") if shape.tag == "participant" else ""
    cx, cy = box.x + 15, box.y + box.height / 2
    turned = _text(name, Box(cx - box.height / 2, cy - 15, box.height, 30), 12)
    return rect + band + _tag("g", turned, transform=f"rotate(270 {_n(cx)} {_n(cy)})")


def _shape(shape: Shape, marks: Marks, words: Callable[[str], str]) -> str:
    fill, stroke, width, dash = marks.paint(shape.id) or (PAPER, INK, 0.0, "")
    if shape.tag in EVENTS:
        return _event(shape, fill, stroke, width, dash)
    if shape.tag in GATEWAYS:
        return _gateway(shape, fill, stroke, width or 2, dash)
    if shape.tag in ACTIVITIES:
        return _activity(shape, fill, stroke, width, dash, words)
    if shape.tag == "textAnnotation":
        b = shape.box
        return _tag("path", d=f"M{_n(b.x + 10)} {_n(b.y)}H{_n(b.x)}V{_n(b.bottom)}H{_n(b.x + 10)}", fill="none", stroke=INK,
                    stroke_width="1.5") + _text(words(shape.name), b, 12)
    return _rect(shape.box, rx="3", fill="none", stroke=INK, stroke_width="1.5",
                 **({"stroke_dasharray": "8 4 1 4"} if shape.tag == "group" else {}))


def _event(shape: Shape, fill: str, stroke: str, width: float, dash: str) -> str:
    (cx, cy), r = shape.box.middle, min(shape.box.width, shape.box.height) / 2
    border = width or (4 if shape.tag == "endEvent" else 1.5 if shape.tag not in ("startEvent",) else 2)
    said = {"fill": fill, "stroke": stroke, "stroke_width": _n(border)} | _dashed(dash or ("6 3" if shape.dashed else ""))
    parts = _tag("circle", cx=_n(cx), cy=_n(cy), r=_n(r), **said)
    if shape.tag in ("boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"):
        parts += _tag("circle", cx=_n(cx), cy=_n(cy), r=_n(max(r - 3, 1)), **{**said, "fill": "none", "stroke_width": "1.5"})
    glyph = EVENT_GLYPHS.get(shape.event)
    if glyph:
        parts += _glyph(glyph, cx - 18, cy - 18, stroke, stroke if shape.solid else "none", fill)
    return parts


def _gateway(shape: Shape, fill: str, stroke: str, width: float, dash: str) -> str:
    b, (cx, cy) = shape.box, shape.box.middle
    parts = _tag("path", d=f"M{_n(cx)} {_n(b.y)}L{_n(b.right)} {_n(cy)}L{_n(cx)} {_n(b.bottom)}L{_n(b.x)} {_n(cy)}Z", fill=fill,
                 stroke=stroke, stroke_width=_n(width), stroke_linejoin="round", **_dashed(dash))
    return parts + _glyph(GATEWAY_GLYPHS.get(shape.tag, ""), cx - 25, cy - 25, stroke, "none", fill, "3" if shape.tag in _BOLD else "1.5")


def _activity(shape: Shape, fill: str, stroke: str, width: float, dash: str, words: Callable[[str], str]) -> str:
    b = shape.box
    border = width or (5 if shape.tag == "callActivity" else 2)
    parts = _rect(b, rx="10", fill=fill, stroke=stroke, stroke_width=_n(border), **_dashed(dash))
    parts += _glyph(TASK_GLYPHS.get(shape.tag, ""), b.x + 7, b.y + 7, stroke, "none", fill)
    feet = [LOOP_GLYPHS[kind] for kind in (shape.loop, "flat" if shape.flat or shape.tag == "callActivity" else "") if kind]
    left = b.middle[0] - 8 * len(feet)
    parts += "".join(_glyph(foot, left + 16 * i, b.bottom - 19, stroke, "none", fill) for i, foot in enumerate(feet))
    inside = Box(b.x + 7, b.y + 7, b.width - 14, 24) if _is_room(shape) else Box(b.x + 5, b.y + 4, b.width - 10, b.height - 8)
    return parts + _text(words(shape.name), inside, 12)


# ── lines ──

def _line(line: Line, marks: Marks) -> str:
    went = line.id in marks.flows
    said = {"d": _way(line.points), "fill": "none", "stroke": "#2b8a3e" if went else INK, "stroke_linejoin": "round", "stroke_linecap": "round"}
    if line.tag == "sequenceFlow":
        start = {"marker_start": f"url(#{line.start})"} if line.start else {}
        return _tag("path", **said, **start, stroke_width="2.5" if went else "2", marker_end="url(#went)" if went else "url(#arrow)")
    if line.tag == "messageFlow":
        return _tag("path", **said, stroke_width="1.5", stroke_dasharray="10 11", marker_end="url(#message)")
    return _tag("path", **said, stroke_width="2", stroke_dasharray="0 5")


def _way(points: tuple[tuple[float, float], ...]) -> str:
    """The line with its corners rounded a little."""
    way = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = _towards(corner, before), _towards(corner, after)
        way.append(f"L{_n(ax)} {_n(ay)}Q{_n(corner[0])} {_n(corner[1])} {_n(bx)} {_n(by)}")
    return "".join([*way, f"L{_n(points[-1][0])} {_n(points[-1][1])}"])


def _towards(here: tuple[float, float], there: tuple[float, float]) -> tuple[float, float]:
    far = hypot(there[0] - here[0], there[1] - here[1])
    part = min(5.0, far / 2) / far if far else 0.0
    return here[0] + (there[0] - here[0]) * part, here[1] + (there[1] - here[1]) * part


def _defs() -> str:
    marks = (
        _marker("arrow", _tag("path", d="M1 5 11 10 1 15Z", fill=INK), 11, 10),
        _marker("went", _tag("path", d="M1 5 11 10 1 15Z", fill="#2b8a3e"), 11, 9),
        _marker("message", _tag("path", d="M1 4 9 10 1 16Z", fill=PAPER, stroke=INK), 9, 10),
        _marker("default", _tag("path", d="M6 4 10 16", fill="none", stroke=INK, stroke_width="2"), 0, 10),
        _marker("conditional", _tag("path", d="M0 10 8 6 16 10 8 14Z", fill=PAPER, stroke=INK), -1, 10))
    return _tag("defs", "".join(marks))


def _marker(name: str, inside: str, x: int, size: int) -> str:
    return _tag("marker", inside, id=name, viewBox="0 0 20 20", refX=str(x), refY="10", markerWidth=str(size), markerHeight=str(size),
                orient="auto", markerUnits="strokeWidth")


# ── words ──

def _beside(thing: Shape | Line, words: Callable[[str], str]) -> str:
    """The name of an event, a gateway or a line, which stands beside it."""
    name = words(thing.name) if thing.name else ""
    if not name or (isinstance(thing, Shape) and thing.tag in ACTIVITIES | {"textAnnotation"}):
        return ""
    box = thing.label or _default_label(thing)
    wide = max(box.width, 90.0)
    rows = wrapped(name, wide, 11, 6)
    return _rows(rows, box.x + box.width / 2, box.y + 11 * 0.95, 11, halo=isinstance(thing, Line))


def _default_label(thing: Shape | Line) -> Box:
    if isinstance(thing, Shape):
        return Box(thing.box.middle[0] - 45, thing.box.bottom + 6, 90, 14)
    (ax, ay), (bx, by) = thing.points[len(thing.points) // 2 - 1:][:2]
    return Box((ax + bx) / 2 - 45, (ay + by) / 2 - 18, 90, 14)


def _text(text: str, box: Box, size: int) -> str:
    """Words in the middle of a box, wrapped; what does not fit ends in an ellipsis."""
    rows = wrapped(text, box.width, size, max(1, int(box.height / (size * 1.2))))
    cx, cy = box.middle
    return _rows(rows, cx, cy - (len(rows) - 1) * size * 0.6 + size * 0.36, size)


def _rows(rows: list[str], x: float, y: float, size: int, halo: bool = False) -> str:
    if not rows:
        return ""
    spans = "".join(_tag("tspan", escape(row), x=_n(x), y=_n(y + i * size * 1.2)) for i, row in enumerate(rows))
    below = _tag("text", spans, font_size=str(size), text_anchor="middle", fill=PAPER, stroke=PAPER, stroke_width="3",
                 aria_hidden="true") if halo else ""
    return below + _tag("text", spans, font_size=str(size), text_anchor="middle")


# ── small things ──

def _badge(shape: Shape, marks: Marks) -> str:
    words = marks.badges[shape.id][:12]
    wide = wide_in(words, 12) + 14
    box = Box(shape.box.x, shape.box.bottom - 16, wide, 20)
    colour = "#c92a2a" if shape.id in marks.failed else "#b35900"
    return _rect(box, rx="4", fill=colour) + _tag("text", escape(words), x=_n(box.middle[0]), y=_n(box.y + 14.5), font_size="12",
                                                  text_anchor="middle", fill=PAPER)


def _glyph(path: str, x: float, y: float, stroke: str, fill: str, under: str, width: str = "1.5") -> str:
    if not path:
        return ""
    inside = _tag("path", d=path, fill=fill, stroke=under if fill == stroke else stroke, stroke_width="1" if fill == stroke else width,
                  stroke_linejoin="round", stroke_linecap="round")
    return _tag("g", inside, transform=f"translate({_n(x)} {_n(y)})")


def _dashed(dash: str) -> dict[str, str]:
    return {"stroke_dasharray": dash} if dash else {}


def _rect(box: Box, **said: str) -> str:
    return _tag("rect", x=_n(box.x), y=_n(box.y), width=_n(box.width), height=_n(box.height), **said)


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _tag(tag: str, inside: str = "", **said: str) -> str:
    """One element; every value is escaped here, `inside` is markup already."""
    kept = {"viewBox", "refX", "refY", "markerWidth", "markerHeight", "markerUnits"}
    written = "".join(f' {name if name in kept else name.replace("_", "-")}="{escape(str(value))}"' for name, value in said.items())
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"
