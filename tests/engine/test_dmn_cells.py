"""Each form of a cell, asked on many values, against what the DMN standard says of it, written here by hand."""
import pytest

from engine.calendar import TIMER_FUNCTIONS
from engine.dmn import reading, unary
from engine.dmn.deciding import decide
from engine.dmn.model import KINDS
from engine.dmn.ready import TableError, ready
from engine.expressions import ExprError, evaluate
from tests.engine.dmn_files import dmn

NUMBERS = [None, -3, 0, 0.5, 1, 3, 5, 5.5, 9, 10, 11, 99]
TEXTS = [None, "", "a", "b", "a,b", "泵", "not(a)", "?"]
DAYS = [None, "2025-12-31", "2026-01-01", "2026-01-01T08:30:00+08:00", "2026-01-02", "2026-06-30"]


def between(low, high, low_open=False, high_open=False):
    return lambda v: v is not None and (low < v if low_open else low <= v) and (v < high if high_open else v <= high)


def day(fits):
    return lambda v: fits(v[:10]) if v else fits(None)


FORMS = [
    ("number", NUMBERS, [
        ("-", lambda v: True), ("", lambda v: True), ("  -  ", lambda v: True), ("5", lambda v: v == 5), ("-3", lambda v: v == -3),
        ("5.0", lambda v: v == 5), ("1, 5,9", lambda v: v in (1, 5, 9)), ("null", lambda v: v is None), ("None", lambda v: v is None),
        ("null, 5", lambda v: v in (None, 5)), ("not(null)", lambda v: v is not None),
        ("not(5)", lambda v: v != 5), ("not(1, 5)", lambda v: v not in (1, 5)), ("not (> 5)", lambda v: v is not None and v <= 5),
        ("not([1..5], 9)", lambda v: v is not None and not 1 <= v <= 5 and v != 9),
        ("< 5", lambda v: v is not None and v < 5), ("<=5", lambda v: v is not None and v <= 5),
        ("> 5", lambda v: v is not None and v > 5), (">= 5", lambda v: v is not None and v >= 5), ("!= 5", lambda v: v != 5),
        ("= 5", lambda v: v == 5), ("== 5", lambda v: v == 5), ("< 0, > 10", lambda v: v is not None and (v < 0 or v > 10)),
        ("> -1", lambda v: v is not None and v > -1),
        ("[1..10]", between(1, 10)), ("(1..10)", between(1, 10, True, True)), ("]1..10[", between(1, 10, True, True)),
        ("[1..10[", between(1, 10, False, True)), ("(1..10]", between(1, 10, True)), ("[ 1 .. 10 ]", between(1, 10)),
        ("[-3..0.5], 99", lambda v: v == 99 or between(-3, 0.5)(v)), ("]1..5[, ]5..10[", lambda v: between(1, 10, True, True)(v) and v != 5),
        ("[5..5]", lambda v: v == 5), ("[low..high]", between(3, 9)), ("> low", lambda v: v is not None and v > 3),
        ("[low..limits[0][", between(3, 10, False, True)), ("low + 2", lambda v: v == 5),
        ("1 <= ? <= 10", between(1, 10)), ("10 > ? > 1", between(1, 10, True, True)), ("? in [1, 5]", lambda v: v in (1, 5)),
        ("? not in [1, 5]", lambda v: v not in (1, 5)), ("? == 5 or ? == 9", lambda v: v in (5, 9)),
        ("? != None and ? * 2 > 10", lambda v: v is not None and v > 5),
        ("5 < ?", lambda v: v is not None and v > 5),
    ]),
    ("string", TEXTS, [
        ('"a"', lambda v: v == "a"), ("'a'", lambda v: v == "a"), ('"a","b"', lambda v: v in ("a", "b")), ('"a,b"', lambda v: v == "a,b"),
        ('not("a", "b")', lambda v: v not in ("a", "b")), ('"not(a)"', lambda v: v == "not(a)"), ('"?"', lambda v: v == "?"),
        ('""', lambda v: v == ""), ('"泵"', lambda v: v == "泵"), ('["a".."b"]', lambda v: v is not None and "a" <= v <= "b"),
        ('? in ["a", "泵"]', lambda v: v in ("a", "泵")), ('? != None and "a" in ?', lambda v: v is not None and "a" in v),
        ("\"\\u0061\"", lambda v: v == "a"), ("word", lambda v: v == "b"),
    ]),
    ("boolean", [None, True, False], [
        ("true", lambda v: v is True), ("False", lambda v: v is False), ("true,false", lambda v: v is not None), ("not(true)", lambda v: v is not True),
    ]),
    ("date", DAYS, [
        ('date("2026-01-01")', day(lambda d: d == "2026-01-01")), ('<= date("2026-01-01")', day(lambda d: d is not None and d <= "2026-01-01")),
        ('[date("2026-01-01")..date("2026-03-31")]', day(between("2026-01-01", "2026-03-31"))), ('"2026-01-02"', day(lambda d: d == "2026-01-02")),
        ('> date("2026-01-01"), null', day(lambda d: d is None or d > "2026-01-01")), ("< today_is", day(lambda d: d is not None and d < "2026-01-02")),
    ]),
    ("", [None, True, 1, 0, "1", "a"], [
        ("1", lambda v: v == 1 and v is not True), ("true", lambda v: v is True), ('"1"', lambda v: v == "1"), ("null", lambda v: v is None),
        ('1, "a"', lambda v: v == "a" or (v == 1 and v is not True)), ("not(0)", lambda v: v != 0 or v is False),
    ]),
]
KNOWN = {"low": 3, "high": 9, "limits": [10], "word": "b", "today_is": "2026-01-02T09:00:00+08:00"}


