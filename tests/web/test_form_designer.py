"""The pages of designed forms: listed, begun, kept while two draw, shown as they will look, and never a way in for a script."""
import html
import json

import pytest

from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from data_model.workshop import Draft, FormDesign
from engine import deployment
from engine.lint import Known
from engine.workshop import checking
from forms import designed, facts
from tests.diagrams import diagram, end, node, user
from tests.forms.drawn import choices, one, schema, text

FORM = schema(text("title", "事项", required=True), one("radio", "kind", "类别", values=choices(s="小", l="大")),
              one("textarea", "why", "理由", required=True, hide='=kind != "l"'), name="复审单")
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}"
START = '<spiffworkflow:properties><spiffworkflow:property name="form" value="review"/></spiffworkflow:properties>'


@pytest.fixture
def deployed(house):
    """版本 1 runs, and a diagram asks it."""
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"review.form": FORM.encode(), "flow.bpmn": diagram(
            node("startEvent", "s", START), user("look", form="review", candidates="starter()"), end(), "s > look > e", key="flow",
            properties={"starters": "everyone"})}, "第一版")


def words(answer):
    return html.unescape(answer.get_data(as_text=True))


def put(visitor, content, revision):
    return visitor.client.put("/forms/review/draft", json={"content": content, "revision": revision, "name": "复审单"},
                              headers={"X-CSRFToken": visitor.token, "Accept": "application/json"})


def ask(visitor, deed, content, **more):
    return visitor.post(f"/forms/review/{deed}", json={"content": content, **more})


def test_peng_finds_the_form_and_who_asks_it(visit, deployed):
    page = words(visit("po").get("/forms"))
    assert "复审单" in page and "版本 1" in page and "流程" in page
    assert visit("wang").get("/forms").status_code == 403


def test_a_new_form_is_a_draft_until_it_is_deployed(visit, house):
    peng = visit("po")
    assert "英文字母" in words(peng.post("/forms/new", {"name": "甲", "key": "不行"}))
    assert peng.post("/forms/new", {"name": "", "key": "ok"}).status_code == 422
    assert peng.post("/forms/new", {"name": "停产审批", "key": "halt"}).status_code == 303
    assert peng.post("/forms/new", {"name": "又一张", "key": "halt"}).status_code == 422
    page = words(peng.get("/forms/halt"))
    assert "停产审批" in page and "尚未部署" in page
    assert peng.post("/forms/halt/drop", {"revision": "1"}).status_code == 303
    assert peng.get("/forms/halt").status_code == 404


def test_two_who_draw_at_once_are_told_of_each_other(visit, deployed):
    """Peng saves; whoever began from the version before is told who was first, and nothing is lost."""
    peng = visit("po")
    assert put(peng, FORM.replace("事项", "题目"), 0).json["revision"] == 1
    late = put(peng, FORM.replace("事项", "别的"), 0)
    assert late.status_code == 409 and "彭流" in late.json["error"]
    assert put(peng, FORM.replace("事项", "标题"), 1).json["revision"] == 2
    with unit_of_work(SYSTEM, write=False) as session:
        assert "标题" in session.query(Draft).one().content
    assert peng.post("/forms/review/visit", json={}).json["others"] == []


def test_preview_is_the_real_look_and_says_what_is_wrong(visit, deployed):
    peng = visit("po")
    peng.get("/forms/review")
    shown = words(ask(peng, "preview", FORM))
    assert 'name="title"' in shown and "试提交" in shown and "请填写此项" not in shown.partition("data-words")[2].partition(">")[2]
    wrong = words(ask(peng, "try", FORM, values=[["kind", "l"]]))
    assert wrong.count("field-error") == 2
    good = words(ask(peng, "try", FORM, values=[["title", "停产"], ["kind", "s"], ["why", "不留"]]))
    assert '"title": "停产"' in good and '"why": null' in good
    assert "正则表达式无效" in words(ask(peng, "preview", schema(text("a", "甲", pattern="(a+)+"))))
    assert ask(peng, "check", "{").json["findings"][0]["rule"] == "form-json"


