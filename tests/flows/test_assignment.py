"""任务指派 (F-16), told as stories: asked, done, reviewed, sent back, late, passed on, taken back."""
from datetime import date

import pytest
from sqlalchemy import select

from data_model import clock
from data_model.assignment import Assignment
from data_model.attachment import Attachment
from data_model.casework import CaseCopy
from data_model.process import ProcessInstance, Task
from data_model.session import unit_of_work
from engine import actions, inbox
from engine.errors import EngineError, NotYours
from tests.flows.story import NotFilledIn

FRIDAY = date(2026, 3, 6)


@pytest.fixture
def ask(story):
    """Zhang, leader of the first plant, asks somebody to have the railings painted by Friday."""
    def asks(*people, by="zhang", **more):
        fields = {"title": "护栏刷漆", "content": "滤池护栏除锈、刷两遍漆", "deadline": FRIDAY} | more
        return story.start(by, "assignment", assignees=[story.ids[who] for who in people or ("wang",)], **fields)
    return asks


def hand_in(story, who="wang", **more):
    return story.do(who, "handle", "submit", **{"result": "已刷两遍", **more})


def task_of(story, who="wang"):
    return story.row(Assignment, assignee_id=story.ids[who])


def test_asked_done_and_passed(story, ask):
    case = ask(photos=[story.photo("zhang")], urgency="紧急")
    made = task_of(story)
    assert (made.code, made.stage, made.urgency, made.deadline) == ("TASK-QINGYUAN-2026-0001", "处理中", "紧急", FRIDAY)
    assert (made.assigner_id, made.unit_id) == (story.ids["zhang"], story.ids["unit:filter"])
    assert (story.inbox("wang"), story.inbox("zhang")) == (["处理"], [])
    (open_task,) = story.rows(Task, status="open")
    assert clock.local(open_task.due_at).date() == FRIDAY
    hand_in(story, progress=90, photos=[story.photo("wang")])
    made = task_of(story)
    assert (made.stage, made.progress, made.result) == ("待复核", 90, "已刷两遍")
    assert (story.inbox("wang"), story.inbox("zhang")) == ([], ["指派人复核"])
    story.do("zhang", "review", "pass")
    made = task_of(story)
    assert (made.stage, made.returned, made.closed_at is not None) == ("已完成", 0, True)
    assert story.told("wang", "N-13") == ["您处理的任务 TASK-QINGYUAN-2026-0001“护栏刷漆”已复核通过"]
    assert [a.stage for a in story.rows(Attachment, owner_kind="assignment", owner_id=made.id)] == ["before", "after"]
    assert story.history(case) == [("王强", "handle", "submit"), ("张伟", "review", "pass")]
    assert (story.row(ProcessInstance).status, story.broken()) == ("completed", [])


def test_the_urgent_one_stands_first_in_an_inbox_sorted_by_priority(story, ask):
    for title, urgency in (("不急的事", "不急"), ("普通的事", "普通"), ("紧急的事", "紧急")):
        ask(title=title, urgency=urgency)
    assert {t.title: (t.priority, t.duty) for t in story.rows(Task, status="open")} == {
        "紧急的事": (0, "do"), "普通的事": (1, "do"), "不急的事": (2, "do")}
    page = story.seen("wang", inbox.page, inbox.InboxQuery(sort="priority"))
    assert [task.title for task in page.items] == ["紧急的事", "普通的事", "不急的事"]


def test_sent_back_with_words_and_a_new_deadline(story, ask):
    ask()
    hand_in(story, progress=60)
    with pytest.raises(EngineError, match="请填写意见"):
        story.do("zhang", "review", "return")
    story.do("zhang", "review", "return", "只刷了一遍", deadline=date(2026, 3, 10))
    made = task_of(story)
    assert (made.stage, made.returned, made.review, made.deadline) == ("处理中", 1, "只刷了一遍", date(2026, 3, 10))
    again = story.row(Task, status="open")
    assert (again.element_id, again.round, clock.local(again.due_at).date()) == ("handle", 2, date(2026, 3, 10))
    hand_in(story, progress=100, result="已补刷第二遍")
    story.do("zhang", "review", "return", "北侧漏刷")
    assert (task_of(story).returned, task_of(story).deadline) == (2, date(2026, 3, 10))
    hand_in(story, result="北侧已补")
    story.do("zhang", "review", "pass", "很好")
    assert (task_of(story).stage, task_of(story).review) == ("已完成", "很好")
    assert not story.broken()


