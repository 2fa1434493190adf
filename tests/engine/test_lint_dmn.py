"""Each rule for decision tables: a table that breaks it, and the same one mended."""
import itertools
import random
import time

import pytest

from engine.dmn import reading
from engine.dmn.deciding import decide
from engine.dmn.looking_over import look_over
from engine.dmn.ready import TableError, ready
from engine.expressions import evaluate
from engine.lint import lint_dmn, lint_file
from engine.lint.decisions import _RULES
from engine.lint.overall import RULES
from tests.diagrams import table
from tests.engine.dmn_files import dmn

GOOD = table("5", "-")
TWO = [("x", "number"), ("y", "boolean")]


def drawn(*rows, policy="UNIQUE", inputs=(("x", "number"),), outputs=(("o", "number"),), **more):
    return dmn(inputs, outputs, rows, policy, **more).encode()


TABLE = [
    ("dmn-file", b"<a/>", GOOD),
    ("dmn-file", GOOD.replace(b"20191111/MODEL/", b"20991111/MODEL/"), GOOD.replace(b"https://www.omg.org/spec/DMN/20191111/MODEL/",
                                                                                  b"http://www.omg.org/spec/DMN/20180521/MODEL/")),
    ("dmn-file", GOOD.replace(b"</definitions>", b'<decision id="two" name="t"/></definitions>'), GOOD),
    ("dmn-file", GOOD.replace(b"decisionTable", b"literalExpression"), GOOD),
    ("decision-key", GOOD.replace(b'"grade"', b'"my-grade"'), GOOD),
    ("decision-key", GOOD.replace(b'name="g"', b'name="' + b"g" * 101 + b'"'), GOOD),
    ("hit-policy", table("5", "-", policy="BEST"), table("5", "-", policy="RULE ORDER")),
    ("hit-policy", table("5", "-", policy="FIRST", more=' aggregation="SUM"'), table("5", "-", policy="COLLECT", more=' aggregation="SUM"')),
    ("hit-policy", drawn(["-", '"a"'], policy="PRIORITY"), drawn(["-", '"a"'], policy="PRIORITY", outputs=[("o", "string")], values={"o": '"a"'})),
    ("table-shape", table(), GOOD),
    ("table-shape", GOOD.replace(b' id="i1"', b""), GOOD.replace(b"<rule id", b'<!-- x --><annotation name="x"/><rule id', 1)),
    ("table-shape", GOOD.replace(b'<inputEntry id="i1"><text>5</text></inputEntry>', b""), GOOD),
    ("table-size", drawn(*(["-", "1"] for _ in range(3_001)), policy="COLLECT"), GOOD),
    ("table-size", drawn(*(["1," * 200 + "1", "1"] for _ in range(1_000)), policy="COLLECT"), GOOD),
    ("column-type", drawn(["-", "1"], inputs=[("x", "dateTime")]), drawn(["-", "1"], inputs=[("x", "date")])),
    ("expression-language", GOOD.replace(b'<inputEntry id="i1"', b'<inputEntry expressionLanguage="groovy" id="i1"'),
     GOOD.replace(b'<inputEntry id="i1"', b'<inputEntry expressionLanguage="feel" id="i1"')),
    ("input-expression", GOOD.replace(b"<text>x</text>", b"<text>x +</text>"), GOOD),
    ("input-expression", GOOD.replace(b"<text>x</text>", b""), GOOD),
    ("output-name", GOOD.replace(b'name="o"', b""), GOOD.replace(b'name="o"', 'name="级别"'.encode())),
    ("output-name", GOOD.replace(b'name="o"', b'name="my level"'), GOOD),
    *(("cell", table(cell, "-"), table(good, "-")) for cell, good in (
        ("[1..10", "[1..10]"), ("1..10", "(1..10)"), ("not 5", "not(5)"), ("x == 5", "? == 5"), ("[5]", "5"), ("in [5, 6]", "5, 6"), ("? in", '? in ["a?b"]'),
        ("__import__('os')", '"a?b"'), ("> " + "1" * 600, "> 1"), ("[9..1]", "[1..9]"))),
    ("cell", drawn(['"5"', "1"]), drawn(["5", "1"])),
    ("cell", drawn(["-", '"a"']), drawn(["-", "1"])),
    ("cell", GOOD.replace(b"<text>1</text>", b"<text>two words</text>"), GOOD),
    ("cell", drawn(["-", ""], policy="COLLECT", aggregation="SUM"), drawn(["-", "1"], policy="COLLECT", aggregation="SUM")),
    ("free-cells", drawn(*([f"? * 2 > {n}", "1"] for n in range(301)), policy="COLLECT"), drawn(*([f"? > {n}", "1"] for n in range(301)), policy="COLLECT")),
    ("declared-values", drawn(["-", "3"], values={"o": "1, 2"}), drawn(["-", "2"], values={"o": "1, 2"})),
    ("declared-values", drawn(["-", "1"], values={"o": "> 1"}), drawn(["-", "1"], values={"x": "[1..9]"})),
    ("overlap", drawn(["< 5", "1"], ["[4..9]", "2"]), drawn(["< 5", "1"], ["[5..9]", "2"])),
    ("overlap", drawn(["< 5", "1"], ["[4..9]", "2"], policy="ANY"), drawn(["< 5", "1"], ["[4..9]", "1"], policy="ANY")),
    ("duplicate-rule", drawn(["5", "1"], ["5", "1"], ["-", "2"], policy="FIRST"), drawn(["5", "1"], ["6", "1"], ["-", "2"], policy="FIRST")),
    ("shadowed-rule", drawn(["< 5", "1"], [">= 5", "2"], ["7", "3"], policy="FIRST"), drawn(["< 5", "1"], ["7", "3"], ["-", "2"], policy="FIRST")),
    ("gap", drawn(["< 5", "1"], ["> 5", "2"]), drawn(["< 5", "1"], [">= 5", "2"])),
    ("gap", drawn(['"a"', "1"], inputs=[("x", "string")]), drawn(['"a"', "1"], ['not("a")', "1"], inputs=[("x", "string")])),
    ("gap", drawn(['"a"', "1"], inputs=[("x", "string")], values={"x": '"a","b"'}),
     drawn(['"a"', "1"], ['"b"', "1"], inputs=[("x", "string")], values={"x": '"a","b"'})),
    ("gap", drawn(["true", "1"], inputs=[("x", "boolean")]), drawn(["true", "1"], ["false", "1"], inputs=[("x", "boolean")])),
    ("gap", drawn(["<= 5", "1"], [">= 7", "2"], inputs=[("x", "integer")]), drawn(["<= 5", "1"], [">= 6", "2"], inputs=[("x", "integer")])),
    ("gap", drawn(["true", "> 1", "1"], ["false", "-", "1"], inputs=TWO[::-1]),
     drawn(["true", "> 1", "1"], ["false", "-", "1"], ["-", "<= 1", "1"], policy="FIRST", inputs=TWO[::-1])),
    ("not-checked", drawn(["? * 2 > 9", "1"], ["< 3", "2"]), drawn(["> 4.5", "1"], ["< 3", "2"])),
    ("not-checked", drawn(["? * 2 > 9", "1"], policy="FIRST"), drawn(["? * 2 > 9", "1"], ["-", "2"], policy="FIRST")),
]


