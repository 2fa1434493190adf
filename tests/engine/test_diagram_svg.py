"""The diagram as a picture: everything drawn is there, hostile words stay words, and its size is bounded."""
from pathlib import Path

import pytest
from lxml import etree

from engine import bpmn_xml, deployment, diagram_svg, drawing
from engine.diagram_svg import Marks

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"/><script>alert(1)</script><image href="http://evil/"/> onload=\'x\' &amp; ]]>'
HEAD = ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">')


def small(task='<userTask id="a" name="核对"/>', bounds='x="100" y="100" width="100" height="80"', more_di=""):
    """One task from a start event."""
    return (f'{HEAD}<process id="p"><startEvent id="s" name="开始"/>{task}<sequenceFlow id="f" name="走" sourceRef="s" targetRef="a"/></process>'
            '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNShape bpmnElement="s"><dc:Bounds x="0" y="120" width="36" height="36"/></bpmndi:BPMNShape>'
            f'<bpmndi:BPMNShape bpmnElement="a"><dc:Bounds {bounds}/></bpmndi:BPMNShape>'
            '<bpmndi:BPMNEdge bpmnElement="f"><di:waypoint x="36" y="138"/><di:waypoint x="100" y="138"/></bpmndi:BPMNEdge>'
            f'{more_di}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>').encode()


def drawn(xml):
    return drawing.read(bpmn_xml.read(xml).root)


def picture(xml, marks=None, words=str, view=None):
    return etree.fromstring(diagram_svg.svg(drawn(xml), marks or Marks(), words, view).encode())


def texts(root):
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("path", sorted(deployment.SHIPPED.glob("*.bpmn")), ids=lambda path: path.stem)
def test_every_name_of_a_shipped_diagram_can_be_read_in_its_picture(path: Path):
    found, root = drawn(path.read_bytes()), picture(path.read_bytes())
    names = {"".join(thing.name.split()) for thing in (*found.shapes, *found.lines) if thing.name}
    assert names and names <= {"".join(text.split()) for text in texts(root)}
    x, y, width, height = map(float, root.get("viewBox").split())
    assert all(x <= s.box.x and y <= s.box.y and s.box.right <= x + width and s.box.bottom <= y + height for s in found.shapes)


def test_marks_colour_what_they_name():
    plain, marked = picture(small()), picture(small(), Marks(done=frozenset("s"), current=frozenset("a"), flows=frozenset("f"), badges={"a": "3"}))
    colours = lambda root: [node.get("stroke") for node in root.iter() if node.get("stroke")]
    assert "#2b8a3e" not in colours(plain) and "#b35900" not in colours(plain)
    assert colours(marked).count("#2b8a3e") >= 2 and "#b35900" in colours(marked) and "3" in texts(marked)
    assert any(node.get("marker-end") == "url(#went)" for node in marked.iter())


def test_hostile_names_stay_words():
    task = f"<userTask id=\"a\" name='{HOSTILE.replace('&', '&amp;').replace('<', '&lt;').replace(chr(39), '&apos;')}'/>"
    root = picture(small(task), Marks(badges={"a": HOSTILE}), words=lambda name: name)
    assert {etree.QName(node).localname for node in root.iter()} <= {
        "svg", "defs", "marker", "path", "rect", "circle", "g", "text", "tspan"}
    assert not [name for node in root.iter() for name in node.attrib if name.startswith("on") or "href" in name or name == "style"]
    assert any("script" in text for text in texts(root))


@pytest.mark.parametrize("bounds", ['x="nan" y="0" width="1" height="1"', 'x="1e308" y="0" width="1" height="1"', 'x="0" y="0" width="-5" height="1"',
                                    'x="inf" y="0" width="1" height="1"', 'x="0" y="0" width="&quot;/&gt;" height="1"', 'x="0" y="0" width="9"'])
def test_a_shape_without_a_sound_place_is_left_out(bounds):
    found = drawn(small(bounds=bounds))
    assert [shape.id for shape in found.shapes] == ["s"] and picture(small(bounds=bounds)) is not None


def test_size_is_bounded():
    many = '<bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="5" y="5" width="9" height="9"/></bpmndi:BPMNShape>' * 5_000
    long = small(f'<userTask id="a" name="{"长" * 100_000}"/>', more_di=many)
    found = drawn(long)
    assert len(found.shapes) <= drawing.SHAPES and len(diagram_svg.svg(found, Marks())) < 4_000_000
    assert max(len(text) for text in texts(picture(small(f'<userTask id="a" name="{"长" * 900}"/>')))) <= 60


def test_words_wrap_between_chinese_letters_and_end_in_an_ellipsis():
    root = picture(small('<userTask id="a" name="核对现场整改情况并上传照片后提交给安全管理部门复核确认并归档留存备查再报告上级单位主管部门"/>'))
    rows = ["".join(node.itertext()) for node in root.iter(f"{SVG}tspan")]
    assert len(rows) > 3 and any(row.endswith("…") for row in rows) and all(len(row) <= 9 for row in rows)


def test_a_file_without_a_drawing_has_no_picture():
    assert drawn(f'{HEAD}<process id="p"><startEvent id="s"/></process></definitions>'.encode()) is None


def test_a_wide_diagram_is_cut_where_it_hurts_least():
    found = drawn((deployment.SHIPPED / "hidden_danger.bpmn").read_bytes())
    left, right = diagram_svg.views(found, 1_500)
    assert left.x == found.room.x and right.right == pytest.approx(found.room.right) and right.x < left.right
    small_ones = [shape for shape in found.shapes if shape.tag not in ("participant", "lane")]
    assert not [shape.id for shape in small_ones if shape.box.x < left.right < shape.box.right]
    one = diagram_svg.svg(found, Marks(), view=left)
    assert "登记" in one and "已关闭" not in one and "clip-path" in one
