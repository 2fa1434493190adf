"""Fresh houses to measure in: an SQLite file, or a throw-away PostgreSQL that writes to the disk as a real one does."""
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select

import data_model.tables  # noqa: F401
from benchmarks.raw import LINE
from data_model.actor import SYSTEM, Actor
from data_model.base import Base
from data_model.db import db
from data_model.organisation import User
from data_model.session import unit_of_work
from engine import deployment
from engine.principals import actor_for
from tests import postgres, small_house

DATABASES = ("sqlite", "postgresql")


@contextmanager
def address(kind: str) -> Iterator[str]:
    """The address of an empty, durable database."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
            return
        with postgres.running(durable=True) as server:
            server.run("CREATE DATABASE bench")
            yield server.address("bench")


@contextmanager
def house(kind: str) -> Iterator[Flask]:
    """The small organisation in a fresh database, with the benchmark's diagram deployed; its context is pushed."""
    with address(kind) as url:
        app = Flask("bench")
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        db.init_app(app)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            with unit_of_work(SYSTEM) as session:
                small_house.build(session)
                deployment.deploy(session, SYSTEM, {LINE.name: LINE.read_bytes()}, "benchmark")
            yield app
            db.session.remove()
            db.engine.dispose()


def person(login: str = "wang") -> Actor:
    with unit_of_work(SYSTEM, write=False) as session:
        return actor_for(session, session.scalars(select(User).where(User.login == login)).one())
