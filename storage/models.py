"""What a chat follows, and when it is told: the words that subscriptions are kept in.

A topic is a plain value; two chats that follow the same thing have equal topics. A schedule is wall
clock times in a zone, so it stays right when the zone changes its clocks.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import Any

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
"""Days are numbered as in `date.weekday()`: Monday is 0."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand next to each other; `exact` ones are not sought in other forms."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class WordsTopic:
    """Articles that hold all of `terms` and none of `excluded`."""

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonTopic:
    """Articles in which this person is quoted."""

    name: str


@dataclass(frozen=True, slots=True)
class PlaceTopic:
    """Articles that name this place, or one that lies in it.

    `place_id` is an id of the place list (the GeoNames id where there is one); `within` tells
    namesakes apart: "Kherson Oblast, Ukraine".
    """

    place_id: int
    name: str = field(compare=False)
    within: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class SourceTopic:
    """Articles of one publisher, by its name or by the host of its pages."""

    name: str


@dataclass(frozen=True, slots=True)
class FeedTopic:
    """Every entry of one feed."""

    url: str


Topic = WordsTopic | PersonTopic | PlaceTopic | SourceTopic | FeedTopic

_NAMES: dict[type[Topic], str] = {
    WordsTopic: "words",
    PersonTopic: "person",
    PlaceTopic: "place",
    SourceTopic: "source",
    FeedTopic: "feed",
}
_KINDS = {name: kind for kind, name in _NAMES.items()}


def topic_to_dict(topic: Topic) -> dict[str, Any]:
    """The topic as JSON-ready objects, `kind` first."""
    return {"kind": _NAMES[type(topic)]} | asdict(topic)


def topic_from_dict(data: dict[str, Any]) -> Topic:
    """The inverse of `topic_to_dict`."""
    fields = {name: value for name, value in data.items() if name != "kind"}
    if data["kind"] == "words":
        terms, excluded = (
            tuple(Term(**term) for term in fields[name]) for name in ("terms", "excluded")
        )
        return WordsTopic(terms, excluded)
    return _KINDS[data["kind"]](**fields)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When editions are due: at each of `times` on each of `days`, on the clocks of `zone`.

    Without times each entry is delivered at once. `zone` is an IANA name.
    """

    times: tuple[time, ...] = ()
    days: tuple[int, ...] = EVERY_DAY
    zone: str = "UTC"

    @property
    def at_once(self) -> bool:
        return not self.times


@dataclass(frozen=True, slots=True)
class Slot:
    """One time of a schedule: as it is on the wall, which names it, and as an instant in UTC."""

    day: date
    time: time
    at: datetime

    @property
    def key(self) -> str:
        """What makes the slot unique within its subscription: "2031-03-30T02:30"."""
        return f"{self.day.isoformat()}T{self.time.isoformat('minutes')}"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A stretch of the day, past midnight where it ends before it starts; equal times are none.

    Messages in it come without sound; where `hold` is set, they wait for its end.
    """

    start: time
    end: time
    hold: bool = False
