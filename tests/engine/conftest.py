"""Engine tests work in the small house, on a Monday morning."""
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from data_model import clock
from data_model.session import unit_of_work
from tests.engine.workshop import Workshop


@pytest.fixture
def works(house):
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=clock.zone())):
        yield Workshop(house)


@pytest.fixture
def desk(works):
    """desk("po", drafts.save, …): one request of a process owner."""
    def one(who, deed, *args, **more):
        actor = works.actor(who)
        with unit_of_work(actor) as session:
            return deed(session, actor, *args, **more)
    return one


@pytest.fixture
def together(app):
    """Run calls at the same moment, each in a thread and application context of its own; what each one gave or raised."""
    def run(calls):
        gate = Barrier(len(calls))

        def one(call):
            with app.app_context():
                gate.wait(20)
                try:
                    return call()
                except Exception as error:
                    return error

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(one, calls))
    return run
