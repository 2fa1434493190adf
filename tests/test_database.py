"""The ground floor on both databases: what one unit of work does, the next one sees; what fails leaves nothing."""
import pytest
from sqlalchemy import func, select

from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.session import unit_of_work


def test_a_finished_unit_of_work_is_there_for_the_next(house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).phone = "13800000001"
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.scalar(select(User.phone).where(User.login == "wang")) == "13800000001"


def test_a_failed_unit_of_work_leaves_nothing(house):
    with pytest.raises(RuntimeError), unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).phone = "13800000001"
        session.flush()
        raise RuntimeError
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.scalar(select(User.phone).where(User.login == "wang")) == ""


def test_each_test_begins_in_an_empty_house(app):
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
