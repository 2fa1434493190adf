"""A step at the screen: filled in, refused without loss, answered once; claimed, taken back, and read afterwards."""
import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from data_model import clock
from data_model.actor import SYSTEM
from data_model.attachment import Attachment
from data_model.organisation import Ownership
from data_model.process import ProcessInstance
from data_model.session import unit_of_work
from engine.deployment import load_shipped
from tests.flows.story import MONDAY, Story

CONFIRM = {"outcome": "configure", "is_danger": "yes", "is_source": "no", "danger_class": "物", "level": "一般Ⅱ", "urgent": "no",
           "stop_work": "no", "level_reason": "风险可控"}


@pytest.fixture
def story(house):
    """The shipped diagrams on a simulated Monday."""
    with clock.at(MONDAY):
        with unit_of_work(SYSTEM) as session:
            load_shipped(session)
        yield Story(house)


@pytest.fixture
def case(story):
    """Wang has reported a loose railing in the filter area."""
    return story.start("wang", "hidden_danger", grid=story.ids["unit:filter"], description="滤池护栏松动", photos=[story.photo("wang")])


@pytest.fixture
def two_owners(story):
    """Chen answers for the filter area as well as Li."""
    with unit_of_work(SYSTEM) as session:
        session.add(Ownership(unit_id=story.ids["unit:filter"], user_id=story.ids["chen"]))


def words(answer):
    return html.unescape(answer.get_data(as_text=True))


def key(page):
    return re.search(r'name="idem_key" value="(\w+)"', words(page))[1]


def answer(visitor, task, **fields):
    """Open the page, then send its form."""
    return visitor.post(f"/tasks/{task}", {"idem_key": key(visitor.get(f"/tasks/{task}")), **fields})


def test_a_grid_owner_confirms_and_the_next_step_opens(visit, story, case):
    li, task = visit("li"), story.task("confirm")
    sent = answer(li, task, **CONFIRM)
    following = story.task("configure")
    assert sent.status_code == 303 and sent.headers["Location"] == f"/tasks/{following}"
    assert "“过滤区：滤池护栏松动”已办理：确认 · 确认并配置整改" in words(li.get(sent.headers["Location"]))
    assert story.history(case) == [("李敏", "confirm", "configure")]


def test_when_nothing_is_left_one_comes_back_to_the_inbox_one_came_from(visit, story, case):
    li = visit("li")
    page = li.get(f"/tasks/{story.task('confirm')}?back=tab%3Dunclaimed")
    sent = li.post(f"/tasks/{story.task('confirm')}?back=tab%3Dunclaimed", {"idem_key": key(page), **CONFIRM, "outcome": "report_up"})
    assert sent.headers["Location"] == "/inbox?tab=unclaimed"


def test_the_page_shows_the_record_the_history_and_why_it_is_mine(visit, story, case):
    page = words(visit("li").get(f"/tasks/{story.task('confirm')}"))
    for shown in ("滤池护栏松动", "HD-QINGYUAN-2026-0001", "整改前", "等待办理", "您是「过滤区」的负责人", f"/cases/{case}/diagram"):
        assert shown in page


def test_refused_with_everything_typed_and_the_words_beside_the_field(visit, story, case):
    sent = answer(visit("li"), story.task("confirm"), **{**CONFIRM, "danger_class": "", "level_reason": "护栏下方无人通行", "opinion": "请尽快"})
    page = words(sent)
    assert sent.status_code == 422
    assert "请选择隐患分类" in re.search(r'id="danger_class-error".*?</div>', page, re.S)[0]
    assert "护栏下方无人通行" in page and "请尽快" in page and story.history(case) == []


def test_closing_needs_an_opinion_beside_the_opinion(visit, story, case):
    li, task = visit("li"), story.task("confirm")
    sent = answer(li, task, **{**CONFIRM, "outcome": "close", "is_danger": "no"})
    assert sent.status_code == 422 and "请填写意见" in re.search(r'id="opinion-error".*?</div>', words(sent), re.S)[0]
    again = li.post(f"/tasks/{task}", {"idem_key": key(sent), **CONFIRM, "outcome": "close", "is_danger": "no", "opinion": "护栏完好"})
    assert again.status_code == 303 and story.row(ProcessInstance).status == "completed"
    assert "关闭（非隐患）" in words(li.get(f"/tasks/{task}")) and "护栏完好" in words(li.get(f"/cases/{case}"))  # links survive


