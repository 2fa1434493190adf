"""隐患治理 (F-04), told as stories: who does what, what the house then holds, and who is told."""
from copy import deepcopy
from datetime import date

import pytest

from data_model.attachment import Attachment
from data_model.hidden_danger import HiddenDanger
from data_model.process import ProcessInstance, Task
from engine import service_task
from engine.errors import EngineError, NotYours
from tests.flows.story import NotFilledIn

FRIDAY = date(2026, 3, 6)


@pytest.fixture
def reported(story):
    """Wang has found a loose handrail in the filter hall; what else he says may be added."""
    def report(**more):
        return story.start("wang", "hidden_danger", grid=story.ids["unit:filter"], description="滤池走道护栏松动",
                           photos=[story.photo("wang")], **more)
    return report


def confirm(story, who="li", **more):
    story.do(who, "confirm", "configure", **{"is_source": False, "danger_class": "物"} | more)


def configure(story, who="li", **more):
    said = {"engineering": "加固护栏", "rectifier": story.ids["chen"], "checker": story.ids["sun"], "deadline": FRIDAY}
    story.do(who, "configure", "done", **said | more)


def configure_major(story, who="zhao", **more):
    five = {name: "已落实" for name in ("five_duty", "five_money", "five_measures", "five_time", "five_plan")}
    configure(story, who, **five | more)


def rectify(story, who="chen", **more):
    story.do(who, "rectify", "done", **{"result": "护栏已加固并刷漆", "photos_after": [story.photo(who)]} | more)


def danger(story):
    return story.row(HiddenDanger)


# -- the way of an ordinary danger

def test_a_danger_is_found_confirmed_planned_cured_checked_and_closed(story, reported):
    case = reported(immediate_action="拉了警戒线")
    found = danger(story)
    assert (found.code, found.stage, found.source) == ("HD-QINGYUAN-2026-0001", "待确认", "直接添加")
    assert (found.finder_id, found.station_id, found.company_id) == (
        story.ids["wang"], story.ids["unit:plant1"], story.ids["unit:qingyuan"])
    assert [a.stage for a in story.rows(Attachment, owner_kind="hidden_danger", owner_id=found.id)] == ["before"]
    assert story.inbox("li") == ["确认"]

    confirm(story)
    found = danger(story)
    assert (found.stage, found.level, found.danger_class) == ("待配置整改", "一般Ⅲ", "物")
    configure(story, helper=story.ids["wang"], management="每周检查", budget="1200.50")
    found = danger(story)
    assert (found.stage, found.deadline, float(found.budget)) == ("整改中", FRIDAY, 1200.5)
    assert found.measures == "工程技术：加固护栏\n管理：每周检查"
    assert story.told("wang", "N-01") == ["请协助整改隐患 HD-QINGYUAN-2026-0001，期限 2026-03-06"]
    assert (story.inbox("li"), story.inbox("chen")) == ([], ["整改"])

    rectify(story, cost="980", residual="油漆未干，勿扶")
    found = danger(story)
    assert (found.stage, found.rectified_on, float(found.cost)) == ("待复核", date(2026, 3, 2), 980)
    assert "油漆未干" in found.result
    assert story.inbox("sun") == ["复核"]

    story.wait(days=1)
    story.do("sun", "recheck", "pass", photos_check=[story.photo("sun")])
    found = danger(story)
    assert (found.stage, found.failed_checks) == ("已关闭", 0)
    assert found.closed_at is not None
    assert story.told("wang", "N-14")[0] == "您上报的隐患 HD-QINGYUAN-2026-0001 已整改完成并关闭，历时 1 天"
    assert {a.stage for a in story.rows(Attachment, owner_id=found.id, owner_kind="hidden_danger")} == {"before", "after", "check"}
    assert story.history(case) == [("李敏", "confirm", "configure"), ("李敏", "configure", "done"), ("陈刚", "rectify", "done"),
                                   ("孙丽", "recheck", "pass")]
    assert story.row(ProcessInstance).end_element == "closed"
    assert not story.broken()


