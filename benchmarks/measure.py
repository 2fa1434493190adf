"""Counts and times: SQL statements and commits by listening to the engine, percentiles of what took how long."""
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))


@dataclass
class Tally:
    """What happened on one database connection pool while listening."""

    statements: int = 0
    commits: int = 0
    database_s: float = 0.0
    spans: list[float] = field(default_factory=list)  # seconds inside the database, one entry per `mark`
    _since: float = 0.0

    def mark(self) -> None:
        """Close one operation: note how long it was inside the database."""
        self.spans.append(self.database_s - self._since)
        self._since = self.database_s


@contextmanager
def listening(engine: Engine) -> Iterator[Tally]:
    tally, started = Tally(), [0.0]

    def before(*_: Any) -> None:
        tally.statements += 1
        started[0] = time.perf_counter()

    def after(*_: Any) -> None:
        tally.database_s += time.perf_counter() - started[0]

    def commit(_: Any) -> None:
        tally.commits += 1

    calls = (("before_cursor_execute", before), ("after_cursor_execute", after), ("commit", commit))
    for name, call in calls:
        event.listen(engine, name, call)
    try:
        yield tally
    finally:
        for name, call in calls:
            event.remove(engine, name, call)


def percentile(values: list[float], share: float) -> float:
    """In milliseconds, of values in seconds."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 3) if ordered else 0.0


def pace(spans: list[float]) -> dict[str, float]:
    """How many a second, one after the other, and how long each took."""
    total = sum(spans)
    return {"completions_per_second": round(len(spans) / total, 1) if total else 0.0, "completions": len(spans),
            "p50_ms": percentile(spans, 0.5), "p95_ms": percentile(spans, 0.95)}


def until(seconds: float = SECONDS) -> Iterator[int]:
    """Counts up until the time is over."""
    end, number = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        yield number
        number += 1
