"""The one door to the database, and the one place that commits."""
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from data_model import audit, scope  # noqa: F401  their listeners guard every session
from data_model.actor import Actor
from data_model.db import db


class FifoLock:
    """Writers of an embedded database queue here in the order they came; without it SQLite starves some."""

    def __init__(self) -> None:
        self._mutex, self._queue, self._held = threading.Lock(), deque[threading.Event](), False

    def acquire(self) -> None:
        with self._mutex:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._queue.append(turn)
        turn.wait()

    def release(self) -> None:
        with self._mutex:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False


_writers = FifoLock()


@contextmanager
def unit_of_work(actor: Actor, write: bool = True) -> Iterator[Session]:
    """All or nothing, on behalf of somebody. A request or a job opens exactly one.

    Args:
        actor: on whose behalf; the wall, the audit and the engine read it from the session.
        write: False for a request that only looks: it takes no write lock, and whatever it changed is rolled back.

    Raises:
        RuntimeError: when a unit of work is already open in this application context.
    """
    session: Session = db.session()
    if "actor" in session.info:
        raise RuntimeError("a unit of work is already open here")
    lock = _writers if write and db.engine.dialect.name == "sqlite" else None
    if lock:
        lock.acquire()
    session.info.update(actor=actor, write=write, after_commit=[])
    try:
        session.connection(execution_options={"write": write})
        yield session
        if write:
            session.commit()
            for call in session.info["after_commit"]:
                call()
        else:
            session.expunge_all()  # what was read stays readable
            session.rollback()
    except BaseException:
        session.rollback()
        raise
    finally:
        for key in ("actor", "write", "walls", "units", "after_commit"):
            session.info.pop(key, None)
        db.session.remove()
        if lock:
            lock.release()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Run `call` once the unit of work has committed: for caches and wake-ups, never for anything that must not be lost."""
    session.info["after_commit"].append(call)


def become(session: Session, actor: Actor) -> Actor:
    """From here on the session works for this actor."""
    session.info["actor"] = actor
    return actor


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    """SQLite: durable, concurrent readers, our own BEGIN; foreign keys are enforced.

    PostgreSQL: no sorting within what an index has half sorted; it takes an address with a hundred thousand tasks for a rare one.
    """
    if not type(connection).__module__.startswith("sqlite3"):
        with connection.cursor() as cursor:
            cursor.execute("SET enable_incremental_sort = off")
        connection.commit()
    else:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    """SQLAlchemy's default begins late and loses updates: a writing unit takes the lock before it reads."""
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("write", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
