"""Failed tries to get in are counted in the database, and the wait grows with the count. Nobody is locked out for ever."""
import math
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data_model import clock
from data_model.organisation import LoginFailure

FORGIVEN_AFTER = timedelta(hours=12)
FREE_FAILURES = {"account": 3, "address": 20, "token": 20}  # an address may be a whole office; 'token' counts by address too
LONGEST_DELAY = {"account": timedelta(minutes=5), "address": timedelta(minutes=1), "token": timedelta(minutes=1)}


def count(session: Session, subjects: tuple[str, ...]) -> int:
    """Seconds to wait, or 0 and one failure more for each subject, such as 'account:wang'."""
    now = clock.now()
    rows = [_failures_of(session, subject, now) for subject in subjects]
    until = max((row.blocked_until for row in rows if row.blocked_until), default=now)
    if until > now:
        return math.ceil((until - now).total_seconds())
    for row in rows:
        row.failures, row.last_at = row.failures + 1, now
        row.blocked_until = now + delay_after(row.failures, row.subject.partition(":")[0])
    return 0


def forgive(session: Session, account: str, address: str) -> None:
    """After a success: the account begins anew, the address gets this one try back, and old stories are dropped."""
    session.execute(delete(LoginFailure).where(LoginFailure.subject == account))
    session.execute(update(LoginFailure).where(LoginFailure.subject == address, LoginFailure.failures > 0)
                    .values(failures=LoginFailure.failures - 1, blocked_until=None))
    session.execute(delete(LoginFailure).where(LoginFailure.last_at < clock.now() - FORGIVEN_AFTER))


def delay_after(failures: int, kind: str) -> timedelta:
    """Nothing for the first few, then 1, 2, 4, … seconds, never more than some minutes."""
    beyond = failures - FREE_FAILURES[kind]
    return min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST_DELAY[kind]) if beyond >= 0 else timedelta(0)


def _failures_of(session: Session, subject: str, now: datetime) -> LoginFailure:
    """The counter of a subject, locked; two first failures at once meet on one row."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(LoginFailure)
    session.execute(insert.values(subject=subject, failures=0, last_at=now).on_conflict_do_nothing())
    row = session.scalars(select(LoginFailure).where(LoginFailure.subject == subject).with_for_update()).one()
    if row.last_at < now - FORGIVEN_AFTER:
        row.failures, row.blocked_until = 0, None
    return row
