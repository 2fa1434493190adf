"""自动去重 and 自审: who has agreed is not asked twice, where the diagram says so and in this round only."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.process import HistoryEvent
from engine import agents
from tests.diagrams import end, start, user, xor
from tests.engine.workshop import mine

TWO = '[{"value": "ok", "label": "同意"}, {"value": "no", "label": "不同意", "style": "danger"}]'
WITH_OPINION = TWO.replace('"label": "同意"', '"label": "同意", "opinion": true')
WITH_SIGNATURE = TWO.replace('"label": "同意"', '"label": "同意", "signature": true')


def chain(works, repeat, **last):
    """x by somebody, y by somebody, z by somebody: three approvals named in the start form."""
    step = {"outcomes": TWO}
    works.deploy(start(), user("x", candidates='field("start.x")', **step), user("y", candidates='field("start.y")', **step),
                 user("z", **{"candidates": 'field("start.z")', **step, "repeat": repeat, **last}), mine("w"), end(), "s > x > y > z > w > e")


def run(works, x="li", y="chen", z="li", yes="ok"):
    case = works.start(x=works.ids[x], y=works.ids[y], z=works.ids[z])
    works.do(x, "x", yes)
    works.do(y, "y", "ok")
    return case


@pytest.mark.parametrize(("repeat", "people", "waits"), [
    ("never", ("li", "chen", "chen"), "z"), ("consecutive", ("li", "chen", "chen"), "w"), ("consecutive", ("chen", "li", "chen"), "z"),
    ("any", ("chen", "li", "chen"), "w"), ("any", ("li", "chen", "chen"), "w"), ("any", ("li", "chen", "sun"), "z"), ("", ("li", "chen", "chen"), "z"),
])
def test_who_is_asked_again(works, repeat, people, waits):
    chain(works, repeat)
    run(works, *people)
    assert works.waiting() == [waits]


def test_a_line_of_history_says_who_and_why(works):
    chain(works, "any")
    case = run(works)
    assert works.told(case) == [("start", "s"), ("complete", "x"), ("complete", "y"), ("auto", "z")]
    (line,) = works.events("auto")
    assert (line.actor_name, line.outcome, line.outcome_label, line.data) == ("李敏", "ok", "同意", {"repeat": "any"})
    assert line.path == [["z", "w"]] and [e.path for e in works.events("complete")][-1] == [["y", "z"]]
    assert [e.seq for e in works.rows(HistoryEvent)] == [1, 2, 3, 4]
    works.do("wang", "w")
    assert works.ended(case) == ("completed", "e")


def test_who_has_refused_is_asked(works):
    chain(works, "any")
    run(works, yes="no")
    assert works.waiting() == ["z"]


@pytest.mark.parametrize("wanted", [{"outcomes": WITH_OPINION}, {"outcomes": WITH_SIGNATURE}, {"personal": "true"},
                                    {"signing": '{"mode": "all"}'}])
def test_what_wants_a_person_of_its_own_is_never_passed(works, wanted):
    chain(works, "any", **wanted)
    run(works)
    assert works.waiting() == ["z"]


def test_of_several_who_could_nobody_is_taken_for_granted(works):
    chain(works, "any", candidates='users([start.z, start.y])')
    run(works)
    assert works.waiting() == ["z"]


def test_an_agents_answer_is_not_the_givers(works):
    chain(works, "any")
    case = works.start(x=works.ids["li"], y=works.ids["sun"], z=works.ids["li"])
    works.act("li", agents.appoint, works.ids["chen"], clock.now(), clock.now() + timedelta(hours=1), idem_key=None)
    works.do("chen", "x", "ok")
    works.do("sun", "y", "ok")
    assert works.waiting() == ["z"] and case


def test_after_a_return_drawn_in_the_diagram_everybody_is_asked_anew(works):
    """x -> y -> check; check may send back to x. In the second round x, y and the repeated step are asked, whatever round one said."""
    works.deploy(start(), xor("m"), user("x", candidates='field("start.x")', outcomes=TWO, repeat="any"),
                 user("y", candidates='field("start.x")', outcomes=TWO, repeat="any"),
                 user("check", candidates='field("start.z")', outcomes=TWO), xor("g"), end(),
                 "s > m", "m > x > y > check > g", "g > m if check.outcome == 'no'", "g > e default")
    works.start(x=works.ids["li"], z=works.ids["chen"])
    works.do("li", "x", "ok")
    assert works.waiting() == ["check"]  # y was passed
    works.do("chen", "check", "no")
    assert works.waiting() == ["x"]  # not passed, although li has agreed to x in round one
    works.do("li", "x", "ok")
    assert works.waiting() == ["check"]
    assert [(e.action, e.element_id, e.round) for e in works.rows(HistoryEvent) if e.action in ("complete", "auto")] == [
        ("complete", "x", 1), ("auto", "y", 1), ("complete", "check", 1), ("complete", "x", 2), ("auto", "y", 2)]


def test_the_starter_does_not_approve_their_own_case_and_the_history_says_who_does(works):
    works.deploy(start(), user("b", candidates='grid_owner(start.grid)', duty="approve"), end(), "s > b > e")
    works.start(by="li", grid=works.ids["unit:filter"])
    (line,) = works.events("route")
    assert line.data == {"note": "发起人不能审批自己的申请，已上移一级", "to": [f"owner@{works.ids['unit:plant1']}"]}
    assert line.element_id == "b" and works.inbox("zhang") == ["b"] and works.inbox("li") == []


def test_a_step_without_anybody_says_so(works):
    works.deploy(start(), user("b", candidates='field("start.nobody")', on_empty="process_owner"), end(), "s > b > e")
    works.start()
    assert [line.data["note"] for line in works.events("route")] == ["没有可办理的人，已转流程管理员"]
