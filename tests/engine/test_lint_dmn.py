"""Each rule for decision tables: a table that breaks it, and the same one mended."""
import pytest

from engine.lint import lint_dmn, lint_file
from engine.lint.decisions import _RULES
from tests.diagrams import table

GOOD = table("5", "-")
TABLE = [
    ("dmn-file", b"<a/>", GOOD),
    ("dmn-file", GOOD.replace(b"20191111/MODEL/", b"20991111/MODEL/"), GOOD.replace(b"https://www.omg.org/spec/DMN/20191111/MODEL/",
                                                                                  b"http://www.omg.org/spec/DMN/20180521/MODEL/")),
    ("dmn-file", GOOD.replace(b"</definitions>", b'<decision id="two" name="t"/></definitions>'), GOOD),
    ("dmn-file", GOOD.replace(b"decisionTable", b"literalExpression"), GOOD),
    ("dmn-file", GOOD.replace(b"<definitions xmlns=", b"<o:definitions xmlns:o=").replace(b"</def", b"</o:def"), GOOD),
    ("decision-key", GOOD.replace(b'"grade"', b'"my-grade"'), GOOD),
    *(("hit-policy", table("5", "-", policy=policy), table("5", "-", policy=good)) for policy, good in (
        ("ANY", "FIRST"), ("PRIORITY", "UNIQUE"), ("RULE ORDER", "COLLECT"), ("OUTPUT ORDER", "FIRST"))),
    ("hit-policy", table("5", "-", policy="COLLECT", more=' aggregation="SUM"'), table("5", "-", policy="COLLECT")),
    ("table-shape", GOOD.replace(b"<rule id", b'<annotation name="x"/><rule id', 1), GOOD),
    ("table-shape", GOOD.replace(b"<rule id", b"<!-- x --><rule id", 1), GOOD),
    ("table-shape", table(), GOOD),
    ("table-shape", GOOD.replace(b' id="i1"', b""), GOOD),
    ("table-shape", GOOD.replace(b'<inputEntry id="i1"><text>5</text></inputEntry>', b""), GOOD),
    ("input-expression", GOOD.replace(b"<text>x</text>", b"<text>x +</text>"), GOOD),
    ("input-expression", GOOD.replace(b"<text>x</text>", b""), GOOD),
    ("output-name", GOOD.replace(b'name="o"', b""), GOOD.replace(b'name="o"', 'name="级别"'.encode())),
    ("output-name", GOOD.replace(b'name="o"', b'name="my level"'), GOOD),
    *(("cell", table(cell, "-"), table(good, "-")) for cell, good in (
        ("[1..10]", "1 <= ? <= 10"), ("(1..10)", "1 < ? < 10"), ("not(5)", "!= 5"), ('"a","b"', '? in ["a", "b"]'), ("5, 6", "? in [5, 6]"),
        ("x == 5", "? == 5"), ("not 5", "? != 5"), ("[5]", "5"), ("  ", ""), (" - ", "-"), ("in [5, 6]", "? in [5, 6]"), ("= 5", "== 5"),
        ("null", "None"), ("true", "True"), ("> 3, < 9", "3 < ? < 9"), ("> 3, 5", "> 3"), ("? in", '? in ["a?b"]'),
        ("__import__('os')", '"a?b"'),
        ("> " + "1" * 600, "> 1"))),
    ("cell", table("> 1", "-").replace(b"<text>x</text>", b"<text>x if y else 0</text>"),
     table("> 1", "-").replace(b"<text>x</text>", b"<text>x + 1</text>")),
    ("cell", GOOD.replace(b"<text>1</text>", b"<text>two words</text>"), GOOD),
    ("no-else", table("5"), GOOD),
    ("parser", GOOD.replace(b"<text>1</text>", b"<text> 1</text>"), GOOD),
]


@pytest.mark.parametrize("rule, broken, mended", TABLE, ids=[f"{row[0]}-{i}" for i, row in enumerate(TABLE)])
def test_rule(rule, broken, mended):
    assert rule in {finding.rule for finding in lint_dmn(broken)}
    assert rule not in {finding.rule for finding in lint_dmn(mended)}


def test_every_rule_has_a_story():
    assert set(_RULES) | {"dmn-file", "parser"} == {row[0] for row in TABLE}


def test_a_good_table_passes_and_is_told_from_a_diagram():
    assert lint_dmn(GOOD) == lint_file(GOOD) == []
