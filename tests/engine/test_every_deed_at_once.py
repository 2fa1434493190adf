"""The deeds that the other two files leave out, each twice at the same moment: by two people, by one on two devices, and by one double click."""
from dataclasses import dataclass
from typing import Any

import pytest

from data_model.casework import CaseCopy
from data_model.process import TaskStatus
from data_model.session import unit_of_work
from engine import actions
from engine.actions import bulk_complete
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import end, start, user
from tests.engine.test_deeds_at_once import doing, failures, whole
from tests.engine.test_edits import ALL, BUTTONS
from tests.engine.workshop import key, mine

EVERY = f"{ALL},delegate,cc,remind,cancel"


@pytest.fixture
def case(works):
    """wang has written a; b lies with Chen and Sun, who may do everything with it; c is wang's again."""
    works.deploy(start(), mine("a", allow=EVERY), user("b", candidates="users(start.people)", outcomes=BUTTONS, allow=EVERY, returnable_to="any", bulk="true"),
                 mine("c"), end(), "s > a > b > c > e")
    works.case = works.start(people=[works.ids["chen"], works.ids["sun"]])
    works.first = works.task("a")
    return works


@dataclass
class Twice:
    """One deed done twice.

    Attributes:
        before: what has to have happened.
        who: the two people of a race.
        act: (works, session, actor, key) -> the deed.
        action: the line of history that must stand there once.
        loser: what the other one is told.
        double: a second submission with the same key gets the first one's answer; None for deeds without keys.
    """

    act: Any
    action: str
    before: tuple[Any, ...] = ()
    who: tuple[str, str] = ("chen", "sun")
    loser: Any = TooLate
    double: bool | None = True


def do(works, who, deed, *args, **more):
    return works.act(who, deed, *args, **more)


def wrote(works):
    do(works, "wang", actions.complete, works.first, "done", {})
    works.b = works.task("b")


def claimed(works):
    do(works, "chen", actions.claim, works.b, idem_key=None)


def delegated(works):
    do(works, "chen", actions.delegate, works.b, works.ids["li"], "请看")


def added(works):
    do(works, "chen", actions.add_signer, works.b, [works.ids["li"], works.ids["zhou"]], "before", "请把关")
    works.signer = next(t.id for t in works.open_tasks() if t.candidates == [f"u{works.ids['li']}"])


DEEDS = {
    "claim": Twice(lambda w, s, a, k: actions.claim(s, a, w.b), "claim", (wrote,), double=None),
    "unclaim": Twice(lambda w, s, a, k: actions.unclaim(s, a, w.b), "unclaim", (wrote, claimed), ("chen", "chen"), NotYours, double=None),
    "transfer": Twice(lambda w, s, a, k: actions.transfer(s, a, w.b, w.ids["li"], "忙", idem_key=k), "transfer", (wrote,)),
    "delegate": Twice(lambda w, s, a, k: actions.delegate(s, a, w.b, w.ids["li"], "请看", idem_key=k), "delegate", (wrote,)),
    "give_back": Twice(lambda w, s, a, k: actions.give_back(s, a, w.b, {"n": 1}, "好", idem_key=k), "give_back", (wrote, delegated), ("li", "li"),
                       (NotYours, TooLate)),
    "take_back": Twice(lambda w, s, a, k: actions.take_back(s, a, w.b, "不等了", idem_key=k), "take_back", (wrote, delegated), ("chen", "chen"), NotYours),
    "remind": Twice(lambda w, s, a, k: actions.remind(s, a, w.case, idem_key=k), "remind", (wrote,), ("wang", "wang"), EngineError),
    "cc": Twice(lambda w, s, a, k: actions.copy_to(s, a, w.case, [w.ids["li"]], "", idem_key=k), "copy", (wrote,), ("wang", "chen"), None),
    "return": Twice(lambda w, s, a, k: actions.return_to(s, a, w.b, "a", "缺照片", idem_key=k), "return", (wrote,)),
    "withdraw": Twice(lambda w, s, a, k: actions.withdraw(s, a, w.first, "写错了", idem_key=k), "withdraw", (wrote,), ("wang", "wang")),
    "cancel": Twice(lambda w, s, a, k: actions.cancel(s, a, w.case, "不用了", idem_key=k), "cancel", (), ("wang", "po")),
    "reject": Twice(lambda w, s, a, k: actions.reject(s, a, w.b, "不行", idem_key=k), "reject", (wrote,)),
    "add_before": Twice(lambda w, s, a, k: actions.add_signer(s, a, w.b, [w.ids["li"]], "before", "请把关", idem_key=k), "add_signer", (wrote,)),
    "add_after": Twice(lambda w, s, a, k: actions.add_signer(s, a, w.b, [w.ids["li"]], "after", "请把关", idem_key=k), "add_signer", (wrote,),
                       loser=EngineError),
    "remove_signer": Twice(lambda w, s, a, k: actions.remove_signer(s, a, w.signer, "不必了", idem_key=k), "remove_signer", (wrote, added),
                           ("chen", "chen")),
    "complete": Twice(lambda w, s, a, k: actions.complete(s, a, w.b, "agree", {}, idem_key=k), "complete", (wrote,)),
}


