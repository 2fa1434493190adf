"""M3: 退回 to every kind of place, both ways branches may arrive: exactly the expected steps wait, nothing twice, forms and limits intact."""
import json
from collections import Counter
from datetime import timedelta

import pytest

from data_model import clock
from data_model.process import Subscription, Task, TimerRow
from tests.diagrams import boundary, call, catch, end, event, inc, many, par, start, sub, timer, user, xor
from tests.engine.workshop import mine

BACK = {"returnable_to": "any", "allow": "return,withdraw"}
AGREE = '[{"value": "agree", "label": "同意"}, {"value": "no", "label": "不同意"}]'
TWO = '[{"value": "done", "label": "完成"}, {"value": "again", "label": "再来"}]'


def a(id, **more):
    return mine(id, **{**BACK, **more})


def sign(id, mode="all", who="start.people"):
    return user(id, candidates=f"users({who})", signing=json.dumps({"mode": mode}), outcomes=AGREE, **BACK)


SPLIT = ("s > p > g", "g > a1 > a2 > j", "g > b1 > b2 > j", "j > z > e")


def split(works, gateway=par):
    flows = SPLIT if gateway is par else ("s > p > g", "g > a1 if True", "a1 > a2 > j", "g > b1 default", "g > b2 if True", "b2 > j",
                                          "b1 > j", "j > z > e")
    works.deploy(start(), a("p"), gateway("g"), a("a1"), a("a2"), a("b1"), a("b2"), gateway("j"), a("z"), end(), *flows)


def play(works, steps, case=None):
    """Steps in order: 'x' is completed by wang; 'x<y' is returned from x to y."""
    case = case or works.start(people=[works.ids[w] for w in ("wang", "li")])
    for step in steps.split():
        element, _, target = step.partition("<")
        if target:
            works.give_back("wang", works.task(element, "wang"), target)
        else:
            works.do("wang", element, "agree" if element.startswith("v") else "done", note=f"{element}")
        open_ = Counter((t.element_id, *t.candidates) for t in works.open_tasks())
        assert max(open_.values(), default=1) == 1, open_
    return case


def to(works, element):
    return [t.element for t in works.targets("wang", works.task(element, "wang"))]


@pytest.mark.parametrize(("before", "asking", "targets"), [
    ("p", "a1", ["p"]), ("p a1", "a2", ["a1", "p"]), ("p a1 b1", "a2", ["a1", "p"]), ("p a1 b1 b2", "a2", ["a1", "p"]),
    ("p a1 a2 b1 b2", "z", ["p"]), ("p b1 b2 a1 a2", "z", ["p"]), ("p b1 a1 b2 a2", "z", ["p"]),
])
def test_only_safe_steps_are_offered(works, before, asking, targets):
    """Never a step of a branch that has come together with another: z would wait beside it, whichever came last."""
    split(works)
    play(works, before)
    assert to(works, asking) == targets


@pytest.mark.parametrize(("before", "back", "waiting", "after", "then"), [
    ("p a1", "a2<a1", ["a1", "b1"], "a1 b1 a2", ["b2"]),  # in a branch: the other one goes on
    ("p b1 b2 a1", "a2<a1", ["a1"], "a1 a2", ["z"]),  # the other one stands at the join already
    ("p a1 b1", "a2<p", ["p"], "p b1 b2 a1 a2", ["z"]),  # before the split: the other branch closes
    ("p a1 a2 b1", "b2<p", ["p"], "p a1 a2 b1 b2", ["z"]),  # what stood at the join goes too
    ("p a1 a2 b1 b2", "z<p", ["p"], "p b1 b2 a1 a2", ["z"]),  # after the join, b last
    ("p b1 b2 a1 a2", "z<p", ["p"], "p a1 a2 b1 b2", ["z"]),  # after the join, a last
])
def test_exactly_the_expected_steps_wait(works, before, back, waiting, after, then):
    split(works)
    case = play(works, before)
    play(works, back, case)
    assert works.waiting() == waiting
    first = next(t for t in works.open_tasks() if t.round == 2)
    assert works.view("wang", first.id).data[first.element_id]["note"] == first.element_id
    play(works, after, case)
    assert works.waiting() == then
    while works.waiting():
        play(works, works.waiting()[0], case)
    assert works.ended(case)[0] == "completed"


