from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.slots import find_due, is_quiet, next_slot, release_at
from storage.models import QuietHours, Schedule

CATCH_UP = timedelta(hours=6)
ZONES = (
    "UTC",
    "Europe/Tallinn",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # skipped a whole day
    "Africa/Casablanca",
    "America/Scoresbysund",
    "Asia/Kathmandu",
)
TIMES = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
SCHEDULES = st.builds(
    Schedule,
    st.lists(TIMES, min_size=1, max_size=3, unique=True).map(tuple),
    st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(tuple),
    st.sampled_from(ZONES),
)
INSTANTS = st.datetimes(datetime(2010, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def due_key(schedule: Schedule, last: datetime, now: datetime) -> str | None:
    due = find_due(schedule, last, now, catch_up=CATCH_UP)
    return due.slot.key if due else None


def test_slot_is_due_from_its_minute_on() -> None:
    schedule = Schedule((time(7, 30),), zone="Europe/Tallinn")
    last = utc(2031, 1, 1, 12)
    assert due_key(schedule, last, utc(2031, 1, 2, 5, 29)) is None
    assert due_key(schedule, last, utc(2031, 1, 2, 5, 30)) == "2031-01-02T07:30"


def test_delivered_slot_is_not_due_again() -> None:
    schedule = Schedule((time(7, 30),))
    assert due_key(schedule, utc(2031, 1, 2, 7, 30), utc(2031, 1, 2, 9)) is None


def test_weekly_slot_keeps_to_its_day() -> None:
    schedule = Schedule((time(8),), days=(4,))
    slot = next_slot(schedule, utc(2031, 1, 1))
    assert slot is not None
    assert slot.day == date(2031, 1, 3)


def test_at_once_has_no_slots() -> None:
    assert Schedule().at_once
    assert next_slot(Schedule(), utc(2031, 1, 1)) is None
    assert due_key(Schedule(), utc(2030, 1, 1), utc(2031, 1, 1)) is None


@pytest.mark.parametrize(
    ("clock", "day", "at"),
    [
        pytest.param(time(2, 30), date(2031, 3, 9), utc(2031, 3, 9, 7, 30), id="skipped"),
        pytest.param(time(1, 30), date(2031, 11, 2), utc(2031, 11, 2, 5, 30), id="shown-twice"),
    ],
)
def test_clock_change_gives_one_slot(clock: time, day: date, at: datetime) -> None:
    schedule = Schedule((clock,), zone="America/New_York")
    slot = next_slot(schedule, at - timedelta(hours=3))
    assert slot is not None
    assert (slot.day, slot.at) == (day, at)
    following = next_slot(schedule, slot.at)
    assert following is not None
    assert following.day == day + timedelta(days=1)


def test_slots_missed_in_downtime_become_one() -> None:
    schedule = Schedule((time(7), time(9)))
    due = find_due(schedule, utc(2031, 1, 1, 9), utc(2031, 1, 4, 10), catch_up=CATCH_UP)
    assert due is not None
    assert (due.slot.key, due.too_late) == ("2031-01-04T09:00", False)


def test_slot_is_skipped_after_the_time_for_catching_up() -> None:
    due = find_due(
        Schedule((time(7),)), utc(2031, 1, 1, 7), utc(2031, 1, 2, 13, 1), catch_up=CATCH_UP
    )
    assert due is not None
    assert due.too_late


def test_clock_set_back_brings_nothing_twice() -> None:
    schedule = Schedule((time(7),))
    assert due_key(schedule, utc(2031, 1, 2, 7), utc(2031, 1, 2, 6, 30)) is None
    assert due_key(schedule, utc(2031, 1, 2, 7), utc(2031, 1, 2, 7)) is None


def test_clock_that_ran_ahead_does_not_silence_a_subscription() -> None:
    assert due_key(Schedule((time(7),)), utc(2099, 1, 1, 7), utc(2031, 1, 2, 8))


@given(SCHEDULES, INSTANTS)
def test_next_slot_is_what_becomes_due(schedule: Schedule, start: datetime) -> None:
    slot = next_slot(schedule, start)
    assert slot is not None
    assert slot.at > start
    assert find_due(schedule, start, slot.at - timedelta(seconds=1), catch_up=CATCH_UP) is None
    assert due_key(schedule, start, slot.at) is not None


@given(SCHEDULES, INSTANTS, st.lists(st.integers(1, 60 * 40), min_size=20, max_size=60))
def test_each_slot_is_due_exactly_once(
    schedule: Schedule, start: datetime, steps: list[int]
) -> None:
    """However irregularly one looks, no instant is delivered twice, and none is lost."""
    last, now, delivered = start, start, list[datetime]()
    for minutes in steps:
        now += timedelta(minutes=minutes)
        due = find_due(schedule, last, now, catch_up=CATCH_UP)
        if due:
            assert last < due.slot.at <= now
            last = due.slot.at
            delivered.append(last)
        upcoming = next_slot(schedule, last)
        assert upcoming is not None
        assert upcoming.at > now
    assert len(delivered) == len(set(delivered))


@given(st.sampled_from(ZONES), TIMES, INSTANTS)
def test_daily_slot_comes_on_every_day_of_the_calendar(
    zone: str, clock: time, start: datetime
) -> None:
    schedule = Schedule((clock,), zone=zone)
    slot, days = next_slot(schedule, start), []
    for _ in range(400):
        assert slot is not None
        days.append(slot.day)
        slot = next_slot(schedule, slot.at)
    skipped_in_apia = date(2011, 12, 30)
    assert all(
        later - earlier == timedelta(days=1) or skipped_in_apia in (earlier, later - timedelta(1))
        for earlier, later in pairwise(days)
    )


def test_quiet_hours_go_past_midnight() -> None:
    quiet = QuietHours(time(22), time(7))
    assert is_quiet(quiet, "Europe/Tallinn", utc(2031, 1, 1, 20))
    assert is_quiet(quiet, "Europe/Tallinn", utc(2031, 1, 1, 4, 59))
    assert not is_quiet(quiet, "Europe/Tallinn", utc(2031, 1, 1, 5))


def test_quiet_hours_of_no_length_are_never() -> None:
    assert not is_quiet(QuietHours(time(7), time(7)), "UTC", utc(2031, 1, 1, 7))


def test_held_message_waits_for_the_end_of_quiet_hours() -> None:
    held, silent = QuietHours(time(22), time(7), hold=True), QuietHours(time(22), time(7))
    at = utc(2031, 1, 1, 23)
    assert release_at(held, "UTC", at) == utc(2031, 1, 2, 7)
    assert release_at(silent, "UTC", at) == at


@given(st.sampled_from(ZONES), TIMES, TIMES, INSTANTS)
def test_held_message_is_released_by_the_end_of_quiet_hours(
    zone: str, start: time, end: time, at: datetime
) -> None:
    released = release_at(QuietHours(start, end, hold=True), zone, at)
    assert at <= released <= at + timedelta(hours=25)
    if released > at:
        clock = released.astimezone(ZoneInfo(zone)).time()
        assert clock == end or not _exists(released, zone, end)


def _exists(at: datetime, zone: str, clock: time) -> bool:
    day = at.astimezone(ZoneInfo(zone)).date()
    local = datetime.combine(day, clock, ZoneInfo(zone))
    return local.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == clock
