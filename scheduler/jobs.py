"""What happens by itself. @every says when; each item of a job is a unit of work of its own."""
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import delete

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import LoginFailure, LoginSession
from data_model.outbox import OutboxMessage
from data_model.process import Command
from data_model.session import unit_of_work
from data_model.settings import Settings
from engine import drafts, messages, reroute, timers
from engine.services import loose_files
from scheduler import digests, outbox

Job = Callable[[Settings], object]
JOBS: list[tuple[Job, dict[str, int]]] = []

_unit = partial(unit_of_work, SYSTEM)
_KEPT = ((Command.at, timedelta(days=7)), (LoginFailure.last_at, timedelta(days=2)), (LoginSession.expires_at, timedelta(days=30)),
         (OutboxMessage.sent_at, timedelta(days=90)))


def every(**interval: int) -> Callable[[Job], Job]:
    """Write the timetable beside the job: @every(minutes=1)."""
    def keep(job: Job) -> Job:
        JOBS.append((job, interval))
        return job
    return keep


@every(seconds=5)
def fire_timers(settings: Settings) -> int:
    return timers.fire_due(_unit)


@every(seconds=5)
def deliver_messages(settings: Settings) -> int:
    return messages.deliver_pending(_unit)


@every(seconds=20)
def send_mail(settings: Settings) -> int:
    return outbox.deliver(settings)


@every(seconds=20)
def post_to_groups(settings: Settings) -> int:
    return outbox.post(settings)


@every(minutes=5)
def write_digests(settings: Settings) -> int:
    return digests.write(settings)


@every(minutes=30)
def reroute_orphans(settings: Settings) -> int:
    """Tasks that nobody can do any more, whatever took their last person away."""
    return reroute.sweep(_unit)


@every(hours=1)
def forget_drafts(settings: Settings) -> None:
    """Half-filled forms of steps that closed without an answer, a batch at a time."""
    gone = 1
    while gone:
        with unit_of_work(SYSTEM) as session:
            gone = drafts.forget(session)


@every(hours=1)
def forget(settings: Settings) -> None:
    """Answers to old submissions, old failures, old sign-ins and letters long delivered are of no use to anybody."""
    with unit_of_work(SYSTEM) as session:
        for column, age in _KEPT:
            session.execute(delete(column.class_).where(column < clock.now() - age))


@every(hours=1)
def clean_loose_files(settings: Settings) -> None:
    """Photos whose form was never submitted, a batch at a time."""
    cleaned = loose_files.AT_ONCE
    while cleaned == loose_files.AT_ONCE:
        with unit_of_work(SYSTEM) as session:
            cleaned = loose_files.clean(session, settings.storage)
