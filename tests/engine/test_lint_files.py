"""Lint survives any file at all: strangers' exports, bombs, garbage, giants; quickly, and with a finding instead of a traceback."""
import resource
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.lint import lint, lint_dmn, lint_file, report
from engine.lint.finding import RULES
from engine.lint.run import MAX_FINDINGS
from engine.xml_guard import XmlRefused, check, parse
from tests.diagrams import call, diagram, end, par, script, start, user, xor

VENDORS = Path(__file__).parents[1] / "data" / "vendors"
SHIPPED = sorted((Path(__file__).parents[2] / "bpmn").glob("*.*mn"))
GOOD = diagram(start(), user("a"), end(), "s > a > e")
BOMB = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'


def diamonds(count, gateway=xor):
    """Chains of splits and joins: 2**count paths."""
    parts, last = [start(), end()], "s"
    for i in range(count):
        parts += [gateway(f"g{i}"), script(f"a{i}"), script(f"b{i}"), gateway(f"j{i}"), f"{last} > g{i}"]
        parts += [f"g{i} > a{i}" + (" if x == 1" if gateway is xor else ""), f"a{i} > j{i}",
                  f"g{i} > b{i}" + (" default" if gateway is xor else ""), f"b{i} > j{i}"]
        last = f"j{i}"
    return diagram(*parts, f"{last} > e")


def tangle(count):
    """Every gateway leads to the next, to one behind it, and to one far away."""
    parts = [start(), end(), *(xor(f"g{i}") for i in range(count)), "s > g0", f"g{count - 1} > e default"]
    parts += [f"g{i} > g{i + 1} default" for i in range(count - 1)]
    parts += [f"g{i} > g{(i * 7919) % count} if x" for i in range(count)] + [f"g{i} > g{max(0, i - 1)} if y" for i in range(count)]
    return diagram(*parts)


HOSTILE = {
    "empty": b"", "spaces": b" \n", "garbage": bytes(range(256)) * 100, "zip": b"PK\x03\x04" + b"\x00" * 5_000, "text": "流程".encode(),
    "bomb": BOMB, "bomb-utf16": BOMB.decode().encode("utf-16"), "file": b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>',
    "instruction": b'<?xml-stylesheet href="http://x/y.xsl"?>' + GOOD.partition(b"?>")[2], "html": b"<!doctype html><html><body></html>",
    "cut": GOOD[:-40], "half": GOOD[:300], "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>', "nul": GOOD.replace(b'"a"', b'"\x00"'),
    "prefix": GOOD.replace(b"xmlns:bpmn=", b"xmlns:other="), "utf7": GOOD.replace(b"UTF-8", b"UTF-7"),
    "wrong": GOOD.replace(b"UTF-8", b"nonsense"),
    "deep": b"<a>" * 10_000 + b"</a>" * 10_000, "wide": b"<a>" + b"<b/>" * 30_000 + b"</a>",
    "attributes": b"<a " + b" ".join(b'x%d="1"' % i for i in range(50_000)) + b"/>", "huge": GOOD + b" " * 3_000_000,
    "no process": b'<d:definitions xmlns:d="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    "no ids": GOOD.replace(b' id="', b' xid="'), "odd ids": GOOD.replace(b'"a"', b"\"a' or 1=1]&quot;]{}{name}%s\""),
    "braces": diagram(start(), user("a{b}"), end(), "s > e").replace(b'name="e"', b'name="{0.__class__}"'),
    "comments": GOOD.replace(b"<bpmn:userTask", b"<!-- here --><bpmn:userTask").replace(
        b"</bpmn:process>", b"<!-- there --></bpmn:process>"),
    "diamonds": diamonds(200), "tangle": tangle(990), "parallel": diamonds(200, par), "too many": tangle(5_000),
    "calls": diagram(start(), call("c", "p"), end(), "s > c > e"), "flat": diagram(*(user(f"u{i}") for i in range(999))),
    "self": diagram(start(), user("a"), end(), "s > a > e", "a > a"), "own host": GOOD.replace(
        b"</bpmn:process>", b'<bpmn:boundaryEvent id="h" attachedToRef="h"/></bpmn:process>'),
    "long condition": diagram(start(), xor("g"), end(), "s > g > e if " + "x or " * 50_000 + "x"),
    "brackets": diagram(start(), script("n", "(" * 100_000), end(), "s > n > e"),
    "powers": diagram(start(), script("n", "x = 9**9**9**9"), end(), "s > n > e"),
    "nested json": diagram(start(), user("a", outcomes="[" * 100_000), end(), "s > a > e"),
    "position": GOOD.replace(
        b"</bpmn:definitions>", b'<bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="left"/></bpmndi:BPMNShape></bpmn:definitions>'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_in_findings_within_two_seconds(name):
    begun = time.process_time()
    found = lint_file(HOSTILE[name])
    assert time.process_time() - begun < 2
    assert "lint-failed" not in {finding.rule for finding in found}
    assert len(found) <= MAX_FINDINGS
    assert all(finding.message() and finding.plain() for finding in found)
    harmless = {"comments", "self", "diamonds"}
    assert name in harmless or any(finding.severity == "error" for finding in found)


def test_utf_16_is_read():
    xml = GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert {finding.rule for finding in lint(xml)} == {"candidates"}


def test_a_hundred_megabytes_are_not_read(tmp_path):
    giant = tmp_path / "giant.bpmn"
    with giant.open("wb") as file:
        file.write(GOOD)
        file.truncate(100_000_000)
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found, code = report(giant)
    assert (code, [f["rule"] for f in found]) == (1, ["xml"])
    assert time.process_time() - begun < 0.5
    if sys.platform == "linux":
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


def test_a_folder_or_nothing_is_a_finding(tmp_path):
    for path in (tmp_path, tmp_path / "gone.bpmn"):
        found, code = report(path)
        assert (code, [f["rule"] for f in found]) == (1, ["file"])


def test_a_good_file_is_reported_as_deploy_sees_it(tmp_path):
    path = tmp_path / "p.bpmn"
    path.write_bytes(GOOD)
    found, code = report(path)
    assert code == 0
    assert [sorted(finding) for finding in found] == [["element", "rule", "severity", "text"]]


@pytest.mark.parametrize("path", sorted(VENDORS.iterdir()), ids=lambda p: p.name)
def test_other_vendors_exports_are_refused_with_reasons(path):
    found, code = report(path)
    assert code == 1
    assert not {"lint-failed", "xml"} & {finding["rule"] for finding in found}
    assert len(found) >= (1 if path.suffix == ".dmn" else 6), "what FEEL says in cells runs here too"


def test_each_setting_of_another_vendor_is_named():
    text = " ".join(finding.message() for finding in lint((VENDORS / "camunda7.bpmn").read_bytes()))
    for dropped in ("assignee", "candidateGroups", "dueDate", "taskListener", "collection", "topic", "delegateExpression", "formKey"):
        assert dropped in text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.name)
