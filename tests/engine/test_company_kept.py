"""催办, 抄送, 关注, 评论: people around a case; what they see beyond the wall is that case and nothing else."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.actor import SYSTEM
from data_model.casework import CaseCopy, CaseFollow
from data_model.process import ProcessInstance
from data_model.session import unit_of_work
from engine import actions, cases, sight, watching
from engine.case import Case
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import end, par, service, start, user
from tests.engine.workshop import mine

LEADER = 'role("station_leader", start.unit)'


@pytest.fixture
def case(works):
    works.deploy(start(), user("b", candidates=LEADER), mine("c"), end(), "s > b > c > e")
    return works.start(unit=works.ids["unit:plant1"])


def view(works, who, case):
    actor = works.actor(who)
    with unit_of_work(actor, write=False) as session:
        return cases.case_view(session, actor, case)


# ── 催办 ──

def test_the_starter_reminds_the_holders_once_an_hour(works, case):
    assert "remind" in view(works, "wang", case).may
    works.act("wang", actions.remind, case)
    assert works.notes("zhang")[-1] == "王强 催办：b（流程）"
    (line,) = works.events("remind")
    assert (line.element_id, line.data["to"]) == ("b", [works.ids["zhang"]])
    clock.move(timedelta(minutes=59))
    with pytest.raises(EngineError, match="10:00 后可以再次催办"):
        works.act("wang", actions.remind, case)
    clock.move(timedelta(minutes=1))
    works.act("wang", actions.remind, case)
    assert len(works.events("remind")) == 2 == len([n for n in works.notes("zhang") if "催办" in n])


def test_a_step_that_has_opened_since_may_be_reminded_of(works):
    works.deploy(start(), par("g"), user("x", candidates=LEADER), user("y", candidates=LEADER), par("j"), mine("c"), end(),
                 "s > g", "g > x > j", "g > y > j", "j > c > e")
    case = works.start(unit=works.ids["unit:plant1"])
    works.act("wang", actions.remind, case)
    works.do("zhang", "x")
    works.do("zhang", "y")
    works.act("wang", actions.remind, case)  # c is another task
    assert [event.element_id for event in works.events("remind")] == ["x", "y", "c"]


@pytest.mark.parametrize("who", ["zhang", "li", "chen", "po"])
def test_only_the_starter_reminds(works, case, who):
    with pytest.raises(NotYours, match="只有发起人"):
        works.act(who, actions.remind, case)


def test_a_case_that_is_over_needs_no_reminder(works, case):
    works.do("zhang", "b")
    works.do("wang", "c")
    assert "remind" not in view(works, "wang", case).may
    with pytest.raises(TooLate):
        works.act("wang", actions.remind, case)


def test_a_diagram_may_not_offer_it(works):
    works.deploy(start(), user("b", candidates=LEADER, allow="transfer"), end(), "s > b > e")
    case = works.start(unit=works.ids["unit:plant1"])
    assert not view(works, "wang", case).may & {"remind", "cc"}
    with pytest.raises(EngineError, match="没有可以催办"):
        works.act("wang", actions.remind, case)
    with pytest.raises(NotYours):
        works.act("wang", actions.copy_to, case, [works.ids["chen"]], "")


# ── 抄送 ──

def test_a_copy_opens_that_case_and_nothing_else(works, case):
    other = works.start(unit=works.ids["unit:plant1"])
    for who in ("chen", "il"):
        with pytest.raises(NotYours):
            view(works, who, case)
    works.act("wang", actions.copy_to, case, [works.ids["chen"]], "供参考")
    seen = view(works, "chen", case)
    assert seen.may == {"comment", "follow", "cc"}
    for who, which in (("chen", other), ("il", case)):
        with pytest.raises(NotYours):
            view(works, who, which)
    assert works.notes("chen") == ["王强 抄送给您：流程"] and works.inbox("chen") == []


def test_a_copied_reader_sees_the_record_of_the_case_too(works, case):
    class Record:
        __tablename__, id = "record", 7

    with unit_of_work(SYSTEM) as session:
        Case(session, SYSTEM, session.get_one(ProcessInstance, case)).attach(Record(), code="R-1", title="漏水")
    works.act("wang", actions.copy_to, case, [works.ids["chen"]], "")
    chen, li = works.actor("chen"), works.actor("li")
    with unit_of_work(chen, write=False) as session:
        assert sight.may_see_subject(session, chen, "record", 7) and not sight.may_see_subject(session, li, "record", 7)
        assert not sight.may_see_subject(session, chen, "record", 8)


def test_one_copy_a_person_with_a_receipt(works, case):
    works.act("wang", actions.copy_to, case, [works.ids["chen"], works.ids["chen"]], "一")
    works.act("zhang", actions.copy_to, case, [works.ids["chen"], works.ids["li"]], "二")
    works.act("zhang", actions.copy_to, case, [works.ids["chen"]], "三")
    assert [(row.user_id, row.by_name, row.note) for row in works.rows(CaseCopy)] == [
        (works.ids["chen"], "王强", "一"), (works.ids["li"], "张伟", "二")]
    assert len(works.notes("chen")) == 1 and len(works.events("copy")) == 2
    clock.move(timedelta(hours=1))
    assert works.act("chen", actions.read_copy, case, idem_key=None) and not works.act("chen", actions.read_copy, case, idem_key=None)
    with unit_of_work(SYSTEM, write=False) as session:
        chen, li = watching.copies(session, case)
        assert chen.read_at == clock.now() and li.read_at is None
        assert watching.copied(session, works.ids["chen"]).unread == frozenset()
        assert watching.copied(session, works.ids["li"]).unread == {case}


def test_copies_stay_in_the_company_and_the_group_above_it(works, case):
    works.act("wang", actions.copy_to, case, [works.ids["ga"]], "")
    for chosen in ([], [works.ids["feng"]], [999_999]):
        with pytest.raises(EngineError):
            works.act("wang", actions.copy_to, case, chosen, "")
    for who in ("chen", "feng"):
        with pytest.raises(NotYours):
            works.act(who, actions.copy_to, case, [works.ids["li"]], "")


def test_a_diagram_gives_copies_itself(works):
    works.deploy(start(), service("cc", "flow.copy", to='users([start.who])', note='"归档"'), mine("b"), end(), "s > cc > b > e")
    case = works.start(who=works.ids["chen"])
    assert view(works, "chen", case).instance.id == case
    assert works.notes("chen") == ["王强 抄送给您：流程"] and works.events("copy")[0].data["to"][0]["name"] == "陈刚"


# ── 关注 ──

def test_a_follower_hears_of_every_step_until_they_stop(works, case):
    works.act("wang", actions.copy_to, case, [works.ids["chen"]], "")
    works.act("chen", actions.follow, case, idem_key=None)
    works.act("chen", actions.follow, case, idem_key=None)
    assert works.instance(case).followers == 1 == len(works.rows(CaseFollow)) and "unfollow" in view(works, "chen", case).may
    works.do("zhang", "b")
    assert works.notes("chen")[-1] == "您关注的流程有进展：流程（b）"
    with unit_of_work(SYSTEM, write=False) as session:
        assert [c.id for c in watching.followed(session, works.ids["chen"]).items] == [case]
    works.act("chen", actions.unfollow, case, idem_key=None)
    works.do("wang", "c")
    assert works.instance(case).followers == 0 and len([n for n in works.notes("chen") if "关注" in n]) == 1


def test_one_follows_what_one_may_see_and_then_keeps_sight_of_it(works, case):
    with pytest.raises(NotYours):
        works.act("chen", actions.follow, case, idem_key=None)
    works.act("po", actions.follow, case, idem_key=None)
    assert "unfollow" in view(works, "po", case).may


# ── 评论 ──

def test_a_comment_stays_in_the_history_and_tells_whom_it_names(works, case):
    works.act("wang", actions.comment, case, "请@陈刚看看，@张伟 也看", mentions=[works.ids["sun"]])
    (line,) = works.events("comment")
    assert (line.actor_name, line.opinion) == ("王强", "请@陈刚看看，@张伟 也看")
    assert {person["name"] for person in line.data["mentions"]} == {"陈刚", "张伟", "孙丽"}
    assert works.notes("chen") == ["王强 在评论中提到了您：流程"] and view(works, "chen", case).may
    works.act("chen", actions.comment, case, "看过了")
    assert [e.actor_name for e in works.events("comment")] == ["王强", "陈刚"]


@pytest.mark.parametrize("text", ["", "   ", "长" * 2_001])
def test_a_comment_says_something(works, case, text):
    with pytest.raises(EngineError, match="请填写评论"):
        works.act("wang", actions.comment, case, text)


def test_names_from_elsewhere_mean_nobody_and_strangers_say_nothing(works, case):
    works.act("wang", actions.comment, case, "@冯磊 @无此人 a@b.c")
    assert works.events("comment")[0].data == {"mentions": []} and works.notes("feng") == []
    with pytest.raises(NotYours):
        works.act("feng", actions.comment, case, "你好")


def test_a_case_that_is_over_may_still_be_talked_about(works, case):
    works.do("zhang", "b")
    works.do("wang", "c")
    works.act("wang", actions.comment, case, "谢谢")
    assert works.told(case)[-1] == ("comment", "")


def test_a_wall_of_names_costs_no_more_than_a_few(works, case):
    works.act("wang", actions.comment, case, " ".join(f"@{number:019}" for number in range(95)) + " @陈刚")
    assert len(works.events("comment")) == 1
    with pytest.raises(EngineError, match="一次最多提到"):
        works.act("wang", actions.comment, case, "大家看", mentions=range(1, 30))
