from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.pace import MAX_DELAY, Pace

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
PACE = Pace(QUARTER)


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        (timedelta(0), QUARTER),
        (timedelta(hours=3), QUARTER),
        (timedelta(hours=6), timedelta(minutes=30)),
        (timedelta(days=3), timedelta(hours=2)),
        (timedelta(hours=-5), QUARTER),
    ],
)
def test_a_quiet_feed_is_asked_less_often(quiet: timedelta, expected: timedelta) -> None:
    assert PACE.after_success(now=NOW, last_new_at=NOW - quiet) == expected


def test_a_feed_that_never_had_news_is_asked_as_usual() -> None:
    assert PACE.after_success(now=NOW, last_new_at=None) == QUARTER


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(60.0, QUARTER), (3_600.0, timedelta(hours=1)), (1e9, MAX_DELAY)],
)
def test_what_a_feed_asks_for_lengthens_the_time_only(wanted: float, expected: timedelta) -> None:
    assert PACE.after_success(now=NOW, last_new_at=NOW, wanted=wanted) == expected
    failed = PACE.after_failure(failures=1, jitter=0, wanted=wanted)
    assert failed == max(expected, 2 * QUARTER)


def test_failures_double_the_time_up_to_a_day() -> None:
    delays = [PACE.after_failure(failures=n, jitter=0) for n in (1, 2, 3, 10_000)]
    assert delays == [2 * QUARTER, 4 * QUARTER, 8 * QUARTER, MAX_DELAY]


@given(
    usual=st.timedeltas(timedelta(seconds=1), timedelta(days=3)),
    failures=st.integers(1, 10**6),
    jitter=st.floats(0, 1),
    wanted=st.none() | st.floats(0, 1e8),
)
def test_no_feed_is_asked_too_often_or_forgotten(
    usual: timedelta, failures: int, jitter: float, wanted: float | None
) -> None:
    delay = Pace(usual).after_failure(failures=failures, jitter=jitter, wanted=wanted)
    assert usual <= delay <= max(usual, MAX_DELAY)