@pytest.mark.parametrize("clues, level, days, planner", [
    ({}, "一般Ⅲ", 1, "li"),
    ({"harm": "serious"}, "一般Ⅱ", 3, "li"),
    ({"cross_grid": True}, "一般Ⅰ", 7, "zhang"),
    ({"cost_estimate": "60000"}, "一般Ⅰ", 7, "zhang"),
    ({"hazard_level": "较大"}, "一般Ⅰ", 7, "zhang"),
    ({"harm": "death", "fix_days": "10"}, "一般Ⅰ", 15, "zhang"),
    ({"hazard_level": "重大", "fix_days": "15"}, "一般Ⅰ", 15, "zhang"),
    ({"harm": "death", "fix_days": "16"}, "重大", 90, "zhao"),
    ({"hazard_level": "重大", "fix_days": "30"}, "重大", 90, "zhao"),
    ({"major_listed": True}, "重大", 90, "zhao"),
    ({"partial_shutdown": True}, "重大", 90, "zhao"),
    ({"external_cause": True}, "重大", 90, "zhao"),
])
def test_the_table_grades_it_and_says_who_plans_and_how_long(story, reported, clues, level, days, planner):
    reported(**clues)
    confirm(story, stop_work=level == "重大")
    assert danger(story).level == level
    assert story.inbox(planner) == ["配置整改"]
    five = {name: "已落实" for name in ("five_duty", "five_money", "five_measures", "five_time", "five_plan")}
    story.do(planner, "configure", "done", engineering="加固", rectifier=story.ids["chen"], checker=story.ids["sun"],
             **five if level == "重大" else {})
    assert (danger(story).deadline - date(2026, 3, 2)).days == days


def test_the_owner_may_change_the_level_and_must_say_why_it_is_lower(story, reported):
    reported(harm="serious")
    with pytest.raises(NotFilledIn) as refused:
        confirm(story, level="一般Ⅲ")
    assert refused.value.errors == {"level_reason": ["级别低于建议的“一般Ⅱ”，请说明理由"]}
    confirm(story, level="一般Ⅲ", level_reason="现场高度不足半米")
    assert danger(story).level == "一般Ⅲ"


# -- closed without a cure

def test_not_a_danger_is_closed_with_a_reason_and_the_finder_is_told(story, reported):
    case = reported()
    with pytest.raises(EngineError, match="请填写意见"):
        story.do("li", "confirm", "close", is_danger=False, is_source=False)
    assert danger(story).stage == "待确认"
    story.do("li", "confirm", "close", "护栏本来就是活动的", is_danger=False, is_source=False)
    found = danger(story)
    assert (found.stage, found.close_reason) == ("非隐患", "护栏本来就是活动的")
    assert story.told("wang", "N-14")[0] == "您上报的情况 HD-QINGYUAN-2026-0001 经确认不是隐患：护栏本来就是活动的"
    assert story.rows(ProcessInstance, id=case)[0].end_element == "closed_at_once"
    assert story.rows(Task, status="open") == []


def test_a_small_danger_cured_on_the_spot_is_closed_at_once(story, reported):
    reported()
    with pytest.raises(NotFilledIn, match="只有一般Ⅲ级"):
        story.do("li", "confirm", "fixed", "已拧紧", is_source=False, danger_class="物", level="一般Ⅱ")
    story.do("li", "confirm", "fixed", "已拧紧", is_source=False, danger_class="物")
    assert (danger(story).stage, danger(story).level, danger(story).close_reason) == ("已关闭", "一般Ⅲ", "已拧紧")


