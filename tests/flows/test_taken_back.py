"""退回, 撤回, 委派 and 加签 in the real flows: where the case stands, the record says so too, and no number is lost or told twice."""
from datetime import date

import pytest

from data_model.hidden_danger import HiddenDanger
from data_model.process import Task
from data_model.snapshot import Snapshot
from engine import actions, cases
from engine.errors import EngineError, NotYours, TooLate
from tests.flows.story import NotFilledIn

FRIDAY = date(2026, 3, 6)


@pytest.fixture
def danger(story):
    """Wang has reported a loose handrail; li, who owns the grid, has confirmed it."""
    story.case = story.start("wang", "hidden_danger", grid=story.ids["unit:filter"], description="滤池走道护栏松动", photos=[story.photo("wang")])
    story.do("li", "confirm", "configure", is_source=False, danger_class="物")
    return lambda: story.row(HiddenDanger)


def configure(story, who="li", **more):
    story.do(who, "configure", "done", **{"engineering": "加固护栏", "rectifier": story.ids["chen"], "checker": story.ids["sun"],
                                          "deadline": FRIDAY} | more)


def rectify(story, **more):
    story.do("chen", "rectify", "done", result="护栏已加固", photos_after=[story.photo("chen")], **more)


def send_back(story, who, step, to, reason="请重新考虑"):
    return story.deed(who, actions.return_to, story.task(step), to, reason)


def last_done(story, step):
    return story.rows(Task, element_id=step, status="done")[-1].id


def may(story, who, step):
    return story.seen(who, cases.task_view, story.task(step)).may


def test_each_step_offers_what_people_expect_of_it(story, danger):
    usual = {"complete", "draft", "transfer", "delegate", "cc", "remind", "follow", "comment"}
    assert usual - {"remind"} <= may(story, "li", "configure") and "return" in may(story, "li", "configure")
    configure(story)
    assert {"return", "transfer", "delegate"} <= may(story, "chen", "rectify") and "add_signer" not in may(story, "chen", "rectify")
    rectify(story)
    assert {"return", "add_signer"} <= may(story, "sun", "recheck") and "reject" not in may(story, "sun", "recheck")


def test_a_plan_that_cannot_be_carried_out_goes_back_to_who_made_it(story, danger):
    configure(story, budget="500")
    assert (danger().stage, story.inbox("chen")) == ("整改中", ["整改"])
    send_back(story, "chen", "rectify", "configure", "需要外委施工，请调整人员")
    assert (danger().stage, story.inbox("chen"), story.inbox("li")) == ("待配置整改", [], ["配置整改"])
    kept = story.seen("li", cases.task_view, story.task("configure")).data["configure"]
    assert (kept["engineering"], kept["budget"]) == ("加固护栏", 500)
    story.do("li", "configure", "done", rectifier=story.ids["zhou"])  # the rest is still in the form
    assert (danger().stage, danger().rectifier_id, story.inbox("zhou")) == ("整改中", story.ids["zhou"], ["整改"])


def test_failed_checks_are_remembered_when_the_plan_is_made_anew(story, danger):
    configure(story)
    rectify(story)
    story.do("sun", "recheck", "fail", "仍松动")
    send_back(story, "chen", "rectify", "configure")
    assert (danger().stage, danger().failed_checks) == ("待配置整改", 1)
    configure(story)
    assert (danger().stage, danger().failed_checks) == ("整改中", 1)
    rectify(story)
    story.do("sun", "recheck", "fail", "还是松动")
    assert danger().failed_checks == 2 and len(story.told("zhang", "N-09")) == 1


def test_a_wrong_grade_goes_back_to_the_confirmation_and_the_limits_begin_anew(story, danger):
    assert [t.element for t in story.seen("li", actions.return_targets, story.task("configure"))] == ["confirm"]
    send_back(story, "li", "configure", "confirm", "级别定低了")
    assert (danger().stage, story.inbox("li")) == ("待确认", ["确认"])
    assert story.wait(days=1, hours=1) == 1  # the reminder of the confirmation is armed again
    with pytest.raises(NotFilledIn):
        story.do("li", "confirm", "configure", is_source=False, danger_class="物", level="重大")
    story.do("li", "confirm", "configure", is_source=False, danger_class="物", level="重大", stop_work=True)
    assert (danger().level, story.inbox("zhao")) == ("重大", ["配置整改"])


def test_who_checks_may_send_it_back_past_the_cure_and_his_own_outcome_still_stands(story, danger):
    configure(story)
    rectify(story)
    send_back(story, "sun", "recheck", "configure", "措施治标不治本")
    assert (danger().stage, danger().failed_checks, story.inbox("chen"), story.inbox("sun")) == ("待配置整改", 0, [], [])
    configure(story, engineering="更换护栏")
    rectify(story)
    story.do("sun", "recheck", "fail", "漆未干")
    assert (danger().stage, story.inbox("chen")) == ("整改中", ["整改"])


