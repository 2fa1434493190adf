"""Engine tests work in the small house, on a Monday morning."""
from datetime import datetime

import pytest

from data_model import clock
from tests.engine.workshop import Workshop


@pytest.fixture
def works(house):
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=clock.zone())):
        yield Workshop(house)
