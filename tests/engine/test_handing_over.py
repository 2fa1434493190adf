"""转办 and 委派: who has the task, who may be given it, and what the history keeps."""
import json

import pytest

from data_model.casework import TaskDraft
from data_model.organisation import User
from data_model.process import Task, TaskExclusion
from data_model.session import unit_of_work
from engine import actions, cases, drafts
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import end, start, user
from tests.engine.workshop import mine, system_unit

TWO = '[{"value": "ok", "label": "同意"}, {"value": "no", "label": "不同意", "style": "danger"}]'
LEADER = 'role("station_leader", start.unit) + users([start.also])'


@pytest.fixture
def asked(works):
    """b lies with the leader of the first plant and with Sun; wang began it."""
    def deploy(**properties):
        works.deploy(start(), mine("a"), user("b", candidates=LEADER, outcomes=TWO, **properties), mine("c"), end(), "s > a > b > c > e")
        works.start(unit=works.ids["unit:plant1"], also=works.ids["sun"])
        works.do("wang", "a")
        return works.task("b")
    return deploy


def hand(works, who, task, to, deed=actions.transfer, reason="出差", **more):
    return works.act(who, deed, task, works.ids[to], reason, **more)


def view(works, who, task):
    actor = works.actor(who)
    with unit_of_work(actor, write=False) as session:
        return cases.task_view(session, actor, task)


def test_the_taker_has_it_alone_and_sees_from_whom(works, asked):
    task = asked()
    assert "transfer" in view(works, "zhang", task).may
    hand(works, "zhang", task, "chen")
    assert (works.inbox("zhang"), works.inbox("sun"), works.inbox("chen", "mine")) == ([], [], ["b"])
    seen = view(works, "chen", task)
    assert seen.task.from_name == "张伟" and seen.why[0].params == {"who": "张伟", "reason": "出差"} and "complete" in seen.may
    assert works.notes("chen") == ["张伟 将待办转给您：b（流程）"]
    works.do("chen", "b", "ok")
    assert works.waiting() == ["c"]


def test_the_ledger_names_giver_taker_and_reason(works, asked):
    task = asked()
    hand(works, "zhang", task, "chen")
    (line,) = works.events("transfer")
    assert (line.actor_name, line.opinion, line.data["from"]["name"], line.data["to"]["name"]) == ("张伟", "出差", "张伟", "陈刚")
    assert line.data["before"][0].startswith("station_leader@") and line.data["after"] == [f"u{works.ids['chen']}"]


@pytest.mark.parametrize("deed", [actions.transfer, actions.delegate])
@pytest.mark.parametrize(("to", "words"), [
    ("feng", "不在本公司"), ("ga", "不在本公司"), ("wang", "须回避"), ("zhang", "已在此人手中"), ("nobody", "不存在或账号已停用"),
    ("li", "不存在或账号已停用")])
def test_it_goes_to_an_active_colleague_who_is_not_barred(works, asked, deed, to, words):
    task = asked(duty="approve")
    with unit_of_work(works.actor("admin")) as session:
        session.get_one(User, works.ids["li"]).active = False
    with pytest.raises(EngineError, match=words):
        works.act("zhang", deed, task, works.ids.get(to, 999_999), "出差")
    assert works.inbox("zhang") == ["b"] and works.events("transfer") == works.events("delegate") == []


def test_a_diagram_may_let_it_leave_the_company(works, asked):
    task = asked(allow="transfer, outside")
    hand(works, "zhang", task, "feng")
    assert works.inbox("feng") == ["b"]


@pytest.mark.parametrize("deed", [actions.transfer, actions.delegate])
def test_a_diagram_may_refuse_it_and_a_reason_is_needed(works, asked, deed):
    task = asked(allow="cc")
    assert not view(works, "zhang", task).may & {"transfer", "delegate"}
    with pytest.raises(NotYours, match="流程图不允许"):
        hand(works, "zhang", task, "chen", deed)


@pytest.mark.parametrize("deed", [actions.transfer, actions.delegate])
def test_there_must_be_a_reason(works, asked, deed):
    with pytest.raises(EngineError, match="请填写原因"):
        hand(works, "zhang", asked(), "chen", deed, "  ")


