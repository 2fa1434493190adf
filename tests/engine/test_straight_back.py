"""直达退回人: only one person's own answer can be mended on the side. What several signed, or nobody, is done again, and the page says so."""
import json

from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.process import Task
from data_model.session import unit_of_work
from tests.diagrams import end, start, user
from tests.engine.workshop import mine

AGREE = json.dumps([{"value": "agree", "label": "同意"}, {"value": "no", "label": "不同意"}])
BACK = {"outcomes": AGREE, "returnable_to": "any", "resubmit": "straight_back"}
NO_MENDER = "不是由一人办理或办理人已不在"


def said(target):
    return [effect.text.format(**effect.params) for effect in target.effects]


def before_a_chief(works, **signing):
    works.deploy(start(), mine("write"), user("sign", candidates="users(start.people)", outcomes=AGREE, **signing), mine("edit"),
                 user("approve", candidates="users([start.chief])", **BACK), end(), "s > write > sign > edit > approve > e")
    case = works.start(people=[works.ids["li"], works.ids["chen"]], chief=works.ids["zhang"])
    works.do("wang", "write")
    return case


def test_a_signing_is_signed_anew_by_everybody_and_not_mended_by_its_first(works):
    case = before_a_chief(works, signing='{"mode": "all"}')
    for who in ("li", "chen"):
        works.do(who, "sign", "agree")
    works.do("wang", "edit")
    approve = works.task("approve")
    targets = {target.element: target for target in works.targets("zhang", approve)}
    assert {name: target.modes for name, target in targets.items()} == {
        "edit": ("straight_back",), "sign": ("redo_all",), "write": ("straight_back",)}
    assert NO_MENDER in said(targets["sign"])[0] and "「edit」须重新办理" in said(targets["sign"])
    assert said(targets["write"]) == ["「write」修改后直接回到「approve」，中间步骤不重走"]
    works.give_back("zhang", approve, "sign")
    assert works.waiting() == ["sign", "sign"] and works.inbox("li") == works.inbox("chen") == ["sign"]
    works.do("li", "sign", "agree")
    assert works.waiting() == ["sign"] and works.inbox("zhang") == []  # the naive way had approved here, over one of two signatures
    works.do("chen", "sign", "agree")
    works.do("wang", "edit")
    assert len(works.view("zhang", works.task("approve")).data["sign"]["votes"]) == 2
    works.do("zhang", "approve", "agree")
    assert works.ended(case)[0] == "completed"


def test_a_step_that_passed_by_itself_is_asked_now(works):
    works.deploy(start(), user("check", candidates="users([start.one])", outcomes=AGREE),
                 user("again", candidates="users([start.one])", outcomes=AGREE, repeat="any"),
                 user("approve", candidates="users([start.chief])", **BACK), end(), "s > check > again > approve > e")
    case = works.start(one=works.ids["li"], chief=works.ids["zhang"])
    works.do("li", "check", "agree")
    approve = works.task("approve")
    found = {target.element: target for target in works.targets("zhang", approve)}
    assert found["again"].modes == ("redo_all",) and NO_MENDER in said(found["again"])[0]
    works.give_back("zhang", approve, "again")
    assert works.waiting() == ["again"] and works.inbox("li") == ["again"]
    works.do("li", "again", "agree")
    works.do("zhang", "approve", "agree")
    assert works.ended(case)[0] == "completed"


def test_who_has_left_mends_nothing(works):
    before_a_chief(works, signing='{"mode": "any"}')
    works.do("chen", "sign", "agree")
    works.do("wang", "edit")
    with unit_of_work(SYSTEM) as session:
        session.get_one(User, works.ids["wang"]).active = False
    approve = works.task("approve")
    found = {target.element: target for target in works.targets("zhang", approve)}
    assert found["write"].modes == ("redo_all",)
    works.give_back("zhang", approve, "write")
    (row,) = works.open_tasks()
    assert row.element_id == "write" and row.assignee_id is None and row.helps == ""  # whoever the diagram names now, not a locked account
    assert all(task.status != "held" for task in works.rows(Task))
