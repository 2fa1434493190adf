"""迁移: a running case goes on with another version — where its tasks land, what stays, what is refused and why — and can finish."""
import json
from datetime import timedelta

import pytest

from data_model import clock
from data_model.actor import SYSTEM
from data_model.process import InboxRow, Incident, ProcessDefinition, ProcessInstance, Subscription, TimerRow
from data_model.session import unit_of_work
from engine import actions
from engine.actions import migrating
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import boundary, call, catch, end, event, many, par, script, start, sub, throw, timer, user, xor
from tests.engine.test_statements import cost
from tests.engine.workshop import key, mine

TWO = json.dumps([{"value": "agree", "label": "同意"}, {"value": "no", "label": "不同意"}])


def newest(works, key_="p") -> int:
    return max((row.version, row.id) for row in works.rows(ProcessDefinition) if row.key == key_)[1]


def go(works, case, who="po", mapping=None, to=None, reason="新规定", **more):
    return works.act(who, actions.migrate, case, to or newest(works), mapping or {}, reason, **more)


def look(works, cases, mapping=None, to=None):
    return works._see("po", migrating.preview, cases, to or newest(works), mapping or {})


def said(effects):
    return [effect.text.format(**effect.params) for effect in effects]


def tokens(works):
    return {task.element_id: task.token_id for task in works.open_tasks()}


def test_a_step_more_behind_the_waiting_one(works):
    works.deploy(start(), mine("a", due="P2D"), mine("z"), end(), "s > a > z > e")
    case = works.start()
    (before,) = works.open_tasks()
    works.act("wang", actions.save_draft, before.id, {"note": "halb"}, idem_key=None)
    works.deploy(start(), mine("a", due="P2D"), mine("more"), mine("z"), end(), "s > a > more > z > e")
    (seen,) = look(works, [case])
    assert [(one.element, one.to) for one in seen.landings] == [("a", "a")] and seen.problems == seen.notes == ()
    go(works, case)
    (after,) = works.open_tasks()
    assert (after.id, after.token_id, after.due_at, after.drafted) == (before.id, before.token_id, before.due_at, True)
    assert works._see("wang", actions.draft_of, after.id) == {"note": "halb"} and works.inbox("wang") == ["a"]
    for step in ("a", "more", "z"):
        works.do("wang", step)
    assert works.ended(case) == ("completed", "e")
    (line,) = works.events("migrate")
    assert (line.actor_name, line.opinion, line.data["before"]["version"], line.data["after"]["version"]) == ("彭流", "新规定", 1, 2)
    assert line.data["steps"] == [{"from": "a", "to": "a", "name": "a"}]


def test_limits_names_and_people_of_the_new_version_count(works):
    works.deploy(start(), mine("a", due="P2D"), mine("held"), end(), par("g"), par("j"), "s > g > a > j > e", "g > held > j")
    case = works.start()
    held = works.task("held")
    works.act("wang", actions.transfer, held, works.ids["li"], "出差")
    opened = works.open_tasks()[0].opened_at
    clock.move(timedelta(hours=5))
    works.deploy(start(), user("a", candidates=f"users([{works.ids['chen']}])", due="P1D", priority="0"),
                 user("held", candidates=f"users([{works.ids['chen']}])"), end(), par("g"), par("j"), "s > g > a > j > e", "g > held > j")
    to = newest(works)
    with unit_of_work(SYSTEM) as session:
        session.get_one(ProcessDefinition, to).name = "新流程"
    go(works, case)
    a, other = sorted(works.open_tasks(), key=lambda task: task.element_id)
    assert (a.candidates, a.priority, a.due_at) == ([f"u{works.ids['chen']}"], 0, opened + timedelta(days=1))
    assert other.candidates == [f"u{works.ids['li']}"] and other.process_name == "新流程"
    assert {(row.principal, row.priority) for row in works.rows(InboxRow)} == {(f"u{works.ids['chen']}", 0), (f"u{works.ids['li']}", 1)}
    assert any("您有新的待办：a" in note for note in works.notes("chen"))