def test_what_is_not_named_cannot_be_returned_to(story, danger):
    configure(story)
    with pytest.raises(EngineError, match="不能退回到这一步骤"):
        send_back(story, "chen", "rectify", "confirm")
    with pytest.raises(NotYours):
        send_back(story, "wang", "rectify", "configure")
    assert danger().stage == "整改中"


def test_a_cure_is_taken_back_while_its_check_has_not_begun(story, danger):
    configure(story)
    rectify(story, cost="300")
    with pytest.raises(NotYours):
        story.deed("li", actions.withdraw, last_done(story, "rectify"), "不是我的")
    story.deed("chen", actions.withdraw, last_done(story, "rectify"), "照片传错了")
    assert (danger().stage, story.inbox("chen"), story.inbox("sun")) == ("整改中", ["整改"], [])
    story.do("chen", "rectify", "done", result="护栏已更换", photos_after=[story.photo("chen")])
    assert (danger().result, danger().stage) == ("护栏已更换", "待复核")
    story.deed("sun", actions.save_draft, story.task("recheck"), {"opinion": "看过了"}, keyed=False)
    with pytest.raises(TooLate, match="已有人开始填写"):
        story.deed("chen", actions.withdraw, last_done(story, "rectify"), "又错了")


def test_a_failed_check_that_is_taken_back_does_not_count(story, danger):
    configure(story)
    rectify(story)
    story.do("sun", "recheck", "fail", "仍松动")
    assert danger().failed_checks == 1
    story.deed("sun", actions.withdraw, last_done(story, "recheck"), "看错了")
    assert (danger().stage, danger().failed_checks, story.inbox("sun")) == ("待复核", 0, ["复核"])
    story.do("sun", "recheck", "pass", photos_check=[story.photo("sun")])
    assert (danger().stage, danger().failed_checks) == ("已关闭", 0)


def test_the_head_asks_a_colleague_before_he_accepts(story):
    case = story.start("wang", "hidden_danger", grid=story.ids["unit:filter"], description="二号池壁开裂渗水", photos=[story.photo("wang")], major_listed=True)
    story.do("li", "confirm", "configure", is_source=False, danger_class="物", stop_work=True)
    five = {name: "已落实" for name in ("five_duty", "five_money", "five_measures", "five_time", "five_plan")}
    configure(story, "zhao", **five)
    holder = next(who for who in story.ids if not who.startswith("unit:") and story.inbox(who) == ["批准治理方案"])
    story.deed(holder, actions.add_signer, story.task("approve_plan"), [story.ids["sun"]], "before", "请先看预算")
    assert (story.inbox(holder), story.inbox("sun")) == ([], ["批准治理方案"])
    story.deed("sun", actions.complete, story.task("approve_plan"), "agree", {}, opinion="预算合理")
    assert story.inbox(holder) == ["批准治理方案"]
    story.do(holder, "approve_plan", "return", "工期太长")  # F-04's own way back
    assert story.row(HiddenDanger).stage == "待配置整改" and story.inbox("zhao") == ["配置整改"]
    assert [e for e in story.history(case) if e[1] == "approve_plan"][-1][2] == "return"


# -- 随手拍

def test_a_judgement_of_not_yet_is_taken_back_and_a_danger_is_not(story):
    story.start("wang", "snapshot", grid=story.ids["unit:filter"], description="地面有油", photos=[story.photo("wang")])
    story.do("li", "judge", "undecided", "请拍近一点")
    assert (story.row(Snapshot).verdict, story.inbox("wang")) == ("未确定", ["补充信息"])
    story.deed("li", actions.withdraw, last_done(story, "judge"), "照片其实够清楚")
    assert (story.inbox("wang"), story.inbox("li")) == ([], ["判断"])
    waiting = story.row(Snapshot).verdict
    story.do("li", "judge", "danger")
    assert waiting != "未确定"
    with pytest.raises(EngineError):
        story.deed("li", actions.withdraw, last_done(story, "judge"), "看错了")


def test_a_reporter_is_asked_for_more_again(story):
    story.start("wang", "snapshot", grid=story.ids["unit:filter"], description="地面有油", photos=[story.photo("wang")])
    story.do("li", "judge", "undecided", "请拍近一点")
    story.do("wang", "supplement", "done", more="在二号泵旁")
    send_back(story, "li", "judge", "supplement", "请补拍铭牌")
    assert (story.inbox("wang"), story.inbox("li"), story.row(Snapshot).verdict) == (["补充信息"], [], "未确定")
    story.do("wang", "supplement", "done", more="铭牌型号 P-201")
    assert story.inbox("li") == ["判断"] and "P-201" in story.row(Snapshot).description
    story.do("li", "judge", "danger")
    assert story.row(HiddenDanger).description.count("补充") == 2
