"""How many topics a chat may follow, and how a topic is told at first."""

from dataclasses import dataclass, replace

from storage.models import FeedTopic, Schedule, Topic


@dataclass(frozen=True, slots=True)
class FollowRules:
    """`limit` is that of each chat. Where nothing `delivers`, as in the terminal, it is told so."""

    limit: int = 50
    delivers: bool = True


def first_schedule(topic: Topic, of_chat: Schedule) -> Schedule:
    """A feed is told at once, all else in the editions of its chat."""
    return at_once(of_chat) if isinstance(topic, FeedTopic) else of_chat


def at_once(schedule: Schedule) -> Schedule:
    """As each entry comes; the clocks stay."""
    return replace(schedule, times=())
