"""Who gets a task: each candidate function with its fallbacks, and nobody judging their own work."""
from datetime import date

import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.organisation import Grant, Ownership, User
from data_model.session import unit_of_work
from engine.candidates import Asking, resolve


@pytest.fixture
def ask(house):
    """Resolve an expression in the small house; people come back by login."""
    logins = {v: k for k, v in house.items() if not k.startswith("unit:")}

    def run(expression, place="filter", starter="wang", data=None, **rules):
        with unit_of_work(SYSTEM) as session:
            found = resolve(Asking(session, {"grid": house[f"unit:{place}"], **(data or {})}, house[f"unit:{place}"], house[starter]),
                            expression, **rules)
        return found, {logins[i] for i in found.people}
    return run


@pytest.mark.parametrize(("expression", "place", "people"), (
    ("grid_owner(grid)", "filter", {"li"}),
    ("grid_owner(grid)", "pool", {"li"}),  # a cell without an owner: the grid above answers
    ("grid_owner(grid)", "dosing", {"zhang"}),  # a grid without an owner: the station above
    ("grid_owner(grid)", "plant2", {"wu"}),
    ("grid_up(grid)", "filter", {"zhang"}),
    ("grid_up(grid)", "plant1", {"wu"}),
    ("grid_up(grid)", "qingyuan", {"zhao"}),  # nobody above in the company: its safety administrator
    ('role("station_leader", station(grid))', "pool", {"zhang"}),
    ('role("厂站领导", station(grid))', "pool", {"zhang"}),
    ('role("station_leader", station(grid)) or gm(grid)', "plant2", {"wu"}),
    ("fgld(grid) + gm(grid) + chair(grid)", "filter", {"zhou", "wu", "zheng"}),
    ('dept_head(grid, "安全")', "filter", {"dh"}),
    ("starter()", "filter", {"wang"}),
))
def test_candidate_functions(ask, expression, place, people):
    assert ask(expression, place)[1] == people


def test_a_named_person_and_who_did_a_step(ask, house):
    data = {"plan": {"rectifier": house["chen"], "by": house["li"]}}
    assert ask('field("plan.rectifier")', data=data)[1] == {"chen"}
    assert ask('done_by("plan")', data=data)[1] == {"li"}
    assert ask("users([1000000])")[1] == {"li"}  # nobody of that id: the owner of the case's place is asked
    assert ask("users([1000000])", on_empty="process_owner")[0].notes == ("没有可办理的人，已转流程管理员",)


def test_a_backup_answers_when_nobody_else_does(ask, house):
    with unit_of_work(SYSTEM) as session:
        session.add(Ownership(unit_id=house["unit:dosing"], user_id=house["chen"], backup=True))
    found, people = ask("grid_owner(grid)", "dosing")
    assert people == {"chen"} and found.principals == (f"backup@{house['unit:dosing']}",)


def test_a_disabled_owner_is_passed_over(ask, house):
    with unit_of_work(SYSTEM) as session:
        session.scalars(select(User).where(User.login == "li")).one().active = False
    assert ask("grid_owner(grid)")[1] == {"zhang"}


def test_a_grant_that_has_ended_counts_no_more(ask, house):
    with unit_of_work(SYSTEM) as session:
        session.scalars(select(Grant).where(Grant.user_id == house["zhang"])).one().valid_to = date(2020, 1, 1)
    assert ask('role("station_leader", station(grid))')[1] == {"li"}


def test_who_reported_it_does_not_judge_it(ask):
    found, people = ask("grid_owner(grid)", starter="li", duty="verify")
    assert people == {"zhang"} and found.notes == ("发起人不能审批自己的申请，已上移一级",)
    assert ask("grid_owner(grid)", starter="li", duty="do")[1] == {"li"}
    assert ask("starter()", starter="li", duty="verify")[1] == {"li"}  # the diagram asks for the starter on purpose


def test_who_did_the_work_does_not_check_it(ask, house):
    data = {"rectify": {"by": house["li"]}}
    found, people = ask("grid_owner(grid)", data=data, barred='done_by("rectify")')
    assert people == {"zhang"} and house["li"] in found.excluded


def test_nobody_at_all_means_the_process_owners_queue(ask, house):
    found, people = ask('field("nobody")', on_empty="process_owner")
    assert people == {"po"} and found.principals == (f"process_owner@{house['unit:group']}",)


def test_the_reason_is_told(ask):
    found, _ = ask("grid_owner(grid)")
    assert found.why[0].plain()["text"].format(**found.why[0].params) == "您是「过滤区」的负责人"


def test_an_expression_that_names_no_person_is_a_fault_of_the_diagram(ask):
    with pytest.raises(ValueError, match="no person, role or owner"):
        ask("'anybody'")