def test_who_may_only_look_looks(visit, deployed):
    auditor = visit("au")
    page = words(auditor.get("/forms/review"))
    assert "data-editor" not in page and "预览" in page
    assert "试提交" in words(ask(auditor, "preview", FORM))
    assert put(auditor, FORM, 0).status_code == 403
    assert auditor.get("/forms/new").status_code == 403
    assert visit("wang").get("/forms/review").status_code == 403


def test_an_old_version_comes_back_as_a_draft(visit, deployed):
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"review.form": schema(text("only", "唯一"), name="复审单").encode()}, "第二版", source="modeler")
        assert [row.version for row in session.query(FormDesign)] == [1, 2]
    peng = visit("po")
    assert peng.post("/forms/review/versions/1/restore", {"revision": "0"}).status_code == 303
    assert json.loads(peng.get("/forms/review/file").data)["components"][0]["label"] == "事项"


def test_words_of_a_form_never_become_a_script(visit, house):
    """Labels, help, choices, texts, defaults and keys of an enemy are only words, on every page that shows them."""
    evil = schema(
        text("a", EVIL, description=EVIL, defaultValue=EVIL), one("radio", "b", EVIL, values=[{"value": EVIL[:90], "label": EVIL}]),
        one("select", "c", EVIL, values=[{"value": "x", "label": EVIL}]), one("text", text=f"# {EVIL}\n{EVIL}".replace("{{", "{ {")),
        one("group", label=EVIL, hide=f'=a = "{EVIL.replace(chr(34), "").replace("{{", "")}"', components=[text("d", EVIL)]),
        one("dynamiclist", "e", EVIL, components=[text("f", EVIL)]), name=EVIL[:90]).replace("{{7*7}}", "")
    assert [finding.rule for finding in designed.check(evil) if finding.severity == "error"] == []
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"review.form": evil.encode(), "flow.bpmn": diagram(
            node("startEvent", "s", START), user("look", form="review", candidates="starter()"), end(), "s > look > e", key="flow",
            properties={"starters": "everyone"})})
    peng, wang = visit("po"), visit("wang")
    wang.get("/start/flow")
    sent = {"idem_key": "k" * 32, "a": EVIL, "d": EVIL, "e-0-f": EVIL}
    begun = wang.post("/start/flow", sent)
    assert begun.status_code == 303, words(begun)
    case = begun.headers["Location"]
    pages = [*(peng.get(address) for address in ("/forms", "/forms/review")), *(wang.get(one) for one in ("/start/flow", case, f"{case}/print"))]
    pages.append(ask(peng, "preview", evil))
    for page in pages:
        raw = page.get_data(as_text=True)
        assert page.status_code == 200
        assert "<script>alert" not in raw and "<img src=x" not in raw and "49" not in raw.partition("alert(1)")[2][:60]


def test_deploying_asks_the_check_of_forms_and_of_the_diagrams(house, monkeypatch):
    """Wired as anlan.py wires it: a wrong form is refused in words, and a diagram that locks a field the form does not have."""
    monkeypatch.setattr(checking, "_base", [Known(forms=frozenset())])
    monkeypatch.setattr(checking, "_form_checks", [designed.check])
    monkeypatch.setattr(checking, "_fields_of", [facts.drawn])
    locked = user("look", form="review", candidates="starter()", fields='{"nothing": "hidden"}')
    flow = diagram(node("startEvent", "s", START), locked, end(), "s > look > e", key="flow", properties={"starters": "everyone"})
    with unit_of_work(SYSTEM, write=False) as session:
        assert list(checking.errors(session, {"review.form": b'{"components": [{"type": "html"}]}'})) == ["review.form"]
        wrong = checking.errors(session, {"review.form": FORM.encode(), "flow.bpmn": flow})
        assert [finding.rule for finding in wrong["flow.bpmn"]] == ["fields"]