@pytest.mark.parametrize("outcome, said, field", [
    ("configure", {"is_danger": False, "is_source": False}, "is_danger"),
    ("close", {"is_danger": True, "is_source": False}, "is_danger"),
    ("configure", {"is_danger": False, "is_source": True}, "is_danger"),
    ("configure", {"is_source": False}, "danger_class"),
    ("configure", {"is_source": False, "danger_class": "物", "level": "重大"}, "stop_work"),
    ("configure", {"is_source": False, "danger_class": "物", "urgent": True}, "stop_work"),
    ("configure", {"is_source": False, "danger_class": "物", "level": "特大"}, "level"),
])
def test_a_confirmation_that_contradicts_itself_is_refused(story, reported, outcome, said, field):
    reported()
    with pytest.raises(NotFilledIn) as refused:
        story.do("li", "confirm", outcome, "说明", **said)
    assert list(refused.value.errors) == [field]
    assert danger(story).stage == "待确认"


def test_the_finder_may_take_it_back_before_anybody_acts(story, reported):
    case = reported()
    story.cancel("wang", case, "看错了")
    assert danger(story).stage == "已撤销"
    assert story.inbox("li") == []


# -- 上报

def test_it_goes_up_from_owner_to_owner_and_no_further_than_the_company(story, reported):
    case = reported()
    story.do("li", "confirm", "report_up", is_source=False)
    assert (story.inbox("li"), story.inbox("zhang")) == ([], ["确认"])
    story.do("zhang", "confirm", "report_up", is_source=False)
    assert story.inbox("wu") == ["确认"]
    story.do("wu", "confirm", "report_up", is_source=False)
    assert (story.inbox("wu"), story.inbox("zhao")) == ([], ["确认"])
    with pytest.raises(EngineError, match="不能再上报"):
        story.do("zhao", "confirm", "report_up", is_source=False)
    assert danger(story).reports_up == 3
    assert [line[0] for line in story.history(case)] == ["李敏", "张伟", "吴建国"]
    confirm(story, "zhao")
    assert danger(story).stage == "待配置整改"


def test_who_took_it_over_by_report_plans_it_too(story, reported):
    reported()
    story.do("li", "confirm", "report_up", is_source=False)
    confirm(story, "zhang")
    assert story.inbox("zhang") == ["配置整改"]


# -- 重大

@pytest.fixture
def major(story, reported):
    """A major danger whose plan lies before the general manager."""
    case = reported(major_listed=True)
    confirm(story, stop_work=True)
    configure_major(story)
    return case


def test_a_major_danger_is_supervised_approved_checked_and_accepted(story, major):
    found = danger(story)
    assert (found.stage, found.stop_work) == ("方案待批准", True)
    assert found.five_fixed.splitlines()[0] == "责任：已落实"
    for person in ("wu", "zhou", "zhao", "ga"):
        assert story.told(person, "N-06") == ["重大隐患 HD-QINGYUAN-2026-0001（过滤区）已挂牌督办：滤池走道护栏松动"]
    assert story.told("li", "N-06") == ["隐患 HD-QINGYUAN-2026-0001（过滤区）须立即停止作业"]
    story.do("wu", "approve_plan", "agree")
    assert danger(story).stage == "整改中"
    rectify(story)
    story.do("sun", "recheck", "pass")
    assert (danger(story).stage, story.inbox("wu")) == ("待验收", ["验收"])
    story.do("wu", "accept", "pass", "同意销号", third_party="省水利安全评价中心")
    assert (danger(story).stage, danger(story).close_reason) == ("已关闭", "同意销号")
    assert not story.broken()


def test_a_plan_is_sent_back_once_and_improved(story, major):
    with pytest.raises(EngineError, match="请填写意见"):
        story.do("wu", "approve_plan", "return")
    story.do("wu", "approve_plan", "return", "资金来源不明")
    assert (danger(story).stage, story.inbox("zhao")) == ("待配置整改", ["配置整改"])
    story.do("zhao", "configure", "done", five_money="从安全生产费用列支 8 万元")
    assert (danger(story).stage, story.inbox("wu")) == ("方案待批准", ["批准治理方案"])
    assert "8 万元" in danger(story).five_fixed
    assert len(story.told("wu", "N-06")) == 1