@pytest.mark.parametrize("order", ["a1 a2 b1 b2", "b1 b2 a1 a2", "a1 b1 b2 a2"])
def test_between_inclusive_gateways(works, order):
    works.deploy(start(), a("p"), inc("g"), a("a1"), a("a2"), a("b1"), a("b2"), a("c"), inc("j"), a("z"), end(),
                 "s > p > g", "g > a1 if True", "a1 > a2 > j", "g > b1 if True", "b1 > b2 > j", "g > c default", "c > j", "j > z > e")
    case = play(works, f"p {order}")
    assert to(works, "z") == ["p"]
    play(works, "z<p p a1 a2<a1", case)
    assert works.waiting() == ["a1", "b1"]
    play(works, f"{order} z", case)
    assert works.ended(case)[0] == "completed"


def test_into_a_signing_all_vote_again(works):
    works.deploy(start(), a("p"), sign("v"), a("z"), end(), "s > p > v > z > e")
    case = play(works, "p v")
    works.do("li", "v", "agree")
    assert to(works, "z") == ["v", "p"]
    play(works, "z<v", case)
    assert sorted(t.candidates[0] for t in works.open_tasks()) == sorted(f"u{works.ids[w]}" for w in ("wang", "li"))
    play(works, "v", case)
    assert works.waiting() == ["v"]
    works.do("li", "v", "agree")
    votes = works.view("wang", works.task("z")).data["v"]["votes"]
    assert len(votes) == 2 and works.waiting() == ["z"]
    assert [e.round for e in works.history(case) if e.element_id == "v" and e.action == "complete"] == [1, 1, 2, 2]


@pytest.mark.parametrize("mode", ["all", "sequential"])
def test_out_of_a_signing_its_votes_are_gone(works, mode):
    works.deploy(start(), a("p"), sign("v", mode), a("z"), end(), "s > p > v > z > e")
    case = play(works, "p")
    if mode == "all":
        works.do("li", "v", "agree")
    play(works, "v<p", case)
    assert works.waiting() == ["p"]
    play(works, "p", case)
    assert len(works.open_tasks()) == (2 if mode == "all" else 1)
    play(works, "v", case)
    works.do("li", "v", "agree")
    assert works.waiting() == ["z"] and len(works.view("wang", works.task("z")).data["v"]["votes"]) == 2


def test_straight_back_out_of_a_signing_all_vote_again(works):
    works.deploy(start(), a("p"), user("v", candidates="users(start.people)", signing='{"mode": "all"}', outcomes=AGREE, resubmit="straight_back",
                                       returnable_to="p"), a("z"), end(), "s > p > v > z > e")
    case = play(works, "p")
    works.do("li", "v", "agree")
    play(works, "v<p", case)
    assert works.waiting() == ["p"]
    works.do("wang", "p", note="besser")
    assert works.waiting() == ["v", "v"] and works.view("wang", works.task("v", "wang")).data["p"]["note"] == "besser"
    play(works, "v", case)
    assert works.waiting() == ["v"]


def inside(works, wrapper):
    """p, then x1 > x2 inside, then z."""
    inner = (start("s2"), a("x1"), a("x2"), end("e2"), "s2 > x1 > x2 > e2")
    if wrapper == "call":
        works.deploy(start("s2"), a("x1"), a("x2"), end("e2"), "s2 > x1 > x2 > e2", key="other")
        part = call("w", "other")
    else:
        part = sub("w", *inner)
    works.deploy(start(), a("p"), part, boundary("late", "w", timer('"P3D"')), a("z"), end(), end("el"), "s > p > w > z > e", "late > el")
    return "other/" if wrapper == "call" else ""


@pytest.mark.parametrize("wrapper", ["sub", "call"])
def test_in_and_out_of_subprocesses_and_called_processes(works, wrapper):
    at = inside(works, wrapper)
    case = play(works, f"p {at}x1")
    assert to(works, f"{at}x2") == [f"{at}x1", "p"]
    (late,) = works.rows(TimerRow)
    play(works, f"{at}x2<{at}x1", case)
    assert works.waiting() == [f"{at}x1"] and [t.id for t in works.rows(TimerRow)] == [late.id]  # the whole one's limit runs on
    play(works, f"{at}x1 {at}x2<p", case)
    assert works.waiting() == ["p"] and works.rows(TimerRow) == []
    play(works, f"p {at}x1 {at}x2", case)
    assert to(works, "z") == [f"{at}x2", f"{at}x1", "p"] and works.rows(TimerRow) == []
    play(works, f"z<{at}x2", case)
    assert works.waiting() == [f"{at}x2"] and len(works.rows(TimerRow)) == 1  # armed again
    play(works, f"{at}x2 z<{at}x1 {at}x1 {at}x2 z<p", case)
    assert works.waiting() == ["p"]
    play(works, f"p {at}x1 {at}x2 z", case)
    assert works.ended(case)[0] == "completed"