@pytest.mark.parametrize("rule, broken, mended", TABLE, ids=[f"{row[0]}-{i}" for i, row in enumerate(TABLE)])
def test_rule(rule, broken, mended):
    assert rule in {finding.rule for finding in lint_dmn(broken)}
    assert rule not in {finding.rule for finding in lint_dmn(mended)}


def test_every_rule_has_a_story():
    assert set(_RULES) | RULES | {"dmn-file", "table-size"} == {row[0] for row in TABLE}


def test_a_good_table_passes_and_is_told_from_a_diagram():
    assert lint_dmn(GOOD) == lint_file(GOOD) == []


@pytest.mark.parametrize("rows, said", [
    ([["< 15", "true", "1"], [">= 10", "-", "2"]], ["第 1 行与第 2 行同时符合（x [10..15[；y true）"]),
    ([["[1..5]", "-", "1"]], ["没有一行符合这种情形：x < 1, > 5"]),
    ([["< 5", "-", "1"], ["5", "true", "1"]], ["没有一行符合这种情形：x 5；y false", "没有一行符合这种情形：x > 5"]),
    ([["?!", "-", "1"]], ["第 1 行“x”列的“?!”须改正"]),
])
def test_a_finding_says_where_in_the_words_of_the_table(rows, said):
    told = [finding.message() for finding in lint_dmn(drawn(*rows, inputs=TWO))]
    assert all(any(line.startswith(words) or words in line for line in told) for words in said), told


