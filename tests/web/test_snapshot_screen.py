"""随手拍 at the screen: one report is one case, whatever the network does; the page knows the person, its shell nobody."""
import io
import json
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.attachment import Attachment
from data_model.organisation import OrgUnit
from data_model.process import ProcessInstance, Task, TaskStatus
from data_model.session import unit_of_work
from data_model.snapshot import Snapshot
from engine import deployment
from tests.web.test_files import picture, send

JSON = {"Accept": "application/json"}


@pytest.fixture
def flows(web_app, house):
    """The small house with the shipped diagrams in it."""
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        deployment.load_shipped(session)
    return house


@pytest.fixture
def looking(web_app):
    """looking(query): what the database holds, as the system sees it."""
    def ask(query):
        with web_app.app_context(), unit_of_work(SYSTEM, write=False) as session:
            return session.scalars(query).all()
    return ask


def report(visitor, house, key="key-1", photos=None, headers=JSON, **more):
    fields = {"key": key, "grid": house["unit:filter"], "description": "滤池栏杆松动，有坠落危险", "taken_at": "2026-03-02T01:02:03.456Z",
              "photos": [send(visitor, picture()).json["id"]] if photos is None else photos, **more}
    return visitor.post("/snapshot", fields, headers=headers, content_type="multipart/form-data")


def test_a_report_becomes_a_case_before_the_grid_owner(visit, flows, looking):
    answer = report(visit("wang"), flows)
    assert answer.status_code == 200 and re.fullmatch(r"SP-QINGYUAN-\d{4}-0001", answer.json["code"])
    (snapshot,) = looking(select(Snapshot))
    assert snapshot.description == "滤池栏杆松动，有坠落危险" and snapshot.reporter_id == flows["wang"]
    assert clock.local(snapshot.taken_at).strftime("%F %T") == "2026-03-02 09:02:03"
    (photo,) = looking(select(Attachment))
    assert (photo.owner_kind, photo.owner_id, photo.stage) == ("snapshot", snapshot.id, "before")
    (task,) = looking(select(Task).where(Task.status == TaskStatus.OPEN))
    assert task.element_id == "judge" and task.instance_id == answer.json["id"]
    li = visit("li")
    assert "滤池栏杆松动" in li.get("/inbox").get_data(as_text=True)
    assert li.get(f"/files/{photo.id}").status_code == 200


