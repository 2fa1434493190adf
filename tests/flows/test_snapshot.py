"""随手拍 (F-08), told as stories; the last one is the whole way from a phone to a closed danger."""
from datetime import date, datetime

import pytest

from data_model import clock
from data_model.attachment import Attachment
from data_model.hidden_danger import HiddenDanger
from data_model.process import HistoryEvent, ProcessInstance, Task
from data_model.snapshot import Snapshot
from engine.errors import EngineError, NotYours
from tests.flows.story import NotFilledIn


@pytest.fixture
def snap(story):
    """Wang photographs something in the filter hall."""
    def take(who="wang", content="", unit="filter", **more):
        return story.start(who, "snapshot", grid=story.ids[f"unit:{unit}"], description="滤池边地面湿滑",
                           photos=[story.photo(who, content)], **more)
    return take


def shot(story):
    return story.row(Snapshot)


def photos(story, kind, row_id):
    return [a.sha256 for a in story.rows(Attachment, owner_kind=kind, owner_id=row_id)]


def test_a_report_gets_a_number_and_lies_with_the_grids_owner(story, snap):
    snap(taken_at=datetime(2026, 3, 2, 8, 30, tzinfo=clock.zone()))
    made = shot(story)
    assert (made.code, made.verdict, made.reporter_id) == ("SP-QINGYUAN-2026-0001", "待判断", story.ids["wang"])
    assert clock.local(made.taken_at).hour == 8
    assert len(photos(story, "snapshot", made.id)) == 1
    assert (story.inbox("li"), story.inbox("wang")) == (["判断"], [])
    assert len(story.told("li", "N-01")) == 1


@pytest.mark.parametrize("outcome, verdict, source", [("danger", "隐患", False), ("hazard", "危险源", True)])
def test_a_danger_or_hazard_starts_its_cure_with_the_same_photos(story, snap, outcome, verdict, source):
    snap()
    story.do("li", "judge", outcome, harm="serious")
    made, danger = shot(story), story.row(HiddenDanger)
    assert (made.verdict, made.hidden_danger_id) == (verdict, danger.id)
    assert (danger.source, danger.is_source, danger.description) == ("随手拍", source, "滤池边地面湿滑")
    assert danger.finder_id == story.ids["wang"]
    assert photos(story, "hidden_danger", danger.id) == photos(story, "snapshot", made.id)
    parent, child = story.rows(ProcessInstance)
    assert (child.parent_id, child.key, parent.status) == (parent.id, "hidden_danger", "completed")
    assert story.inbox("li") == ["确认"]
    assert story.told("wang", "N-14")[0].startswith(f"您的随手拍 SP-QINGYUAN-2026-0001 已确认为{verdict}")
    story.do("li", "confirm", "configure", danger_class="环境", is_source=source)
    assert story.row(HiddenDanger).level == "一般Ⅱ"
    assert not story.broken()


def test_what_is_not_taken_up_needs_a_reason_and_the_reporter_reads_it(story, snap):
    snap()
    with pytest.raises(EngineError, match="请填写意见"):
        story.do("li", "judge", "discard")
    story.do("li", "judge", "discard", "当天已清理")
    assert (shot(story).verdict, shot(story).reason) == ("弃用", "当天已清理")
    assert story.told("wang", "N-14")[0] == "您的随手拍 SP-QINGYUAN-2026-0001 未被采纳：当天已清理"
    assert story.rows(HiddenDanger) == []
    assert story.rows(Task, status="open") == []