@pytest.mark.parametrize("kind, given, cell, fits", [(kind, given, cell, fits) for kind, given, forms in FORMS for cell, fits in forms])
def test_a_cell_fits_what_the_standard_says(kind, given, cell, fits):
    table = ready(reading.read(dmn([("x", kind)], [("o", "")], [[cell, "1"]]).encode()))
    for value in given:
        found = decide(table, {**KNOWN, "x": value}, ask)
        assert (found.matched == (1,)) is fits(value), value
        assert found.outputs == {"o": 1 if fits(value) else None}


@pytest.mark.parametrize("kind, cell", [
    *(("number", cell) for cell in ("5,", ",5", "[1..]", "[5..1]", "(5..5)", "1..5", "[1..5] and", "not(1", "not 5", "? >", "x == 5", "[5]", "in [1]",
                                    "> 3, and",
                                    '"a"', "true", '> "a"', "5 6", "date('2026-13-01')", "> true", "a b", "not()", "not(-)", "__import__('os')",
                                    "lambda: 1", "9" * 600, "-,-", "{}", "duration('P1D')", "date and time('x')")),
    ("string", "a b"), ("string", "5"), ("boolean", "1"), ("boolean", "> true"), ("date", '"tomorrow"'), ("date", "5"),
])
def test_what_is_no_test_is_refused_in_words(kind, cell):
    with pytest.raises(ExprError) as problem:
        unary.parse(cell, KINDS[kind])
    assert str(problem.value)


@pytest.mark.parametrize("kind, value, said", [
    ("number", "12", '需要数，现为 "12"'), ("number", True, "需要数，现为 true"), ("string", 5, "需要文字，现为 5"), ("boolean", "true", "需要 true 或 false"),
    ("date", "soon", "需要日期"), ("integer", 1.5, "需要整数"), ("", "a", "不能比较大小"), ("", [1], "不能比较大小"),
])
def test_a_wrong_type_names_table_row_and_column(kind, value, said):
    cell = {"string": '"a"', "boolean": "true", "date": '"2026-01-01"'}.get(kind, "> 5")
    table = ready(reading.read(dmn([("y", ""), ("天数", kind)], [("o", "")], [["-", "-", "1"], ["-", cell, "2"]], "COLLECT").encode()))
    with pytest.raises(TableError) as problem:
        decide(table, {"y": 1, "天数": value}, ask)
    assert str(problem.value).startswith("决策表“分级”第 2 行“天数”列：") and said in str(problem.value)


def test_a_column_is_asked_only_when_a_cell_wants_to_know():
    table = ready(reading.read(dmn([("missing", "number")], [("o", "")], [["-", "1"]]).encode()))
    assert decide(table, {}, ask).outputs == {"o": 1}
    table = ready(reading.read(dmn([("missing", "number")], [("o", "")], [["> 1", "1"]]).encode()))
    with pytest.raises(TableError, match="第 1 行“missing”列：.*没有名为 missing 的数据"):
        decide(table, {}, ask)


@pytest.mark.parametrize("cell, kind, value", [
    ('"a"', "string", "a"), ("[1, 2]", "number", [1, 2]), ('["a", word]', "string", ["a", "b"]), ("true", "boolean", True), ("null", "number", None),
    ("", "string", None),
    ('date("2026-01-01")', "date", "2026-01-01"), ("low * 2", "number", 6), ("{'a': 1}", "", {"a": 1}), ('"null"', "string", "null"),
])
def test_output_cells(cell, kind, value):
    table = ready(reading.read(dmn([("x", "")], [("o", kind)], [["-", cell]]).encode()))
    assert decide(table, {**KNOWN, "x": 1}, ask).outputs == {"o": value}


@pytest.mark.parametrize("cell, kind", [('"a"', "number"), ("5", "string"), ('["a", 5]', "string"), ("word", "number"), ("low", "string")])
def test_an_output_of_the_wrong_type_is_an_error(cell, kind):
    with pytest.raises(TableError, match="第 1 行“o”列"):
        decide(ready(reading.read(dmn([("x", "")], [("o", kind)], [["-", cell]]).encode())), {**KNOWN, "x": 1}, ask)


def ask(source, names):
    return evaluate(source, names, TIMER_FUNCTIONS)
