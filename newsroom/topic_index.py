"""All topics that are followed, arranged so that an article finds those it belongs to.

Words stand in dictionaries, single ones and phrases by their length, so the cost of an article goes
with its words and its matches, not with the number of topics; and a topic is added or taken out
without building anything anew.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol
from urllib.parse import urlsplit

from newsroom.words import find_words, fold_words, searched_text, stem_words
from storage.models import (
    FeedTopic,
    PersonTopic,
    PlaceTopic,
    SourceTopic,
    Term,
    Topic,
    WordsTopic,
)
from summarizer.models import Digest, Location

Form = Literal["folded", "stems"]


@dataclass(frozen=True, slots=True)
class Findings:
    """What topics can ask about an article.

    `text` is what words are sought in; `people` are names as written; `place_ids` hold each place
    of the article and all that hold it; `sources` are names and hosts.
    """

    text: str
    people: tuple[str, ...] = ()
    place_ids: frozenset[int] = frozenset()
    sources: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()


class Holders(Protocol):
    """What knows which places hold a place: `PlaceChains`."""

    def chain_of(self, location: Location) -> tuple[int, ...]:
        """The ids of a location and of all that hold it."""


class _TermKey(NamedTuple):
    """A term as it is sought: this many words of this form, with spaces between."""

    form: Form
    length: int
    words: str


@dataclass(frozen=True, slots=True)
class _WordsKey:
    terms: frozenset[_TermKey]
    excluded: frozenset[_TermKey]


@dataclass(frozen=True, slots=True)
class _Watch:
    """A topic of words under its anchor, the one of its terms that is looked up."""

    anchor: _TermKey
    others: frozenset[_TermKey]
    excluded: frozenset[_TermKey]
    followers: list[int]


class TopicIndex:
    """Topics by the number of whoever follows them; each follower has one topic."""

    def __init__(self) -> None:
        self._topics: dict[int, Topic] = {}
        self._named: defaultdict[Topic, list[int]] = defaultdict(list)
        self._watches: dict[_WordsKey, _Watch] = {}
        self._anchored: defaultdict[_TermKey, list[_Watch]] = defaultdict(list)
        self._terms: defaultdict[tuple[Form, int], Counter[str]] = defaultdict(Counter)
        """How many watches need a term; by form and length, as they are looked up together."""

    def __len__(self) -> int:
        return len(self._topics)

    def add(self, follower: int, topic: Topic) -> None:
        """Let a follower follow a topic, in place of the one it had."""
        self.remove(follower)
        self._topics[follower] = topic
        if isinstance(topic, WordsTopic):
            key = _words_key(topic)
            watch = self._watches.get(key) or self._add_watch(key)
            watch.followers.append(follower)
        else:
            self._named[_name_key(topic)].append(follower)

    def remove(self, follower: int) -> None:
        """Forget a follower; one that is unknown is no error."""
        topic = self._topics.pop(follower, None)
        if isinstance(topic, WordsTopic):
            key = _words_key(topic)
            self._watches[key].followers.remove(follower)
            if not self._watches[key].followers:
                self._remove_watch(key)
        elif topic is not None:
            name = _name_key(topic)
            self._named[name].remove(follower)
            if not self._named[name]:
                del self._named[name]

    def match(self, findings: Findings) -> list[int]:
        """All followers of topics that an article belongs to, each once, in no order."""
        matched: list[int] = []
        for name in set(_asked_names(findings)):
            matched += self._named.get(name, ())
        found = self._find_terms(findings.text)
        for term in found:
            for watch in self._anchored.get(term, ()):
                if watch.others <= found and watch.excluded.isdisjoint(found):
                    matched += watch.followers
        return matched

    def _add_watch(self, key: _WordsKey) -> _Watch:
        anchor = min(key.terms, key=self._crowding)
        watch = _Watch(anchor, key.terms - {anchor}, key.excluded, [])
        self._watches[key] = watch
        self._anchored[anchor].append(watch)
        for term in key.terms | key.excluded:
            self._terms[term.form, term.length][term.words] += 1
        return watch

    def _remove_watch(self, key: _WordsKey) -> None:
        watch = self._watches.pop(key)
        self._anchored[watch.anchor].remove(watch)
        if not self._anchored[watch.anchor]:
            del self._anchored[watch.anchor]
        for term in key.terms | key.excluded:
            counts = self._terms[term.form, term.length]
            counts[term.words] -= 1
            if not counts[term.words]:
                del counts[term.words]
            if not counts:
                del self._terms[term.form, term.length]

    def _crowding(self, term: _TermKey) -> tuple[int, int, str]:
        """The fewer topics stand under a term and the longer it is, the better an anchor."""
        return len(self._anchored.get(term, ())), -len(term.words), term.words

    def _find_terms(self, text: str) -> set[_TermKey]:
        folded = fold_words(find_words(text))
        forms: dict[Form, Sequence[str]] = {"folded": folded, "stems": stem_words(folded)}
        return {
            _TermKey(form, length, words)
            for (form, length), known in self._terms.items()
            for words in known.keys() & set(_runs(forms[form], length))
        }


def find_in_digest(digest: Digest, chains: Holders, *, feeds: tuple[str, ...] = ()) -> Findings:
    """What topics can ask about a digested article; its boilerplate is not searched."""
    article = digest.article
    return Findings(
        f"{article.title or ''}\n{searched_text(digest)}",
        people=tuple(speaker.name for speaker in digest.speakers),
        place_ids=frozenset(
            place for location in digest.locations for place in chains.chain_of(location)
        ),
        sources=tuple(filter(None, (article.source, urlsplit(article.url or "").hostname))),
        feeds=feeds,
    )


def _words_key(topic: WordsTopic) -> _WordsKey:
    return _WordsKey(
        frozenset(map(_term_key, topic.terms)), frozenset(map(_term_key, topic.excluded))
    )


def _term_key(term: Term) -> _TermKey:
    folded = fold_words(find_words(term.text))
    words = folded if term.exact else stem_words(folded)
    return _TermKey("folded" if term.exact else "stems", len(words), " ".join(words))


def _runs(words: Sequence[str], length: int) -> Iterator[str]:
    return map(" ".join, zip(*(words[start:] for start in range(length)), strict=False))


def _name_key(topic: Topic) -> Topic:
    """A topic that equals those which ask for the same."""
    match topic:
        case PersonTopic(name):
            return PersonTopic(_short_name(_name_words(name)))
        case SourceTopic(name):
            return SourceTopic(_source_key(name))
        case _:
            return topic


def _asked_names(findings: Findings) -> Iterator[Topic]:
    for name in findings.people:
        words = _name_words(name)
        yield PersonTopic(_short_name(words))
        yield PersonTopic(words[-1] if words else "")
    for place in findings.place_ids:
        yield PlaceTopic(place, "")
    for source in findings.sources:
        parts = _source_key(source).split(".")
        for start in range(max(1, len(parts) - 1)):
            yield SourceTopic(".".join(parts[start:]))
    yield from map(FeedTopic, findings.feeds)


def _name_words(name: str) -> list[str]:
    return fold_words(find_words(name))


def _short_name(words: Sequence[str]) -> str:
    """First and last name: what stands between them is often left out."""
    return " ".join(words if len(words) < 2 else (words[0], words[-1]))


def _source_key(name: str) -> str:
    """A host without "www.", or a name without case and accents."""
    if "." in name.strip(".") and " " not in name:
        return name.lower().strip(".").removeprefix("www.")
    return " ".join(fold_words(find_words(name)))