@pytest.mark.parametrize("before", [False, True])
def test_events_beside_a_step_come_and_go(works, before):
    def draw(*beside):
        works.deploy(start(), mine("a"), *beside, mine("late"), end(),
                     *(["s > a > e", "t > late > e"] if beside else ["s > a > late > e"]))
    bell = boundary("t", "a", timer('"PT24H"'))
    draw(*([bell] if before else []))
    case = works.start()
    clock.move(timedelta(hours=20))
    draw(*([] if before else [bell]))
    go(works, case)
    assert len(works.rows(TimerRow)) == (0 if before else 1)
    clock.move(timedelta(hours=25))
    assert works.ring() == (0 if before else 1)
    assert works.waiting() == (["a"] if before else ["late"])
    works.do("wang", works.waiting()[0])
    if before:
        assert works.waiting() == ["late"]
        works.do("wang", "late")
    assert works.ended(case)[0] == "completed" and works.rows(TimerRow) == works.rows(Incident) == []


def test_a_timer_keeps_what_it_has_left_unless_the_new_version_says_another_time(works):
    def draw(first, second):
        works.deploy(start(), par("g"), mine("a"), boundary("t", "a", timer(first), False), mine("n"), catch("c", timer(second)), mine("y"),
                     end(), end("e2"), end("e3"), "s > g > a > e", "t > n > e2", "g > c > y > e3")
    draw('"PT24H"', '"PT48H"')
    case = works.start()
    due = {row.element_id: row.due_at for row in works.rows(TimerRow)}
    clock.move(timedelta(hours=20))
    draw('"PT24H"', '"PT30H"')
    (seen,) = look(works, [case])
    assert said(seen.notes) == ["「c」等待的事件或时间已改变，从现在起重新等待"]
    go(works, case)
    after = {row.element_id: row.due_at for row in works.rows(TimerRow)}
    assert after == {"t": due["t"], "c": clock.now() + timedelta(hours=30)}
    clock.move(timedelta(hours=31))
    assert works.ring() == 2 and works.waiting() == ["a", "n", "y"]
    for step in ("a", "n", "y"):
        works.do("wang", step)
    assert works.ended(case)[0] == "completed"


def test_a_cycle_that_has_rung_rings_on(works):
    def draw(*tail):
        works.deploy(start(), mine("a"), boundary("t", "a", timer('"R3/PT1H"', "timeCycle"), False), mine("n"), *map(mine, tail), end(), end("e2"),
                     " > ".join(["s", "a", *tail, "e"]), "t > n > e2")
    draw()
    case = works.start()
    clock.move(timedelta(hours=1, minutes=1))
    assert works.ring() == 1 and works.waiting() == ["a", "n"]
    draw("z")
    go(works, case)
    clock.move(timedelta(hours=1))
    assert works.ring() == 1 and works.waiting() == ["a", "n", "n"]
    for task in sorted(works.open_tasks(), key=lambda task: task.element_id, reverse=True):
        works.do_task("wang", task.id)
    works.do("wang", "z")
    assert works.ended(case)[0] == "completed" and works.rows(TimerRow) == []


def test_event_subprocesses_come_stay_and_go(works):
    def draw(*events):
        works.deploy(start(), mine("a"), end(), "s > a > e", *(
            sub(f"v{name}", start(f"{name}s", event("signal", name), isInterrupting="false"), mine(f"{name}x"), end(f"{name}e"),
                f"{name}s > {name}x > {name}e", triggeredByEvent="true") for name in events))
    works.deploy(start(), throw("t", event("signal", "fire")), throw("u", event("signal", "flood")), end(), "s > t > u > e", key="caller")
    draw("fire")
    case = works.start()
    works.start("caller")
    works.deliver()
    assert works.waiting() == ["a", "firex"]
    draw("fire", "flood")
    go(works, case)
    assert sorted(row.name for row in works.rows(Subscription)) == ["fire", "flood"]
    works.start("caller")
    works.deliver()
    assert works.waiting() == ["a", "firex", "firex", "floodx"]
    draw()
    assert any("已触发的分支" in text or "已删除" in text for text in said(look(works, [case])[0].problems))
    for task in [task for task in works.open_tasks() if task.element_id != "a"]:
        works.do_task("wang", task.id)
    go(works, case)
    assert works.rows(Subscription) == []
    works.do("wang", "a")
    assert works.ended(case)[0] == "completed"


def test_messages_waited_for_are_those_of_the_new_version(works):
    works.deploy(start(), catch("c", event("message", "old news")), mine("z"), end(), "s > c > z > e")
    case = works.start()
    works.deploy(start(), catch("c", event("message", "news")), mine("z"), end(), "s > c > z > e")
    go(works, case)
    assert [row.name for row in works.rows(Subscription)] == ["news"]


