"""退回, 撤回, 驳回, 加签, 减签 on simple diagrams: who may, what follows, what the others are told."""
import json

import pytest

from data_model.outbox import Message
from data_model.process import HistoryEvent, InboxRow, Task
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import boundary, end, par, service, start, timer, user
from tests.engine.workshop import mine

BUTTONS = json.dumps([{"value": "agree", "label": "同意"}, {"value": "no", "label": "不同意"}])
ALL = "return,reject,withdraw,add_signer,transfer"


def step(works_id, who, **more):
    return user(works_id, candidates=f"users([start.{who}])", **{"outcomes": BUTTONS, "allow": ALL, "returnable_to": "any", **more})


@pytest.fixture
def line(works):
    """wang writes, li checks, chen approves, zhang signs off."""
    works.deploy(start(), mine("write", allow="withdraw"), step("check", "li"), step("approve", "chen", due="P1D"), step("sign", "zhang"),
                 end(), "s > write > check > approve > sign > e")
    works.people = {who: works.ids[who] for who in ("li", "chen", "zhang", "sun", "zhou")}
    return works


def at(works, step_):
    case = works.start(**works.people)
    for element, who in (("write", "wang"), ("check", "li"), ("approve", "chen"), ("sign", "zhang")):
        if element == step_:
            return case
        if element not in works.waiting():
            continue
        works.do(who, element, "done" if element == "write" else "agree", note=f"von {who}")
    return case


def test_back_along_a_line_and_all_over_again(line):
    case = at(line, "sign")
    sign = line.task("sign")
    assert [(t.element, t.who) for t in line.targets("zhang", sign)] == [("approve", "陈刚"), ("check", "李敏"), ("write", "王强")]
    effects = [str(e.text.format(**e.params)) for e in line.targets("zhang", sign)[1].effects]
    assert effects == ["「approve」须重新办理"]
    line.give_back("zhang", sign, "check")
    assert line.waiting() == ["check"] and line.instance(case).round == 2
    view = line.view("li", line.task("check"))
    assert view.data["check"]["note"] == "von li" and view.task.assignee_id == line.ids["li"] and view.task.round == 2
    line.do("li", "check", "agree")
    assert line.waiting() == ["approve"]
    with pytest.raises(TooLate, match="张伟 于"):
        line.do_task("zhang", sign)
    (event,) = [e for e in line.rows(HistoryEvent) if e.action == "return"]
    assert (event.actor_name, event.opinion, event.round) == ("张伟", "请补充", 2)
    assert event.data["to"] == {"element": "check", "name": "check"} and event.data["before"] == ["sign"] and event.data["after"] == ["check"]


def test_straight_back_to_who_returned_it(works):
    works.deploy(start(), mine("write"), step("check", "li"), step("sign", "zhang", resubmit="straight_back", due="P1D"),
                 boundary("late", "sign", timer('"PT10H"'), False), end(), end("e2"), "s > write > check > sign > e", "late > e2")
    works.people = {"li": works.ids["li"], "zhang": works.ids["zhang"]}
    case = at(works, "sign")
    works.give_back("zhang", works.task("sign"), "write")
    assert works.waiting() == ["write"] and [t.status for t in works.rows(Task)][-2:] == ["held", "open"]
    assert {row.principal for row in works.rows(InboxRow)} == {f"u{works.ids['wang']}"}
    write = works.task("write")
    assert works.view("wang", write).data["write"]["note"] == "von wang"
    works.do_task("wang", write, note="besser")
    assert works.waiting() == ["sign"]
    view = works.view("zhang", works.task("sign"))
    assert view.data["write"]["note"] == "besser" and view.data["check"]["note"] == "von li"
    works.do("zhang", "sign", "agree")
    assert works.ended(case)[0] == "completed"


