"""How many topics a chat may follow, and when what it follows is told."""

from dataclasses import dataclass, field
from datetime import time

from storage.models import FeedTopic, Schedule, Topic


@dataclass(frozen=True, slots=True)
class FollowRules:
    """`limit` is that of each chat; `time` and `zone` are those of daily editions.

    Where nothing `delivers`, as in the terminal, chats are told so.
    """

    limit: int = 50
    time: time = field(default=time(7, 30))
    zone: str = "UTC"
    delivers: bool = True

    def schedule_of(self, topic: Topic) -> Schedule:
        """How a topic starts: a feed at once, all else daily."""
        return self.at_once() if isinstance(topic, FeedTopic) else self.daily()

    def at_once(self, zone: str = "") -> Schedule:
        return Schedule((), zone=zone or self.zone)

    def daily(self, zone: str = "") -> Schedule:
        return Schedule((self.time,), zone=zone or self.zone)
