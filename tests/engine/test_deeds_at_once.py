"""Each deed by two people at once and by the same person twice: one effect, a clear answer to the other."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.casework import CaseCopy, CaseFollow, TaskDraft
from data_model.delegation import Agency
from data_model.organisation import User
from data_model.process import HistoryEvent, InboxRow
from data_model.session import unit_of_work
from engine import actions, agents, opinions, reroute, timers
from engine.actions import bulk_complete
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import boundary, end, start, timer, user
from tests.engine.workshop import key, mine, system_unit


@pytest.fixture
def shared(works):
    """b lies with Chen and Sun; wang began it."""
    works.deploy(start(), user("b", candidates="users(start.people)", bulk="true"), mine("c"), end(), "s > b > c > e")
    works.case = works.start(people=[works.ids["chen"], works.ids["sun"]])
    return works


def doing(works, who, deed, *args, **more):
    actor = works.actor(who)

    def call():
        with unit_of_work(actor) as session:
            return deed(session, actor, *args, **more)
    return call


def failures(answers):
    return [answer for answer in answers if isinstance(answer, Exception)]


def whole(works):
    """The ledger has no gap, and each open task is listed where it says."""
    for case in {event.instance_id for event in works.rows(HistoryEvent)}:
        assert [e.seq for e in works.rows(HistoryEvent) if e.instance_id == case] == list(range(1, works.instance(case).events + 1))
    listed = {row.task_id for row in works.rows(InboxRow)}
    assert listed == {task.id for task in works.open_tasks()}


@pytest.mark.parametrize("deed", [actions.transfer, actions.delegate])
def test_two_hand_the_same_task_on(shared, together, deed):
    task, li, il = shared.task("b"), shared.ids["li"], shared.ids["il"]
    answers = together([doing(shared, "chen", deed, task, li, "忙", idem_key=key()), doing(shared, "sun", deed, task, il, "忙", idem_key=key())])
    (lost,) = failures(answers)
    assert isinstance(lost, TooLate) and lost.params["who"] in ("陈刚", "孙丽", "李敏", "金检")
    assert len(shared.events("transfer")) + len(shared.events("delegate")) == 1
    whole(shared)


@pytest.mark.parametrize("deed", [actions.transfer, actions.delegate])
def test_the_same_hand_twice(shared, together, deed):
    call = doing(shared, "chen", deed, shared.task("b"), shared.ids["li"], "忙", idem_key="twice")
    first, second = together([call, call])
    assert first == second and len(shared.events("transfer")) + len(shared.events("delegate")) == 1
    whole(shared)


def test_one_completes_while_the_other_hands_on(shared, together):
    task = shared.task("b")
    answers = together([doing(shared, "chen", actions.complete, task, "done", {}, idem_key=key()),
                        doing(shared, "sun", actions.transfer, task, shared.ids["li"], "忙", idem_key=key())])
    (lost,) = failures(answers)
    assert isinstance(lost, TooLate) and set(lost.params) >= {"who", "when"}
    whole(shared)


def test_an_answer_is_given_back_once(shared, together):
    task = shared.task("b")
    shared.act("chen", actions.delegate, task, shared.ids["li"], "请看")
    answers = together([doing(shared, "li", actions.give_back, task, {}, "好", idem_key=key()),
                        doing(shared, "li", actions.give_back, task, {}, "好", idem_key=key()),
                        doing(shared, "chen", actions.take_back, task, "不等了", idem_key=key())])
    assert len(failures(answers)) == 2 and all(isinstance(lost, NotYours | TooLate) for lost in failures(answers))
    assert len(shared.events("give_back")) + len(shared.events("take_back")) == 1 and shared.inbox("chen", "mine") == ["b"]
    whole(shared)


def test_an_agent_and_the_giver_answer_at_once(shared, together):
    shared.act("chen", agents.appoint, shared.ids["li"], clock.now(), clock.now() + timedelta(days=1), idem_key=None)
    task = shared.task("b")
    answers = together([doing(shared, who, actions.complete, task, "done", {}, idem_key=key()) for who in ("chen", "li")])
    (lost,) = failures(answers)
    assert isinstance(lost, TooLate) and lost.params["who"] in ("陈刚", "李敏") and len(shared.events("complete")) == 1
    whole(shared)


def test_two_reminders_at_once_are_one(shared, together):
    answers = together([doing(shared, "wang", actions.remind, shared.case, idem_key=key()) for _ in range(2)])
    (lost,) = failures(answers)
    assert isinstance(lost, EngineError) and "when" in lost.params and len(shared.events("remind")) == 1
    call = doing(shared, "wang", actions.comment, shared.case, "快点", idem_key="said-twice")
    assert len(set(together([call, call]))) == 1 and len(shared.events("comment")) == 1
    whole(shared)


def test_two_copies_at_once_are_one(shared, together):
    reader = [shared.ids["li"]]
    answers = together([doing(shared, who, actions.copy_to, shared.case, reader, "", idem_key=key()) for who in ("wang", "chen", "sun")])
    assert failures(answers) == [] and len(shared.rows(CaseCopy)) == 1 == len(shared.events("copy"))
    signed = together([doing(shared, "li", actions.read_copy, shared.case)] * 3)
    assert sorted(signed) == [False, False, True]
    whole(shared)


def test_following_twice_counts_once(shared, together):
    assert failures(together([doing(shared, who, actions.follow, shared.case) for who in ("wang", "wang", "chen", "sun")])) == []
    assert len(shared.rows(CaseFollow)) == 3 == shared.instance(shared.case).followers
    assert failures(together([doing(shared, "wang", actions.unfollow, shared.case)] * 2)) == []
    assert shared.instance(shared.case).followers == 2


def test_many_comments_at_once_are_all_kept(shared, together):
    calls = [doing(shared, who, actions.comment, shared.case, f"{number}", idem_key=key())
             for number in range(2) for who in ("wang", "chen", "sun")]
    assert failures(together(calls)) == [] and len(shared.events("comment")) == 6
    whole(shared)


def test_drafts_of_two_devices_leave_one(shared, together):
    task = shared.task("b")
    calls = [doing(shared, who, actions.save_draft, task, {"n": number}) for number in range(3) for who in ("chen", "sun")]
    assert failures(together(calls)) == [] and len(shared.rows(TaskDraft)) == 2


def test_two_agents_for_the_same_time_are_one(shared, together):
    begins, ends = clock.now(), clock.now() + timedelta(days=1)

    def appointing(who):
        call = doing(shared, "chen", agents.appoint, shared.ids[who], begins, ends)

        def then():
            with clock.at(begins):
                return call()
        return then

    answers = together([appointing(who) for who in ("li", "il", "zhang")])
    assert len(failures(answers)) == 2 and len(shared.rows(Agency)) == 1


def test_a_ready_opinion_is_kept_once(shared, together):
    together([doing(shared, "chen", opinions.add, "同意")] * 3)
    with unit_of_work(shared.actor("chen"), write=False) as session:
        assert [p.text for p in opinions.phrases(session, session.info["actor"])] == ["同意"]


def test_two_tick_a_list_at_once(shared, together):
    for _ in range(4):
        shared.start(people=[shared.ids["chen"], shared.ids["sun"]])
    tasks = [task.id for task in shared.open_tasks()]

    def ticking(who):
        actor = shared.actor(who)
        return lambda: bulk_complete(lambda: unit_of_work(actor), actor, [(task, key()) for task in tasks], "done")

    results = [result for listed in together([ticking("chen"), ticking("sun")]) for result in listed]
    assert len([r for r in results if r.ok]) == 5 and {r.status for r in results if not r.ok} == {409}
    assert len(shared.events("complete")) == 5
    whole(shared)


def test_the_clock_and_a_person_answer_at_once(works, together):
    two = '[{"value": "ok", "label": "同意"}, {"value": "no", "label": "不同意", "style": "danger"}]'
    works.deploy(start(), user("b", candidates="users(start.people)", outcomes=two, on_timeout="reject"),
                 boundary("t", "b", timer('"PT1H"'), False), mine("c"), end(), end("e2"), "s > b > c > e", "t > e2")
    works.start(people=[works.ids["chen"]])
    later, task, chen = clock.now() + timedelta(hours=1), works.task("b"), works.actor("chen")

    def ringing():
        with clock.at(later):
            return timers.fire_due(system_unit)

    def answering():
        with clock.at(later), unit_of_work(chen) as session:
            return actions.complete(session, chen, task, "ok", {}, idem_key=key())

    together([ringing, answering])
    assert len(works.events("complete")) + len(works.events("auto")) == 1 and works.waiting() == ["c"]
    whole(works)


def test_two_nets_catch_an_orphan_once(shared, together):
    with system_unit() as session:
        for who in ("chen", "sun"):
            session.get_one(User, shared.ids[who]).active = False
    assert sum(together([lambda: reroute.sweep(system_unit)] * 3)) == 1 and len(shared.events("reroute")) == 1
    whole(shared)