def test_only_who_has_the_task_and_only_where_the_diagram_lets(line):
    at(line, "approve")
    task = line.task("approve")
    for deed in (line.give_back, line.reject):
        with pytest.raises(NotYours):
            deed("sun", task, *(("check",) if deed == line.give_back else ()))
    with pytest.raises(NotYours):
        line.add("sun", task, ["zhou"], "before")
    with pytest.raises(NotYours):
        line.withdraw("sun", line.rows(Task)[0].id)
    with pytest.raises(EngineError):
        line.give_back("chen", task, "sign")
    with pytest.raises(EngineError):
        line.give_back("chen", task, "check", reason=" ")
    assert not {"return", "reject", "add_signer", "withdraw"} & line.may("sun", task)
    assert {"return", "reject", "add_signer"} <= line.may("chen", task)


@pytest.mark.parametrize(("said", "targets"), [
    ("starter", ["write"]), ("previous", ["approve"]), ("any", ["approve", "check", "write"]), ("check", ["check"]),
    ("starter, previous", ["approve", "write"]), ("nothing", [])])
def test_the_diagram_says_where_to(works, said, targets):
    works.deploy(start(), mine("write"), step("check", "li"), step("approve", "chen"), step("sign", "zhang", returnable_to=said), end(),
                 "s > write > check > approve > sign > e")
    works.people = {who: works.ids[who] for who in ("li", "chen", "zhang")}
    at(works, "sign")
    assert [t.element for t in works.targets("zhang", works.task("sign"))] == targets


def test_without_a_step_of_the_starter_there_is_no_way_back_to_them(works):
    works.deploy(start(), step("check", "li"), step("sign", "zhang", returnable_to="starter"), end(), "s > check > sign > e")
    works.start(li=works.ids["li"], zhang=works.ids["zhang"])
    works.do("li", "check", "agree")
    assert works.targets("zhang", works.task("sign")) == ()


def test_taking_back_while_nobody_has_touched_what_follows(line):
    case = at(line, "approve")
    check = next(t.id for t in line.rows(Task) if t.element_id == "check")
    assert line.withdrawable("li", case).task_id == check and "withdraw" in line.may("li", check)
    assert line.withdrawable("wang", case) is None  # li has acted after wang
    line.withdraw("li", check)
    assert line.waiting() == ["check"] and {row.principal for row in line.rows(InboxRow)} == {f"u{line.ids['li']}"}
    assert [m.text for m in line.rows(Message) if m.user_id == line.ids["chen"]][-1] == "{who} 已撤回上一步，您的待办「{task}」已关闭（{title}）"
    line.do("li", "check", "agree")
    line.do("chen", "approve", "agree")
    with pytest.raises(TooLate, match="陈刚 已于 .* 办理下一步「approve」"):
        line.withdraw("li", next(t.id for t in line.rows(Task) if t.element_id == "check" and t.status == "done" and t.id != check))
    with pytest.raises(TooLate):
        line.withdraw("li", check)


def test_what_has_gone_out_is_not_taken_back(works):
    works.deploy(start(), mine("write"), service("tell", "flow.notify", code='"N-02"', to="users([start.li])", text='"x"'), step("check", "li"),
                 end(), "s > write > tell > check > e")
    case = works.start(li=works.ids["li"])
    works.do("wang", "write")
    assert works.withdrawable("wang", case) is None
    with pytest.raises(EngineError, match="已自动执行「tell」"):
        works.withdraw("wang", works.rows(Task)[0].id)


def test_rejecting_ends_the_case_and_tells_its_starter(line):
    case = at(line, "approve")
    line.reject("chen", line.task("approve"))
    assert line.ended(case)[0] == "rejected" and line.waiting() == [] and line.rows(InboxRow) == []
    assert [m.user_id for m in line.rows(Message) if m.code == "N-14"] == [line.ids["wang"]]
    assert line.told(case)[-1] == ("reject", "approve")
    with pytest.raises(TooLate, match="陈刚"):
        line.reject("chen", line.rows(Task)[-1].id)


