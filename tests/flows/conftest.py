"""The shipped diagrams, a Monday morning, and people to tell stories about."""
import pytest

from data_model import clock
from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from engine.deployment import load_shipped
from tests.flows.story import MONDAY, Story


@pytest.fixture
def story(house):
    """A house on a simulated Monday, 2 March 2026, 9:00; ids by name as in `house`."""
    with clock.at(MONDAY):
        with unit_of_work(SYSTEM) as session:
            load_shipped(session)
        yield Story(house)