def test_undecided_asks_the_reporter_and_comes_back(story, snap):
    case = snap()
    with pytest.raises(EngineError, match="请填写意见"):
        story.do("li", "judge", "undecided")
    story.do("li", "judge", "undecided", "哪一格滤池？")
    assert (shot(story).verdict, story.inbox("li"), story.inbox("wang")) == ("未确定", [], ["补充信息"])
    assert story.told("wang", "N-14") == ["您的随手拍 SP-QINGYUAN-2026-0001 需要补充信息：哪一格滤池？"]
    story.do("wang", "supplement", "done", more="三号滤池", photos_more=[story.photo("wang")])
    made = shot(story)
    assert (made.verdict, made.description) == ("待判断", "滤池边地面湿滑\n补充：三号滤池")
    assert len(photos(story, "snapshot", made.id)) == 2
    story.do("li", "judge", "danger")
    assert [line[1:] for line in story.history(case)] == [
        ("judge", "undecided"), ("supplement", "done"), ("judge", "danger")]


def test_a_question_without_an_answer_comes_back_after_three_workdays(story, snap):
    snap()
    story.do("li", "judge", "undecided", "哪一格滤池？")
    story.wait(days=2, hours=23)
    assert story.inbox("li") == []
    story.wait(hours=1)
    assert (story.inbox("li"), story.inbox("wang"), shot(story).verdict) == (["判断"], [], "待判断")
    story.do("li", "judge", "discard", "未补充，无法判断")


def test_it_is_passed_on_to_the_grid_it_belongs_to(story, snap):
    snap()
    with pytest.raises(NotFilledIn, match="请选择要转办到的网格"):
        story.do("li", "judge", "transfer")
    with pytest.raises(NotFilledIn, match="这就是当前网格"):
        story.do("li", "judge", "transfer", to_grid=story.ids["unit:filter"])
    story.do("li", "judge", "transfer", to_grid=story.ids["unit:dosing"])
    assert (story.inbox("li"), story.inbox("zhang")) == ([], ["判断"])
    assert shot(story).grid_id == story.ids["unit:dosing"]
    story.do("zhang", "judge", "danger")
    assert story.row(HiddenDanger).grid_id == story.ids["unit:dosing"]


def test_unjudged_after_a_workday_it_goes_up(story, snap):
    snap()
    assert story.wait(hours=23) == 0
    assert story.wait(hours=1) == 1
    assert story.told("zhang", "N-02") == ["随手拍 SP-QINGYUAN-2026-0001 超过 1 个工作日未判断，已升级给您"]
    assert (story.inbox("li"), story.inbox("zhang")) == (["判断"], ["判断"])
    story.do("zhang", "judge", "discard", "重复")
    assert story.inbox("li") == []


def test_the_same_picture_of_the_same_place_within_a_day_is_marked(story, snap):
    snap("wang", "the puddle")
    story.wait(hours=2)
    snap("chen", "the puddle")
    snap("chen", "the puddle", unit="dosing")
    snap("chen", "another one")
    story.wait(hours=23)
    snap("chen", "the puddle")
    first, again, elsewhere, other, later = story.rows(Snapshot)
    assert again.duplicate_of == first.id
    assert (first.duplicate_of, elsewhere.duplicate_of, other.duplicate_of) == (None, None, None)
    assert later.duplicate_of == again.id


@pytest.mark.parametrize("said, field", [
    ({"photos": []}, "photos"),
    ({"grid": ""}, "grid"),
    ({"grid": "999999"}, "grid"),
    ({"description": ""}, "description"),
    ({"description": "长" * 2001}, "description"),
    ({"taken_at": datetime(2026, 3, 3, 9, 0, tzinfo=clock.zone())}, "taken_at"),
])
def test_a_report_that_lacks_something_is_refused(story, said, field):
    whole = {"grid": story.ids["unit:filter"], "description": "地面湿滑", "photos": [story.photo("wang")]}
    with pytest.raises(NotFilledIn) as refused:
        story.start("wang", "snapshot", **whole | said)
    assert list(refused.value.errors) == [field]
    assert story.rows(Snapshot) == []


@pytest.mark.parametrize("who", ["wang", "chen", "zhang", "feng", "wu", "po", "au"])
def test_only_the_grids_owner_judges(story, snap, who):
    snap()
    with pytest.raises(NotYours):
        story.do(who, "judge", "danger")


