"""Databases that write to the disk as a real installation's do, and a mail server that outlives every crash."""
import itertools

import pytest

from data_model.db import db
from tests import postgres
from tests.crash.site import Site
from tests.mail_server import MailServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def durable_server():
    with postgres.running(durable=True) as server:
        yield server


@pytest.fixture
def database(request, tmp_path):
    """The address of an empty database of this test's own, durable."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/anlan.db"
        return
    server, name = request.getfixturevalue("durable_server"), f"crash_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name}")
    yield server.address(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def post_office():
    with MailServer() as server:
        yield server


@pytest.fixture
def site(database, post_office, tmp_path):
    """A furnished installation; its application context is pushed, no server runs yet."""
    site = Site(database, tmp_path, post_office.port)
    with site.app.app_context():
        site.furnish()
        yield site
        db.session.remove()
        db.engine.dispose()