def test_a_step_of_another_name_lands_where_one_says(works):
    works.deploy(start(), mine("a"), boundary("t", "a", timer('"PT1H"')), mine("late"), end(), "s > a > e", "t > late > e")
    case = works.start()
    works.deploy(start(), mine("b"), boundary("u", "b", timer('"PT2H"')), mine("late"), end(), "s > b > e", "u > late > e")
    (seen,) = look(works, [case])
    assert said(seen.problems) == ["「a」在新版本中已删除"] and seen.landings[0].to == ""
    with pytest.raises(EngineError, match="已删除"):
        go(works, case)
    assert works.events("migrate") == [] and works.instance(case).definition_id != newest(works)
    (seen,) = look(works, [case], {"a": "b"})
    assert [(one.element, one.to) for one in seen.landings] == [("a", "b")] and seen.problems == ()
    go(works, case, mapping={"a": "b"})
    assert works.waiting() == ["b"] and [row.element_id for row in works.rows(TimerRow)] == ["u"] and works.inbox("wang") == ["b"]
    works.do("wang", "b")
    assert works.ended(case) == ("completed", "e")


def test_in_the_middle_of_a_signing(works):
    def draw(ratio, tail="z"):
        works.deploy(start(), mine("a"), user("v", candidates="users(start.people)", outcomes=TWO, signing=json.dumps(
            {"mode": "ratio", "ratio": ratio})), mine(tail), end(), f"s > a > v > {tail} > e")
    draw(60)
    people = [works.ids[who] for who in ("li", "chen", "sun", "zhang", "zhao")]
    case = works.start(people=people)
    works.do("wang", "a")
    works.do("li", "v", "agree")
    works.do("chen", "v", "no")
    before = tokens(works)
    draw(80)
    (seen,) = look(works, [case])
    assert said(seen.problems) == ["「v」正在多人办理，新版本改变了多人办理的方式"]
    with pytest.raises(EngineError):
        go(works, case)
    draw(60, "y")
    go(works, case)
    assert tokens(works) == before and works.waiting() == ["v", "v", "v"]
    works.do("sun", "v", "agree")
    assert works.waiting() == ["v", "v"]
    works.do("zhang", "v", "agree")
    assert works.waiting() == ["y"]
    votes = works.view("wang", works.task("y")).data["v"]["votes"]
    assert [vote["outcome"] for vote in votes] == ["agree", "no", "agree", "agree"]
    works.do("wang", "y")
    assert works.ended(case)[0] == "completed"


@pytest.mark.parametrize("sequential", [True, False])
def test_several_instances_of_a_subprocess_keep_their_items(works, sequential):
    def draw(*tail):
        steps = " > ".join(["x", *tail])
        works.deploy(start(), sub("m", start("ms"), mine("x"), *[mine(one) for one in tail], end("me"), f"ms > {steps} > me").looping(
            many("3", sequential=sequential)), mine("z"), end(), "s > m > z > e")
    draw()
    case = works.start()
    works.do_task("wang", works.open_tasks()[0].id)
    draw("w")
    go(works, case)
    for _ in range(2):
        works.do_task("wang", next(task.id for task in works.open_tasks() if task.element_id == "x"))
        works.do_task("wang", next(task.id for task in works.open_tasks() if task.element_id == "w"))
    assert works.waiting() == ["z"]
    works.do("wang", "z")
    assert works.ended(case)[0] == "completed"


@pytest.mark.parametrize("first", ["a", "b"])
def test_branches_that_have_come_to_their_join(works, first):
    def draw(*parts):
        works.deploy(start(), par("g"), par("j"), mine("a"), mine("b"), mine("z"), end(), "s > g", "g > b > j", "j > z > e", *parts)
    draw("g > a > j")
    second = {"a": "b", "b": "a"}[first]
    cases = [works.start(), works.start()]
    for task in works.open_tasks():
        if task.element_id == first:
            works.do_task("wang", task.id)
    draw("g > a > j")
    works.deploy(start(), par("g"), par("j"), mine("a"), mine("b"), mine("c"), mine("z"), end(), "s > g", "g > b > j", "j > z > e", "g > a > j",
                 "g > c > j")
    (seen,) = look(works, cases[:1])
    assert any("新版本改变了这些分支" in text for text in said(seen.problems))
    draw(mine("n"), f"g > {'a > n' if second == 'a' else 'a'} > j") if second == "a" else draw("g > a > j", mine("n"), "n > e")
    go(works, cases[0])
    works.do_task("wang", next(t.id for t in works.open_tasks() if t.element_id == second and t.instance_id == cases[0]))
    if second == "a":
        assert sorted(t.element_id for t in works.open_tasks() if t.instance_id == cases[0]) == ["n"]
        works.do("wang", "n")
    works.do_task("wang", next(t.id for t in works.open_tasks() if t.element_id == "z" and t.instance_id == cases[0]))
    assert works.ended(cases[0])[0] == "completed"
    draw(mine("n"), "g > a > n > j") if first == "a" else works.deploy(
        start(), par("g"), par("j"), mine("a"), mine("b"), mine("n"), mine("z"), end(), "s > g", "g > b > n > j", "j > z > e", "g > a > j")
    (seen,) = look(works, cases[1:])
    assert said(seen.problems) == [f"已到达汇合点的分支「{first}」在新版本中不同"]


