"""What the closed language says, and how it says no."""
import ast
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from data_model import clock
from engine.expressions import ExprError, ExprLimit, ExprSyntaxError, compile_expr, compile_script, evaluate, execute, json_safe

DATA = {
    "confirm": {"outcome": "close", "by": 7}, "等级": "重大", "amount": 12.5, "tags": ["电", "火"], "nothing": None,
    "dangers": [{"grade": "major", "cost": 3}, {"grade": "minor", "cost": 4}],
}


@pytest.mark.parametrize("source, value", [
    ('confirm.outcome == "close"', True),
    ('confirm["outcome"] == "close" and amount > 10', True),
    ('等级 == "重大"', True),
    ('"火" in tags and "水" not in tags', True),
    ('等级 in {"重大", "较大"}', True),
    ("nothing is None", True),
    ("10 < amount <= 12.5", True),
    ('get(confirm, "opinion", "无")', "无"),
    ('any(d.grade == "major" for d in dangers)', True),
    ('sum(d.cost for d in dangers if d.grade == "minor")', 4),
    ("[d.cost * 2 for d in dangers]", [6, 8]),
    ("len(tags) + 1", 3),
    ('"PT24H" if amount > 10 else "PT48H"', "PT24H"),
    ('f"共 {len(tags)} 项"', "共 2 项"),
    ("tags[-1]", "火"),
    ("tags[:1] + ['水']", ["电", "水"]),
    ('{"a": amount, 1: (1, 2)}', {"a": 12.5, "1": [1, 2]}),
    ('nothing or "缺省"', "缺省"),
    ('days_between("2026-01-30", "2026-02-02")', 3),
    ('date("2026-01-30T23:30:00+00:00")', "2026-01-31"),
    ("round(2.5), round(2.567, 2), round(2.0, 0)", [2, 2.57, 2.0]),
    ("  amount\n", 12.5),
])
def test_conditions_people_write(source, value):
    assert evaluate(source, DATA) == value


def test_today_and_now_are_the_house_clock():
    with clock.at(datetime(2026, 3, 1, 20, 30, tzinfo=UTC)):  # already the next morning in Shanghai
        assert evaluate("today()", {}) == "2026-03-02"
        assert evaluate("now()", {}) == "2026-03-02T04:30:00+08:00"
        assert evaluate("today() > limit", {"limit": "2026-03-01"}) is True


@pytest.mark.parametrize("source, kind, words", [
    ("amount +", ExprSyntaxError, "语法错误"),
    ("(amount", ExprSyntaxError, "第 1 行第 1 列：括号没有闭合"),
    ("amount = 3", ExprSyntaxError, "比较要写 =="),
    ("'等级", ExprSyntaxError, "第 1 行第 1 列：文字缺少结束引号"),
    ("等级 == '重大' and nobody", ExprError, "第 1 行第 16 列：没有名为 nobody 的数据"),
    ("confirm.result", ExprError, "没有字段 result"),
    ("tags[7]", ExprError, "没有第 7 项"),
    ("等级 > 3", ExprError, "这些值不能比较大小"),
    ("amount / 0", ExprError, "不能除以零"),
    ("[1,\n  amount + 等级]", ExprError, "第 2 行第 3 列：这些值不能这样运算"),
    ("grid_owner(amount)", ExprSyntaxError, "没有这个函数：grid_owner"),
    ("amount.real", ExprError, "没有字段 real"),
    ("等级.format(1)", ExprSyntaxError, "没有这样的方法：format"),
    ("len()", ExprError, "函数 len 用不了这些值"),
    ("int('x')", ExprError, "函数 int 用不了这些值"),
    ("date('tomorrow')", ExprError, "不是日期：tomorrow"),
    ("", ExprSyntaxError, "表达式是空的"),
    ("1" * 3000, ExprLimit, "表达式太长"),
    ("+".join("1" * 60), ExprLimit, "表达式嵌套太深"),
    ("[" + ",".join("1" * 450) + "]", ExprLimit, "表达式太大"),
    ("[a for a in tags for b in tags for c in tags]", ExprSyntaxError, "最多两层 for"),
    ("2 ** 9", ExprSyntaxError, "这里不能用 Pow"),
    ("9007199254740991 + 1", ExprLimit, "整数超出范围"),
    ("1e308 * 10", ExprLimit, "不是有限的数"),
])
def test_errors_say_what_and_where(source, kind, words):
    with pytest.raises(kind) as said:
        evaluate(source, DATA)
    assert words in str(said.value)