def test_what_is_not_accepted_is_cured_and_checked_again(story, major):
    story.do("wu", "approve_plan", "agree")
    rectify(story)
    story.do("sun", "recheck", "pass")
    story.do("wu", "accept", "fail", "缺第三方检测")
    assert (danger(story).stage, danger(story).failed_checks) == ("整改中", 1)
    rectify(story)
    story.do("sun", "recheck", "pass")
    story.do("wu", "accept", "pass")
    assert danger(story).stage == "已关闭"


def test_without_a_safety_office_the_safety_departments_head_plans(story, reported):
    story.dismiss("zhao")
    reported(major_listed=True)
    confirm(story, stop_work=True)
    assert story.inbox("dh") == ["配置整改"]


def test_a_head_who_found_it_does_not_approve_his_own_plan(story):
    """The general manager has found it: the chairman, who is the other head, approves."""
    story.start("wu", "hidden_danger", grid=story.ids["unit:filter"], description="清水池顶板裂缝", major_listed=True,
                photos=[story.photo("wu")])
    confirm(story, stop_work=True)
    configure_major(story)
    assert (story.inbox("wu"), story.inbox("zheng")) == ([], ["批准治理方案"])
    with pytest.raises(NotYours):
        story.do("wu", "approve_plan", "agree")
    story.do("zheng", "approve_plan", "agree")


def test_only_a_major_danger_is_asked_for_the_five_commitments(story, reported):
    reported(major_listed=True)
    confirm(story, stop_work=True)
    with pytest.raises(NotFilledIn) as refused:
        configure(story, "zhao")
    assert set(refused.value.errors) == {"five_duty", "five_money", "five_measures", "five_time", "five_plan"}


# -- 配置整改: who may be named

@pytest.mark.parametrize("said, field", [
    ({"checker": "chen"}, "checker"),
    ({"checker": "wang"}, "checker"),
    ({"helper": "chen"}, "helper"),
    ({"helper": "sun"}, "checker"),
    ({"rectifier": "qian"}, "rectifier"),
    ({"rectifier": None}, "rectifier"),
])
def test_people_of_a_plan_are_of_the_company_and_not_each_others_judges(story, reported, said, field):
    reported()
    confirm(story)
    with pytest.raises(NotFilledIn) as refused:
        configure(story, **{name: story.ids[who] if who else "" for name, who in said.items()})
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("said, field", [
    ({"deadline": date(2026, 3, 1)}, "deadline"),
    ({"deadline": date(2026, 6, 1)}, "deadline"),
    ({"deadline": "2026-02-30"}, "deadline"),
    ({"engineering": " "}, "engineering"),
    ({"budget": "-1"}, "budget"),
    ({"engineering": "长" * 501}, "engineering"),
])
def test_a_plan_out_of_bounds_is_refused(story, reported, said, field):
    reported()
    confirm(story)
    with pytest.raises(NotFilledIn) as refused:
        configure(story, **said)
    assert list(refused.value.errors) == [field]


# -- refusals

@pytest.mark.parametrize("who", ["wang", "chen", "sun", "zhang", "feng", "zhao", "wu", "po", "au"])
def test_only_the_grids_owner_confirms(story, reported, who):
    reported()
    with pytest.raises(NotYours):
        confirm(story, who)
    assert danger(story).stage == "待确认"


def test_only_the_named_people_cure_and_check(story, reported):
    reported()
    confirm(story)
    configure(story)
    with pytest.raises(NotYours):
        rectify(story, "li")
    rectify(story)
    for who in ("chen", "li", "wang"):
        with pytest.raises(NotYours):
            story.do(who, "recheck", "pass")


def test_nobody_checks_their_own_cure(story, reported):
    """The station's leader, named as checker, cures an overdue danger himself: the check goes to somebody else."""
    reported()
    confirm(story)
    configure(story, checker=story.ids["zhang"])
    story.wait(days=5)
    rectify(story, "zhang")
    assert (story.inbox("zhang"), story.inbox("li")) == ([], ["复核"])
    with pytest.raises(NotYours):
        story.do("zhang", "recheck", "pass")


