"""委托: somebody acts for somebody who is away. Asked when tasks are listed; nothing is copied, all comes back at the end."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.delegation import Agency
from data_model.organisation import Grant, User
from data_model.process import InboxRow, Task
from data_model.session import unit_of_work
from engine import actions, agents, cases
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import end, start, user
from tests.engine.workshop import mine, system_unit

LEADER = 'role("station_leader", start.unit)'


@pytest.fixture
def line(works):
    def deploy(key="p", candidates=LEADER, **properties):
        works.deploy(start(), user("b", candidates=candidates, **properties), mine("c"), end(), "s > b > c > e", key=key)
    deploy()
    works.deploy_line = deploy
    return works


def begin(works, key="p", by="wang"):
    return works.start(key, by=by, unit=works.ids["unit:plant1"])


def away(works, giver="zhang", agent="chen", hours=8, start=0, keys=(), reason="出差"):
    now = clock.now()
    return works.act(giver, agents.appoint, works.ids[agent], now + timedelta(hours=start), now + timedelta(hours=hours), keys, reason,
                     idem_key=None).id


def test_current_tasks_go_to_the_agent_and_come_back_at_the_end(line):
    begin(line)
    rows = [(row.principal, row.task_id) for row in line.rows(InboxRow)]
    assert line.inbox("chen") == []
    away(line)
    assert (line.inbox("chen"), line.inbox("chen", "unclaimed"), line.inbox("zhang")) == (["b"], ["b"], ["b"])
    assert [(row.principal, row.task_id) for row in line.rows(InboxRow)] == rows  # nothing was copied
    clock.move(timedelta(hours=8))
    assert (line.inbox("chen"), line.inbox("zhang")) == ([], ["b"])
    with pytest.raises(NotYours):
        line.do("chen", "b")


def test_before_it_begins_nothing_moves(line):
    begin(line)
    away(line, start=2)
    assert line.inbox("chen") == []
    clock.move(timedelta(hours=2))
    assert line.inbox("chen") == ["b"]


def test_the_history_says_for_whom(line):
    case = begin(line)
    away(line)
    chen, task = line.actor("chen"), line.task("b")
    with unit_of_work(chen, write=False) as session:
        assert cases.task_view(session, chen, task).on_behalf == "张伟"
    line.do("chen", "b")
    (event,) = line.events("complete")
    assert (event.actor_name, event.on_behalf_name, event.on_behalf_id) == ("陈刚", "张伟", line.ids["zhang"])
    with system_unit() as session:
        told = [found for found in cases.timeline(session, case) if found.action == "complete"]
    assert (told[0].who, told[0].on_behalf) == ("陈刚", "张伟")
    (done,) = [task for task in line.rows(Task) if task.status == "done"]
    assert done.completed_by == line.ids["chen"]


def test_what_an_agent_claims_stays_with_the_giver(line):
    begin(line)
    away(line)
    line.act("chen", actions.claim, line.task("b"), idem_key=None)
    assert (line.inbox("chen", "mine"), line.inbox("zhang", "mine")) == (["b"], ["b"])
    clock.move(timedelta(hours=8))
    assert (line.inbox("chen"), line.inbox("zhang", "mine")) == ([], ["b"])
    assert line.events("claim")[0].on_behalf_name == "张伟"


def test_only_the_chosen_flows(line):
    line.deploy_line("q")
    away(line, keys=("q",))
    begin(line)
    begin(line, "q")
    (task,) = [task for task in line.open_tasks() if task.process_key == "p"]
    assert line.inbox("chen") == ["b"] and line.inbox("zhang") == ["b", "b"]
    with pytest.raises(NotYours):
        line.do_task("chen", task.id)


def test_there_is_no_chain(line):
    begin(line)
    away(line)  # zhang -> chen
    with pytest.raises(EngineError, match="也已委托他人"):
        away(line, "sun", "zhang")
    away(line, "chen", "li")  # chen leaves as well: li stands in for chen, not for zhang
    assert (line.inbox("chen"), line.inbox("li")) == (["b"], [])


def test_an_agent_never_has_more_than_the_giver(line):
    begin(line)
    away(line)
    with system_unit() as session:  # zhang is no station leader any more
        for grant in session.query(Grant).filter_by(user_id=line.ids["zhang"]):
            session.delete(grant)
    assert line.inbox("zhang") == [] == line.inbox("chen")


def test_an_agent_gets_tasks_and_no_permissions(line):
    before = line.actor("chen").permissions
    away(line)
    assert line.actor("chen").permissions == before and line.actor("zhang").permissions.keys() - before.keys()


def test_a_giver_who_is_barred_lends_nothing(line):
    line.deploy_line(candidates="users([start.other]) + " + LEADER, not_="users([start.barred])", key="r")
    away(line)
    line.start("r", unit=line.ids["unit:plant1"], other=line.ids["sun"], barred=line.ids["zhang"])
    assert (line.inbox("sun"), line.inbox("zhang"), line.inbox("chen")) == (["b"], [], [])
    with pytest.raises(NotYours):
        line.do("chen", "b")


@pytest.mark.parametrize("duty", ["do", "approve", "verify"])
def test_nobody_approves_their_own_case_as_somebody_elses_agent(line, duty):
    line.deploy_line(duty=duty, key="own")
    away(line)
    line.start("own", by="chen", unit=line.ids["unit:plant1"])
    assert (line.inbox("zhang"), line.inbox("chen")) == (["b"], [])
    with pytest.raises(NotYours):
        line.do("chen", "b")


def test_what_must_be_signed_by_ones_own_hand_stays(line):
    line.deploy_line(personal="true", key="hand")
    away(line)
    begin(line, "hand")
    assert (line.inbox("zhang"), line.inbox("chen")) == (["b"], [])
    for deed in (lambda: line.do("chen", "b"), lambda: line.act("chen", actions.claim, line.task("b"), idem_key=None),
                 lambda: line.act("chen", actions.transfer, line.task("b"), line.ids["sun"], "x")):
        with pytest.raises(NotYours):
            deed()


def test_who_did_it_for_somebody_and_that_somebody_both_do_not_check_it(line):
    line.deploy(start(), user("do", candidates=LEADER), user("check", candidates="users(start.people)", not_='done_by("do")'), end(),
                "s > do > check > e", key="four")
    away(line)
    line.start("four", unit=line.ids["unit:plant1"], people=[line.ids[who] for who in ("zhang", "chen", "sun")])
    line.do("chen", "do")
    (task,) = line.open_tasks()
    assert sorted(task.excluded) == sorted([line.ids["zhang"], line.ids["chen"]]) and line.inbox("sun") == ["check"]


def test_the_agent_may_hand_on_in_the_givers_name(line):
    begin(line)
    away(line)
    line.act("chen", actions.transfer, line.task("b"), line.ids["sun"], "不在行")
    (event,) = line.events("transfer")
    assert (event.actor_name, event.on_behalf_name, event.data["from"]["name"]) == ("陈刚", "张伟", "张伟")


def test_a_reminder_reaches_the_agent_too(line):
    case = begin(line)
    away(line)
    line.act("wang", actions.remind, case)
    assert line.notes("chen") == ["王强 催办：b（流程）"]


def test_called_back_early_it_ends_at_once(line):
    begin(line)
    made = away(line)
    with pytest.raises(NotYours):
        line.act("chen", agents.call_back, made, idem_key=None)
    clock.move(timedelta(hours=1))
    line.act("zhang", agents.call_back, made, idem_key=None)
    assert line.inbox("chen") == []
    with pytest.raises(TooLate):
        line.act("zhang", agents.call_back, made, idem_key=None)
    line.act("zhang", agents.call_back, away(line, start=1), idem_key=None)
    assert len(line.rows(Agency)) == 1  # the one that had not begun is gone
    assert [a.id for a in line.act("zhang", agents.given, idem_key=None)] == [made]


@pytest.mark.parametrize(("more", "words"), [
    ({"hours": 0}, "结束时间"), ({"start": 9}, "结束时间"), ({"start": -9, "hours": -1}, "结束时间"), ({"hours": 24 * 93}, "最长"),
    ({"agent": "zhang"}, "自己"), ({"agent": "feng"}, "不在本公司"), ({"keys": ("nothing",)}, "没有名为"),
])
def test_an_agent_is_appointed_with_sense(line, more, words):
    with pytest.raises(EngineError, match=words):
        away(line, **more)


def test_an_end_is_required(line):
    with pytest.raises(EngineError, match="结束时间"):
        line.act("zhang", agents.appoint, line.ids["chen"], clock.now(), None, idem_key=None)


def test_one_agent_at_a_time_for_the_same_flows(line):
    line.deploy_line("q")
    away(line, keys=("p",))
    away(line, agent="sun", keys=("q",))
    for keys in ((), ("p",)):
        with pytest.raises(EngineError, match="已委托给他人"):
            away(line, agent="sun", keys=keys)
    away(line, agent="sun", start=8, hours=9)
    assert len(line.act("sun", agents.received, idem_key=None)) == 2


def test_who_has_left_stands_in_for_nobody_and_lends_nothing(line):
    begin(line)
    away(line)
    with system_unit() as session:
        session.get_one(User, line.ids["zhang"]).active = False
    assert line.inbox("chen") == []