@pytest.mark.parametrize("deed", [actions.transfer, actions.delegate])
def test_a_third_person_may_not(works, asked, deed):
    task = asked()
    for who in ("li", "wang", "feng", "po"):
        with pytest.raises(NotYours):
            hand(works, who, task, "chen", deed)


def test_who_comes_second_is_told_to_whom_it_went(works, asked):
    task = asked()
    hand(works, "zhang", task, "chen")
    with pytest.raises(TooLate) as late:
        hand(works, "sun", task, "li")
    assert late.value.params["who"] == "张伟" and late.value.params["to"] == "陈刚"


def test_the_same_form_twice_is_one_transfer(works, asked):
    task = asked()
    assert hand(works, "zhang", task, "chen", idem_key="twice") == hand(works, "zhang", task, "chen", idem_key="twice")
    assert len(works.events("transfer")) == 1


SIGN = {"outcomes": TWO, "candidates": 'field("start.people")'}


@pytest.mark.parametrize("mode", ["all", "sequential"])
@pytest.mark.parametrize("deed", [actions.transfer, actions.delegate])
def test_nobody_signs_the_same_step_twice(works, mode, deed):
    works.deploy(start(), user("v", signing=json.dumps({"mode": mode}), **SIGN), end(), "s > v > e")
    works.start(people=[works.ids[who] for who in ("li", "chen", "sun")])
    for to in ("chen", "sun"):
        with pytest.raises(EngineError, match="已在此步骤会签"):
            hand(works, "li", works.task("v", "li"), to, deed)
    works.do("li", "v", "ok")
    with pytest.raises(EngineError, match="已在此步骤会签"):  # nor one who has voted
        hand(works, "chen", works.task("v", "chen"), "li", deed)


def test_a_signature_handed_on_counts_once_and_for_the_taker(works):
    works.deploy(start(), user("v", signing='{"mode": "all"}', **SIGN), end(), "s > v > e")
    case = works.start(people=[works.ids["li"], works.ids["chen"]])
    hand(works, "li", works.task("v", "li"), "zhang")
    with pytest.raises(EngineError, match="已在此步骤会签"):
        hand(works, "chen", works.task("v", "chen"), "zhang")
    works.do("zhang", "v", "ok")
    works.do("chen", "v", "ok")
    assert works.ended(case) == ("completed", "e")


def test_the_starter_may_not_be_given_the_signing_of_their_own_case(works):
    works.deploy(start(), user("v", signing='{"mode": "all"}', duty="approve", **SIGN), end(), "s > v > e")
    works.start(people=[works.ids["li"], works.ids["chen"]])
    with pytest.raises(EngineError, match="须回避"):
        hand(works, "li", works.task("v", "li"), "wang")
    assert {row.user_id for row in works.rows(TaskExclusion)} == {works.ids["wang"]}


# ── 委派 ──

def test_the_asked_one_answers_and_the_owner_decides(works, asked):
    task = asked()
    hand(works, "zhang", task, "chen", actions.delegate, "请看现场")
    assert (works.inbox("zhang"), works.inbox("sun"), works.inbox("chen")) == ([], [], ["b"])
    seen = view(works, "chen", task)
    assert seen.owner == "张伟" and "give_back" in seen.may and not seen.may & {"complete", "transfer", "delegate", "unclaim"}
    for deed in (lambda: works.do_task("chen", task, "ok"), lambda: works.act("chen", actions.unclaim, task, idem_key=None),
                 lambda: hand(works, "chen", task, "li"), lambda: hand(works, "chen", task, "li", actions.delegate)):
        with pytest.raises(NotYours, match="委派给您"):
            deed()
    works.act("chen", actions.give_back, task, {"note": "已看"}, "管道完好")
    assert (works.inbox("zhang", "mine"), works.inbox("chen"), works.waiting()) == (["b"], [], ["b"])
    (line,) = works.events("give_back")
    assert (line.actor_name, line.opinion, line.data["note"], line.outcome) == ("陈刚", "管道完好", "已看", "")
    assert works.act("zhang", actions.draft_of, task, idem_key=None) == {"note": "已看"}
    assert works.notes("zhang")[-1] == "陈刚 已交回您委派的任务：b（流程）"
    works.do("zhang", "b", "ok")
    assert works.waiting() == ["c"] and [e.actor_name for e in works.events("complete")] == ["王强", "张伟"]