@pytest.mark.parametrize("seed", range(25))
def test_gaps_overlaps_and_shadows_are_those_that_trying_every_case_finds(seed):
    dice = random.Random(seed)
    cells = {"number": ["-", "3", "< 3", ">= 3", "[2..5]", "]2..5]", "not(3)", "> 5, 1", "null"], "boolean": ["-", "true", "false"],
             "string": ["-", '"a"', '"b"', 'not("a")', '"a","c"']}
    columns = [("x", "number"), ("y", "boolean"), ("z", "string")]
    rows = [[dice.choice(cells[kind]) for _, kind in columns] + [str(n)] for n in range(dice.randrange(1, 7))]
    policy = dice.choice(["UNIQUE", "FIRST"])
    made = ready(reading.read(drawn(*rows, inputs=columns, policy=policy)))
    found = look_over(made)
    hits: list[set[int]] = []
    numbers = [None, 0, 1, 1.5, 2, 2.5, 3, 4, 5, 6] if any("null" in row[0] for row in rows) else [0, 1, 1.5, 2, 2.5, 3, 4, 5, 6]
    for x, y, z in itertools.product(numbers, (True, False), ("a", "b", "c", "other")):
        hits.append({line.row.number for line in made.lines if fits(made, line, {"x": x, "y": y, "z": z})})
    assert bool(found.gaps) is any(not hit for hit in hits)
    if policy == "UNIQUE":
        assert {(a, b) for a, b, _ in found.overlaps} == {pair for hit in hits for pair in itertools.combinations(sorted(hit), 2)}
    else:
        twins = {second for _, second in found.twins}
        never = {line.row.number for line in made.lines} - {min(hit) for hit in hits if hit}
        assert set(found.shadowed) == never - twins


def fits(made, line, data):
    alone = type(made)(made.table, (line,), made.asked, made.orders, made.defaults)
    return bool(decide(alone, data, evaluate).matched)


@pytest.mark.parametrize("rows", [
    [[f"[{n}..{n + 7}]" if n % 2 else f"> {n}"] + [f"not({n * k % 97}, {n * k % 89})" for k in range(1, 9)] + ["1"] for n in range(600)],
    [["true" if n >> k & 1 else "-" for k in range(9)] + ["1"] for n in range(511)],
    [[f"{n}, {n + 1}, {n + 2}"] + [f"[{n * k % 13}..{n * k % 13 + k}]" for k in range(1, 9)] + ["1"] for n in range(600)],
    [[",".join(str(n * 31 % 997 + k) for k in range(80))] + ["-"] * 8 + ["1"] for n in range(600)],
    [[",".join(str(n * 7919 % 99991 + k * 13) for k in range(60))] + ["1"] for n in range(650)],
    [[f"[{n * 3 + k}..{n * 5 + k + 100000}]" for k in range(5)] + ["1"] for n in range(1_000)],
    [["? + 1 > " + " + ".join([str(n)] * 30)] + ["-"] * 8 + ["1"] for n in range(300)],
], ids=["mixed", "powers", "lists", "long", "values", "points", "free"])
@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
def test_the_largest_table_is_looked_over_in_time(rows, policy):
    kind = "boolean" if "true" in rows[-1] else "number"
    xml = drawn(*rows, inputs=[(f"x{k}", kind) for k in range(len(rows[0]) - 1)], policy=policy)
    began = time.process_time()
    found = lint_dmn(xml)
    assert time.process_time() - began < 2
    assert "lint-failed" not in {finding.rule for finding in found}


def test_a_table_that_cannot_be_decided_says_so_at_once():
    with pytest.raises(TableError):
        ready(reading.read(drawn(["[1..", "1"])))
