"""Two people at once, and the same person twice: one effect, and the other is told who was first."""
import pytest

from data_model.process import HistoryEvent, ProcessInstance
from data_model.session import unit_of_work
from engine import actions
from engine.errors import EngineError, TooLate
from tests.diagrams import end, service, start, user
from tests.engine.test_edits import ALL, BUTTONS
from tests.engine.workshop import key, mine


@pytest.fixture
def both(works):
    """li and chen may both do the second step."""
    works.deploy(start(), mine("a", allow="withdraw"), user("b", candidates="users(start.people)", outcomes=BUTTONS, allow=ALL, returnable_to="any"),
                 mine("z"), end(), "s > a > b > z > e")
    works.case = works.start(people=[works.ids["li"], works.ids["chen"]])
    works.do("wang", "a")
    return works


DEEDS = {
    "complete": lambda s, a, t, k: actions.complete(s, a, t, "agree", {}, idem_key=k),
    "return": lambda s, a, t, k: actions.return_to(s, a, t, "a", "缺照片", idem_key=k),
    "reject": lambda s, a, t, k: actions.reject(s, a, t, "不行", idem_key=k),
}


def doing(works, who, deed, task, k):
    actor = works.actor(who)

    def call_():
        with unit_of_work(actor) as session:
            return DEEDS[deed](session, actor, task, k) if isinstance(deed, str) else deed(session, actor, task, k)
    return call_


@pytest.mark.parametrize("one", DEEDS)
@pytest.mark.parametrize("two", DEEDS)
def test_of_two_deeds_one_has_effect(both, together, one, two):
    task = both.task("b")
    answers = together([doing(both, "li", one, task, key()), doing(both, "chen", two, task, key())])
    late = [answer for answer in answers if isinstance(answer, TooLate)]
    assert len(late) == 1 and late[0].params["who"] in ("李敏", "陈刚") and late[0].params["when"], answers
    told = [e.action for e in both.rows(HistoryEvent) if e.action in DEEDS and e.element_id == "b"]
    assert len(told) == 1


@pytest.mark.parametrize("deed", DEEDS)
def test_the_same_submission_twice_counts_once(both, together, deed):
    task = both.task("b")
    first, second = together([doing(both, "li", deed, task, "twice")] * 2)
    assert first == second, (first, second)
    assert len([e for e in both.rows(HistoryEvent) if e.action == deed and e.element_id == "b"]) == 1


def test_taking_back_and_going_on_at_once(both, together):
    first = next(e.task_id for e in both.rows(HistoryEvent) if e.action == "complete")
    answers = together([doing(both, "li", "complete", both.task("b"), key()),
                        doing(both, "wang", lambda s, a, t, k: actions.withdraw(s, a, t, "写错了", idem_key=k), first, key())])
    late = [answer for answer in answers if isinstance(answer, TooLate)]
    assert len(late) == 1 and both.waiting() in (["z"], ["a"])


def test_adding_and_taking_away_at_once(both, together):
    def adding(session, actor, task, k):
        return actions.add_signer(session, actor, task, [both.ids["sun"]], "before", "请把关", idem_key=k)
    task = both.task("b")
    first, second = together([doing(both, "li", adding, task, "once")] * 2)
    assert first == second and len(both.open_tasks()) == 1
    suns = both.open_tasks()[0].id

    def removing(session, actor, signer, k):
        return actions.remove_signer(session, actor, signer, "不必了", idem_key=k)
    answers = together([doing(both, "sun", "complete", suns, key()), doing(both, "li", removing, suns, key())])
    assert len([a for a in answers if isinstance(a, TooLate)]) == 1 and both.task("b") == task


def test_a_refused_edit_leaves_its_key_free_and_other_content_is_refused(both):
    task, li = both.task("b"), both.actor("li")
    for reason, error in ((" ", EngineError), ("缺照片", None), ("别的", EngineError)):
        try:
            with unit_of_work(li) as session:
                actions.return_to(session, li, task, "a", reason, idem_key="same")
            assert error is None
        except EngineError:
            assert error is EngineError


def test_cases_started_by_a_case_end_with_it_or_go_on_alone(works):
    for name, said in (("ends", {}), ("stays", {"when_parent_ends": "stay"})):
        works.deploy(start(), mine("x"), end(), "s > x > e", key=name, properties={"starters": "everyone", **said})
    works.deploy(start(), service("one", "flow.start_process", key='"ends"'), service("two", "flow.start_process", key='"stays"'),
                 mine("y", allow="reject"), end(), "s > one > two > y > e")
    works.start()
    works.reject("wang", works.task("y"))
    assert {(i.key, i.status) for i in works.rows(ProcessInstance)} == {("p", "rejected"), ("ends", "cancelled"), ("stays", "running")}
    assert works.waiting() == ["x"] and [e.action for e in works.rows(HistoryEvent)].count("parent_end") == 1
