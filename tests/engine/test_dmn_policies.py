"""Hit policies against a reference of a few lines: the rows that fit, and what the standard makes of them."""
import random

import pytest

from engine.calendar import TIMER_FUNCTIONS
from engine.dmn import reading
from engine.dmn.deciding import decide
from engine.dmn.ready import TableError, ready
from engine.expressions import evaluate
from tests.engine.dmn_files import dmn

RANK = ["high", "middle", "low"]
POLICIES = ["UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER", "SUM", "COUNT", "MIN", "MAX"]
ERROR = object()


def reference(policy, rows, x, y):
    """Rows are (least x, greatest x, wanted y or None, level, number)."""
    fitting = [row for row in rows if row[0] <= x <= row[1] and row[2] in (None, y)]
    answers = [(row[3], row[4]) for row in fitting]
    if policy in ("SUM", "COUNT", "MIN", "MAX"):
        numbers = [number for _, number in answers]
        return len(numbers) if policy == "COUNT" else {"SUM": sum, "MIN": min, "MAX": max}[policy](numbers) if numbers else None
    if policy == "UNIQUE" and len(answers) > 1 or policy == "ANY" and len(set(answers)) > 1:
        return ERROR
    if policy in ("PRIORITY", "OUTPUT ORDER"):
        answers.sort(key=lambda pair: RANK.index(pair[0]))
    if policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER"):
        return [level for level, _ in answers], [number for _, number in answers]
    return answers[0] if answers else (None, None)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_what_the_standard_says(policy):
    dice = random.Random(policy)
    seen = set()
    for _ in range(60):
        rows = [(low := dice.randrange(9), low + dice.randrange(5), dice.choice([None, True, False]), dice.choice(RANK), dice.randrange(3))
                for _ in range(dice.randrange(1, 6))]
        table = drawn(policy, rows)
        for x in range(0, 13, 2):
            for y in (True, False):
                wanted = reference(policy, rows, x, y)
                seen.add("error" if wanted is ERROR else "none" if wanted in (None, 0, (None, None), ([], [])) else "some")
                if wanted is ERROR:
                    with pytest.raises(TableError, match="第 .+、.+ 行"):
                        decided(table, x, y)
                else:
                    assert decided(table, x, y) == wanted, (rows, x, y)
    assert seen >= {"none", "some"} | ({"error"} if policy in ("UNIQUE", "ANY") else set())


def drawn(policy, rows):
    added = policy in ("SUM", "COUNT", "MIN", "MAX")
    cells = [[f"[{low}..{high}]", {None: "-", True: "true", False: "false"}[y], *([] if added else [f'"{level}"']), str(number)]
             for low, high, y, level, number in rows]
    outputs = [("number", "number")] if added else [("level", "string"), ("number", "number")]
    return ready(reading.read(dmn([("x", "number"), ("y", "boolean")], outputs, cells, "COLLECT" if added else policy, policy if added else "",
                                  {"level": '"high","middle","low"'}).encode()))


def decided(table, x, y):
    outputs = decide(table, {"x": x, "y": y}, ask).outputs
    return tuple(outputs.values()) if len(outputs) > 1 else outputs["number"]


def ask(source, names):
    return evaluate(source, names, TIMER_FUNCTIONS)


@pytest.mark.parametrize("policy, aggregation, outputs, said", [
    ("BEST", "", [("o", "")], "没有命中策略 BEST"), ("UNIQUE", "SUM", [("o", "")], "不能用聚合"), ("COLLECT", "AVERAGE", [("o", "")], "不能用聚合"),
    ("COLLECT", "SUM", [("o", ""), ("p", "")], "聚合只能用于一列输出"), ("PRIORITY", "", [("o", "")], "声明各个值"),
    ("OUTPUT ORDER", "", [("o", "")], "声明各个值"),
])
def test_what_no_policy_can_do_is_refused(policy, aggregation, outputs, said):
    with pytest.raises(TableError, match=said):
        ready(reading.read(dmn([("x", "")], outputs, [["-", *("1" for _ in outputs)]], policy, aggregation).encode()))


def test_only_numbers_add_up_and_only_declared_values_have_a_rank():
    with pytest.raises(TableError, match="聚合 SUM 只能用于数"):
        decide(ready(reading.read(dmn([("x", "")], [("o", "")], [["-", '"a"']], "COLLECT", "SUM").encode())), {}, ask)
    table = ready(reading.read(dmn([("x", "")], [("o", "")], [["-", "word"]], "PRIORITY", values={"o": '"a"'}).encode()))
    with pytest.raises(TableError, match='第 1 行“o”列的 "b" 不在声明的值中'):
        decide(table, {"word": "b"}, ask)


def test_a_default_stands_in_when_nothing_fits():
    table = ready(reading.read(dmn([("x", "number")], [("o", "string")], [["> 5", '"a"']], "UNIQUE", default='"else"').encode()))
    assert decide(table, {"x": 1}, ask).outputs == {"o": "else"}
