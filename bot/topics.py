"""What a topic is called in messages."""

from urllib.parse import urlsplit

from bot.markup import clean_text, cut_text
from storage.models import FeedTopic, PersonTopic, PlaceTopic, SourceTopic, Term, Topic, WordsTopic

TOPIC_UNITS = 80


def name_topic(topic: Topic, *, feed_title: str = "") -> str:
    """One clean line of at most `TOPIC_UNITS`, as its follower would write it."""
    match topic:
        case WordsTopic(terms, excluded):
            words = [*map(_show_term, terms), *(f"−{_show_term(term)}" for term in excluded)]
            name = " ".join(words)
        case PersonTopic(name) | SourceTopic(name):
            pass
        case PlaceTopic(_, name, _):
            pass
        case FeedTopic(url):
            name = feed_title or (urlsplit(url).hostname or url).removeprefix("www.")
    return cut_text(clean_text(name), TOPIC_UNITS)


def _show_term(term: Term) -> str:
    return f"“{term.text}”" if term.exact else term.text


def name_kind(topic: Topic) -> str:
    """What tells a topic from others of its name: "person", "place in Kherson Oblast, Ukraine"."""
    match topic:
        case PersonTopic():
            return "person"
        case PlaceTopic(_, _, within):
            return f"place in {clean_text(within)}" if within else "place"
        case SourceTopic():
            return "source"
        case FeedTopic(url):
            return cut_text(clean_text(url), TOPIC_UNITS)
        case WordsTopic():
            return "words"