def test_the_new_version_puts_the_step_into_a_branch(works):
    works.deploy(start(), mine("a"), end(), "s > a > e")
    case = works.start()
    works.deploy(start(), par("g"), par("j"), mine("a"), mine("b"), end(), "s > g > a > j > e", "g > b > j")
    (seen,) = look(works, [case])
    assert said(seen.problems) == ["「a」在并行分支内，新版本改变了这些分支"]


def test_a_called_process_moves_with_the_version(works):
    works.deploy(start(), mine("x"), end(), "s > x > e", key="other")
    works.deploy(start(), mine("a"), call("c", "other"), mine("z"), end(), "s > a > c > z > e")
    case = works.start()
    works.do("wang", "a")
    assert works.waiting() == ["other/x"]
    works.deploy(start(), mine("x"), mine("y"), end(), "s > x > y > e", key="other")
    works.deploy(start(), mine("a"), call("c", "other"), mine("zz"), end(), "s > a > c > zz > e")
    go(works, case)
    for step in ("other/x", "other/y", "zz"):
        works.do("wang", step)
    assert works.ended(case)[0] == "completed"


def test_what_failed_is_tried_again_on_the_new_version(works):
    works.deploy(start(), mine("a"), script("x", "y = start.n / 0"), mine("z"), end(), "s > a > x > z > e")
    case = works.start(n=1)
    works.do("wang", "a")
    works.deploy(start(), mine("a"), script("x", "y = start.n / 1"), mine("z"), end(), "s > a > x > z > e")
    go(works, case)
    works.retry(works.rows(Incident)[0])
    assert works.waiting() == ["z"]
    works.do("wang", "z")
    assert works.ended(case)[0] == "completed"


def test_what_is_past_may_be_gone(works):
    works.deploy(start(), mine("first", allow="withdraw"), xor("g"), mine("a"), end(), "s > first > g > a default", "g > e if False", "a > e")
    case = works.start()
    done = works.task("first")
    works.do("wang", "first", note="bleibt")
    works.deploy(start("begin"), mine("a", returnable_to="any"), mine("z"), end(), "begin > a > z > e")
    go(works, case)
    assert works.view("wang", works.task("a")).data["first"]["note"] == "bleibt"
    assert works.view("wang", done).may & {"withdraw", "complete"} == set()
    assert works.targets("wang", works.task("a")) == ()
    works.do("wang", "a")
    works.do("wang", "z")
    assert works.ended(case)[0] == "completed"


def test_a_step_before_a_running_subprocess_may_be_gone(works):
    def draw(*before):
        works.deploy(start(), *map(mine, before), sub("u", start("us"), mine("x"), mine("y"), end("ue"), "us > x > y > ue"), mine("z"), end(),
                     " > ".join(["s", *before, "u", "z", "e"]))
    draw("first", "second")
    case = works.start()
    works.do("wang", "first")
    works.do("wang", "second")
    draw("first")
    go(works, case)
    for step in ("x", "y", "z"):
        works.do("wang", step)
    assert works.ended(case)[0] == "completed"


def test_helpers_and_signers_added_move_along(works):
    works.deploy(start(), user("b", candidates="users(start.people)", allow="add_signer"), end(), "s > b > e")
    case = works.start(people=[works.ids["li"]])
    works.add("li", works.task("b"), ["chen"], "before")
    works.deploy(start(), user("b", candidates="users(start.people)", allow="add_signer"), mine("z"), end(), "s > b > z > e")
    go(works, case)
    works.do_task("chen", works.open_tasks()[0].id)
    works.do("li", "b")
    works.do("wang", "z")
    assert works.ended(case)[0] == "completed"


