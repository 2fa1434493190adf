"""Lint reads which fields a step locks, and which form a step or a start asks."""
import pytest

from engine.lint import Known, lint
from forms import facts
from tests.diagrams import diagram, end, node, start, user
from tests.forms.drawn import one, schema, text

FORM = schema(text("title", "事项", required=True), text("note", "备注"), one("number", "cost", "费用", required=True, defaultValue=0))


def known(form):
    return facts.drawn(FORM) if form == "sheet" else facts.coded(form)


KNOWN = Known(forms=frozenset({"sheet", "hidden_danger.confirm", "p.a"}), fields=known)


def found(*steps, begin=None, rule="fields"):
    names = " > ".join(["s", *(step.id for step in steps), "e"])
    said = lint(diagram(begin or start(), *steps, end(), names), KNOWN)
    return [finding.message() for finding in said if finding.rule == rule]


def beginning(**properties):
    inside = "".join(f"<spiffworkflow:property name='{name}' value='{said}'/>" for name, said in properties.items())
    return node("startEvent", "s", f"<spiffworkflow:properties>{inside}</spiffworkflow:properties>")


@pytest.mark.parametrize("said", ["{", "[1]", '{"title": "secret"}', '{"title": true}', "9" * 10_000])
def test_what_cannot_be_read_is_an_error(said):
    assert [words[:31] for words in found(user("a", form="sheet", fields=said))] == ["「a」的字段权限（fields）须是 JSON，值为 edit"]


def test_a_name_the_form_does_not_have():
    assert found(user("a", form="sheet", fields='{"titel": "read-only", "note": "hidden"}')) == ["「a」的字段权限中，表单没有字段 titel，请检查拼写或删去它"]
    assert found(user("a", form="hidden_danger.confirm", fields='{"level": "read-only", "nonsense": "hidden"}')) == [
        "「a」的字段权限中，表单没有字段 nonsense，请检查拼写或删去它"]


@pytest.mark.parametrize("word, verb", [("hidden", "被隐藏"), ("read-only", "只读")])
def test_a_required_field_out_of_reach_and_empty(word, verb):
    """Nobody fills in 事项; 费用 has a default, and where another step asks the same form all is well."""
    locked = user("a", form="sheet", fields=f'{{"title": "{word}", "cost": "{word}"}}')
    assert found(locked) == [f"「a」的必填字段“事项”{verb}，又没有默认值，也没有别的步骤填写，请改为可编辑"]
    assert found(user("b", form="sheet"), locked) == []
    assert found(locked, begin=beginning(form="sheet")) == []
    assert found(locked, begin=beginning(form="sheet", fields='{"title": "hidden"}'))


def test_a_start_may_name_its_form_and_lock_fields():
    right = lint(diagram(beginning(form="sheet", fields='{"note": "hidden"}'), user("a", form="sheet"), end(), "s > a > e",
                         properties={"starters": "everyone"}), KNOWN)
    assert [finding.rule for finding in right if finding.severity == "error"] == []
    wrong = lint(diagram(beginning(form="nowhere"), user("a", form="sheet"), end(), "s > a > e", properties={"starters": "everyone"}), KNOWN)
    assert [finding.rule for finding in wrong if finding.severity == "error"] == ["start-form"]


def test_bulk_may_press_a_button_where_what_is_required_is_locked():
    open_ = user("a", form="sheet", bulk="true")
    assert found(open_, rule="by-itself") and not found(
        user("b", form="sheet"), user("a", form="sheet", bulk="true", fields='{"title": "read-only", "cost": "read-only"}'), rule="by-itself")
