"""The topics of the configuration, which people are offered before they know what to follow."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.config import Config, ConfigError, TopicConfig
from newsroom.topics import TopicError, TopicRequest, read_request
from storage.models import Term


@dataclass(frozen=True, slots=True)
class StarterTopic:
    """What is followed by one button: each request in all feeds of the chat, which these join.

    Only words exclude words: a person, a place or a source is followed as a whole.
    Without requests the feeds are followed themselves.
    """

    name: str
    requests: tuple[TopicRequest, ...]
    feeds: tuple[str, ...]


def starter_topics(config: Config) -> tuple[StarterTopic, ...]:
    """The starter topics in the order of the file; raises ConfigError for words that are none."""
    return tuple(_read(topic, number) for number, topic in enumerate(config.topics))


def _read(topic: TopicConfig, number: int) -> StarterTopic:
    if not (topic.words or topic.feeds):
        raise ConfigError(f"topics.{number}", "needs words or feeds")
    for url in topic.feeds:
        if not url.startswith(("http://", "https://")):
            raise ConfigError(f"topics.{number}.feeds", f"holds no address of a feed: {url}")
    return StarterTopic(topic.name, tuple(_requests(topic, number)), topic.feeds)


def _requests(topic: TopicConfig, number: int) -> Iterator[TopicRequest]:
    excluded = tuple(Term(word, exact=" " in word) for word in topic.exclude)
    for words in topic.words:
        try:
            request = read_request(words)
        except TopicError as exc:
            why = f"holds what is no topic: {words!r} ({exc.code})"
            raise ConfigError(f"topics.{number}.words", why) from exc
        if excluded and request.kind in ("any", "words"):
            words_topic = replace(request.words, excluded=(*request.words.excluded, *excluded))
            request = replace(request, kind="words", words=words_topic)
        yield request
