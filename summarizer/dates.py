"""Reading the day, and where it is clear the moment, that a line of an article states."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from importlib.resources import files

MAX_LINE = 120
"""Longer lines are not read: they are sentences, not date lines."""

_TIME = re.compile(
    r"(?<![\w:.])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d)(?::[0-5]\d)?)?"
    r"\s?(?P<half>[ap]\.?m\.?)?(?:\s?\(?(?P<zone>[^\W\d_]{1,4})\b)?",
    re.IGNORECASE,
)
_ISO_MOMENT = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)")
_WORD = re.compile(r"[^\W\d_][\w'’ʼ]*")


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date as ISO 8601: with time and offset where the line gives both, else the day.

    `alone` tells that the line says little else.
    """

    iso: str
    alone: bool


@dataclass(frozen=True, slots=True)
class _Table:
    months: dict[str, int]
    offsets: dict[str, int]
    furniture: frozenset[str]
    pattern: re.Pattern[str]


def find_date(line: str) -> StatedDate | None:
    """The first full date (day, month and year) of a short line."""
    if len(line) > MAX_LINE or not any(character.isdigit() for character in line):
        return None
    moment = _ISO_MOMENT.search(line)
    if moment is not None:
        try:
            iso = datetime.fromisoformat(moment[0]).isoformat()
        except ValueError:
            return None
        return StatedDate(iso, alone=len(line) - len(moment[0]) <= 20)
    table = _table()
    for match in table.pattern.finditer(line):
        day = _day(match, table)
        if day is not None:
            rest = f"{line[: match.start()]} {line[match.end() :]}"
            others = [w for w in _WORD.findall(rest.casefold()) if w not in table.furniture]
            return StatedDate(iso=_moment(day, rest, table), alone=len(others) <= 1)
    return None


def _day(match: re.Match[str], table: _Table) -> date | None:
    found = match.groupdict()
    if found["iso_year"]:
        year, month, day = found["iso_year"], int(found["iso_month"]), found["iso_day"]
    elif found["dot_year"]:
        year, month, day = found["dot_year"], int(found["dot_month"]), found["dot_day"]
    else:
        name = found["month_after"] or found["month_before"]
        month = table.months[name.casefold()]
        day = found["day_before"] or found["day_after"]
        year = found["year_after"] or found["year_before"]
    try:
        return date(int(year), month, int(day))
    except ValueError:
        return None


def _moment(day: date, rest: str, table: _Table) -> str:
    """The day alone unless a clock time with a known zone stands beside it."""
    for match in _TIME.finditer(rest):
        zone = (match["zone"] or "").casefold()
        half = (match["half"] or "").casefold().replace(".", "")
        if zone not in table.offsets or not (match["minute"] or half):
            continue
        hour = int(match["hour"])
        if half and hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour > 23:
            return day.isoformat()
        offset = table.offsets[zone]
        tz = timezone(timedelta(minutes=offset)) if offset else UTC
        minute = int(match["minute"] or 0)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=tz).isoformat()
    return day.isoformat()


@lru_cache(maxsize=1)
def _table() -> _Table:
    data = tomllib.loads(files("summarizer").joinpath("data/dates.toml").read_text("utf-8"))
    months = {name: int(number) for number, names in data["months"].items() for name in names}
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    pattern = (
        r"\b(?P<iso_year>(?:19|20)\d\d)-(?P<iso_month>[01]\d)-(?P<iso_day>[0-3]\d)(?=\D|$)"
        r"|\b(?P<dot_day>[0-3]?\d)\.(?P<dot_month>[01]?\d)\.(?P<dot_year>(?:19|20)\d\d)\b"
        r"|\b(?P<day_before>[0-3]?\d)(?:st|nd|rd|th|\.)?(?: de)? "
        rf"(?P<month_after>{names})\.?,?(?: del?)? (?P<year_after>(?:19|20)\d\d)\b"
        rf"|\b(?P<month_before>{names})\.? (?P<day_after>[0-3]?\d)(?:st|nd|rd|th)?,? "
        r"(?P<year_before>(?:19|20)\d\d)\b"
    )
    return _Table(
        months=months,
        offsets=data["offsets"],
        furniture=frozenset(data["furniture"]["words"].split()),
        pattern=re.compile(pattern, re.IGNORECASE),
    )
