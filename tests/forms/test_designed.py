"""Forms drawn with form-js as forms of ours: what is refused, what is wanted, what a condition hides, and what comes out."""
import json
import subprocess
import time

import pytest
from werkzeug.datastructures import MultiDict

from forms import FormContext, conditions, patterns
from forms.designed import check, fields, form_class
from tests.forms.drawn import choices, one, schema, text

KINDS = schema(
    text("title", "事项", required=True, minLength=2, maxLength=10), text("mail", "邮箱", validationType="email"),
    text("plate", "车牌", pattern="[A-Z]{1,2}[0-9]{3,5}"), one("number", "cost", "费用", decimalDigits=2, min=0, max=100),
    one("number", "count", "个数", decimalDigits=0), one("datetime", "day", dateLabel="日期", subtype="date"),
    one("datetime", "at", dateLabel="时刻", subtype="datetime"), one("datetime", "clock", timeLabel="时间", subtype="time"),
    one("checkbox", "sure", "确认", required=True), one("checklist", "causes", "原因", values=choices(p="人", t="物")),
    one("taglist", "tags", "标签", values=choices(a="甲", b="乙")), one("radio", "kind", "类别", values=choices(s="小", l="大")),
    one("select", "place", "地点", values=choices(x="东", y="西")), one("dictionary", "level", "级别", dictionary="danger_level"),
    one("group", label="组", components=[one("textarea", "why", "理由", hide='=kind != "l"', required=True)]),
    one("text", text="# 说明\n请如实填写"), one("separator"), one("spacer"),
    one("dynamiclist", "rows", "明细", components=[text("name", "名称", required=True),
                                               one("number", "amount", "数量", decimalDigits=0, hide='=name = "无"', required=True)]))
GOOD = {"title": "检修", "mail": "a@b.cn", "plate": "AB123", "cost": "12.50", "count": "3", "day": "2026-03-02", "at": "2026-03-02T08:30",
        "clock": "08:30", "sure": "y", "causes": "p", "tags": "b", "kind": "s", "place": "x", "level": "重大", "rows-0-name": "无"}


def filled(drawn, **sent):
    return form_class(drawn)(MultiDict(list(sent.items()) or [("", "")]), context=FormContext(None, None))


def test_a_form_with_one_of_everything_answers_in_json():
    form = filled(KINDS, **GOOD)
    assert check(KINDS) == [] and form.validate(), form.errors
    assert form.answers() == {
        "title": "检修", "mail": "a@b.cn", "plate": "AB123", "cost": 12.5, "count": 3, "day": "2026-03-02", "at": "2026-03-02T08:30:00+08:00",
        "clock": "08:30", "sure": True, "causes": ["p"], "tags": ["b"], "kind": "s", "place": "x", "level": "重大", "why": None,
        "rows": [{"name": "无", "amount": None}]}
    assert json.loads(json.dumps(form.answers())) == form.answers()


@pytest.mark.parametrize("name, sent, words", [
    ("title", "", "请填写此项"), ("title", "长", "至少 2 个字"), ("title", "十一个字十一个字十一个", "最多 10 个字，现有 11 个字"),
    ("mail", "nobody", "请填写电子邮箱地址"),
    ("plate", "ab", "格式不对，请按说明填写"), ("cost", "100.01", "应在 0 与 100 之间"), ("cost", "1.234", "小数最多 2 位"),
    ("cost", "NaN", "应在 0 与 100 之间"),
    ("cost", "x", "请填写数字"), ("count", "1.5", "请填写整数"), ("day", "2026-02-30", "请按 年-月-日 填写日期"), ("clock", "24:00", "请按 时:分 填写时间"),
    ("causes", "z", "请从列表中选择"), ("kind", "z", "请从列表中选择"), ("place", "z", "请从列表中选择"), ("level", "z", "请从列表中选择")])
def test_what_is_wrong_is_said_beside_its_field(name, sent, words):
    form = filled(KINDS, **{**GOOD, name: sent})
    assert not form.validate()
    assert {key: [str(one) for one in wrong] for key, wrong in form.errors.items()} == {name: [words]}


def test_a_condition_decides_what_is_wanted_and_what_is_kept():
    """理由 is wanted of a large one only; what a small one says all the same is dropped. A row has its own condition."""
    large = filled(KINDS, **{**GOOD, "kind": "l"})
    assert not large.validate() and list(large.errors) == ["why"]
    small = filled(KINDS, **GOOD, why="不该留下")
    assert small.validate() and small.answers()["why"] is None
    rows = filled(KINDS, **{**GOOD, "rows-0-name": "阀门", "rows-2-name": "", "rows-7-name": "垫片", "rows-7-amount": "4"})
    assert not rows.validate() and [str(one) for one in rows.errors["rows"]] == ["第 1 行“数量”：请填写此项"]


