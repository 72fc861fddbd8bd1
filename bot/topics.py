"""What a topic is called in messages, and which topics a digest suggests."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.markup import clean_text, cut_text
from bot.outline import country_names
from storage.models import FeedTopic, PersonTopic, PlaceTopic, SourceTopic, Term, Topic, WordsTopic
from summarizer.models import Digest

TOPIC_UNITS = 80
MAX_PLACES, MAX_PEOPLE = 3, 3
"""Of a digest so many are suggested."""


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
    return shown(name)


def shown(typed: str) -> str:
    """What somebody typed, as one clean line that is not long."""
    return cut_text(clean_text(typed), TOPIC_UNITS)


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
            return shown(url)
        case WordsTopic():
            return "words"


def suggest_topics(digest: Digest) -> tuple[Topic, ...]:
    """The first places and people of a digest, and its source."""
    places, people = list(_places(digest)), list(_people(digest))
    source = clean_text(digest.article.source or "")
    sources = [SourceTopic(source)] if source else []
    return (*places[:MAX_PLACES], *people[:MAX_PEOPLE], *sources)


def _places(digest: Digest) -> Iterator[PlaceTopic]:
    for place in digest.locations:
        if place.geonames_id is not None and place.exact:
            country = country_names().get(place.country_code or "", "")
            within = "" if country == place.name else country
            yield PlaceTopic(place.geonames_id, clean_text(place.name), within)


def _people(digest: Digest) -> Iterator[PersonTopic]:
    for speaker in digest.speakers:
        if speaker.kind == "person":
            yield PersonTopic(clean_text(speaker.name))
