"""The process owner's pages of definitions: list, versions, comparison, deployment, four eyes, bundles."""
import io
import json
import re
import zipfile
from hashlib import sha256

import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.organisation import Grant, OrgUnit, Role, User
from data_model.process import ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Draft, ReleaseRequest
from engine import actions, deployment
from engine.principals import actor_for
from engine.workshop import bundle, drafts, four_eyes, scenarios
from tests.diagrams import decide, diagram, end, start, user
from tests.engine.test_paths import table
from tests.web.conftest import Visitor
from tests.web.test_both_languages import CHINESE, Words

EVERYONE = {"starters": "everyone", "category": "风险隐患"}


def flow(*names, key="p", **more):
    steps = [user(name, candidates="starter()", **more) for name in names]
    return diagram(start(), *steps, end(), " > ".join(["s", *names, "e"]), key=key, properties=EVERYONE)


@pytest.fixture
def site(web_app, house):
    """One process in two versions, the first with a running case."""
    with web_app.app_context():
        with unit_of_work(SYSTEM) as session:
            deployment.deploy(session, SYSTEM, {"p.bpmn": flow("a")}, "第一版")
            actor = actor_for(session, session.get_one(User, house["wang"]))
        with unit_of_work(actor) as session:
            actions.start(session, actor, "p", {}, idem_key="k1")
        with unit_of_work(SYSTEM) as session:
            deployment.deploy(session, SYSTEM, {"p.bpmn": flow("a", due="P2D")}, "加了时限")
    return web_app


@pytest.fixture
def in_house(site):
    """in_house(deed, …): something done in the house behind the screens."""
    def do(deed):
        with site.app_context(), unit_of_work(SYSTEM) as session:
            return deed(session)
    return do


@pytest.fixture
def po(site, visit) -> Visitor:
    return visit("po")


@pytest.fixture
def second(in_house, house, visit) -> Visitor:
    """高安 is made a second process owner."""
    def grant(session):
        unit = session.scalars(select(OrgUnit).where(OrgUnit.code == "group")).one()
        session.add(Grant(user_id=house["ga"], role=Role.PROCESS_OWNER, unit_id=unit.id, path=unit.path))
    in_house(grant)
    return visit("ga")


def draw(in_house, *names, revision=0):
    in_house(lambda session: drafts.save(session, SYSTEM, "bpmn", "p", flow(*names).decode(), revision))


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_list_says_what_runs_where(po, in_house):
    draw(in_house, "a", "b")
    page = text(po.get("/definitions"))
    assert "风险隐患" in page and "版本 2" in page and "在办 1" in page and "草稿" in page
    assert "风险隐患" not in text(po.get("/definitions?q=nothing-like-it"))
    assert po.get("/definitions?tab=tables").status_code == 200 and po.get("/definitions?tab=forms").status_code == 200


@pytest.mark.parametrize(("who", "path", "status"), [
    ("zhao", "/definitions", 200), ("zhao", "/definitions/p", 200), ("zhao", "/definitions/new", 403), ("zhao", "/definitions/p/deploy", 403),
    ("zhao", "/definitions/releases", 403), ("wang", "/definitions", 403), ("wang", "/definitions/p/versions/1/p.bpmn", 403),
    ("po", "/definitions/nowhere", 404), ("po", "/definitions/p/versions/9", 404), ("po", "/definitions/p/versions/x", 404),
    ("po", "/definitions/p/deploy", 404), ("po", "/definitions/releases/77", 422), ("po", "/definitions/nowhere/bundle.zip", 404),
])
def test_who_may_look(site, visit, who, path, status):
    assert visit(who).get(path).status_code == status


def test_a_new_process_begins_with_a_diagram_that_runs(po, in_house):
    wrong = po.post("/definitions/new", {"name": "动火作业", "key": "热"})
    assert wrong.status_code == 422 and 'value="动火作业"' in wrong.get_data(as_text=True), "what was typed is still there"
    for taken in ("p", "new"):
        assert po.post("/definitions/new", {"name": "x", "key": taken}).status_code == 422
    assert po.post("/definitions/new", {"name": "动火作业", "key": "hot_work"}).status_code == 303
    page = po.get("/definitions/hot_work/deploy")
    assert "首次部署" in text(page) and "处错误" not in text(page)
    assert po.post("/definitions/bpmn/hot_work/deploy", {"file": "hot_work.bpmn:1", "note": "第一版"}).status_code == 303
    assert in_house(lambda s: s.scalars(select(ProcessDefinition.name).where(ProcessDefinition.key == "hot_work")).one()) == "动火作业"


