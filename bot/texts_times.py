"""What the bot says of times, zones and pauses."""

from collections.abc import Sequence
from datetime import datetime, time

TIME_FORMS = (
    "/time 7:30 – every edition at that time; /time 7:30 19:00 – twice a day\n"
    "/time 8am weekdays – or weekends, daily, mon-fri, sat\n"
    "/time Tallinn – your clocks: a city, a zone like Europe/Kyiv, or send your location\n"
    "As a reply to an edition, /time 18:00 changes that topic alone."
)
TIME_UNKNOWN = f"I cannot read that time. Nothing was changed.\n{TIME_FORMS}"
ZONE_GONE = "This button is out of date. Send /time with your city."
NO_ZONE_THERE = "I cannot tell which clocks that place has. Send /time with your city."
PAUSE_FORMS = "/pause – until /resume; /pause 3d, /pause 12h, /pause 2w – for so long."
NOTHING_TO_PAUSE = "You follow nothing yet, so there is nothing to pause."
NOT_PAUSED = "Nothing is paused here."
RESUMED = "Going on: what you follow is told again."

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_GROUPS = {
    (0, 1, 2, 3, 4, 5, 6): "every day",
    (0, 1, 2, 3, 4): "on weekdays",
    (5, 6): "on weekends",
}


def schedule(
    times: Sequence[time],
    days: Sequence[int],
    *,
    now: datetime,
    zone: str,
    coming: datetime | None,
    is_one: bool,
) -> str:
    """When editions come; `coming` is the next one, on the same clocks as `now`."""
    what = "That topic comes" if is_one else "Editions come"
    if not times:
        return f"{what} at once."
    on = _DAY_GROUPS.get(tuple(days)) or "on " + ", ".join(_WEEKDAYS[day] for day in days)
    at = " and ".join(map(show_clock, times))
    said = f"{what} {on} at {at} ({zone}, where it is {show_clock(now.time())})."
    return f"{said} Next: {show_moment(coming)}." if coming is not None else said


def clock(place: str, local: datetime) -> str:
    """Asks whether the right clocks were found."""
    return (
        f"It is {show_clock(local.time())} in {place} – right? "
        "If not, send /time with another city, or your location."
    )


def place_unknown(place: str) -> str:
    return (
        f"I know no place called {place}, so nothing was changed. "
        "Send a larger town nearby, a zone like Europe/Kyiv, or your location."
    )


def which_zone(changed: str) -> str:
    """`changed` is what was changed already."""
    return f"{changed}\nWhich one is it?" if changed else "Which one is it?"


def zone_choice(place: str, local: datetime) -> str:
    return f"{place} – {show_clock(local.time())}"


def paused(until: datetime | None) -> str:
    """`until` is on the clocks of the chat; None is until somebody resumes."""
    when = "until /resume" if until is None else f"until {show_moment(until)} (or /resume)"
    return f"Paused {when}. Nothing is told meanwhile, and what appears meanwhile is left out."


def show_clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"


def show_moment(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B}, {show_clock(moment.time())}"
