"""超时: a boundary timer reminds, escalates, transfers, approves or rejects as the diagram says, with a person's own checks."""
from datetime import timedelta

import pytest

from data_model import clock
from data_model.outbox import Message
from tests.diagrams import Node, boundary, end, start, timer, user, xor
from tests.engine.workshop import mine

TWO = '[{"value": "ok", "label": "同意"}, {"value": "no", "label": "不同意", "style": "danger"}]'
LEADER = 'role("station_leader", start.unit)'


def late(expression='"PT24H"', on="b", kind="timeDuration", says="", id="t"):
    """A timer beside the step; `says` is its own on_timeout."""
    made = boundary(id, on, timer(expression, kind), False)
    inside = f'<spiffworkflow:properties><spiffworkflow:property name="on_timeout" value="{says}"/></spiffworkflow:properties>'
    return Node(made.tag, made.id, made.attributes, inside if says else "", made.inner)


def deploy(works, on_timeout, *timers, **properties):
    timers = timers or (late(),)
    step = user("b", **{"candidates": LEADER, "outcomes": TWO, "on_timeout": on_timeout, **properties})
    ends = [end(f"e_{t.id}") for t in timers]
    works.deploy(start(), step, *timers, xor("g"), mine("yes"), mine("no"), end(), *ends, "s > b > g", "g > yes if b.outcome == 'ok'",
                 "g > no default", "yes > e", "no > e", *(f"{t.id} > e_{t.id}" for t in timers))
    return works.start(unit=works.ids["unit:plant1"])


def wait(works, **by):
    clock.move(timedelta(**by))
    return works.ring()


def test_the_holders_are_reminded_as_often_as_the_timer_rings(works):
    deploy(works, "remind", late("every(3, \"PT24H\", \"2026-03-03T09:00:00\")", kind="timeCycle"))
    for _ in range(4):
        wait(works, hours=24)
    told = [m for m in works.rows(Message) if m.code == "N-22"]
    assert [m.user_id for m in told] == [works.ids["zhang"]] * 3 and len(works.events("remind")) == 3
    assert works.waiting() == ["b"] and works.inbox("zhang") == ["b"]


def test_it_goes_up_and_stays_with_those_who_had_it(works):
    deploy(works, "escalate")
    wait(works, hours=24)
    (task,) = works.open_tasks()
    assert works.inbox("zhang") == ["b"] and task.candidates[-1].startswith("owner@")
    (line,) = works.events("escalate")
    assert line.data["to"] == task.candidates[1:]


def test_a_timer_names_who_it_goes_to(works):
    deploy(works, "", late(says="transfer users([start.by])".replace("start.by", f"{works.ids['sun']}")))
    wait(works, hours=24)
    assert (works.inbox("zhang"), works.inbox("sun")) == ([], ["b"])
    (line,) = works.events("transfer")
    assert (line.actor_name, line.data["from"]["name"], line.data["to"]["name"]) == ("系统", "系统", "孙丽")
    assert works.open_tasks()[0].from_name == "系统" and "超时" in works.notes("sun")[-1]


def test_it_never_goes_to_somebody_who_is_barred(works):
    deploy(works, f"transfer users([{works.ids['wang']}])", duty="approve")
    wait(works, hours=24)
    assert works.inbox("zhang") == ["b"] and works.events("transfer") == []
    assert works.events("route")[-1].data == {"note": "超时后没有可以接手的人，任务保持不变"}


@pytest.mark.parametrize(("word", "waits", "outcome"), [("approve", "yes", "ok"), ("reject", "no", "no")])
def test_a_button_is_pressed_by_the_clock(works, word, waits, outcome):
    case = deploy(works, word)
    wait(works, hours=24)
    assert works.waiting() == [waits] and works.inbox("zhang") == []
    (line,) = works.events("auto")
    assert (line.actor_name, line.outcome, line.data) == ("系统", outcome, {"timeout": word})
    assert works.told(case)[-2:] == [("timer", "t"), ("auto", "b")]
    works.do("wang", waits)
    assert works.ended(case)[0] == "completed"


MORE = TWO.replace('"label": "同意"', '"label": "同意", "%s": true').replace('"label": "不同意"', '"label": "不同意", "%s": true')


@pytest.mark.parametrize("word", ["approve", "reject"])
@pytest.mark.parametrize("wanted", [
    {"outcomes": MORE % ("opinion", "opinion")}, {"outcomes": MORE % ("attachment", "attachment")},
    {"outcomes": MORE % ("signature", "signature")}, {"personal": "true"}, {"signing": '{"mode": "all"}'}])
def test_what_a_person_could_not_do_without_more_the_clock_cannot_either(works, word, wanted):
    deploy(works, word, **wanted)
    wait(works, hours=24)
    assert set(works.waiting()) == {"b"} and works.events("auto") == []
    assert works.events("route")[-1].data == {"note": "此步骤须由人办理，超时不能自动处理"}


def test_one_deed_after_another_each_timer_its_own(works):
    deploy(works, "", late('"PT24H"', says="remind", id="t1"), late('"PT48H"', says="escalate", id="t2"),
           late('"PT72H"', says="reject", id="t3"))
    for _ in range(3):
        wait(works, hours=24)
    assert [e.action for action in ("remind", "escalate", "auto") for e in works.events(action)] == ["remind", "escalate", "auto"]
    assert works.waiting() == ["no"]


def test_who_is_in_time_is_left_alone(works):
    deploy(works, "reject")
    works.do("zhang", "b", "ok")
    assert wait(works, hours=48) == 0 and works.waiting() == ["yes"]


def test_several_who_sign_are_all_reminded(works):
    deploy(works, "remind", signing='{"mode": "all"}', candidates=f"users([{works.ids['li']}, {works.ids['chen']}])")
    wait(works, hours=24)
    assert sorted(m.user_id for m in works.rows(Message) if m.code == "N-22") == sorted([works.ids["li"], works.ids["chen"]])
