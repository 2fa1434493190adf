"""An open task always has somebody: a grant, an owner or a user that goes takes no task along."""
import pytest
from sqlalchemy import delete

from data_model.organisation import Grant, Ownership, User
from data_model.session import unit_of_work
from engine import accounts, actions, reroute
from tests.diagrams import end, start, user
from tests.engine.workshop import mine, system_unit


def deploy(works, candidates, **properties):
    works.deploy(start(), user("b", candidates=candidates, **properties), mine("c"), end(), "s > b > c > e")
    return works.start(unit=works.ids["unit:plant1"], grid=works.ids["unit:filter"], who=works.ids["chen"],
                       people=[works.ids["chen"], works.ids["sun"]])


def dismiss(works, login):
    with system_unit() as session:
        accounts.disable(session, login)


@pytest.mark.parametrize(("candidates", "leaves"), [
    ("users([start.who])", "chen"), ('role("station_leader", start.unit)', "zhang"), ("grid_owner(start.grid)", "li")])
def test_who_leaves_takes_no_task_along(works, candidates, leaves):
    deploy(works, candidates)
    dismiss(works, leaves)
    (line,) = works.events("reroute")
    (task,) = works.open_tasks()
    assert line.data["after"] == task.candidates and line.data["before"] != task.candidates and line.actor_name == "系统"
    heirs = [who for who in ("li", "zhang", "wu", "po") if works.inbox(who) == ["b"]]
    assert heirs and works.notes(heirs[0])[-1].startswith("您有新的待办")
    works.do(heirs[0], "b")
    assert works.waiting() == ["c"]


def test_where_somebody_is_left_nothing_moves(works):
    deploy(works, "users(start.people)")
    dismiss(works, "chen")
    assert works.events("reroute") == [] and works.inbox("sun") == ["b"]


def test_a_claimed_task_comes_back_to_the_others(works):
    deploy(works, "users(start.people)")
    works.act("chen", actions.claim, works.task("b"), idem_key=None)
    dismiss(works, "chen")
    assert works.inbox("sun") == ["b"] and len(works.events("reroute")) == 1


def test_a_delegated_task_comes_back_to_its_owner(works):
    deploy(works, "users(start.people)")
    works.act("chen", actions.delegate, works.task("b"), works.ids["il"], "请看")
    dismiss(works, "il")
    assert works.inbox("chen", "mine") == ["b"] and works.open_tasks()[0].owner_id is None


@pytest.mark.parametrize("what", ["grant", "owner", "user"])
def test_the_net_finds_what_nobody_told_of(works, what):
    deploy(works, {"grant": 'role("station_leader", start.unit)', "owner": "grid_owner(start.grid)", "user": "users([start.who])"}[what])
    assert reroute.sweep(system_unit) == 0
    with system_unit() as session:
        if what == "grant":
            session.execute(delete(Grant).where(Grant.user_id == works.ids["zhang"]))
        elif what == "owner":
            session.execute(delete(Ownership).where(Ownership.user_id == works.ids["li"]))
        else:
            session.get_one(User, works.ids["chen"]).active = False
    assert reroute.sweep(system_unit) == 1 and reroute.sweep(system_unit) == 0
    assert len(works.events("reroute")) == 1
    assert [who for who in ("li", "zhang", "wu", "po") if works.inbox(who) == ["b"]]


def test_a_signer_who_leaves_is_replaced_by_nobody_who_signs_already(works):
    deploy(works, "users([start.who]) + grid_owner(start.grid)", signing='{"mode": "all"}')  # chen and li
    dismiss(works, "chen")
    addresses = sorted(task.candidates[0] for task in works.open_tasks())
    assert len(addresses) == 2 and f"u{works.ids['li']}" in addresses
    (other,) = [a for a in addresses if a != f"u{works.ids['li']}"]
    assert other == f"owner@{works.ids['unit:plant1']}" and works.inbox("zhang") == ["b"]


def test_two_sweeps_do_it_once(works):
    deploy(works, "users([start.who])")
    with unit_of_work(works.actor("admin")) as session:
        session.get_one(User, works.ids["chen"]).active = False
    assert [reroute.sweep(system_unit), reroute.sweep(system_unit)] == [1, 0]