def test_another_form_and_a_draft_of_the_old_one(works):
    works.deploy(start(), mine("a", form="hidden_danger.confirm"), end(), "s > a > e")
    case = works.start()
    works.deploy(start(), mine("a", form="hidden_danger.recheck"), end(), "s > a > e")
    assert said(look(works, [case])[0].notes) == ["「a」将使用新版本的表单"]
    works.act("wang", actions.save_draft, works.task("a"), {"note": "halb"}, idem_key=None)
    assert "草稿" in said(look(works, [case])[0].problems)[0]
    with pytest.raises(EngineError, match="草稿"):
        go(works, case)


def test_who_may_where_to_and_when(works):
    works.deploy(start(), mine("a"), end(), "s > a > e")
    case, first = works.start(), newest(works)
    for who in ("wang", "au", "zhang"):
        with pytest.raises(NotYours):
            go(works, case, who)
    with pytest.raises(EngineError, match="已是此版本"):
        go(works, case)
    works.deploy(start(), mine("a"), end(), "s > a > e", key="other")
    with pytest.raises(EngineError, match="另一个流程"):
        go(works, case, to=newest(works, "other"))
    works.deploy(start(), mine("a"), mine("z"), end(), "s > a > z > e")
    with pytest.raises(EngineError, match="原因"):
        go(works, case, reason=" ")
    works.act("po", actions.suspend, case, "等")
    with pytest.raises(TooLate, match="挂起"):
        go(works, case)
    works.act("po", actions.resume, case, "好")
    go(works, case)
    go(works, case, to=first)  # and back
    works.do("wang", "a")
    assert works.ended(case)[0] == "completed"
    with pytest.raises(TooLate):
        go(works, case)


def test_many_at_once_with_a_report(works):
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e")
    cases = [works.start() for _ in range(20)]
    for task in works.open_tasks()[:4]:
        works.do_task("wang", task.id)
    with unit_of_work(SYSTEM) as session:
        session.get_one(ProcessInstance, cases[7]).state = b"nonsense"
    works.deploy(start(), mine("a"), mine("c"), end(), "s > a > c > e")
    po = works.actor("po")
    assert [len(one.problems) for one in look(works, cases)] == [1] * 4 + [0] * 3 + [1] + [0] * 12

    def run_all():
        return migrating.migrate_many(lambda: unit_of_work(po), po, cases, newest(works), {}, "新规定", "batch")
    reports = run_all()
    assert [one.ok for one in reports] == [False] * 4 + [True] * 3 + [False] + [True] * 12
    assert reports[0].text.format(**reports[0].params) == "「b」在新版本中已删除" and reports[7].text == "流程状态无法读取"
    assert [i.instance_id for i in works.rows(Incident)] == [cases[7]]
    assert [one.ok for one in run_all()] == [one.ok for one in reports] and len(works.events("migrate")) == 15
    for task in [t for t in works.open_tasks() if t.instance_id in cases[8:]]:
        works.do_task("wang", task.id)
    assert works.waiting().count("c") == 12


def test_migrating_and_answering_at_once(works, together):
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e")
    case, task = works.start(), works.task("a")
    works.deploy(start(), mine("a"), mine("c"), mine("b"), end(), "s > a > c > b > e")
    po, wang, to = works.actor("po"), works.actor("wang"), newest(works)

    def moving(k):
        def call_():
            with unit_of_work(po) as session:
                return actions.migrate(session, po, case, to, {}, "新规定", idem_key=k)
        return call_

    def answering():
        with unit_of_work(wang) as session:
            return actions.complete(session, wang, task, "done", {}, idem_key=key())
    answers = together([moving("once"), moving("once"), answering])
    assert not any(isinstance(one, Exception) for one in answers) and answers[0] == answers[1]
    assert len(works.events("migrate")) == 1 and works.waiting() in (["c"], ["b"])
    assert [e.seq for e in works.history(case)] == list(range(1, works.instance(case).events + 1))


def test_what_it_costs(works):
    works.deploy(start(), mine("a", due="P2D"), mine("z"), end(), "s > a > z > e")
    cases = [works.start() for _ in range(3)]
    works.deploy(start(), mine("a", due="P2D"), mine("more"), mine("z"), end(), "s > a > more > z > e")
    to = newest(works)
    cost(works, "po", lambda session, actor, *args, idem_key: actions.migrate(session, actor, *args, idem_key=idem_key), cases[0], to, {}, "新规定")
    assert cost(works, "po", actions.migrate, cases[1], to, {}, "新规定") <= 11
    seen = [cost(works, "po", lambda session, actor, ids, idem_key: migrating.preview(session, actor, ids, to, {}), cases[:n]) for n in (1, 2, 3)]
    assert len(set(seen)) == 1 and seen[0] <= 5