def test_instances_of_a_subprocess_are_branches(works):
    works.deploy(start(), a("p"), sub("w", start("s2"), a("x1"), a("x2"), end("e2"), "s2 > x1 > x2 > e2").looping(many("2")), a("z"), end(),
                 "s > p > w > z > e")
    case = works.start()
    works.do("wang", "p")
    one, two = (t.id for t in works.open_tasks())
    works.do_task("wang", one)
    second = works.task("x2")
    assert [t.element for t in works.targets("wang", second)] == ["x1", "p"]
    works.give_back("wang", second, "x1")
    assert works.waiting() == ["x1", "x1"] and two in {t.id for t in works.open_tasks()}
    while "z" not in works.waiting():
        works.do_task("wang", works.open_tasks()[0].id)
    assert [t.element for t in works.targets("wang", works.task("z"))] == ["p"]
    works.do("wang", "z")
    assert works.ended(case)[0] == "completed"


def test_a_step_whose_branch_went_on_elsewhere_is_not_offered(works):
    """t's branch parts again, one arm has met b at the join and w is open: t again would bring w a second time."""
    works.deploy(start(), par("g"), a("t"), par("g2"), a("z"), a("c"), a("b"), par("j"), a("w"), end(), end("e1"),
                 "s > g > t > g2 > z > e1", "g2 > c > j", "g > b > j", "j > w > e")
    case = play(works, "t c")
    assert to(works, "z") == ["t"]
    play(works, "b", case)
    assert works.waiting() == ["w", "z"] and to(works, "z") == [] and to(works, "w") == []


def test_a_loop_may_be_gone_back_to_its_earlier_steps(works):
    works.deploy(start(), xor("m"), par("g"), a("x"), a("y"), par("j"), a("z", outcomes=TWO), xor("d"), end(), "s > m > g > x > j",
                 "g > y > j", "j > z > d", "d > m if z.outcome == 'again'", "d > e default")
    case = play(works, "x y")
    works.do("wang", "z", "again")
    assert to(works, "x") == ["z"]
    play(works, "y x<z", case)
    assert works.waiting() == ["z"]
    play(works, "z", case)
    assert works.ended(case)[0] == "completed"


def test_timers_and_messages_of_what_closes_go_and_limits_begin_anew(works):
    works.deploy(start(), a("p"), a("x", due="P2D"), boundary("late", "x", timer('"PT10H"'), False), par("g"), catch("hear", event("message", "m")),
                 a("y"), par("j"), end(), end("el"), "s > p > x > g > hear > j", "g > y > j", "j > e", "late > el")
    case = play(works, "p")
    due, (timer_row,) = works.open_tasks()[0].due_at, works.rows(TimerRow)
    play(works, "x", case)
    assert len(works.rows(Subscription)) == 1 and works.rows(TimerRow) == []
    clock.move(timedelta(days=1))
    play(works, "y<x", case)
    assert works.rows(Subscription) == [] and works.open_tasks()[0].due_at > due
    (again,) = works.rows(TimerRow)
    assert again.due_at - timer_row.due_at == timedelta(days=1)


def test_everybody_whose_task_closes_is_told(works):
    works.deploy(start(), a("p"), par("g"), a("x"), user("y", candidates="users([start.other])"), par("j"), end(), "s > p > g > x > j", "g > y > j > e")
    works.start(other=works.ids["li"])
    works.do("wang", "p")
    (effect,) = works.targets("wang", works.task("x"))[0].effects
    assert effect.text.format(**effect.params) == "「y」将关闭（李敏）"
    works.give_back("wang", works.task("x"), "p")
    assert works.waiting() == ["p"] and works.letters("li")[-1].startswith("{who} 已退回流程")
    assert [t.completed_by_name for t in works.rows(Task) if t.element_id == "y"] == ["王强"]