def test_several_people_have_a_task_each(story, ask):
    first = ask("wang", "chen", "zhao", photos=[story.photo("zhang", "railing")])
    assert [story.inbox(who) for who in ("wang", "chen", "zhao")] == [["处理"]] * 3
    cases = story.rows(ProcessInstance)
    assert [(case.parent_id, case.starter_id) for case in cases] == [(None, story.ids["zhang"])] + [(first, story.ids["zhang"])] * 2
    assert cases[2].org_path.endswith(f"/{story.ids['unit:safety']}/")
    pictures = {a.owner_id: a.sha256 for a in story.rows(Attachment, owner_kind="assignment")}
    assert (len(pictures), len(set(pictures.values()))) == (3, 1)
    hand_in(story, "chen", case=cases[1].id)
    story.do("zhang", "review", "return", "重做", case=cases[1].id)
    hand_in(story, "zhao", case=cases[2].id)
    story.do("zhang", "review", "pass", case=cases[2].id)
    assert {who: task_of(story, who).stage for who in ("wang", "chen", "zhao")} == {"wang": "处理中", "chen": "处理中", "zhao": "已完成"}
    assert not story.broken()


def test_who_is_copied_reads_and_has_nothing_to_do(story, ask):
    case = ask("wang", "chen", cc=[story.ids["sun"], story.ids["li"]])
    assert {(row.instance_id, row.user_id) for row in story.rows(CaseCopy)} == {
        (i.id, story.ids[who]) for i in story.rows(ProcessInstance) for who in ("sun", "li")}
    assert story.told("sun", "N-23")[0] == "张伟 抄送给您：护栏刷漆"
    assert story.inbox("sun") == []
    with pytest.raises(NotYours):
        story.do("sun", "handle", "submit", case=case, result="我来")


def test_four_fifths_of_the_time_are_gone(story, ask):
    """Monday 9:00 to Friday midnight are 111 hours; 88.8 of them end on Friday before two."""
    ask()
    assert story.wait(hours=88) == 0
    assert story.wait(hours=1) == 1
    assert story.told("wang", "N-02") == ["任务 TASK-QINGYUAN-2026-0001“护栏刷漆”将于 2026-03-06 到期，请抓紧处理"]
    assert story.told("zhang", "N-02") == []


def test_late_both_hear_of_it_every_morning_until_it_is_handed_in(story, ask):
    ask(by="sun")
    story.wait(days=4)
    assert len(story.told("wang", "N-02")) == 1
    story.wait(hours=23)  # Saturday, 8:00
    for who, before in (("wang", 1), ("sun", 0)):
        assert story.told(who, "N-02")[before:] == ["任务 TASK-QINGYUAN-2026-0001“护栏刷漆”已逾期 1 天，请尽快处理"]
    story.wait(days=1)
    assert story.told("sun", "N-02")[-1].endswith("已逾期 2 天，请尽快处理")
    assert task_of(story).overdue
    hand_in(story)
    assert not task_of(story).overdue
    story.wait(days=1)
    assert len(story.told("wang", "N-02")) == 3


def late(story):
    """Friday's deadline, three days behind: Tuesday 0:00 and a bit."""
    story.wait(days=7, hours=16)


def test_three_days_late_the_leader_may_do_it_too(story, ask):
    ask(by="sun")
    late(story)
    assert story.told("zhang", "N-02") == ["任务 TASK-QINGYUAN-2026-0001“护栏刷漆”逾期 3 天未完成，已升级给您"]
    assert (story.inbox("zhang"), story.inbox("wang"), task_of(story).escalations) == (["处理"], ["处理"], 1)
    hand_in(story, "zhang")
    assert story.row(Assignment).assignee_id == story.ids["zhang"]
    story.do("sun", "review", "pass")
    assert story.told("zhang", "N-13")
    assert not story.broken()


def test_the_leader_who_asked_is_passed_over_when_it_goes_up(story, ask):
    ask(by="zhang")
    late(story)
    assert (story.inbox("li"), story.inbox("zhang"), story.inbox("wu")) == ([], [], ["处理"])
    assert not story.broken()


def test_a_task_of_a_department_goes_up_to_its_head(story, ask):
    ask("zhao", by="zhang")
    late(story)
    assert (story.inbox("dh"), task_of(story, "zhao").escalations) == (["处理"], 1)


def test_sent_back_after_its_deadline_it_is_late_from_the_next_morning(story, ask):
    ask(by="sun")
    story.wait(days=4)
    hand_in(story)
    story.wait(days=3)  # Monday 9:00, without a word about Friday
    told = len(story.told("wang", "N-02"))
    story.do("sun", "review", "return", "没有照片")
    assert story.wait(hours=22) == 0  # the four fifths are long gone: they rang at once, and said nothing
    assert len(story.told("wang", "N-02")) == told
    story.wait(hours=1)
    assert story.told("wang", "N-02")[-1].endswith("已逾期 4 天，请尽快处理")
    story.wait(days=1)
    assert story.inbox("zhang") == []
    story.wait(days=1, hours=2)
    assert story.inbox("zhang") == ["处理"]


