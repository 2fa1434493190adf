"""The ticker. Business time lives in tables; this only looks at them often enough, in this process."""
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from data_model.settings import Settings
from scheduler.jobs import JOBS, Job

Context = Callable[[], AbstractContextManager[Any]]


def start(context: Context, settings: Settings, more: Iterable[tuple[Job, dict[str, int]]] = ()) -> BackgroundScheduler:
    """Let the jobs run in threads of this process, until `shutdown()`.

    A job that is late runs once, never twice at a time, and is never dropped for being late.

    Args:
        context: opens the application's context (`app.app_context`), in which a unit of work finds its database.
        more: further jobs with their timetables, handed in by whoever wires the house.
    """
    ticker = BackgroundScheduler(
        timezone=settings.time_zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    for job, interval in (*JOBS, *more):
        ticker.add_job(_inside(context, settings, job), "interval", id=job.__name__, **interval)
    ticker.start()
    return ticker


def _inside(context: Context, settings: Settings, job: Job) -> Callable[[], None]:
    def run() -> None:
        with context():
            job(settings)
    return run
