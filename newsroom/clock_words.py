"""Times, days and durations as people type them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta

from newsroom.errors import NewsroomError

MAX_TIMES = 6
MAX_PAUSE = timedelta(days=3_650)

_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_GROUPS = {
    "daily": (0, 1, 2, 3, 4, 5, 6),
    "everyday": (0, 1, 2, 3, 4, 5, 6),
    "weekdays": (0, 1, 2, 3, 4),
    "workdays": (0, 1, 2, 3, 4),
    "weekends": (5, 6),
    "weekend": (5, 6),
}
_NAMED_TIMES = {"noon": time(12), "midnight": time(0)}
_FILLERS = frozenset(("at", "and", "on", "in", "every", "each", "the"))
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s?([ap]\.?m\.?|h)?", re.IGNORECASE)
_HALF = re.compile(r"(?<=\d) (?=[ap]\.?m\.?(?:[\s,]|$))", re.IGNORECASE)
_DASHES = re.compile(r"\s*[-–—]\s*")
_DURATION = re.compile(r"(\d{1,4})\s*([hdwm])[a-z]*", re.IGNORECASE)
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
}


class TimeError(NewsroomError):
    """What was typed is no time."""

    code = "time"


class UnknownTime(TimeError):
    """A clock time that no clock shows, or more of them than a day may have."""

    code = "time_unknown"


class UnknownDuration(TimeError):
    code = "duration_unknown"


@dataclass(frozen=True, slots=True)
class TimeRequest:
    """What was asked for; what is empty stays as it was. `place` is what is no time and no day."""

    times: tuple[time, ...] = ()
    days: tuple[int, ...] = ()
    place: str = ""


def read_times(typed: str) -> TimeRequest:
    """ "7:30 19:00 mon-fri Tallinn": in any order, of each as much as one likes.

    Raises UnknownTime.
    """
    words = _HALF.sub("", typed).replace(",", " ").split()
    times, days, place = list[time](), set[int](), list[str]()
    for word in words:
        folded = word.casefold().strip(".;")
        if folded in _NAMED_TIMES:
            times.append(_NAMED_TIMES[folded])
        elif match := _TIME.fullmatch(folded):
            times.append(_read_clock(match))
        elif found := _read_days(folded):
            days.update(found)
        elif folded[:1].isdigit():
            raise UnknownTime
        elif place or folded not in _FILLERS:
            place.append(word)
    if len(times) > MAX_TIMES:
        raise UnknownTime
    return TimeRequest(tuple(sorted(set(times))), tuple(sorted(days)), " ".join(place))


def read_duration(typed: str) -> timedelta:
    """ "3d", "12 hours", "2w"; raises UnknownDuration."""
    match = _DURATION.fullmatch(typed.strip())
    if match is None:
        raise UnknownDuration
    duration = int(match[1]) * _UNITS[match[2].lower()]
    if not timedelta() < duration <= MAX_PAUSE:
        raise UnknownDuration
    return duration


def _read_clock(match: re.Match[str]) -> time:
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise UnknownTime
        hour = hour % 12 + 12 * (half == "pm")
    if hour == 24 and minute == 0:
        hour = 0
    try:
        return time(hour, minute)
    except ValueError as exc:
        raise UnknownTime from exc


def _read_days(word: str) -> tuple[int, ...]:
    """The days of "weekdays", "mon", "tuesdays" or "fri-mon"; none where it is another word."""
    if word in _DAY_GROUPS:
        return _DAY_GROUPS[word]
    ends = [_read_day(part) for part in _DASHES.split(word)]
    if len(ends) > 2 or None in ends:
        return ()
    first, last = (day for day in (ends[0], ends[-1]) if day is not None)
    return tuple(_days_between(first, last))


def _days_between(first: int, last: int) -> Iterator[int]:
    for offset in range((last - first) % 7 + 1):
        yield (first + offset) % 7


def _read_day(word: str) -> int | None:
    """The number of a day by its name, its plural or its first letters, at least three."""
    named = [n for n, name in enumerate(_DAY_NAMES) if f"{name}s".startswith(word)]
    return named[0] if len(word) >= 3 and len(named) == 1 else None
