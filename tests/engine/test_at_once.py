"""Several people at once: each submission counts once, nobody gets an error page, the loser of a race is told."""
from datetime import timedelta

from data_model import clock
from data_model.process import Delivery, HistoryEvent, Task
from data_model.session import unit_of_work
from engine import actions, messages, timers
from engine.errors import TooLate
from tests.diagrams import catch, end, event, par, start, throw, timer, user
from tests.engine.workshop import key, mine, system_unit

EIGHT = ("wang", "li", "chen", "sun", "zhang", "zhao", "zhou", "wu")


def completing(actor, task, idem_key):
    def call():
        with unit_of_work(actor) as session:
            return actions.complete(session, actor, task, "done", {}, idem_key=idem_key)
    return call


def test_eight_people_finish_the_branches_of_one_case(works, together):
    steps = [f"b{n}" for n in range(8)]
    works.deploy(start(), par("g"), *(user(step, candidates=f"users([start.people[{n}]])") for n, step in enumerate(steps)), par("j"),
                 mine("z"), end(), *(f"g > {step} > j" for step in steps), "s > g", "j > z > e")
    case = works.start(people=[works.ids[who] for who in EIGHT])
    calls = [completing(works.actor(who), works.task(step), key()) for who, step in zip(EIGHT, steps, strict=True)]
    answers = together(calls)
    assert [getattr(answer, "instance_id", answer) for answer in answers] == [case] * 8
    assert works.waiting() == ["z"]
    done = [e for e in works.rows(HistoryEvent) if e.action == "complete"]
    assert sorted(e.element_id for e in done) == steps and works.instance(case).version == 10
    assert [e.seq for e in works.rows(HistoryEvent)] == list(range(1, 10))


def test_a_double_click_counts_once_and_both_get_the_answer(works, together):
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e")
    works.start()
    first, second = together([completing(works.actor("wang"), works.task("a"), "clicked-twice")] * 2)
    assert first == second and works.waiting() == ["b"] and first.next_task_id == works.task("b")


def test_of_two_candidates_one_is_first_and_the_other_is_told(works, together):
    works.deploy(start(), user("a", candidates="users(start.people)"), mine("b"), end(), "s > a > b > e")
    works.start(people=[works.ids["li"], works.ids["chen"]])
    task = works.task("a")
    answers = together([completing(works.actor(who), task, key()) for who in ("li", "chen")])
    late = [answer for answer in answers if isinstance(answer, TooLate)]
    assert len(late) == 1 and late[0].params["who"] in ("李敏", "陈刚") and works.waiting() == ["b"]


def test_of_two_who_claim_one_gets_it(works, together):
    works.deploy(start(), user("a", candidates="users(start.people)"), end(), "s > a > e")
    works.start(people=[works.ids["li"], works.ids["chen"]])
    task = works.task("a")

    def claiming(actor):
        def call():
            with unit_of_work(actor) as session:
                actions.claim(session, actor, task)
        return call

    answers = together([claiming(works.actor(who)) for who in ("li", "chen")])
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "TooLate"]


def test_two_schedulers_ring_each_timer_once(works, together):
    works.deploy(start(), catch("t", timer("start.when")), mine("b"), end(), "s > t > b > e", key="wait")
    soon = (clock.now() + timedelta(seconds=1)).isoformat()
    for _ in range(6):
        works.start("wait", when=soon)
    later = clock.now() + timedelta(minutes=1)

    def ringing():
        with clock.at(later):
            return timers.fire_due(system_unit)

    fired = together([ringing] * 3)
    with clock.at(later):
        fired.append(timers.fire_due(system_unit))
    assert sum(fired) == 6 and works.waiting() == ["b"] * 6


def test_two_who_deliver_bring_each_message_once(works, together):
    works.deploy(start(), throw("t", event("message", "m")), end(), "s > t > e", key="sender")
    works.deploy(start(), catch("c", event("message", "m")), mine("a"), end(), "s > c > a > e", key="receiver")
    for _ in range(4):
        works.start("receiver")
        works.start("sender")
    moved = together([lambda: messages.deliver_pending(system_unit)] * 2)
    moved.append(messages.deliver_pending(system_unit))
    assert sum(moved) == 4 and works.waiting() == ["a"] * 4
    assert len({task.instance_id for task in works.rows(Task)}) == 4 and all(row.done_at for row in works.rows(Delivery))


def test_starting_and_completing_at_once_do_not_disturb_one_another(works, together):
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e")
    cases = [works.start(by=who) for who in EIGHT]
    tasks = {task.instance_id: task.id for task in works.open_tasks()}
    actors = [works.actor(who) for who in EIGHT]

    def starting(actor):
        def call():
            with unit_of_work(actor) as session:
                return actions.start(session, actor, "p", {}, idem_key=key())
        return call

    answers = together([completing(actor, tasks[case], key()) for actor, case in zip(actors, cases, strict=True)]
                       + [starting(actor) for actor in actors])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert works.waiting() == ["a"] * 8 + ["b"] * 8