def test_given_back_it_is_the_owners_who_may_return_it_to_all(works, asked):
    task = asked()
    hand(works, "zhang", task, "chen", actions.delegate)
    works.act("chen", actions.give_back, task, {}, "同意")
    works.act("zhang", actions.unclaim, task, idem_key=None)
    assert works.inbox("sun") == ["b"] == works.inbox("zhang")


def test_an_answer_needs_words_and_only_the_asked_one_gives_it(works, asked):
    task = asked()
    with pytest.raises(NotYours, match="没有委派"):
        works.act("zhang", actions.give_back, task, {}, "同意")
    hand(works, "zhang", task, "chen", actions.delegate)
    with pytest.raises(EngineError, match="请填写原因"):
        works.act("chen", actions.give_back, task, {}, " ")
    for who in ("li", "wang"):
        with pytest.raises(NotYours):
            works.act(who, actions.give_back, task, {}, "同意")


def test_the_owner_need_not_wait(works, asked):
    task = asked()
    hand(works, "zhang", task, "chen", actions.delegate)
    assert "take_back" in view(works, "zhang", task).may
    with pytest.raises(NotYours):
        works.act("sun", actions.take_back, task, "不等了")
    works.act("zhang", actions.take_back, task, "不等了")
    assert (works.inbox("zhang"), works.inbox("chen")) == (["b"], [])
    with pytest.raises(NotYours):
        works.act("chen", actions.give_back, task, {}, "同意")


def test_what_the_owner_had_typed_is_not_written_over(works, asked):
    task = asked()
    works.act("zhang", actions.save_draft, task, {"note": "我的"}, idem_key=None)
    hand(works, "zhang", task, "chen", actions.delegate)
    works.act("chen", actions.give_back, task, {"note": "他的"}, "同意")
    assert works.act("zhang", actions.draft_of, task, idem_key=None) == {"note": "我的"}


# ── 暂存 ──

def test_a_draft_waits_for_its_writer_alone_and_goes_with_the_task(works, asked):
    task = asked()
    works.act("zhang", actions.save_draft, task, {"note": "一半"}, idem_key=None)
    works.act("zhang", actions.save_draft, task, {"note": "多半"}, idem_key=None)
    assert works.act("zhang", actions.draft_of, task, idem_key=None) == {"note": "多半"}
    assert works.act("sun", actions.draft_of, task, idem_key=None) is None
    with pytest.raises(NotYours):
        works.act("li", actions.save_draft, task, {"note": "x"}, idem_key=None)
    works.do("sun", "b", "ok")
    assert works.rows(TaskDraft) == []
    with pytest.raises(TooLate):
        works.act("zhang", actions.save_draft, task, {"note": "x"}, idem_key=None)


def test_a_draft_too_large_is_refused_and_one_begun_anew_is_gone(works, asked):
    task = asked()
    with pytest.raises(EngineError, match="太多"):
        works.act("zhang", actions.save_draft, task, {"note": "长" * 200_000}, idem_key=None)
    works.act("zhang", actions.save_draft, task, {"note": "x"}, idem_key=None)
    works.act("zhang", actions.drop_draft, task, idem_key=None)
    assert works.act("zhang", actions.draft_of, task, idem_key=None) is None


def test_drafts_of_a_cancelled_case_are_forgotten(works, asked):
    task = asked()
    works.act("zhang", actions.save_draft, task, {"note": "x"}, idem_key=None)
    works.act("po", actions.cancel, works.rows(Task)[0].instance_id, "作废")
    assert works.act("zhang", actions.draft_of, task, idem_key=None) is None
    with system_unit() as session:
        assert drafts.forget(session) == 1
    assert works.rows(TaskDraft) == []