@pytest.mark.parametrize("who", ["li", "chen", "zhang"])
def test_only_the_reporter_adds_to_it(story, snap, who):
    snap()
    story.do("li", "judge", "undecided", "哪一格滤池？")
    with pytest.raises(NotYours):
        story.do(who, "supplement", "done", more="三号")


@pytest.mark.parametrize("who", ["admin", "po", "au"])
def test_who_has_no_business_here_cannot_report(story, who):
    """The system administrator, the process owner and the auditor do no business: the door of the web is shut to them."""
    actor = story.actor(who)
    assert not actor.can("process.start")


def test_the_reporter_takes_it_back(story, snap):
    case = snap()
    story.cancel("wang", case, "拍错了")
    assert (shot(story).verdict, story.inbox("li")) == ("弃用", [])


def test_from_a_phone_to_closed(story, snap):
    """The whole story: reported, forgotten, escalated, judged, graded, planned, cured late, escalated, sent back, closed."""
    snap()
    story.wait(days=1)                                                       # Tuesday: Li has not looked, Zhang gets it too
    assert story.inbox("zhang") == ["判断"]
    story.do("li", "judge", "danger", harm="serious")
    danger = story.row(HiddenDanger)
    assert (danger.code, danger.stage) == ("HD-QINGYUAN-2026-0001", "待确认")

    story.do("li", "confirm", "configure", danger_class="环境", is_source=False)
    danger = story.row(HiddenDanger)
    assert (danger.level, danger.stage) == ("一般Ⅱ", "待配置整改")            # graded by the table
    story.do("li", "configure", "done", engineering="铺防滑垫", rectifier=story.ids["chen"], checker=story.ids["sun"])
    assert story.row(HiddenDanger).deadline == date(2026, 3, 6)               # three days
    assert (story.inbox("chen"), story.inbox("li"), story.inbox("zhang")) == (["整改"], [], [])

    story.wait(days=3)                                                       # Friday: the deadline is near
    assert len(story.told("chen", "N-07")) == 1
    story.wait(days=1)                                                       # Saturday: overdue, Zhang may act too
    assert story.inbox("zhang") == ["整改"]
    story.do("chen", "rectify", "done", result="已铺防滑垫", photos_after=[story.photo("chen")])
    assert (story.inbox("chen"), story.inbox("zhang"), story.inbox("sun")) == ([], [], ["复核"])

    story.do("sun", "recheck", "fail", "垫子没有固定")
    assert (story.inbox("chen"), story.row(HiddenDanger).failed_checks) == (["整改"], 1)
    story.do("chen", "rectify", "done", result="防滑垫已用螺钉固定", photos_after=[story.photo("chen")])
    story.do("sun", "recheck", "pass", "同意关闭")

    danger = story.row(HiddenDanger)
    assert (danger.stage, danger.close_reason, danger.failed_checks) == ("已关闭", "同意关闭", 1)
    assert danger.escalations >= 1
    assert story.told("wang", "N-14")[0].startswith("您的随手拍 SP-QINGYUAN-2026-0001 已确认为隐患")
    assert any(text.startswith("您上报的隐患 HD-QINGYUAN-2026-0001 已整改完成并关闭") for text in story.told("wang", "N-14"))
    assert [i.status for i in story.rows(ProcessInstance)] == ["completed", "completed"]
    assert story.rows(Task, status="open") == []
    assert story.history(story.rows(ProcessInstance)[1].id) == [
        ("李敏", "confirm", "configure"), ("李敏", "configure", "done"), ("陈刚", "rectify", "done"), ("孙丽", "recheck", "fail"),
        ("陈刚", "rectify", "done"), ("孙丽", "recheck", "pass")]
    numbers = [e.seq for e in story.rows(HistoryEvent, instance_id=story.rows(ProcessInstance)[1].id)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert not story.broken()