def test_what_stood_in_the_form_before_comes_first_then_an_earlier_step_then_the_default():
    drawn = schema(text("a", "甲", defaultValue="默认", properties={"from": "confirm.level"}), text("b", "乙", defaultValue="默认"),
                   one("number", "c", "丙", defaultValue="3"), one("checkbox", "d", "丁", defaultValue="胡说"))
    kind = form_class(drawn)

    def shown(**context):
        return [one.data for one in kind(None, context=FormContext(None, None, **context))]

    assert shown() == ["默认", "默认", 3.0, False]
    assert shown(data={"confirm": {"level": "重大"}})[:2] == ["重大", "默认"]
    assert shown(data={"confirm": {"level": "重大"}}, earlier={"a": "改过", "b": "也改过"})[:2] == ["改过", "也改过"]


def test_readonly_in_the_drawing_is_kept_by_the_server():
    drawn = schema(text("a", "甲", defaultValue="定了", readonly=True), text("b", "乙"))
    assert filled(drawn, b="x").answers() == {"b": "x"}
    assert filled(drawn, a="改", b="x").locks.broken == {"a"}


REFUSED = [
    ("form-json", "{"), ("form-json", "[]"), ("form-json", "[" * 100_000), ("form-json", '{"components": 3}'), ("form-json", '{"components": [3]}'),
    ("form-size", '{"a": "' + "长" * 70_000 + '"}'), ("form-fields", schema(*(text(f"k{n}") for n in range(201)))),
    ("form-component", schema(one("html", content="<script>alert(1)</script>"))), ("form-component", schema(one("iframe", url="https://x"))),
    ("form-component", schema(one("image", source="https://x"))), ("form-component", schema(one("button"))), ("form-component", schema(one("nonsense"))),
    ("form-component", schema(one("expression", "e", "式"))), ("form-key", schema(text("a", "甲"), text("a", "乙"))), ("form-key", schema(text("a b", "甲"))),
    ("form-key", schema(text("", "甲"))), ("form-key", schema(text("outcome", "甲"))), ("form-key", schema(text("by", "甲"))),
    ("form-key", schema(text("class", "甲"))),
    ("form-key", schema(text("data", "甲"))), ("form-key", schema(text("__class__", "甲"))), ("form-key", schema(text("csrf_token", "甲"))),
    ("form-path", schema(one("group", label="组", path="p", components=[]))), ("form-words", schema(text("a", "=now()"))),
    ("form-words", schema(text("a", "{{secret}}"))), ("form-words", schema(text("a", "长" * 201))), ("form-values", schema(one("select", "a", "甲"))),
    ("form-values", schema(one("select", "a", "甲", valuesKey="x"))), ("form-values", schema(one("radio", "a", "甲", values=[{"value": "x"}, {"value": "x"}]))),
    ("form-pattern", schema(text("a", "甲", pattern="(a+)+$"))), ("form-pattern", schema(text("a", "甲", pattern="["))),
    ("form-rules", schema(one("number", "a", "甲", min=3, max=1))), ("form-rules", schema(text("a", "甲", readonly="=x"))),
    ("form-condition", schema(text("a", "甲", hide="=b = 1"), text("b", "乙"))), ("form-condition", schema(text("a", "甲", hide="=a.b()"))),
    ("form-condition", schema(text("a", "甲"), text("b", "乙", hide="=" + "(" * 60 + "a" + ")" * 60))),
    ("form-dictionary", schema(one("dictionary", "a", "甲", dictionary="passwords"))),
    ("form-rows", schema(one("dynamiclist", "a", "甲", components=[one("dynamiclist", "b", "乙", components=[])]))),
    ("form-rows", schema(one("dynamiclist", "a", "甲", components=[one("signature", "b", "乙")]))),
]


@pytest.mark.parametrize("rule, said", REFUSED)
def test_what_we_do_not_show_is_refused_in_words(rule, said):
    found = [finding for finding in check(said) if finding.severity == "error"]
    assert rule in {finding.rule for finding in found}
    assert all(finding.message() and "{" not in finding.message().replace("{{", "") for finding in found)


