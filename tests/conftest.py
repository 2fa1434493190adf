"""A fresh house for each test, on an embedded SQLite file and on a real PostgreSQL."""
import itertools
import shutil

import pytest
from flask import Flask
from sqlalchemy import create_engine

import data_model.tables  # noqa: F401
from data_model.actor import SYSTEM, Actor
from data_model.base import Base
from data_model.db import db
from data_model.organisation import User
from data_model.session import unit_of_work
from tests import postgres, small_house

_numbers = itertools.count(1)
_ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_EMPTY = """
CREATE FUNCTION begin_anew() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one text;
    used boolean;
BEGIN
    SET LOCAL session_replication_role = replica;  -- foreign keys do not ask in which order
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one) INTO used;
        IF used THEN
            EXECUTE format('DELETE FROM %I', one);
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL;
END $$"""


def pytest_addoption(parser):
    parser.addoption("--db", choices=("sqlite", "postgresql"), action="append", help="only this database; default: both")


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db") or ["sqlite", "postgresql"]
        only = metafunc.definition.get_closest_marker("databases")
        chosen = [name for name in chosen if only is None or name in only.args]
        metafunc.parametrize("database", chosen, indirect=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A file with every table and no row, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "anlan.db"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server():
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_shared(postgres_server):
    """A database with every table, emptied before each test: ten times as fast as a new one."""
    postgres_server.run("CREATE DATABASE shared")
    _create_tables(postgres_server.address("shared"))
    postgres_server.run(_EMPTY, "shared")
    return postgres_server.address("shared")


@pytest.fixture
def database(request, tmp_path):
    """The address of a database of this test's own, with every table in it and no row."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "anlan.db")
        yield f"sqlite:///{tmp_path}/anlan.db"
        return
    server, address = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_shared")
    if "empty_database" not in request.fixturenames:
        server.run(_ALONE, "shared")
        server.run("SELECT begin_anew()", "shared")
        yield address
        return
    name = f"anlan_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name}")
    yield server.address(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database(database):
    """The address of a database of this test's own without any table."""
    if database.startswith("sqlite"):
        engine = create_engine(database)
        Base.metadata.drop_all(engine)
        engine.dispose()
    return database


@pytest.fixture
def app(database):
    """The bare application: a database, no screens."""
    app = Flask("tests")
    app.config["SQLALCHEMY_DATABASE_URI"] = database
    db.init_app(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def house(app):
    """The small organisation; ids by name."""
    with unit_of_work(SYSTEM) as session:
        return small_house.build(session)


@pytest.fixture
def actor(house):
    """The person of that login, as the house sees them: actor("wang")."""
    from engine import principals  # the one confession: the engine's door opens only when a test asks for it

    def known_as(login: str) -> Actor:
        with unit_of_work(SYSTEM, write=False) as session:
            return principals.actor_for(session, session.get(User, house[login]))

    return known_as


def _create_tables(address: str) -> None:
    engine = create_engine(address)
    Base.metadata.create_all(engine)
    engine.dispose()