def test_a_cure_without_a_photo_or_of_tomorrow_is_refused(story, reported):
    reported()
    confirm(story)
    configure(story)
    with pytest.raises(NotFilledIn, match="请至少上传 1 张照片"):
        rectify(story, photos_after=[])
    with pytest.raises(NotFilledIn, match="不能晚于今天"):
        rectify(story, rectified_on=date(2026, 3, 3))
    with pytest.raises(NotFilledIn, match="有照片不存在或已被使用"):
        rectify(story, photos_after=[story.photo("li")])


def test_photos_are_used_once(story, reported):
    photo = story.photo("wang")
    story.start("wang", "hidden_danger", grid=story.ids["unit:filter"], description="滤池走道护栏松动", photos=[photo])
    with pytest.raises(NotFilledIn, match="有照片不存在或已被使用"):
        story.start("wang", "hidden_danger", grid=story.ids["unit:filter"], description="滤池走道护栏松动", photos=[photo])


def test_a_grid_of_another_company_cannot_be_named(story):
    with pytest.raises(NotFilledIn) as refused:
        story.start("wang", "hidden_danger", grid=story.ids["unit:grit"], description="格栅机漏油", photos=[story.photo("wang")])
    assert list(refused.value.errors) == ["grid"]


# -- sent back

def test_what_failed_the_check_is_cured_again_and_the_second_time_the_owner_above_hears_of_it(story, reported):
    case = reported()
    confirm(story)
    configure(story)
    rectify(story)
    with pytest.raises(EngineError, match="请填写意见"):
        story.do("sun", "recheck", "fail")
    story.do("sun", "recheck", "fail", "焊点未打磨")
    assert (danger(story).stage, danger(story).failed_checks) == ("整改中", 1)
    assert (story.inbox("chen"), story.told("zhang", "N-09")) == (["整改"], [])
    rectify(story)
    story.do("sun", "recheck", "fail", "仍未打磨")
    assert story.told("zhang", "N-09") == ["隐患 HD-QINGYUAN-2026-0001 的整改已被退回 2 次"]
    rectify(story)
    story.do("sun", "recheck", "pass")
    assert (danger(story).stage, danger(story).failed_checks) == ("已关闭", 2)
    assert story.row(ProcessInstance, id=case).round == 3


# -- the clock

def test_an_unconfirmed_danger_is_recalled_after_one_workday_and_goes_up_after_two(story, reported):
    reported()
    assert story.wait(hours=23, minutes=59) == 0
    assert story.wait(minutes=1) == 1
    assert story.told("li", "N-05") == ["隐患 HD-QINGYUAN-2026-0001 等待您确认，已满 1 个工作日"]
    assert story.inbox("zhang") == []
    story.wait(days=1)
    assert story.told("zhang", "N-05") == ["隐患 HD-QINGYUAN-2026-0001 超过 2 个工作日未确认，已升级给您"]
    assert (story.inbox("li"), story.inbox("zhang")) == (["确认"], ["确认"])
    assert danger(story).escalations == 1
    confirm(story, "zhang")
    assert story.inbox("li") == ["配置整改"]


def test_nothing_goes_up_from_the_top(story, reported):
    """The safety office holds it already: no second message, no count."""
    reported()
    for who in ("li", "zhang", "wu"):
        story.do(who, "confirm", "report_up", is_source=False)
    story.wait(days=2)
    assert story.told("zhao", "N-05") == ["隐患 HD-QINGYUAN-2026-0001 等待您确认，已满 1 个工作日"]
    assert danger(story).escalations == 0


def test_a_weekend_is_no_workday(story, reported):
    story.wait(days=4)
    reported()
    assert story.wait(days=2) == 0
    assert story.wait(days=1) == 1


def test_a_confirmed_danger_is_not_recalled(story, reported):
    reported()
    confirm(story)
    assert story.wait(days=9) == 0


