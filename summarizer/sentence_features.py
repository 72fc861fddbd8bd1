"""What is measured of each sentence to tell how much of the story it carries."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files

from summarizer.boilerplate import is_boilerplate_sentence
from summarizer.likeness import (
    WORD,
    Vector,
    content_stems,
    direction,
    find_words,
    likeness,
    to_unit,
    weigh_words,
)
from summarizer.sentence_grammar import SentenceGrammar

_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)|„[^“”]*(?:[“”]|$)")
_END = re.compile(r"[.!?…。！？؟۔][\"'”’»›)\]\s]*$")
_OPENERS = "\"'“”‘’«»„([*•-–— "

LEAD_SENTENCES = 3
LEAD_DECAY = 8
SHORT_WORDS = 12
LONG_WORDS = range(25, 50)
TINY_WORDS = 6
HUGE_WORDS = 40


@dataclass(frozen=True, slots=True)
class SentenceFeatures:
    """Measures of one sentence; all lie between 0 and 1 and are computed in linear time."""

    lead: float  # 1 for the first sentence, then falling to nothing after some thirty
    central: float  # likeness to the text as a whole, rare words counting more
    common: float  # likeness to the text as a whole, all words counting the same
    frequent: float  # how often the text uses its words, on average
    ahead: float  # likeness to what follows
    recurring: float  # share of its words that come again later
    introducing: float  # words told here first and taken up later
    new_names: float  # names told here first and taken up later
    known_names: float  # names that the text mentions often
    like_lead: float  # likeness to the first sentences
    like_title: float
    words: float  # logarithm of the length
    tiny: float  # a few words only
    short: float
    long: float
    huge: float  # what two sentences would say better
    adverbs: float
    brackets: float
    definite: float  # "The" begins it
    quoted: float  # share in quotation marks
    opens_quoted: float  # a quotation begins it
    broken_quote: float  # a quotation begins or ends elsewhere
    first_person: float
    pronoun_subject: float
    dangling: float  # the opening leans on the sentence before
    question: float
    fragment: float  # a small letter begins it or no end mark ends it
    verbless: float  # no finite verb
    boilerplate: float  # reads like the furniture of a page

    def value_of(self, name: str) -> float:
        return float(getattr(self, name))


FEATURE_NAMES = tuple(field.name for field in fields(SentenceFeatures))


@dataclass(frozen=True, slots=True)
class _Words:
    dangling: frozenset[str]
    first_person: frozenset[str]


def measure_sentences(
    sentences: Sequence[str], *, title: str | None, grammar: Sequence[SentenceGrammar] = ()
) -> list[SentenceFeatures]:
    """The features of all sentences of an article, given in document order.

    `grammar` is that of the sentences, or empty where nothing is known of it.
    """
    grammar = grammar or [SentenceGrammar()] * len(sentences)
    stems = [content_stems(sentence) for sentence in sentences]
    by_sentence = zip(
        sentences,
        grammar,
        _measure_likeness(stems, title),
        _measure_news(stems),
        _measure_names(grammar),
        strict=True,
    )
    return [
        SentenceFeatures(
            lead=math.exp(-i / LEAD_DECAY),
            verbless=float(known.verbless),
            pronoun_subject=float(known.pronoun_subject),
            adverbs=min(1.0, 5 * known.adverbs),
            boilerplate=float(is_boilerplate_sentence(sentence)),
            **alike,
            **news,
            **names,
            **_measure_length(len(find_words(sentence))),
            **_measure_form(sentence),
        )
        for i, (sentence, known, alike, news, names) in enumerate(by_sentence)
    ]


def dangling_words() -> frozenset[str]:
    """Words that, at the beginning of a sentence, lean on the one before."""
    return _load_words().dangling


def _measure_likeness(stems: list[list[str]], title: str | None) -> list[dict[str, float]]:
    vectors = weigh_words(stems)
    plain = [to_unit({w: float(n) for w, n in Counter(sentence).items()}) for sentence in stems]
    first = direction(vectors[:LEAD_SENTENCES])
    heading = to_unit(dict.fromkeys(content_stems(title or ""), 1.0))
    columns = zip(
        vectors,
        _likeness_to_rest(vectors),
        _likeness_to_rest(plain),
        _likeness_to_following(vectors),
        strict=True,
    )
    return [
        {
            "central": central,
            "common": common,
            "ahead": ahead,
            "like_lead": likeness(vector, first),
            "like_title": likeness(vector, heading),
        }
        for vector, central, common, ahead in columns
    ]


def _measure_news(stems: list[list[str]]) -> list[dict[str, float]]:
    """What the words of each sentence do for the text: said often, first here, again later."""
    uses = Counter(word for sentence in stems for word in sentence)
    spread = Counter(word for sentence in stems for word in dict.fromkeys(sentence))
    left = spread.copy()
    frequent, recurring, introducing = [], [], []
    seen: set[str] = set()
    for sentence in stems:
        words = dict.fromkeys(sentence)
        left.subtract(words.keys())
        frequent.append(sum(math.log(uses[word]) for word in words) / (len(sentence) + 3))
        recurring.append(sum(left[word] > 0 for word in words) / (len(words) + 2))
        introducing.append(sum(math.log(spread[word]) for word in words if word not in seen))
        seen.update(words)
    return [
        {"frequent": often, "recurring": again, "introducing": first}
        for often, again, first in zip(
            _to_highest(frequent), recurring, _to_highest(introducing), strict=True
        )
    ]


def _measure_names(grammar: Sequence[SentenceGrammar]) -> list[dict[str, float]]:
    uses = Counter(name for sentence in grammar for name in sentence.names)
    known, new = [], []
    seen: set[str] = set()
    for sentence in grammar:
        known.append(sum(math.log(uses[name]) for name in sentence.names))
        told = sum(uses[name] > 1 and name not in seen for name in sentence.names)
        new.append(min(1.0, told / 2))
        seen.update(sentence.names)
    return [
        {"new_names": first, "known_names": often}
        for first, often in zip(new, _to_highest(known), strict=True)
    ]


def _measure_length(count: int) -> dict[str, float]:
    return {
        "words": min(1.0, math.log1p(count) / 4),
        "tiny": float(count < TINY_WORDS),
        "short": max(0.0, 1 - max(1, count) / SHORT_WORDS),
        "long": min(1.0, max(0.0, (count - LONG_WORDS.start) / len(LONG_WORDS))),
        "huge": float(count >= HUGE_WORDS),
    }


def _measure_form(sentence: str) -> dict[str, float]:
    table = _load_words()
    first = opening(sentence)
    unquoted = find_words(_QUOTED.sub(" ", sentence))
    quoted = sum(len(match[0]) for match in _QUOTED.finditer(sentence))
    return {
        "brackets": float("(" in sentence),
        "definite": float(first == "the"),
        "quoted": min(1.0, quoted / max(1, len(sentence))),
        "opens_quoted": float(sentence[:1] in ('"', "“")),
        "broken_quote": float(has_broken_quote(sentence)),
        "first_person": float(any(word in table.first_person for word in unquoted)),
        "dangling": float(first in table.dangling),
        "question": float(sentence.rstrip(_OPENERS).endswith("?")),
        "fragment": float(is_fragment(sentence)),
    }


def is_fragment(sentence: str) -> bool:
    """Whether a sentence seems to lack its beginning or its end."""
    return sentence.lstrip(_OPENERS)[:1].islower() or _END.search(sentence[-8:]) is None


def opening(sentence: str) -> str:
    """The first word of a sentence in small letters."""
    match = WORD.match(sentence.lstrip(_OPENERS)[:40])
    return match[0].lower() if match else ""


def has_broken_quote(sentence: str) -> bool:
    """Whether a quotation in it begins or ends in another sentence."""
    return sentence.count("“") != sentence.count("”") or sentence.count('"') % 2 == 1


def _to_highest(values: list[float]) -> list[float]:
    """The values as shares of the highest one."""
    highest = max(values, default=0.0)
    return [min(1.0, value / highest) if highest > 0 else 0.0 for value in values]


def _likeness_to_rest(vectors: list[Vector]) -> list[float]:
    centre = direction(vectors)
    return _to_highest([likeness(vector, centre) for vector in vectors])


def _likeness_to_following(vectors: list[Vector]) -> list[float]:
    """How like each sentence is to the sum of all after it, in one pass from the end."""
    total: Vector = {}
    square = 0.0
    found = []
    for vector in reversed(vectors):
        product = sum(weight * total.get(word, 0.0) for word, weight in vector.items())
        found.append(product / math.sqrt(square) if square > 0 else 0.0)
        for word, weight in vector.items():
            total[word] = total.get(word, 0.0) + weight
        square += 2 * product + (1.0 if vector else 0.0)
    return _to_highest(found[::-1])


@lru_cache(maxsize=1)
def _load_words() -> _Words:
    data = tomllib.loads(files("summarizer").joinpath("data/salience.toml").read_text("utf-8"))
    return _Words(
        dangling=frozenset(data["dangling"].split()),
        first_person=frozenset(data["first_person"].split()),
    )