def calls(works, twice, keys):
    return [doing(works, who, lambda s, a, k=k: twice.act(works, s, a, k)) for who, k in zip(twice.who, keys, strict=True)]


def effects(works, twice):
    return [e for e in works.events(twice.action) if e.element_id != "a" or twice.action == "withdraw"]


@pytest.mark.parametrize("name", DEEDS)
def test_at_the_same_moment_one_has_effect_and_the_other_a_clear_answer(case, together, name):
    twice = DEEDS[name]
    for step in twice.before:
        step(case)
    answers = together(calls(case, twice, (key(), key())))
    lost = failures(answers)
    same_person = len(set(twice.who)) == 1
    if name == "claim" or twice.loser is not None:
        assert len(lost) == 1 and isinstance(lost[0], twice.loser) and lost[0].text, answers
    else:
        assert lost == [], answers
    if isinstance(lost[0] if lost else None, TooLate) and not same_person:
        assert lost[0].params.get("who") or "加签" in lost[0].text  # who was first
    assert len(effects(case, twice)) == 1
    whole(case)


@pytest.mark.parametrize("name", DEEDS)
def test_a_double_click_counts_once(case, together, name):
    twice = DEEDS[name]
    for step in twice.before:
        step(case)
    click = calls(case, Twice(twice.act, twice.action, who=(twice.who[0], twice.who[0])), ("clicked", "clicked"))
    answers = together(click)
    if twice.double:
        assert answers[0] == answers[1] and not failures(answers), answers
    else:
        assert all(isinstance(lost, NotYours) for lost in failures(answers))
    assert len(effects(case, twice)) == 1
    whole(case)


def test_a_list_ticked_twice_by_a_double_click(case, together):
    wrote(case)
    case.start(people=[case.ids["chen"], case.ids["sun"]])
    do(case, "wang", actions.complete, case.task("a"), "done", {})
    tasks = [(task.id, f"tick-{task.id}") for task in case.open_tasks()]
    chen = case.actor("chen")
    results = together([lambda: bulk_complete(lambda: unit_of_work(chen), chen, tasks, "agree")] * 2)
    assert [[r.ok for r in listed] for listed in results] == [[True, True]] * 2
    assert len([e for e in case.events("complete") if e.element_id == "b"]) == 2
    whole(case)


def test_twenty_at_once_with_keys_of_their_own_and_with_one(case, together):
    """M7: one success and nineteen refusals; the same answer twenty times."""
    wrote(case)
    answers = together([doing(case, "chen", actions.complete, case.b, "agree", {}, idem_key=key()) for _ in range(20)])
    assert len(failures(answers)) == 19 and all(isinstance(lost, TooLate) and lost.params["who"] == "陈刚" for lost in failures(answers))
    c = case.task("c")
    answers = together([doing(case, "wang", actions.complete, c, "done", {}, idem_key="one") for _ in range(20)])
    assert failures(answers) == [] and len(set(map(str, answers))) == 1
    assert len(case.events("complete")) == 3


def test_a_signer_is_removed_while_they_sign(case, together):
    wrote(case)
    added(case)
    answers = together([doing(case, "li", actions.complete, case.signer, "agree", {}, idem_key=key()),
                        doing(case, "chen", actions.remove_signer, case.signer, "不必了", idem_key=key())])
    (lost,) = failures(answers)
    assert isinstance(lost, TooLate)
    assert [t.status for t in case.rows(type(case.open_tasks()[0])) if t.id == case.b] == [TaskStatus.HELD]  # zhou is still asked
    whole(case)


def test_a_copy_and_its_copy_are_one_receipt(case, together):
    wrote(case)
    together([doing(case, who, actions.copy_to, case.case, [case.ids["li"], case.ids["zhou"]], "", idem_key=key()) for who in ("wang", "chen")])
    assert sorted(row.user_id for row in case.rows(CaseCopy)) == sorted([case.ids["li"], case.ids["zhou"]])
