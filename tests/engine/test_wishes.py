"""撤回 and 撤销 that come too late become requests: who has the case is asked, and a 撤销 they agree to ends it."""
import pytest

from engine import actions
from engine.errors import EngineError, NotYours, TooLate
from tests.diagrams import end, start, user
from tests.engine.test_deeds_at_once import doing, failures
from tests.engine.test_edits import ALL, BUTTONS
from tests.engine.workshop import key, mine


@pytest.fixture
def case(works):
    """wang has written, li has checked; chen has it now."""
    works.deploy(start(), mine("write", allow="withdraw"), user("check", candidates="users([start.li])", outcomes=BUTTONS, allow=ALL),
                 user("approve", candidates="users([start.chen])", outcomes=BUTTONS, allow=ALL, returnable_to="any"), end(),
                 "s > write > check > approve > e")
    works.case = works.start(li=works.ids["li"], chen=works.ids["chen"])
    works.do("wang", "write")
    return works


def ask(works, who, wish, reason="写错了", **more):
    return works.act(who, actions.ask_for, works.case, wish, reason, **more)


def test_who_can_still_do_it_does_not_ask(case):
    write = next(t.id for t in case.rows(type(case.open_tasks()[0])) if t.element_id == "write")
    assert "withdraw" in case.may("wang", write) and "ask_return" not in case.may("wang", write)
    with pytest.raises(NotYours):
        ask(case, "wang", "return")


def test_sent_back_because_somebody_asked(case):
    case.do("li", "check", "agree")
    with pytest.raises(TooLate):
        case.withdraw("wang", next(t.id for t in case.rows(type(case.open_tasks()[0])) if t.element_id == "write"))
    ask(case, "wang", "return")
    assert case.notes("chen")[-1] == "王强 申请退回「流程」：写错了"
    (line,) = case.events("request")
    assert (line.actor_name, line.outcome, line.opinion, line.data["steps"]) == ("王强", "return", "写错了", ["approve"])
    with pytest.raises(EngineError, match="一小时内已申请过"):
        ask(case, "wang", "return")
    case.give_back("chen", case.task("approve"), "write")
    assert case.waiting() == ["write"]


def test_cancelled_when_its_approver_agrees_and_not_before(case):
    case.do("li", "check", "agree")
    with pytest.raises(NotYours):
        case.act("wang", actions.cancel, case.case, "不办了")
    approve = case.task("approve")
    assert "agree_to_cancel" not in case.may("chen", approve)
    with pytest.raises(NotYours):
        case.act("chen", actions.agree_to_cancel, approve)
    ask(case, "wang", "cancel", "项目取消")
    assert case.instance(case.case).status == "running" and "agree_to_cancel" in case.may("chen", approve)
    with pytest.raises(NotYours):
        case.act("sun", actions.agree_to_cancel, approve)
    case.act("chen", actions.agree_to_cancel, approve)
    assert (case.ended(case.case)[0], case.open_tasks()) == ("cancelled", [])
    (line,) = case.events("cancel")
    assert (line.actor_name, line.opinion, line.data["asked_by"]["name"]) == ("陈刚", "项目取消", "王强")


def test_a_request_is_answered_by_going_on(case):
    case.do("li", "check", "agree")
    ask(case, "wang", "cancel")
    case.give_back("chen", case.task("approve"), "check")
    assert "agree_to_cancel" not in case.may("li", case.task("check"))
    with pytest.raises(NotYours):
        case.act("li", actions.agree_to_cancel, case.task("check"))


@pytest.mark.parametrize(("who", "wish"), [("sun", "return"), ("sun", "cancel"), ("li", "cancel"), ("chen", "return")])
def test_who_has_no_part_in_it_cannot_ask(case, who, wish):
    case.do("li", "check", "agree")
    with pytest.raises(NotYours):
        ask(case, who, wish)
    assert case.events("request") == []


def test_two_at_once(case, together):
    case.do("li", "check", "agree")
    click = doing(case, "wang", actions.ask_for, case.case, "cancel", "不办了", idem_key="twice")
    first, second = together([click, click])
    assert first == second and len(case.events("request")) == 1
    approve = case.task("approve")
    answers = together([doing(case, "chen", actions.agree_to_cancel, approve, idem_key=key()),
                        doing(case, "chen", actions.complete, approve, "agree", {}, idem_key=key())])
    (lost,) = failures(answers)
    assert isinstance(lost, TooLate | NotYours) and case.open_tasks() == []