def test_groups_in_groups_end_somewhere():
    deep = text("a", "甲")
    for _ in range(6):
        deep = one("group", label="组", components=[deep])
    assert {finding.rule for finding in check(schema(deep))} == {"form-depth"}


def test_a_pattern_cannot_take_long():
    """What is let in answers at once, whatever is matched against it; what could take long is not let in."""
    began = time.perf_counter()
    for source in (r".*.*x", r"(?:ab?){1,12}c", r"[a-z]*[0-9]*", r"1[3-9]\d{9}", r"\d{3,4}-\d{7,8}(?:-\d{1,5})?"):
        patterns.matches(source, "a" * patterns.LONGEST)
    assert time.perf_counter() - began < 1
    for source in (r"(a+)+", r"(a|a)*b", r".*.*.*x", r"(?=a)a", r"(a)\1", r"(?:a?){50}", "a" * 300):
        with pytest.raises(patterns.BadPattern):
            patterns.compiled(source)


CONDITIONS = ['=a = "x"', "=a != null", "=n > 3 and n <= 10", "=not(list contains(l, \"p\"))", "=count(l) >= 2 or b", "=b", "=b = true", '=a in ["x", "y"]',
              "=n = 3.5", '=contains(a, "x")', "=a > 3", "=n > \"3\"", "=d < \"2026-03-01\"", "=not(n = -2)", "=l = null", "=zz.q = 1 or a = \"x\""]
VALUES = [{}, {"a": "x", "n": 3.5, "l": ["p", "q"], "b": True, "d": "2026-02-28"}, {"a": "", "n": -2, "l": [], "b": False},
          {"a": "xy", "n": 7, "l": ["q"], "b": 1},
          {"a": 1, "n": "4", "l": "p", "b": "true", "d": None}]


def test_browser_and_server_judge_conditions_alike(tmp_path):
    """The very module of the page, run by node on the same trees and values."""
    trees = [conditions.bound(conditions.parse(source), {"zz.q": 1}.get) for source in CONDITIONS]
    script = tmp_path / "judge.mjs"
    script.write_text(f"""import {{ value }} from '{__file__.rpartition("/tests/")[0]}/web/assets/_designed/when.js';
        const [trees, values] = {json.dumps([trees, VALUES])};
        console.log(JSON.stringify(trees.map((tree) => values.map((one) => value(tree, one)))));""")
    answer = subprocess.run(["node", script], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == [[conditions.value(tree, one) for one in VALUES] for tree in trees]


def test_what_an_earlier_step_said_does_not_travel_to_the_browser():
    tree = conditions.bound(conditions.parse('=confirm.level = "重大" and a = "x"'), {"confirm.level": "重大"}.get)
    assert tree == ["and", ["value", True], ["=", ["field", "a"], ["value", "x"]]]


def test_the_modeler_is_told_the_fields():
    assert fields(KINDS)[:4] == [("title", "事项", "text", ()), ("mail", "邮箱", "text", ()), ("plate", "车牌", "text", ()), ("cost", "费用", "number", ())]
    assert ("level", "级别", "choice", tuple((word, word) for word in ("重大", "一般Ⅰ", "一般Ⅱ", "一般Ⅲ"))) in fields(KINDS)
    assert fields("{") == fields("[]") == fields('{"components": [3]}') == []


def test_a_condition_on_what_is_locked_is_decided_before_the_page_goes_out():
    """The browser has no control to look at: 类别 is fixed, 备注 not even shown; what they decide is in the page, what they say is not."""
    drawn = schema(text("kind", "类别"), text("secret", "备注"), text("why", "理由", hide='=not(kind = "l")'), text("more", "其他", hide='=secret = "x"'))
    form = form_class(drawn)(None, context=FormContext(None, None, access={"kind": "read-only", "secret": "hidden"}, earlier={"kind": "l", "secret": "x"}))
    assert form.gone == {"more"}
    assert [form.hide(node) for node in form.nodes[2:]] == [["value", False], ["value", True]]


def test_nobody_signs_with_another_persons_signature():
    drawn = schema(one("signature", "sign", "签名"), text("name", "姓名"))
    shown = form_class(drawn)(None, context=FormContext(None, None, earlier={"sign": 7, "name": "王强"}))
    assert [field.data for field in shown] == [None, "王强"]
    read = form_class(drawn)(None, context=FormContext(None, None, access={"sign": "read-only"}, earlier={"sign": 7}))
    assert [field.data for field in read] == [7, ""]