def test_the_same_report_again_gets_the_same_answer(visit, flows, looking):
    wang = visit("wang")
    photo = send(wang, picture()).json["id"]
    answers = [report(wang, flows, photos=[photo]).json for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(looking(select(ProcessInstance))) == len(looking(select(Snapshot))) == 1


def test_somebody_elses_key_opens_nothing(visit, flows, looking):
    report(visit("wang"), flows)
    answer = report(visit("li"), flows)
    assert answer.status_code == 422 and "id" not in answer.json
    assert len(looking(select(Snapshot))) == 1


@pytest.mark.parametrize("change, field, words", [
    ({"photos": []}, "photos", "至少上传 1 张"), ({"grid": ""}, "grid", "请选择所在的网格"), ({"description": ""}, "description", "请描述"),
    ({"grid": "unit:grit"}, "grid", "本公司"), ({"grid": "unit:qingyuan"}, "grid", "本公司"), ({"description": "x" * 2001}, "description", "最多 2000"),
])
def test_what_is_missing_is_told_beside_its_field(visit, flows, looking, change, field, words):
    change = {name: flows.get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    answer = report(visit("wang"), flows, **change)
    assert answer.status_code == 422 and words in answer.json["fields"][field][0] and words in answer.json["error"]
    assert looking(select(ProcessInstance)) == []


def test_photos_swept_away_meanwhile_are_asked_for_again(visit, flows, looking):
    """A report that waited for days: its photos went up, the report did not, and the sweeper came."""
    wang = visit("wang")
    answer = report(wang, flows, photos=[4711])
    assert answer.status_code == 422 and answer.json["gone"]
    assert report(wang, flows).status_code == 200  # the same key, since nothing came of it


def test_photos_of_somebody_else_cannot_be_used(visit, flows):
    theirs = send(visit("li"), picture()).json["id"]
    assert report(visit("wang"), flows, photos=[theirs]).status_code == 422


@pytest.mark.parametrize("told", ["2099-01-01T00:00:00Z", "", "yesterday", "2026-13-40"])
def test_a_phone_whose_clock_is_wrong_took_the_photo_now(visit, flows, looking, told):
    assert report(visit("wang"), flows, taken_at=told).status_code == 200
    (snapshot,) = looking(select(Snapshot))
    assert abs(snapshot.taken_at - clock.now()) < timedelta(minutes=2)


@pytest.mark.parametrize("who, status", [("li", 200), ("po", 403), ("admin", 403), ("au", 403), (None, 401)])
def test_who_may_report(visit, flows, who, status):
    assert report(visit(who), flows, photos=[] if status != 200 else None).status_code == status


def test_a_report_without_the_token_is_refused(visit, flows, looking):
    wang = visit("wang")
    wang.token = "wrong"
    assert report(wang, flows, photos=[1]).status_code == 400
    assert looking(select(Snapshot)) == []


# ── without scripts ──

def test_a_browser_without_scripts_reports_too(visit, flows, looking):
    wang = visit("wang")
    key = re.search(r'name="key" value="(\w+)"', wang.get("/snapshot").get_data(as_text=True))[1]
    fields = {"key": key, "grid": flows["unit:filter"], "description": "", "photos-file": [(io.BytesIO(picture()), "a.jpg"), (io.BytesIO(b"x"), "b.jpg")]}
    refused = wang.post("/snapshot", fields, content_type="multipart/form-data")
    page = refused.get_data(as_text=True)
    kept = re.findall(r'name="photos" value="(\d+)"', page)
    assert refused.status_code == 422 and len(kept) == 1 and key in page
    assert "请描述看到的情况" in page and "只能上传 JPEG" in page
    done = wang.post("/snapshot", {"key": key, "grid": flows["unit:filter"], "description": "盖板缺失", "photos": kept})
    assert done.status_code == 303
    thanks = wang.get(done.headers["Location"]).get_data(as_text=True)
    (snapshot,) = looking(select(Snapshot))
    assert snapshot.code in thanks and "已上报，谢谢您" in thanks and "盖板缺失" in thanks


# ── the page ──

def test_a_printed_code_picks_its_grid(visit, flows):
    wang = visit("wang")
    assert f'<option value="{flows["unit:dosing"]}" selected>' in wang.get("/snapshot?grid=dosing").get_data(as_text=True)
    for stranger in ("grit", "nowhere", "a" * 500):
        page = wang.get(f"/snapshot?grid={stranger}").get_data(as_text=True)
        assert re.search(r"data-lost-code>", page)


def test_places_of_ones_own_company_for_working_offline(visit, flows, looking):
    told = visit("wang").get("/snapshot/grids").json
    codes = {code for _id, _name, code in told["grids"]}
    assert codes == {"plant1", "filter", "pool", "dosing", "plant2"} and told["own"] == flows["unit:filter"]
    assert [name for _id, name, code in told["grids"] if code == "pool"] == ["第一水厂 / 过滤区 / 滤池"]


def test_ones_own_latest_reports_with_what_became_of_them(visit, flows):
    wang = visit("wang")
    report(wang, flows)
    page = wang.get("/snapshot").get_data(as_text=True)
    assert "滤池栏杆松动" in page and "待判断" in page and re.search(r'href="/cases/\d+"', page)
    assert "滤池栏杆松动" not in visit("li").get("/snapshot").get_data(as_text=True)


def test_the_ticket_says_who_is_there(visit, flows):
    ticket = visit("wang").get("/snapshot/ticket").json
    assert ticket["user"] == flows["wang"] and len(ticket["csrf"]) > 20
    assert visit().get("/snapshot/ticket", headers=JSON).status_code == 401


def test_the_shell_holds_nobody(visit, flows):
    """The service worker fetches it without a cookie; even with one it would say nothing about the person."""
    for visitor in (visit(), visit("wang")):
        page = visitor.get("/snapshot/shell").get_data(as_text=True)
        body = page[page.index("<header"):page.index("data-snapshot") + 200]
        assert "data-shell" in page and "data-user" not in page and "王强" not in body


def test_the_worker_may_answer_for_every_page_and_is_never_stale(visit, web_app):
    answer = visit().get("/sw.js")
    if answer.status_code == 404:
        pytest.skip("no bundles on this machine")
    assert answer.content_type.startswith("text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/" and answer.headers["Cache-Control"] == "no-cache"


def test_a_phone_can_put_it_on_its_home_screen(visit):
    answer = visit().get("/manifest.webmanifest")
    told = json.loads(answer.data)
    assert answer.content_type == "application/manifest+json" and told["scope"] == "/"
    assert all(visit().get(icon["src"]).status_code == 200 for icon in told["icons"])


def test_a_page_costs_few_statements_however_many_reports(visit, flows, web_app, looking):
    from tests.web.test_ledger import _statements
    wang = visit("wang")
    none = len(_statements(web_app, wang, "/snapshot"))
    for number in range(3):
        report(wang, flows, key=f"key-{number}")
    assert len(_statements(web_app, wang, "/snapshot")) == none
    assert looking(select(func.count()).select_from(Snapshot)) == [3]


def test_links_lead_somewhere(visit, flows):
    wang = visit("wang")
    answer = report(wang, flows)
    assert wang.get(urlsplit(answer.json["url"]).path).status_code == 200


def test_a_closed_grid_is_not_offered(visit, flows, web_app):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        session.get_one(OrgUnit, flows["unit:dosing"]).active = False
    assert "dosing" not in {code for _id, _name, code in visit("wang").get("/snapshot/grids").json["grids"]}



def test_the_time_of_the_photo_may_lie_before_a_month(visit, flows, looking):
    long_ago = datetime(2025, 12, 1, tzinfo=clock.zone())
    report(visit("wang"), flows, taken_at=long_ago.isoformat())
    assert [s.taken_at for s in looking(select(Snapshot))] == [long_ago]
