"""会签: several people, our own count. Nobody is skipped, and an empty list never passes."""
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_model.process import Task
from engine import actions
from engine.errors import NotYours
from engine.properties import Outcome, Signing, TaskRules
from engine.signing import verdict
from tests.diagrams import end, many, start, user, xor
from tests.engine.workshop import mine

AGREE = '[{"value": "agree", "label": "同意"}, {"value": "no", "label": "不同意", "style": "danger"}]'
PEOPLE = ("wang", "li", "chen", "sun", "zhang")


def sign(works, signing, candidates='field("start.people")', drawn=False):
    step = user("v", candidates=candidates, signing=json.dumps(signing), outcomes=AGREE)
    works.deploy(start(), step.looping(many(sequential=signing["mode"] == "sequential")) if drawn else step, xor("g"), mine("yes"),
                 mine("no"), end(), "s > v > g", "g > yes if v.outcome == 'agree'", "g > no default", "yes > e", "no > e")


def open_for(works, count=5):
    return works.start(people=[works.ids[who] for who in PEOPLE[:count]])


@pytest.mark.parametrize(("signing", "votes", "result"), [
    ({"mode": "all"}, "agree agree agree agree agree", "yes"),
    ({"mode": "all"}, "agree no", "no"),
    ({"mode": "any"}, "no no agree", "yes"),
    ({"mode": "any"}, "no no no no no", "no"),
    ({"mode": "ratio", "ratio": 60}, "agree no agree agree", "yes"),
    ({"mode": "ratio", "ratio": 60}, "no no no", "no"),
    ({"mode": "ratio", "ratio": 60, "veto": True}, "agree no", "no"),
    ({"mode": "sequential"}, "agree agree agree agree agree", "yes"),
    ({"mode": "sequential"}, "agree no", "no"),
])
@pytest.mark.parametrize("drawn", [True, False])
def test_the_step_leaves_at_the_vote_that_decides(works, signing, votes, result, drawn):
    sign(works, signing, drawn=drawn)
    case = open_for(works)
    for who, vote in zip(PEOPLE, votes.split(), strict=False):
        assert set(works.waiting()) == {"v"}
        works.do(who, "v", vote)
    assert works.waiting() == [result]
    asked = [task.status for task in works.rows(Task) if task.element_id == "v"]
    assert asked.count("done") == len(votes.split())
    assert len(asked) == (5 if signing["mode"] != "sequential" else len(votes.split()))
    works.do("wang", result)
    assert works.ended(case)[0] == "completed"


def test_everybody_is_asked_at_once_but_in_turn_one_by_one(works):
    sign(works, {"mode": "all"})
    open_for(works, 3)
    assert sorted(task.candidates for task in works.open_tasks()) == sorted([f"u{works.ids[who]}"] for who in PEOPLE[:3])


def test_in_turn_follows_the_order_of_the_list(works):
    sign(works, {"mode": "sequential"})
    works.start(people=[works.ids[who] for who in ("zhang", "wang", "li")])
    for who in ("zhang", "wang", "li"):
        assert [task.candidates for task in works.open_tasks()] == [[f"u{works.ids[who]}"]]
        works.do(who, "v", "agree")
    assert works.waiting() == ["yes"]


def test_a_role_signs_person_by_person(works):
    sign(works, {"mode": "all"}, candidates='role("station_leader", start.unit) + grid_owner(start.grid)')
    works.start(unit=works.ids["unit:plant1"], grid=works.ids["unit:filter"])
    assert sorted(task.candidates[0] for task in works.open_tasks()) == sorted(f"u{works.ids[who]}" for who in ("zhang", "li"))


@pytest.mark.parametrize("people", [[], ["nobody"]])
def test_an_empty_list_goes_up_and_never_passes(works, people):
    sign(works, {"mode": "all"})
    works.start(people=[works.ids.get(who, 999_999) for who in people])
    assert set(works.waiting()) == {"v"}
    assert {tuple(task.candidates) for task in works.open_tasks()} == {(f"u{works.ids['li']}",)}  # owner of wang's place


def test_without_anybody_above_the_process_owner_names_one_and_does_not_sign(works):
    step = user("v", candidates='field("start.people")', signing='{"mode": "all"}', on_empty="process_owner", outcomes=AGREE)
    works.deploy(start(), step, end(), "s > v > e")
    works.start(people=[])
    (task,) = works.open_tasks()
    assert task.candidates == [f"process_owner@{works.ids['unit:group']}"]
    assert "complete" not in works.may("po", task.id)
    with pytest.raises(NotYours, match="只能指派"):
        works.do("po", "v", "agree")
    works.act("po", actions.reassign, task.id, works.ids["li"], "他分管")
    works.do("li", "v", "agree")
    assert works.waiting() == []


RULES = {"outcomes": (Outcome("agree", ""), Outcome("no", ""))}


@given(st.lists(st.sampled_from(["agree", "no"]), min_size=1, max_size=9), st.sampled_from(["all", "any", "ratio", "sequential"]),
       st.integers(1, 100), st.booleans())
def test_the_count_decides_exactly_once_and_rightly(votes, mode, ratio, veto):
    rules = TaskRules(signing=Signing(mode, ratio, veto), **RULES)
    decisions = [verdict(rules, votes[:n], len(votes)) for n in range(len(votes) + 1)]
    assert decisions[0] is None and decisions[-1] is not None
    first = next(d for d in decisions if d is not None)
    passes = votes.count("agree") >= rules.signing.needed(len(votes)) and not (veto and "no" in votes)
    if not veto:
        assert (first == "agree") == passes and {d for d in decisions if d} == {first}
