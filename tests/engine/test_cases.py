"""What screens are told about a task and a case, and who may ask."""
import pytest

from data_model.actor import SYSTEM
from data_model.organisation import OrgUnit
from data_model.process import ProcessInstance, Task
from data_model.session import unit_of_work
from engine import actions, cases
from engine.case import Case
from engine.errors import Missing, NotYours, TooLate
from tests.diagrams import end, start, user
from tests.engine.workshop import mine

BUTTONS = '[{"value": "ok", "label": "同意"}, {"value": "back", "label": "退回", "opinion": true, "style": "danger"}]'

READER = {"cc", "follow", "comment"}  # what everybody who sees a case may do


@pytest.fixture
def running(works):
    """a is done, b waits for the owner of the filter grid or the leader of the plant, with two workdays."""
    works.deploy(start(), mine("a"), user("b", candidates='grid_owner(start.grid) + role("station_leader", start.grid)', outcomes=BUTTONS,
                                          due="P2D", form="other_flow.step", priority="0"), end(), "s > a > b > e")
    works.case = works.start(grid=works.ids["unit:filter"], words="漏水")
    works.do("wang", "a", opinion="", note="看过")
    return works


def view(works, who, task):
    actor = works.actor(who)
    with unit_of_work(actor, write=False) as session:
        return cases.task_view(session, actor, task)


def test_a_candidate_sees_everything_the_page_needs(running):
    seen = view(running, "li", running.task("b"))
    assert seen.form == "other_flow.step" and [o.label for o in seen.outcomes] == ["同意", "退回"] and seen.outcomes[1].opinion
    assert seen.may == {"complete", "claim", "draft", "transfer", "delegate", *READER} and seen.closed is None and seen.task.priority == 0
    assert seen.data["start"]["words"] == "漏水" and seen.data["a"]["note"] == "看过"
    assert [why.text for why in seen.why] == ["您是「{unit}」的负责人"] and seen.why[0].params == {"unit": "过滤区"}
    assert seen.task.due_at is not None and seen.process_name == "流程"


def test_who_could_have_done_it_is_told_who_did(works):
    works.deploy(start(), user("a", candidates='users([start.one, start.other])'), mine("b"), end(), "s > a > b > e")
    works.start(one=works.ids["li"], other=works.ids["chen"])
    task = works.task("a")
    works.do("li", "a")
    with pytest.raises(TooLate, match="李敏"):
        view(works, "chen", task)
    with pytest.raises(NotYours):
        view(works, "qian", task)


def test_what_one_may_do_depends_on_who_claimed_it(running):
    li, task = running.actor("li"), running.task("b")
    with unit_of_work(li) as session:
        actions.claim(session, li, task)
    assert view(running, "li", task).may == {"complete", "unclaim", "draft", "transfer", "delegate", *READER}
    assert view(running, "zhang", task).may == READER


@pytest.mark.parametrize(("who", "may_see"), [("wang", True), ("li", True), ("zhang", True), ("po", True), ("au", True), ("chen", False),
                                              ("qian", False), ("admin", False)])
def test_who_sees_a_task_and_its_case(running, who, may_see):
    actor, task = running.actor(who), running.task("b")
    for ask, what in ((cases.task_view, task), (cases.case_view, running.case)):
        with unit_of_work(actor, write=False) as session:
            if may_see:
                assert ask(session, actor, what)
            else:
                with pytest.raises(NotYours):
                    ask(session, actor, what)


def test_what_is_not_there(running):
    for ask in (cases.task_view, cases.case_view):
        with unit_of_work(SYSTEM, write=False) as session, pytest.raises(Missing):
            ask(session, SYSTEM, 999)


def test_a_done_task_says_who_when_and_how(running):
    task = running.task("b")
    running.do("li", "b", "back", opinion="再看看")
    seen = view(running, "li", task)
    assert (seen.closed.who, seen.closed.outcome, seen.closed.label) == ("李敏", "back", "退回") and seen.may == READER
    assert seen.data["b"]["opinion"] == "再看看"


def test_the_timeline_ends_with_what_is_open(running):
    with unit_of_work(SYSTEM, write=False) as session:
        lines = cases.timeline(session, running.case)
    assert [(line.action, line.who, line.element_id) for line in lines] == [
        ("start", "王强", "s"), ("complete", "王强", "a"), ("open", "", "b")]
    assert lines[1].data == {"note": "看过"} and lines[2].open and lines[2].due_at
    assert lines[2].holders == ("李敏",) and lines[2].roles == (("厂站领导", "过滤区"),)


def test_the_case_says_what_is_open_and_what_one_may(running):
    po = running.actor("po")
    with unit_of_work(po, write=False) as session:
        case = cases.case_view(session, po, running.case)
    assert case.may == {"cancel", *READER} and [step.task.element_id for step in case.steps] == ["b"] and case.incidents == ()


def test_the_diagram_marks_the_way_and_the_token(running):
    with unit_of_work(SYSTEM, write=False) as session:
        marks = cases.diagram(session, running.case)
    assert marks.done == ["s", "a"] and marks.flows == ["f_s_a", "f_a_b"] and marks.current == ["b"] and marks.failed == []
    assert marks.xml.startswith("<?xml")


def test_the_case_takes_the_place_and_the_name_of_its_record(running):
    class Record:
        __tablename__, id = "record", 7

        def __init__(self, path):
            self.org_path = path

    with unit_of_work(SYSTEM) as session:
        instance = session.get_one(ProcessInstance, running.case)
        unit = session.get_one(OrgUnit, running.ids["unit:dosing"])
        Case(session, SYSTEM, instance).attach(Record(unit.path), code="HD-1", title="漏氯")
        assert (instance.org_path, instance.unit_id) == (unit.path, unit.id)
    open_task = next(task for task in running.rows(Task) if task.status == "open")
    assert (open_task.code, open_task.title) == ("HD-1", "漏氯")
    assert view(running, "li", open_task.id).subject == ("record", 7)