def test_a_cure_is_recalled_at_four_fifths_goes_up_at_its_deadline_and_is_recalled_daily(story, reported):
    reported()
    confirm(story)
    configure(story)
    story.wait(days=3, hours=14)
    assert story.told("chen", "N-07") == []
    story.wait(hours=3)
    assert story.told("chen", "N-07") == ["隐患 HD-QINGYUAN-2026-0001 的整改期限 2026-03-06 临近，请抓紧整改"]
    story.wait(days=1)
    assert story.told("zhang", "N-08") == ["隐患 HD-QINGYUAN-2026-0001 已超过整改期限 2026-03-06，现升级给您督促"]
    assert (story.inbox("zhang"), story.inbox("chen")) == (["整改"], ["整改"])
    assert story.told("chen", "N-08") == []
    story.wait(hours=7)
    story.wait(days=1)
    assert story.told("chen", "N-08") == ["隐患 HD-QINGYUAN-2026-0001 已逾期 1 天，尚未完成整改",
                                          "隐患 HD-QINGYUAN-2026-0001 已逾期 2 天，尚未完成整改"]
    assert len(story.told("zhang", "N-08")) == 3
    assert danger(story).escalations == 1
    rectify(story)
    assert story.wait(days=1) == 0


def test_a_late_cure_that_is_sent_back_is_not_told_its_deadline_is_coming(story, reported):
    reported()
    confirm(story)
    configure(story)
    story.wait(days=6)
    rectify(story)
    told = len(story.told("chen", "N-07"))
    story.do("sun", "recheck", "fail", "返工")
    story.wait(minutes=1)
    assert len(story.told("chen", "N-07")) == told
    assert story.inbox("zhang") == ["整改"]


def test_a_check_is_recalled_after_two_workdays_and_goes_up_after_three(story, reported):
    reported()
    confirm(story)
    configure(story)
    rectify(story)
    story.wait(days=2)
    assert story.told("sun", "N-09") == ["隐患 HD-QINGYUAN-2026-0001 等待您复核，已满 2 个工作日"]
    story.wait(days=1)
    assert story.told("zhang", "N-09") == ["隐患 HD-QINGYUAN-2026-0001 超过 3 个工作日未复核，已升级给您"]
    assert (story.inbox("sun"), story.inbox("zhang")) == (["复核"], ["复核"])
    story.do("zhang", "recheck", "pass")
    assert danger(story).stage == "已关闭"


def test_who_left_is_passed_over(story, reported):
    """The named checker leaves before the check: the owner above checks."""
    reported()
    confirm(story)
    configure(story)
    story.dismiss("sun")
    rectify(story)
    assert story.inbox("zhang") == ["复核"]


# -- a handler that runs again

@pytest.fixture
def everything_twice(monkeypatch):
    """Each service step does its work, and does it once more, as after a crash between the deed and its note."""
    once = service_task.handler

    def doubled(name):
        def run(case, data, **arguments):
            once(name)(case, deepcopy(data), **arguments)
            case.session.flush()
            return once(name)(case, data, **arguments)
        return run

    monkeypatch.setattr(service_task, "handler", doubled)


def test_a_service_step_may_run_twice_without_harm(story, everything_twice):
    story.start("wang", "snapshot", grid=story.ids["unit:filter"], description="清水池顶板裂缝", photos=[story.photo("wang")])
    story.do("li", "judge", "danger", major_listed=True)
    story.do("li", "confirm", "report_up", is_source=False)
    confirm(story, "zhang", stop_work=True)
    configure_major(story)
    story.do("wu", "approve_plan", "return", "补充监测方案")
    story.do("zhao", "configure", "done")
    story.do("wu", "approve_plan", "agree")
    rectify(story)
    story.do("sun", "recheck", "fail", "裂缝仍渗水")
    rectify(story)
    story.do("sun", "recheck", "pass")
    story.do("wu", "accept", "pass", "同意销号")
    found = danger(story)
    assert (found.code, found.stage, found.reports_up, found.failed_checks) == ("HD-QINGYUAN-2026-0001", "已关闭", 1, 1)
    photos = [a.stage for a in story.rows(Attachment, owner_kind="hidden_danger", owner_id=found.id)]
    assert sorted(photos) == ["after", "after", "before"]
    assert len(story.rows(ProcessInstance)) == 2
    assert not story.broken()