def test_a_copy_is_a_process_of_its_own(po, in_house):
    page = po.get("/definitions/new?source=p").get_data(as_text=True)
    assert '<option value="p" selected' in page and "is-invalid" not in page
    assert po.post("/definitions/new", {"name": "另一个", "key": "q", "source": "p"}).status_code == 303
    content = in_house(lambda session: drafts.contents(session)["q.bpmn"])
    assert '<bpmn:process id="q" name="另一个"' in content and 'id="a"' in content
    assert po.post("/definitions/new", {"name": "x", "key": "r", "source": "nowhere"}).status_code == 422


def test_versions_are_looked_at_and_taken_along(po):
    assert "加了时限" in text(po.get("/definitions/p/versions/2"))
    assert po.get("/definitions/p/versions/1/diagram").get_json()["xml"].encode() == flow("a")
    file = po.get("/definitions/p/versions/1/p.bpmn")
    assert file.data == flow("a") and "p-v1.bpmn" in file.headers["Content-Disposition"]
    assert po.get("/definitions/p/versions/1/p.svg").status_code == 404, "it has no drawing"
    assert po.get("/definitions/p/versions/1/q.bpmn").status_code == 404


def test_an_old_version_comes_back_but_not_over_a_newer_draft(po, in_house):
    assert po.post("/definitions/p/versions/1/restore", {"revision": "0"}).status_code == 303
    assert in_house(lambda session: drafts.contents(session)["p.bpmn"]).encode() == flow("a")
    late = po.post("/definitions/p/versions/2/restore", {"revision": "0"})
    assert late.status_code == 409 and "彭流" in text(late)
    assert po.post("/definitions/p/draft/drop", {"revision": "1"}).status_code == 303
    assert in_house(drafts.contents) == {}


def test_two_versions_are_compared_attribute_by_attribute(po, in_house):
    page = text(po.get("/definitions/p/compare?old=1&new=2"))
    assert "执行有变" in page and "办理时限" in page and "2 个工作日" in page
    draw(in_house, "a", "b")
    both = po.get("/definitions/p/compare/diagrams?old=2&new=draft").get_json()
    assert both["new"]["marks"]["b"] == "added" and "b" not in both["old"]["marks"] and both["old"]["marks"]["a"] == "changed"
    assert "新增" in text(po.get("/definitions/p/compare")), "without a choice: what runs, and the draft"
    assert "内容相同" in text(po.get("/definitions/p/compare?old=2&new=2"))


def test_deploying_takes_a_note_and_the_draft_that_was_looked_at(po, in_house):
    draw(in_house, "a", "b")
    page = text(po.get("/definitions/p/deploy"))
    assert "版本 1：1 件" in page and "新增" in page
    bare = po.post("/definitions/bpmn/p/deploy", {"file": "p.bpmn:1", "note": " "})
    assert bare.status_code == 422 and "请填写部署说明" in text(bare)
    draw(in_house, "a", "c", revision=1)
    late = po.post("/definitions/bpmn/p/deploy", {"file": "p.bpmn:1", "note": "多一步"})
    assert late.status_code == 409 and "系统" in text(late) and "多一步" in text(late), "the words are not lost"
    done = po.post("/definitions/bpmn/p/deploy", {"file": "p.bpmn:2", "note": "多一步"})
    assert done.status_code == 303
    assert "1 件在办的流程留在版本 1" in text(po.get(done.headers["Location"]))


def test_scenarios_are_replayed_on_the_draft_before_it_is_deployed(po, in_house, second):
    begin = {"do": "begin", "at": "2026-03-02T09:00:00+08:00"}
    steps = [begin, {"do": "start", "who": {"$user": "wang"}, "data": {}}, {"do": "complete", "step": "a", "who": {"$candidate": True}, "outcome": "done"}]
    in_house(lambda session: scenarios.load(session, SYSTEM, "p", [
        {"name": "一遍走通", "steps": steps, "expected": {"status": "completed", "end": "e"}}]))
    draw(in_house, "a")
    assert "1 个保存的场景" in text(po.get("/definitions/p/deploy"))
    well = po.post("/definitions/bpmn/p/replay", {"file": "p.bpmn:1"})
    assert "1 个场景都与预期一致" in text(well), text(well)
    draw(in_house, "b", revision=1)
    bad = po.post("/definitions/bpmn/p/replay", {"file": "p.bpmn:2"})
    assert "1 个场景与预期不同" in text(bad) and 'name="anyway" required' in bad.get_data(as_text=True)

    def version(session):
        return session.scalar(select(ProcessDefinition.version).where(ProcessDefinition.status == "effective"))
    hasty = {"file": "p.bpmn:2", "note": "没有等重放"}
    for eyes in ("on", ""):  # the page may still be replaying: the server looks for itself
        po.post("/definitions/releases/switch", {"to": "on"}) if eyes else in_house(four_eyes.turn_off)
        refused = po.post("/definitions/bpmn/p/deploy", hasty)
        assert refused.status_code == 422 and "勾选“我看过了，仍要部署”" in text(refused) and "一遍走通" in text(refused)
        assert "没有等重放" in text(refused) and 'name="anyway" required' in refused.get_data(as_text=True)
        assert in_house(version) == 2 and not in_house(lambda session: session.scalars(select(ReleaseRequest)).all())
    assert po.post("/definitions/bpmn/p/deploy", {**hasty, "anyway": "on"}).status_code == 303
    assert in_house(version) == 3


