"""Quiet hours: until when a parcel is held back."""
from datetime import datetime, time, timedelta

from data_model import clock
from data_model.notice_kinds import DIGEST, TEST, kind_of
from scheduler.parcel import Parcel


def held_until(parcel: Parcel, now: datetime) -> datetime | None:
    """The end of the quiet hours it falls into; None when it may go. What is urgent, or was asked for at an hour, goes always."""
    whose = parcel.robot or parcel.choice
    if whose is None or not whose.quiet or kind_of(parcel.message.code).urgent or parcel.message.code in (DIGEST, TEST):
        return None
    return end_of(now, whose.quiet_from, whose.quiet_to)


def end_of(now: datetime, begins: int, ends: int) -> datetime | None:
    """When the stretch around `now` ends, by the company's clock; None outside it. Minutes after midnight; over it when begins > ends."""
    here = clock.local(now)
    minute = here.hour * 60 + here.minute
    inside = begins <= minute < ends if begins <= ends else minute >= begins or minute < ends
    if not inside:
        return None
    day = here.date() + timedelta(days=int(minute >= ends))
    return datetime.combine(day, time(ends // 60, ends % 60), tzinfo=clock.zone())
