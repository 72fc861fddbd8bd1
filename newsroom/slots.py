"""When an edition is due: pure functions of a schedule, the last slot and the time that it is.

A time that the clocks skip is delivered as much later as they were put forward; of one that they
show twice the first is meant. Times of a schedule that fall on one instant are one slot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.models import QuietHours, Schedule, Slot
from storage.subscriptions import CLOCK_ERROR

_DAY = timedelta(days=1)
_SEARCHED_DAYS = 9
"""A weekly slot is at most a week off; the clocks of a zone move by a day at most."""


@dataclass(frozen=True, slots=True)
class Due:
    """The newest slot that has come; `too_late` where it is to be skipped, with a note."""

    slot: Slot
    late: timedelta
    too_late: bool


def find_due(
    schedule: Schedule, last: datetime, now: datetime, *, catch_up: timedelta
) -> Due | None:
    """The newest slot after `last` and not after `now`; those before it are merged into it.

    `last` is the instant of the last slot that was delivered or skipped, at first the time of the
    subscription. After a clock ran far ahead, slots of the last `catch_up` are given once more: the
    key of a slot keeps it from being delivered twice.
    """
    if last > now + CLOCK_ERROR:
        last = now - catch_up
    slot = _newest_slot(schedule, now)
    if slot is None or slot.at <= last:
        return None
    late = now - slot.at
    return Due(slot, late, too_late=late > catch_up)


def next_slot(schedule: Schedule, after: datetime) -> Slot | None:
    """The first slot after an instant; None where the schedule is at once."""
    first = _local_day(schedule, after) - _DAY
    coming = (slot for slot in _slots_of_days(schedule, first) if slot.at > after)
    return min(coming, key=_in_order, default=None)


def is_quiet(quiet: QuietHours, zone: str, at: datetime) -> bool:
    """Whether an instant lies in the quiet hours on the clocks of a zone."""
    clock = at.astimezone(ZoneInfo(zone)).time()
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


def release_at(quiet: QuietHours, zone: str, at: datetime) -> datetime:
    """When a message that is due at an instant may be sent: at the end of held quiet hours."""
    if not quiet.hold or not is_quiet(quiet, zone, at):
        return at
    ends = Schedule((quiet.end,), zone=zone)
    slot = next_slot(ends, at)
    return at if slot is None else slot.at


def _newest_slot(schedule: Schedule, now: datetime) -> Slot | None:
    first = _local_day(schedule, now) - (_SEARCHED_DAYS - 1) * _DAY
    passed = (slot for slot in _slots_of_days(schedule, first) if slot.at <= now)
    return max(passed, key=_in_order, default=None)


def _slots_of_days(schedule: Schedule, first: date) -> Iterator[Slot]:
    zone = ZoneInfo(schedule.zone)
    for offset in range(_SEARCHED_DAYS + 1):
        day = first + offset * _DAY
        if day.weekday() in schedule.days:
            for clock in schedule.times:
                yield Slot(day, clock, _instant(day, clock, zone))


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    # The first of two readings; in a gap the offset from before it, which leads past it.
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def _local_day(schedule: Schedule, instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(schedule.zone)).date()


def _in_order(slot: Slot) -> tuple[datetime, date, time]:
    return slot.at, slot.day, slot.time