def test_the_form_and_the_table_that_a_drawing_asks_for_go_along(po, in_house):
    drawing = diagram(start(), decide("d"), user("a", candidates="starter()", form="major_review"), end(), "s > d > a > e", properties=EVERYONE)
    form = {"type": "default", "schemaVersion": 18, "name": "重大隐患复审", "components": [
        {"type": "textfield", "key": "words", "label": "复审意见", "id": "words"}]}

    def draw_all(session):
        drafts.save(session, SYSTEM, "bpmn", "p", drawing.decode(), 0)
        drafts.save(session, SYSTEM, "dmn", "grade", table().decode().replace("UNIQUE", "FIRST"), 0)
        drafts.save(session, SYSTEM, "form", "major_review", json.dumps(form, ensure_ascii=False), 0)
        drafts.save(session, SYSTEM, "form", "another", json.dumps(form), 0)

    in_house(draw_all)
    page = po.get("/definitions/p/deploy").get_data(as_text=True)
    assert re.findall(r'name="file" value="([^"]+)"', page) == ["p.bpmn:1", "grade.dmn:1", "major_review.form:1"]
    sent = {"file": ["p.bpmn:1", "grade.dmn:1", "major_review.form:1"], "note": "复审"}
    assert po.post("/definitions/bpmn/p/deploy", sent).status_code == 303
    assert in_house(drafts.contents).keys() == {"another.form"}
    page = text(po.get("/definitions/p"))
    assert "major_review" in page or "重大隐患复审" in page
    form["components"].append({"type": "textfield", "key": "more", "label": "补充", "id": "more"})
    in_house(lambda session: drafts.save(session, SYSTEM, "form", "major_review", json.dumps(form, ensure_ascii=False), 0))
    assert "补充" in text(po.get("/definitions/form/major_review/deploy"))
    answer = po.post("/definitions/form/major_review/deploy", {"file": "major_review.form:1", "note": "补充一栏"})
    assert answer.status_code == 303 and "tab=forms" in answer.headers["Location"]
    assert in_house(lambda session: session.scalar(select(ProcessDefinition.version).where(ProcessDefinition.status == "effective"))) == 4


def test_what_lint_refuses_is_said_and_not_deployed(po, in_house):
    wrong = flow("a").replace(b'targetRef="e"', b'targetRef="nowhere"')
    in_house(lambda session: drafts.save(session, SYSTEM, "bpmn", "p", wrong.decode(), 0))
    page = po.get("/definitions/p/deploy")
    assert "处错误，改正后才能部署" in text(page) and re.search(r"<button class=\"btn btn-primary\" disabled", page.get_data(as_text=True))


def test_with_four_eyes_the_second_one_decides(po, second, in_house):
    assert po.post("/definitions/releases/switch", {"to": "on"}).status_code == 303
    draw(in_house, "a", "b")
    assert po.post("/definitions/bpmn/p/deploy", {"file": "p.bpmn:1", "note": "多一步"}).headers["Location"].endswith("/releases")
    (asked,) = in_house(lambda session: session.scalars(select(ReleaseRequest.id)).all())
    assert "由另一位流程管理员处理" in text(po.get(f"/definitions/releases/{asked}"))
    assert po.post(f"/definitions/releases/{asked}/agree").status_code == 403
    assert "1 份发布申请等待处理" in text(second.get("/definitions"))
    assert "新增" in text(second.get(f"/definitions/releases/{asked}"))
    assert second.post(f"/definitions/releases/{asked}/refuse", {"reason": ""}).status_code == 422
    assert second.post(f"/definitions/releases/{asked}/agree").status_code == 303
    assert second.post(f"/definitions/releases/{asked}/agree").status_code == 409
    assert in_house(lambda session: session.scalar(select(ProcessDefinition.version).where(ProcessDefinition.status == "effective"))) == 3
    assert po.post("/definitions/releases/switch", {"to": "off", "note": ""}).status_code == 422
    assert po.post("/definitions/releases/switch", {"to": "off", "note": "人手不够"}).status_code == 303
    assert "关闭双人发布" in text(po.get("/definitions/releases"))