def test_an_outcome_that_the_diagram_does_not_know(visit, story, case):
    sent = answer(visit("li"), story.task("confirm"), **{**CONFIRM, "outcome": "approve"})
    assert sent.status_code == 422 and "没有「approve」这个选项" in words(sent)


@pytest.fixture
def ordered(story, case):
    """Li has ordered Chen to rectify."""
    story.do("li", "confirm", **{k: v for k, v in CONFIRM.items() if k in ("outcome", "danger_class", "level", "level_reason")})
    story.do("li", "configure", "done", engineering="更换护栏立柱", rectifier=story.ids["chen"], checker=story.ids["sun"],
             deadline=clock.today() + timedelta(days=3))
    return case


def test_photos_of_a_refused_form_are_still_there(visit, story, ordered):
    photo, chen, task = story.photo("chen"), visit("chen"), story.task("rectify")
    refused = answer(chen, task, outcome="done", result="", rectified_on=clock.today().isoformat(), photos_after=photo)
    assert refused.status_code == 422 and f'name="photos_after" type="hidden" value="{photo}"' in words(refused)
    sent = chen.post(f"/tasks/{task}", {"idem_key": key(refused), "outcome": "done", "result": "护栏已更换并焊接",
                                        "rectified_on": clock.today().isoformat(), "photos_after": photo})
    assert sent.status_code == 303 and story.row(Attachment, id=photo).owner_kind == "hidden_danger"


def test_photos_come_as_files_from_a_browser_without_scripts(visit, story, ordered):
    picture = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    chen, task = visit("chen"), story.task("rectify")
    refused = answer(chen, task, outcome="done", result="", rectified_on=clock.today().isoformat(),
                     **{"photos_after-file": (BytesIO(picture.getvalue()), "整改后.jpg")})
    kept = re.search(r'name="photos_after" type="hidden" value="(\d+)"', words(refused))[1]
    assert refused.status_code == 422
    sent = chen.post(f"/tasks/{task}", {"idem_key": key(refused), "outcome": "done", "result": "护栏已更换并焊接",
                                        "rectified_on": clock.today().isoformat(), "photos_after": kept})
    assert sent.status_code == 303 and story.row(Attachment, id=int(kept)).stage == "after"


def test_the_same_form_twice_counts_once_and_leads_to_the_same_place(visit, story, ordered):
    chen, task = visit("chen"), story.task("rectify")
    filled = {"idem_key": key(chen.get(f"/tasks/{task}")), "outcome": "done", "result": "护栏已更换并焊接",
              "rectified_on": clock.today().isoformat(), "photos_after": story.photo("chen")}
    first, second = chen.post(f"/tasks/{task}", filled), chen.post(f"/tasks/{task}", filled)
    assert first.status_code == second.status_code == 303 and first.headers["Location"] == second.headers["Location"]
    assert [line for line in story.history(ordered) if line[1] == "rectify"] == [("陈刚", "rectify", "done")]


def test_eight_clicks_at_once_count_once_and_nobody_sees_an_error(visit, web_app, story, case):
    """Time is real here: the clock of a simulated Monday stands in one thread only."""
    li, task = visit("li"), story.task("confirm")
    filled = {"idem_key": key(li.get(f"/tasks/{task}")), **CONFIRM}

    def click(_number):
        with clock.at(MONDAY):
            browser = web_app.test_client()
            browser.set_cookie("anlan", li.cookie())
            browser.set_cookie("anlan_page", li.cookie("anlan_page"))
            return browser.post(f"/tasks/{task}", data=filled, headers={"X-CSRFToken": li.token}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(click, range(8))) == [303] * 8
    assert story.history(case) == [("李敏", "confirm", "configure")]