def test_the_asker_who_does_not_review_is_reminded(story, ask):
    ask()
    hand_in(story)
    story.wait(days=1, hours=23)
    assert story.told("zhang", "N-02") == []
    story.wait(hours=1)
    assert story.told("zhang", "N-02") == ["任务“护栏刷漆”已提交 2 个工作日，请您复核"]
    assert story.inbox("zhang") == ["指派人复核"]


def deed(story, who, what, step, to):
    actor = story.actor(who)
    task = story.task(step)
    with unit_of_work(actor) as session:
        what(session, actor, task, story.ids[to], "我休假", idem_key=f"{who}-{step}-{to}")


def test_passed_on_it_belongs_to_who_did_it(story, ask):
    ask()
    deed(story, "wang", actions.transfer, "handle", "chen")
    assert (story.inbox("wang"), story.inbox("chen")) == ([], ["处理"])
    hand_in(story, "chen")
    assert story.row(Assignment).assignee_id == story.ids["chen"]
    story.do("zhang", "review", "return", "再检查一遍")
    assert (story.inbox("wang"), story.inbox("chen")) == ([], ["处理"])


def test_it_is_not_passed_on_to_who_reviews_it(story, ask):
    ask()
    with pytest.raises(EngineError):
        deed(story, "wang", actions.transfer, "handle", "zhang")


def test_delegated_it_comes_back(story, ask):
    ask()
    deed(story, "wang", actions.delegate, "handle", "chen")
    assert story.inbox("chen") == ["处理"]


def test_taken_back_before_anybody_acted(story, ask):
    case = ask()
    story.cancel("zhang", case, "改由外委")
    assert (task_of(story).stage, story.inbox("wang")) == ("已撤销", [])
    assert story.told("wang", "N-13") == ["任务 TASK-QINGYUAN-2026-0001“护栏刷漆”已由指派人撤销"]


@pytest.mark.parametrize("said, field", [
    ({"title": ""}, "title"), ({"title": "长" * 61}, "title"), ({"content": ""}, "content"), ({"assignees": []}, "assignees"),
    ({"deadline": ""}, "deadline"), ({"deadline": date(2026, 3, 1)}, "deadline"), ({"urgency": "马上"}, "urgency"),
    ({"cc": [999999]}, "cc"), ({"photos": [999999]}, "photos"),
])
def test_what_lacks_something_is_refused(story, said, field):
    whole = {"title": "护栏刷漆", "content": "除锈刷漆", "assignees": [story.ids["wang"]], "deadline": FRIDAY}
    with pytest.raises(NotFilledIn) as refused:
        story.start("zhang", "assignment", **whole | said)
    assert list(refused.value.errors) == [field]


def test_nobody_asks_themselves_nor_somebody_of_another_company(story, ask):
    for who in ("zhang", "qian"):
        with pytest.raises(NotFilledIn, match="请从本公司在职人员中选择"):
            ask(who)
    zhang = story.actor("zhang")
    with pytest.raises(EngineError, match="不能把任务指派给自己"), unit_of_work(zhang) as session:
        actions.start(session, zhang, "assignment", {
            "title": "护栏", "content": "刷漆", "assignees": [zhang.user_id], "deadline": "2026-03-06"}, idem_key="self")
    assert story.rows(Assignment) == []


@pytest.mark.parametrize("who", ["chen", "li", "zhang", "zhou", "po"])
def test_only_who_was_asked_does_it(story, ask, who):
    ask(by="sun")
    with pytest.raises(NotYours):
        story.do(who, "handle", "submit", result="我来")


@pytest.mark.parametrize("who", ["wang", "li", "zhang", "po"])
def test_only_who_asked_reviews_it(story, ask, who):
    ask(by="sun")
    hand_in(story)
    with pytest.raises(NotYours):
        story.do(who, "review", "pass")


@pytest.mark.parametrize("who, sees", [("zhang", 1), ("sun", 1), ("wang", 1), ("chen", 0), ("li", 1), ("qian", 0), ("wu", 1)])
def test_who_finds_it_in_the_ledger(story, ask, who, sees):
    """The asker, the asked, and who may view tasks at the asked one's place; not a colleague, not another company."""
    ask(by="zhang")
    with unit_of_work(story.actor(who), write=False) as session:
        assert len(session.scalars(select(Assignment)).all()) == sees


def test_it_waits_as_long_as_it_takes_without_breaking(story, ask):
    ask(by="sun")
    for _ in range(20):
        story.wait(days=1)
    assert len([text for text in story.told("sun", "N-02") if "逾期" in text]) == 16
    assert story.broken() == []
