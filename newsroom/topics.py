"""From what a person types to the topic that is meant.

`read_request` takes the words apart; whoever calls it looks up which people, places and sources
bear that name, and `choose_topic` decides among them, or leaves it to the person.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from newsroom.errors import NewsroomError
from newsroom.words import find_words, fold_words
from storage.models import PersonTopic, PlaceTopic, SourceTopic, Term, Topic, WordsTopic
from summarizer.likeness import stop_words
from summarizer.people import load_people_words

RequestKind = Literal["any", "words", "person", "place", "source", "address"]

MAX_WORDS = 20
MAX_CHARS = 200
MAX_CHOICES = 6
MAX_NAME_WORDS = 5

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_PREFIX = re.compile(r"(by|in|from)\s*:\s*", re.IGNORECASE)
_PREFIX_KINDS: dict[str, RequestKind] = {"by": "person", "in": "place", "from": "source"}
_ADDRESS = re.compile(r"(?:https?://\S+|(?:[\w-]+\.)+[a-z]{2,}(?:[/:?]\S*)?)", re.IGNORECASE)
_TERM = re.compile(r'(-?)(?:"([^"]*)(?:"|$)|([^\s"]+))')


class TopicError(NewsroomError):
    """What was typed is no topic."""

    code = "topic"


class EmptyTopic(TopicError):
    """Nothing that could be looked for."""

    code = "topic_empty"


class OnlyStopWords(TopicError):
    """Words that every article holds."""

    code = "topic_stop_words"


class OnlyExcluded(TopicError):
    """Words that are not wanted, and none that are."""

    code = "topic_only_excluded"


class TopicTooLong(TopicError):
    code = "topic_too_long"

    def __init__(self, words: int) -> None:
        super().__init__(words)
        self.words = words
        self.limit = MAX_WORDS


class UnknownPlace(TopicError):
    """No place of the list bears the name."""

    code = "topic_unknown_place"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class AmbiguousTopic(TopicError):
    """Several topics may be meant; the likeliest comes first."""

    code = "topic_ambiguous"

    def __init__(self, choices: tuple[Topic, ...]) -> None:
        super().__init__(len(choices))
        self.choices = choices


@dataclass(frozen=True, slots=True)
class TopicRequest:
    """What was asked for: `name` is to be looked up, `words` hold where it is no name.

    Of an "address" the name is the address: only fetching it tells which feed it has.
    """

    kind: RequestKind
    name: str
    words: WordsTopic


def read_request(typed: str) -> TopicRequest:
    """Take apart what was typed: "by:", "in:" and "from:" name a person, a place, a source.

    Raises EmptyTopic, OnlyStopWords, OnlyExcluded or TopicTooLong.
    """
    text = " ".join(typed.translate(_QUOTES).split())
    if _ADDRESS.fullmatch(text):
        return TopicRequest("address", text, WordsTopic((Term(text),)))
    prefix = _PREFIX.match(text)
    kind = _PREFIX_KINDS[prefix[1].lower()] if prefix else None
    name = text[prefix.end() :].strip('" ') if prefix else text
    _check_length(name)
    if kind is not None:
        return TopicRequest(kind, name, WordsTopic((Term(name),)))
    words = _read_words(text)
    simple = not words.excluded and not any(term.exact for term in words.terms)
    kind = "any" if simple and len(words.terms) <= MAX_NAME_WORDS else "words"
    return TopicRequest(kind, name, words)


def choose_topic(
    request: TopicRequest,
    *,
    people: Sequence[str] = (),
    places: Sequence[PlaceTopic] = (),
    sources: Sequence[str] = (),
) -> Topic:
    """The topic that is meant, given who and what is known by the name of the request.

    `places` come best known first. Raises AmbiguousTopic, or UnknownPlace where a place was asked
    for by "in:".
    """
    if request.kind == "place" and not places:
        raise UnknownPlace(request.name)
    choices: list[Topic] = []
    if request.kind in ("any", "place"):
        choices += places
    if request.kind in ("any", "person"):
        choices += [PersonTopic(name) for name in _people(request, people)]
    if request.kind in ("any", "source"):
        choices += map(SourceTopic, sources or ([request.name] if request.kind == "source" else []))
    if len(choices) > 1 or (choices and _may_be_a_word(request, choices[0])):
        raise AmbiguousTopic((*choices[: MAX_CHOICES - 1], *_as_words(request)))
    return choices[0] if choices else request.words


def _may_be_a_word(request: TopicRequest, choice: Topic) -> bool:
    """Small letters leave it open whether "reading" is the town."""
    return request.kind == "any" and request.name.islower() and isinstance(choice, PlaceTopic)


def _as_words(request: TopicRequest) -> tuple[Topic, ...]:
    return (request.words,) if request.kind == "any" else ()


def _people(request: TopicRequest, known: Sequence[str]) -> Sequence[str]:
    """Those known by the name; else the name itself, if it was asked for or looks like one."""
    if known:
        return known
    return (request.name,) if request.kind == "person" or _looks_like_a_person(request) else ()


def _looks_like_a_person(request: TopicRequest) -> bool:
    """A known given name and another word, both with capitals: "Kaja Kallas"."""
    words = request.name.split()
    return (
        2 <= len(words) <= MAX_NAME_WORDS
        and words[0][:1].isupper()
        and words[-1][:1].isupper()
        and fold_words(words[:1])[0] in load_people_words().given_names
    )


def _check_length(text: str) -> None:
    words = len(find_words(text))
    if not words:
        raise EmptyTopic
    if words > MAX_WORDS or len(text) > MAX_CHARS:
        raise TopicTooLong(words)


def _read_words(text: str) -> WordsTopic:
    terms: list[Term] = []
    excluded: list[Term] = []
    for minus, term in _read_terms(text):
        (excluded if minus else terms).append(term)
    if not terms:
        raise OnlyExcluded
    telling = [term for term in terms if term.exact or not _is_stop_word(term)]
    if not telling:
        raise OnlyStopWords
    return WordsTopic(tuple(dict.fromkeys(telling)), tuple(dict.fromkeys(excluded)))


def _read_terms(text: str) -> Iterator[tuple[bool, Term]]:
    for match in _TERM.finditer(text):
        minus, quoted, word = match.groups()
        term = Term(" ".join(quoted.split()), exact=True) if quoted else Term(word or "")
        if find_words(term.text):
            yield bool(minus), term


def _is_stop_word(term: Term) -> bool:
    return all(word in stop_words() for word in fold_words(find_words(term.text)))