def test_shipped_files_pass(path):
    assert lint_file(path.read_bytes()) == []


def test_a_broken_rule_is_a_finding_and_the_others_still_speak(monkeypatch):
    def broken(_checked):
        raise ZeroDivisionError
        yield

    monkeypatch.setitem(RULES, "timer", broken)
    assert {finding.rule for finding in lint(GOOD)} == {"lint-failed", "candidates"}


@pytest.mark.parametrize("data, words", [
    (b"<a/>" + b" " * 2_000_000, "2 MB"), (BOMB, "DOCTYPE"), (HOSTILE["instruction"], "<?"), (HOSTILE["deep"], "60"),
    (HOSTILE["utf7"], "UTF-7"),
])
def test_the_guard_says_why(data, words):
    with pytest.raises(XmlRefused, match=words):
        check(data)


def test_the_guard_lets_a_diagram_through():
    assert parse(GOOD).tag.endswith("definitions")


@pytest.fixture(scope="module")
def originals():
    return [path.read_bytes() for path in SHIPPED] + [GOOD]


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_diagrams_never_break_lint(originals, data):
    xml = bytearray(data.draw(st.sampled_from(originals)))
    for _ in range(data.draw(st.integers(1, 6))):
        place, length = data.draw(st.integers(0, len(xml) - 1)), data.draw(st.integers(0, 40))
        piece = data.draw(st.sampled_from([
            b"", b"x", b'"', b"<", b"</", b"<bpmn:subProcess id='q'>", b" id='confirm'", b"default='g'",
            b"triggeredByEvent='true'", b"\xff",
            b"<bpmn:boundaryEvent id='b' attachedToRef='confirm'/>", b"{", b"targetRef='report'",
            b"<bpmn:process id='p2'/>", b"&#0;", b"&amp;"]))
        xml[place:place + length] = piece
    for found in (lint_file(bytes(xml)), lint(bytes(xml)), lint_dmn(bytes(xml))):
        assert all(finding.message() for finding in found)
        assert "lint-failed" not in {finding.rule for finding in found}


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_attributes_moved_about_never_break_lint(originals, data):
    """Well-formed nonsense gets past the guard and meets every rule."""
    root = parse(data.draw(st.sampled_from(originals)))
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    for _ in range(data.draw(st.integers(1, 8))):
        one, other = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from(nodes))
        match data.draw(st.integers(0, 4)):
            case 0 if one.getparent() is not None and other not in one.iter():
                other.append(one)
            case 1 if one.attrib and other.attrib:
                name = data.draw(st.sampled_from(sorted(one.attrib)))
                one.set(name, data.draw(st.sampled_from(sorted(map(str, other.attrib.values())))))
            case 2 if one.attrib:
                del one.attrib[data.draw(st.sampled_from(sorted(one.attrib)))]
            case 3:
                one.tag = other.tag
            case _:
                one.text = other.text
    from lxml import etree
    for finding in lint_file(etree.tostring(root)):
        assert finding.message()
        assert finding.rule != "lint-failed"
