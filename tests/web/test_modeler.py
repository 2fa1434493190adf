"""The modeler's page and what its script asks: the lists, the checks, the draft, and who may do what."""
import json
import re
from pathlib import Path

import pytest

import anlan
from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from engine import deployment
from engine.lint import Known
from engine.workshop import checking

HERE = "/modeler/hidden_danger"
CHINESE = re.compile(r"[\u3400-\u9fff]")
SHIPPED = (deployment.SHIPPED / "hidden_danger.bpmn").read_text()


@pytest.fixture(autouse=True)
def deployed(web_app, house):
    checking.use(anlan._known(None))
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        deployment.load_shipped(session)
    yield
    checking.use(Known())


@pytest.fixture
def ask(visit):
    """ask("po", "lint", content=…) -> (status, JSON)."""
    def asks(who, name, method="post", key="hidden_danger", **sent):
        visitor = visit(who)
        visitor.get(f"/modeler/{key}")
        send = getattr(visitor.client, method)
        answer = send(f"/modeler/{key}/{name}", **({} if method == "get" else {"json": sent}),
                      headers={"Accept": "application/json", "X-CSRFToken": visitor.token})
        return answer.status_code, answer.get_json(silent=True)
    return asks


def board(page):
    return json.loads(re.search(r'<script type="application/json" id="board">(.*?)</script>', page, re.S)[1])


def test_the_page_holds_the_diagram_and_lets_styles_in_but_no_scripts(visit):
    answer = visit("po").get(HERE)
    said = board(answer.get_data(as_text=True))
    assert said["xml"] == SHIPPED and said["revision"] == 0 and said["mayEdit"] and said["effective"] == 1
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy and "script-src 'self';" in policy and "eval" not in policy


@pytest.mark.parametrize("who, page, write", [("po", 200, 200), ("zhao", 200, 403), ("au", 200, 403), ("wang", 403, 403), ("admin", 403, 403)])
def test_who_may_look_and_who_may_draw(visit, ask, who, page, write):
    assert visit(who).get(HERE).status_code == page
    assert ask(who, "draft", "put", content=SHIPPED, revision=0)[0] == write
    assert ask(who, "visit")[0] == write
    if page == 200:
        assert board(visit(who).get(HERE).get_data(as_text=True))["mayEdit"] is (write == 200)


def test_a_draft_is_kept_and_the_later_of_two_hears_who_was_first(ask, visit):
    changed = SHIPPED.replace('name="确认"', 'name="核实"')
    status, kept = ask("po", "draft", "put", content=changed, revision=0)
    assert (status, kept["revision"]) == (200, 1) and re.fullmatch(r"\d\d:\d\d", kept["savedAt"])
    status, refused = ask("po", "draft", "put", content=SHIPPED, revision=0)
    assert status == 409 and "彭流" in refused["error"]
    status, theirs = ask("po", "draft", "get")
    assert theirs["content"] == changed and theirs["revision"] == 1 and theirs["savedBy"] == "彭流"
    assert board(visit("po").get(HERE).get_data(as_text=True))["xml"] == changed


@pytest.mark.parametrize("sent", [{}, {"content": 1, "revision": 0}, {"content": SHIPPED}, {"content": SHIPPED, "revision": "0"},
                                  {"content": SHIPPED, "revision": True}])
def test_what_is_no_draft_is_refused(ask, sent):
    assert ask("po", "draft", "put", **sent)[0] == 400


def test_a_file_that_nobody_could_open_is_not_kept(ask):
    status, said = ask("po", "draft", "put", content='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', revision=0)
    assert status == 422 and said["error"]


def test_the_check_is_the_one_of_deployment_and_points_at_the_property(ask):
    assert ask("po", "lint", content=SHIPPED) == (200, {"findings": []})
    broken = SHIPPED.replace(' default="to_major_done_from_passed"', "").replace('value="P3D"', 'value="P3Y"')
    findings = ask("zhao", "lint", content=broken)[1]["findings"]
    assert ("passed", "gateway-default", "default") in {(one["element"], one["rule"], one["property"]) for one in findings}
    assert ("approve_plan", "due") in {(one["element"], one["property"]) for one in findings}
    wrong = SHIPPED.replace('value="gm(grid) + chair(grid) or fgld(grid)"', 'value="gm(grid) +"')
    assert {one["property"] for one in ask("po", "lint", content=wrong)[1]["findings"]} == {"candidates"}


def test_the_lists_are_in_the_reader_s_language(visit):
    visitor = visit("po")
    zh = visitor.get(f"{HERE}/vocabulary").get_json()
    en = visitor.get(f"{HERE}/vocabulary", headers={"Accept-Language": "en"}).get_json()
    label = {language: {one["name"]: one["label"] for one in lists["operations"]} for language, lists in (("zh", zh), ("en", en))}
    assert label["zh"]["flow.notify"] == "发通知" and label["en"]["flow.notify"] == "Send a notice"
    assert "hidden_danger.confirm" in {one["value"] for one in zh["forms"]} and "deeds.transfer" not in {one["value"] for one in zh["forms"]}


def test_what_is_known_at_an_element(ask):
    status, found = ask("po", "completion", content=SHIPPED, element="rectify")
    fields = {one["path"]: one for one in found["fields"]}
    assert fields["configure.deadline"]["type"] == "date" and fields["configure.deadline"]["of"] == "配置整改"
    assert fields["owner_level"]["of"] == "责任与期限" and isinstance(found["sample"]["configure"]["rectifier"], int)
    assert ask("po", "completion", content="<x", element="rectify")[0] == 400


def test_the_fields_of_a_form(visit):
    visitor = visit("po")
    assert {"level", "stop_work"} <= {one["key"] for one in visitor.get(f"{HERE}/fields/hidden_danger.confirm").get_json()["fields"]}
    assert visitor.get(f"{HERE}/fields/no.such").get_json() == {"fields": [], "known": False}


def test_an_expression_is_tried_and_its_mistakes_are_told_in_words(ask, house):
    data = {"grid": house["unit:filter"], "n": 3}
    assert ask("po", "evaluate", source="n * 2", data=data)[1] == {"value": 6, "people": [], "wrong": ""}
    assert ask("po", "evaluate", source="grid_owner(grid)", kind="candidates", data=data)[1]["people"] == ["李敏"]
    assert "第 1 行" in ask("po", "evaluate", source="n.x", data=data)[1]["wrong"]
    assert ask("po", "evaluate", source="__import__('os')", data=data)[1]["wrong"]
    assert ask("po", "evaluate", source="n", data={"x": "y" * 300_000})[0] == 413


def test_a_diagram_that_is_not_there(visit):
    assert visit("po").get("/modeler/no_such_flow").status_code == 404


def test_every_word_of_the_modeler_s_script_has_its_english():
    """Scripts speak without the server; labels that stand in lists there are handed to say() later."""
    folder = Path(__file__).parents[2] / "web/assets/_modeler"
    spoken = set(re.findall(r"""'((?:[^'\\\n]|\\.)*)': '""", (folder / "english.js").read_text()))
    aside = {"chinese.js", "simulation.js", "english.js", "translate.js"}  # words of others, put into Chinese
    said = {word for path in folder.rglob("*.js*") if path.name not in aside
            for word in re.findall(r"(?:say\(|label: |help: |fresh: |^  \['[\w-]+', )'((?:[^'\\\n]|\\.)*)'", path.read_text(), re.M)}
    written = {"提交", "同意", "退回", "不同意", "提交整改结果"}  # into the diagram, as data
    assert sorted(word for word in said - spoken - written if CHINESE.search(word)) == []
