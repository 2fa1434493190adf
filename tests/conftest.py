"""A fresh house for each test, on an embedded SQLite file and on a real PostgreSQL."""
import pytest
from flask import Flask

import data_model.tables  # noqa: F401
from data_model.actor import SYSTEM
from data_model.base import Base
from data_model.db import db
from data_model.session import unit_of_work
from tests import small_house


@pytest.fixture(params=["sqlite"])
def database(request, tmp_path):
    """The address of an empty database with every table in it."""
    return f"sqlite:///{tmp_path}/anlan.db"


@pytest.fixture
def app(database):
    """The bare application: a database, no screens."""
    app = Flask("tests")
    app.config["SQLALCHEMY_DATABASE_URI"] = database
    db.init_app(app)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def house(app):
    """The small organisation; ids by name."""
    with unit_of_work(SYSTEM) as session:
        return small_house.build(session)