def test_nobody_turns_it_on_alone(po):
    answer = po.post("/definitions/releases/switch", {"to": "on"})
    assert answer.status_code == 422 and "只有一人" in text(answer)


def test_who_may_start_and_taking_it_out_of_use(po, visit, in_house):
    assert visit("wang").get("/start/p").status_code == 200
    assert po.post("/definitions/p/starters", {"version": "2", "who": "roles"}).status_code == 422
    assert po.post("/definitions/p/starters", {"version": "2", "who": "roles", "roles": ["station_leader"]}).status_code == 303
    assert visit("wang").get("/start/p").status_code in (403, 404)
    page = text(po.get("/definitions/p"))
    assert "停用后不能再发起：厂站负责人" in page or "停用后不能再发起：" in page
    assert "在办的 1 件继续" in page
    assert po.post("/definitions/p/retire", {"version": "1"}).status_code == 409
    assert po.post("/definitions/p/retire", {"version": "2"}).status_code == 303
    assert "已停用" in text(po.get("/definitions/p"))
    assert visit("zhang").get("/start/p").status_code in (403, 404)


def test_a_bundle_goes_out_and_lands_as_drafts(po, in_house):
    sent = po.get("/definitions/p/bundle.zip")
    assert sorted(zipfile.ZipFile(io.BytesIO(sent.data)).namelist()) == ["manifest.json", "p.bpmn"]
    same = po.post("/definitions/import", {"file": (io.BytesIO(sent.data), "p.zip")}, content_type="multipart/form-data")
    assert "与现行版本相同" in text(same) and in_house(drafts.contents) == {}
    draw(in_house, "a", "z")
    over = po.post("/definitions/import", {"file": (io.BytesIO(other(sent.data)), "p.zip")}, content_type="multipart/form-data")
    assert over.status_code == 422 and "会被覆盖" in text(over) and "系统" in text(over)
    landed = po.post("/definitions/import", {"file": (io.BytesIO(other(sent.data)), "p.zip"), "over": "yes"}, content_type="multipart/form-data")
    assert landed.status_code == 200 and "办理时限" in text(landed)
    assert in_house(lambda session: session.scalars(select(Draft.saved_by_name)).all()) == ["彭流"]
    assert po.post("/definitions/import", {}, content_type="multipart/form-data").status_code == 422


def other(data):
    """The same bundle, from a house where the step has another limit."""
    files = bundle.read(data)
    files["p.bpmn"] = files["p.bpmn"].replace(b"P2D", b"P3D")
    manifest = {"format": bundle.FORMAT, "files": {name: sha256(content).hexdigest() for name, content in files.items()}}
    return bundle.packed({"manifest.json": json.dumps(manifest).encode(), **files})


def test_everything_is_in_english_too(po, second, in_house):
    """With a draft, a file that waits, a request and a refusal on the pages."""
    second.post("/definitions/releases/switch", {"to": "on"})
    draw(in_house, "a", "b")
    po.post("/definitions/bpmn/p/deploy", {"file": "p.bpmn:1", "note": "x"})
    second.post("/definitions/releases/1/refuse", {"reason": "x"})
    po.post("/definitions/bpmn/p/deploy", {"file": "p.bpmn:1", "note": "y"})
    po.get("/definitions")  # what was said in Chinese is read
    po.post("/language", {"language": "en"})
    for path in ("/definitions", "/definitions/new", "/definitions/p", "/definitions/p/compare", "/definitions/p/compare?old=1&new=2",
                 "/definitions/p/deploy", "/definitions/releases", "/definitions/releases/1", "/definitions/releases/2", "/definitions/import",
                 "/definitions/p/versions/draft", "/definitions/p/versions/1", "/definitions/p/deployed"):
        answer, reader = po.get(path), Words()
        assert answer.status_code == 200, path
        reader.feed(answer.get_data(as_text=True))
        assert [words.strip() for words in reader.found if CHINESE.search(words)] == [], path