def test_who_comes_second_is_told_who_was_first_and_loses_nothing(visit, story, case, two_owners):
    li, chen, task = visit("li"), visit("chen"), story.task("confirm")
    opened = key(chen.get(f"/tasks/{task}"))
    answer(li, task, **CONFIRM)
    late = chen.post(f"/tasks/{task}", {"idem_key": opened, **CONFIRM, "level_reason": "下方无人通行", "opinion": "建议当天完成"})
    page = words(late)
    assert late.status_code == 409 and "已由 李敏 于" in page
    assert "下方无人通行" in page and "建议当天完成" in page and 'id="step-form"' not in page


def test_claimed_by_one_it_is_gone_for_the_other_until_given_back(visit, story, case, two_owners):
    li, chen, task = visit("li"), visit("chen"), story.task("confirm")
    assert li.post(f"/tasks/{task}/claim").status_code == 303
    assert "滤池护栏松动" in words(li.get("/inbox?tab=mine")) and "滤池护栏松动" not in words(chen.get("/inbox"))
    refused = chen.post(f"/tasks/{task}/claim")
    assert refused.status_code == 409 and "此任务已由 李敏 认领" in words(refused)
    li.get("/inbox")
    assert li.post(f"/tasks/{task}/unclaim").status_code == 303
    assert "滤池护栏松动" in words(chen.get("/inbox"))


@pytest.mark.parametrize(("who", "status"), [("li", 200), ("wang", 200), ("zhang", 200), ("feng", 403), ("admin", 403)])
def test_who_may_open_a_task(visit, story, case, who, status):
    assert visit(who).get(f"/tasks/{story.task('confirm')}").status_code == status


def test_looking_is_not_acting(visit, story, case):
    """Wang started it and may follow it; the buttons are not his, and neither is the way around them."""
    wang, task = visit("wang"), story.task("confirm")
    assert 'id="step-form"' not in words(wang.get(f"/tasks/{task}"))
    assert wang.post(f"/tasks/{task}", {"idem_key": "k" * 32, **CONFIRM}).status_code == 403
    assert story.history(case) == []


def test_a_task_that_never_was(visit, story):
    assert visit("li").get("/tasks/4711").status_code == 404
    assert visit("li").get("/cases/4711").status_code == 404


def test_a_done_task_is_read_only(visit, story, case):
    li, task = visit("li"), story.task("confirm")
    answer(li, task, **CONFIRM)
    page = words(li.get(f"/tasks/{task}"))
    assert "这一步已办理：确认并配置整改" in page and 'id="step-form"' not in page


def test_the_starter_takes_it_back_with_a_reason_and_the_link_survives(visit, story, case):
    wang = visit("wang")
    refused = wang.post(f"/cases/{case}/deeds/cancel", {"idem_key": key(wang.get(f"/cases/{case}")), "reason": " "})
    assert refused.status_code == 422 and "请填写撤销原因" in words(refused)
    sent = wang.post(f"/cases/{case}/deeds/cancel", {"idem_key": key(refused), "reason": "重复登记"})
    page = words(wang.get(sent.headers["Location"]))
    assert "已撤销" in page and "重复登记" in page and "撤销流程" not in page
    assert "滤池护栏松动" not in words(visit("li").get("/inbox"))


def test_not_after_somebody_acted(visit, story, ordered):
    wang = visit("wang")
    assert "撤销流程" not in words(wang.get(f"/cases/{ordered}"))
    late = wang.post(f"/cases/{ordered}/deeds/cancel", {"idem_key": "k" * 32, "reason": "重复登记"})
    assert late.status_code in (403, 409) and story.row(ProcessInstance).status == "running"


def test_the_case_says_with_whom_it_is_and_what_came_before(visit, story, ordered):
    page = words(visit("wang").get(f"/cases/{ordered}"))
    for shown in ("现在在谁手里", "陈刚", "确认并配置整改", "用时", "整改措施", "更换护栏立柱"):
        assert shown in page


def test_the_diagram_marks_the_way_and_the_token(visit, story, ordered):
    marks = visit("chen").get(f"/cases/{ordered}/diagram").get_json()
    assert marks["current"] == ["rectify"] and {"confirm", "configure"} <= set(marks["done"]) and marks["xml"].startswith("<?xml")
    assert visit("feng").get(f"/cases/{ordered}/diagram").status_code == 403