def test_an_error_can_be_told_in_another_language():
    with pytest.raises(ExprError) as said:
        evaluate("nobody", {})
    assert (said.value.text, said.value.params, said.value.line, said.value.column) == (
        "没有名为 {name} 的数据", {"name": "nobody"}, 1, 1)


def test_functions_are_lent_for_one_call_only():
    lent = {"grid_owner": lambda grid: [f"owner@{grid}"], "role": lambda name, unit: []}
    assert evaluate('role("station_leader", 3) or grid_owner(grid)', {"grid": 9}, functions=lent) == ["owner@9"]
    compile_expr("grid_owner(grid)", functions=frozenset(lent))
    with pytest.raises(ExprSyntaxError):
        compile_expr("grid_owner(grid)")
    with pytest.raises(ExprSyntaxError):
        evaluate("grid_owner(grid)", {"grid": 9})


def test_a_lent_function_that_fails_names_itself_and_what_it_returns_is_checked():
    with pytest.raises(ExprError, match="函数 role 用不了这些值"):
        evaluate("role(1)", {}, functions={"role": lambda name: name.upper()})
    with pytest.raises(ExprError, match="这种值不能保存：object"):
        evaluate("role()", {}, functions={"role": object})


def test_a_lent_function_may_ask_the_database_so_it_is_not_called_without_end():
    asked = []
    with pytest.raises(ExprLimit):
        evaluate("[role(n) for n in numbers]", {"numbers": [*range(5000)]}, functions={"role": asked.append})
    assert len(asked) <= 200


def test_a_script_returns_the_data_it_leaves_and_touches_nothing_else():
    before = {"danger": {"grade": "一般"}, "count": 1, "tags": ["电"]}
    after = execute("""
        count += 2
        if danger.grade == "重大":
            days = 1
        elif count == 3:
            days = 15
        else:
            days = 30
        danger.note = f"限 {days} 天"
        tags[0] = "火"
    """, before)
    assert after == {"danger": {"grade": "一般", "note": "限 15 天"}, "count": 3, "days": 15, "tags": ["火"]}
    assert before == {"danger": {"grade": "一般"}, "count": 1, "tags": ["电"]}


def test_a_script_is_all_or_nothing():
    before = {"a": {"b": 1}}
    with pytest.raises(ExprError, match="第 2 行第 7 列：没有名为 missing 的数据"):
        execute("a.b = 2\nc =   missing", before)
    assert before == {"a": {"b": 1}}


def test_an_assignment_stores_a_copy():
    assert execute("b = a\nb.x = 2", {"a": {"x": 1}}) == {"a": {"x": 1}, "b": {"x": 2}}


@pytest.mark.parametrize("source", ["len = 1", "today = 1", "date.x = 1", "_hidden = 1", "a.__class__ = 1", "now += 1"])
def test_a_script_does_not_write_reserved_names(source):
    with pytest.raises(ExprSyntaxError):
        compile_script(source)


def test_data_may_be_called_like_a_function():
    assert evaluate("date < '2026-02-01' and len(date) == 10", {"date": "2026-01-31"}) is True


class Grade(StrEnum):
    MAJOR = "重大"


def test_what_handlers_return_becomes_plain_json():
    said = {"on": date(2026, 1, 2), "cost": Decimal("1.50"), "grade": Grade.MAJOR, "pair": (1, None), 3: True, Grade.MAJOR: 1}
    assert json_safe(said) == {"on": "2026-01-02", "cost": "1.50", "grade": "重大", "pair": [1, None], "3": True, "重大": 1}
    assert type(json_safe(Grade.MAJOR)) is str


@pytest.mark.parametrize("value", [
    float("nan"), float("inf"), 2**53, "\x00", "\ud800", b"", {1.5: 1}, {None: 1}, object(), {1, 2}, [0] * 60_000, "a" * 900_000,
])
def test_what_cannot_be_stored_anywhere_is_refused(value):
    with pytest.raises(ExprError):
        json_safe({"x": value})


def test_data_that_contains_itself_is_refused():
    knot = []
    knot.append(knot)
    with pytest.raises(ExprLimit):
        json_safe(knot)
    with pytest.raises(ExprError):
        evaluate("a == b", {"a": knot, "b": [knot]})


def test_every_complaint_has_english_words():
    root = Path(__file__).parents[2]
    sources = [*(root / "engine" / "expressions").glob("*.py"), root / "engine" / "script_engine.py"]
    said = {node.value for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("[\u4e00-\u9fff]", node.value)}
    with (root / "web" / "translations" / "en" / "expressions.po").open("rb") as file:
        english = {message.id: message.string for message in read_po(file) if message.id}
    assert set(english) == said
    assert all(set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", text)) for text, words in english.items())