def test_signers_before_make_the_task_wait_and_it_comes_back(line):
    at(line, "approve")
    task = line.task("approve")
    line.add("chen", task, ["sun", "zhou"], "before")
    assert sorted(row.principal for row in line.rows(InboxRow)) == sorted(f"u{line.ids[w]}" for w in ("sun", "zhou"))
    with pytest.raises(TooLate):
        line.do_task("chen", task, "agree")
    with pytest.raises(EngineError, match="陈刚"):
        line.add("sun", line.task("approve", "sun"), ["chen"], "before")
    line.do("sun", "approve", "no")
    line.do("zhou", "approve", "agree")
    assert [t.id for t in line.open_tasks()] == [task]
    line.do_task("chen", task, "agree")
    assert line.waiting() == ["sign"]


def test_signers_after_keep_the_step_until_they_have_signed(line):
    at(line, "approve")
    task = line.task("approve")
    line.add("chen", task, ["sun", "zhou"], "after")
    assert line.waiting() == ["approve"] and line.task("approve") == task
    line.do_task("chen", task, "agree", note="meins")
    assert len(line.open_tasks()) == 2
    line.do("sun", "approve", "agree")
    assert line.waiting() == ["approve"]
    line.do("zhou", "approve", "agree")
    assert line.waiting() == ["sign"] and line.view("zhang", line.task("sign")).data["approve"]["by"] == line.ids["chen"]


def test_a_refusal_after_takes_the_place_of_the_answer(line):
    at(line, "approve")
    task = line.task("approve")
    line.add("chen", task, ["sun", "zhou"], "after")
    line.do_task("chen", task, "agree")
    line.do("sun", "approve", "no")
    assert line.waiting() == ["sign"] and line.view("zhang", line.task("sign")).data["approve"]["outcome"] == "no"
    assert sorted(t.status for t in line.rows(Task) if t.element_id == "approve") == ["closed", "done", "done"]


def test_nested_signers_and_taking_one_away(line):
    at(line, "approve")
    task = line.task("approve")
    line.add("chen", task, ["sun"], "before")
    suns = line.task("approve")
    line.add("sun", suns, ["zhou"], "after")
    line.add("sun", suns, ["li"], "before")
    with pytest.raises(NotYours):
        line.remove("chen", line.task("approve", "li"))  # sun has added li
    line.remove("sun", line.task("approve", "li"))
    line.do_task("sun", suns, "agree")
    assert len(line.open_tasks()) == 1 and line.task("approve") != task
    line.remove("sun", line.task("approve"))
    assert line.task("approve") == task
    line.do_task("chen", task, "agree")
    assert line.waiting() == ["sign"]
    said = [(s.name, s.where, s.status) for s in line.signers("chen", task)]
    assert ("孙丽", "before", "done") in said and ("周明", "after", "closed") in said


def test_a_single_step_has_nobody_alongside(line):
    at(line, "approve")
    with pytest.raises(EngineError):
        line.add("chen", line.task("approve"), ["sun"], "alongside")


@pytest.mark.parametrize(("order", "may"), [(("li", "chen"), "chen"), (("chen", "li"), "li")])
def test_who_came_last_to_a_join_may_take_it_back_the_other_may_not(works, order, may):
    works.deploy(start(), par("g"), step("a", "li"), step("b", "chen"), par("j"), step("z", "zhang"), end(), "s > g > a > j", "g > b > j", "j > z > e")
    case = works.start(**{who: works.ids[who] for who in ("li", "chen", "zhang")})
    of = {"li": "a", "chen": "b"}
    for who in order:
        works.do(who, of[who], "agree")
    other = order[0]
    assert works.withdrawable(other, case) is None and works.withdrawable(may, case).element == of[may]
    with pytest.raises(EngineError, match="其他分支"):
        works.withdraw(other, next(t.id for t in works.rows(Task) if t.element_id == of[other]))
    works.withdraw(may, next(t.id for t in works.rows(Task) if t.element_id == of[may]))
    assert works.waiting() == [of[may]]
    works.do(may, of[may], "agree")
    assert works.waiting() == ["z"]
