from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.clock_words import (
    TimeError,
    TimeRequest,
    UnknownDuration,
    UnknownTime,
    read_duration,
    read_times,
)

WEEKDAYS = (0, 1, 2, 3, 4)
HALF_PAST_SEVEN = time(7, 30)


@pytest.mark.parametrize(
    ("typed", "request_"),
    [
        ("7:30", TimeRequest((HALF_PAST_SEVEN,))),
        ("07.30", TimeRequest((HALF_PAST_SEVEN,))),
        ("7h30", TimeRequest((HALF_PAST_SEVEN,))),
        ("7:30am", TimeRequest((HALF_PAST_SEVEN,))),
        ("7:30 PM", TimeRequest((time(19, 30),))),
        ("12am", TimeRequest((time(0),))),
        ("12 p.m.", TimeRequest((time(12),))),
        ("24:00", TimeRequest((time(0),))),
        ("19:00, 7:30", TimeRequest((HALF_PAST_SEVEN, time(19)))),
        ("7:30 and 7:30", TimeRequest((HALF_PAST_SEVEN,))),
        ("7:30 weekdays", TimeRequest((HALF_PAST_SEVEN,), WEEKDAYS)),
        ("Mon-Fri 7:30", TimeRequest((HALF_PAST_SEVEN,), WEEKDAYS)),
        ("mon–fri", TimeRequest((), WEEKDAYS)),
        ("fri-mon", TimeRequest((), (0, 4, 5, 6))),
        ("daily", TimeRequest((), (0, 1, 2, 3, 4, 5, 6))),
        ("weekends at noon", TimeRequest((time(12),), (5, 6))),
        ("tue, thurs", TimeRequest((), (1, 3))),
        ("7:30 on mondays", TimeRequest((HALF_PAST_SEVEN,), (0,))),
        ("7:30 New York", TimeRequest((HALF_PAST_SEVEN,), place="New York")),
        ("Monaco", TimeRequest(place="Monaco")),
        ("Stratford on Avon", TimeRequest(place="Stratford on Avon")),
        ("Europe/Kyiv", TimeRequest(place="Europe/Kyiv")),
        ("", TimeRequest()),
    ],
)
def test_times_days_and_places_are_told_apart(typed: str, request_: TimeRequest) -> None:
    assert read_times(typed) == request_


@pytest.mark.parametrize("typed", ["25:00", "13pm", "0am", "7:60", "7:3", "1 2 3 4 5 6 7", "7-9"])
def test_what_no_clock_shows_is_refused(typed: str) -> None:
    with pytest.raises(UnknownTime):
        read_times(typed)


@given(st.text())
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        request = read_times(typed)
    except TimeError:
        return
    assert sorted(set(request.times)) == list(request.times)
    assert all(0 <= day <= 6 for day in request.days)


@pytest.mark.parametrize(
    ("typed", "duration"),
    [
        ("3d", timedelta(days=3)),
        ("3 days", timedelta(days=3)),
        ("12h", timedelta(hours=12)),
        ("2 weeks", timedelta(days=14)),
        ("1 month", timedelta(days=30)),
    ],
)
def test_durations(typed: str, duration: timedelta) -> None:
    assert read_duration(typed) == duration


@pytest.mark.parametrize("typed", ["", "0d", "soon", "-3d", "3", "9999w", "3 fortnights"])
def test_other_durations_are_refused(typed: str) -> None:
    with pytest.raises(UnknownDuration):
        read_duration(typed)