def test_after_a_return_a_second_round_is_told(visit, story, ordered):
    story.do("chen", "rectify", "done", result="已更换护栏立柱", photos_after=[story.photo("chen")])
    story.do("sun", "recheck", "fail", "焊缝有夹渣")
    page = words(visit("chen").get(f"/tasks/{story.task('rectify')}"))
    assert "第 2 轮" in page and "焊缝有夹渣" in page and "已更换护栏立柱" in page  # what was written before is still in the form


# ── starting ──


def test_what_may_be_started_is_on_cards_by_category(visit, story):
    page = words(visit("wang").get("/start"))
    assert "风险隐患" in page and "/start/hidden_danger" in page and 'href="/snapshot"' in page
    assert visit("admin").get("/start").status_code == 403


def test_a_start_from_a_qr_code_once(visit, story):
    wang, grid = visit("wang"), story.ids["unit:filter"]
    page = wang.get(f"/start/hidden_danger?grid={grid}")
    assert re.search(rf'<option value="{grid}" selected', words(page))
    filled = {"idem_key": key(page), "grid": grid, "description": "滤池护栏松动", "photos": story.photo("wang")}
    sent, again = wang.post("/start/hidden_danger", filled), wang.post("/start/hidden_danger", filled)
    case = story.row(ProcessInstance).id
    assert sent.headers["Location"] == again.headers["Location"] == f"/cases/{case}"
    assert "已发起：隐患治理" in words(wang.get(f"/cases/{case}"))


def test_a_refused_start_keeps_what_was_typed(visit, story):
    wang = visit("wang")
    sent = wang.post("/start/hidden_danger", {"idem_key": key(wang.get("/start/hidden_danger")), "description": "滤池护栏松动"})
    assert sent.status_code == 422 and "请选择隐患所在的网格" in words(sent) and "滤池护栏松动" in words(sent)
    assert story.rows(ProcessInstance) == []


@pytest.mark.parametrize("flow", ["nothing", "danger_level", "../etc", "hidden_danger.confirm"])
def test_no_such_flow(visit, story, flow):
    assert visit("wang").get(f"/start/{flow}").status_code == 404


# ── people and places as you type ──


def test_people_and_places_of_ones_company_only(visit, story):
    li, group = visit("li"), visit("ga")
    assert [p["name"] for p in li.get("/org/people?q=陈").get_json()["items"]] == ["陈刚"]
    assert li.get("/org/people?q=钱进").get_json()["items"] == []
    assert [p["name"] for p in group.get("/org/people?q=钱进").get_json()["items"]] == ["钱进"]
    assert [u["detail"] for u in li.get("/org/units?q=滤池").get_json()["items"]] == ["清源供水公司 / 第一水厂 / 过滤区"]
    assert li.get("/org/units?q=预处理").get_json()["items"] == [] and li.get("/org/people?q=%25").get_json()["items"] == []
    assert visit("admin").get("/org/people?q=陈").status_code == 403


def test_the_diagram_speaks_the_language_of_the_page(visit, story, ordered):
    xml = visit("chen").get(f"/cases/{ordered}/diagram", headers={"Accept-Language": "en"}).get_json()["xml"]
    assert 'name="整改"' not in xml and 'id="rectify"' in xml


def test_a_run_whose_stored_state_is_torn_is_told_to_the_process_owner(visit, story, case):
    li, task = visit("li"), story.task("confirm")
    opened = key(li.get(f"/tasks/{task}"))
    with unit_of_work(SYSTEM) as session:
        session.get_one(ProcessInstance, case).state = b"torn"
    sent = li.post(f"/tasks/{task}", {"idem_key": opened, **CONFIRM})
    assert sent.status_code == 500 and "异常已记录" in words(sent)
    (incident,) = story.broken()
    assert incident.instance_id == case and story.history(case) == []
    owner = visit("po")
    assert "流程出错" in words(owner.get(f"/cases/{case}")) and f"/incidents/{incident.id}/retry" in words(owner.last)
    assert f"/incidents/{incident.id}/retry" not in words(visit("wang").get(f"/cases/{case}"))
    assert visit("wang").post(f"/cases/{case}/incidents/{incident.id}/retry").status_code == 403
