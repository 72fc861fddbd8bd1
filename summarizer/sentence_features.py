"""What is measured of each sentence to tell how much of the story it carries."""

import math
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files

from summarizer.boilerplate import is_boilerplate_sentence

Vector = dict[str, float]

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)|„[^“”]*(?:[“”]|$)")
_END = re.compile(r"[.!?…。！？؟۔][\"'”’»›)\]\s]*$")
_OPENERS = "\"'“”‘’«»„([*•-–— "
_STEM_CHARS = 6

LEAD_SENTENCES = 3
LEAD_DECAY = 8


@dataclass(frozen=True, slots=True)
class SentenceFeatures:
    """Measures of one sentence; all lie between 0 and 1 and are computed in linear time."""

    lead: float  # 1 for the first sentence, then falling to nothing after some thirty
    central: float  # likeness to the text as a whole
    ahead: float  # likeness to what follows
    like_lead: float  # likeness to the first sentences
    like_title: float
    short: float
    long: float
    digits: float
    names: float
    dangling: float  # the opening leans on the sentence before
    question: float
    quoted: float  # share in quotation marks
    broken_quote: float  # a quotation begins or ends elsewhere
    first_person: float
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
    stop: frozenset[str]


def find_words(sentence: str) -> list[str]:
    """The words of a sentence in small letters."""
    return _WORD.findall(sentence.lower().replace("’", "'"))


def content_stems(sentence: str) -> list[str]:
    """Words that carry content, cut to their beginning so that inflected forms meet."""
    stop = stop_words()
    return [word[:_STEM_CHARS] for word in find_words(sentence) if word not in stop]


def weigh_words(stems: list[list[str]]) -> list[Vector]:
    """One TF-IDF vector of length 1 per sentence; the sentences are the collection."""
    spread = Counter(word for sentence in stems for word in set(sentence))
    count = len(stems)
    vectors = []
    for sentence in stems:
        vector = {
            word: (1 + math.log(times)) * math.log(1 + count / spread[word])
            for word, times in Counter(sentence).items()
        }
        norm = math.sqrt(sum(weight * weight for weight in vector.values()))
        vectors.append({word: weight / norm for word, weight in vector.items()} if norm else {})
    return vectors


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length 1."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def measure_sentences(
    sentences: list[str], *, title: str | None, verbless: frozenset[int] = frozenset()
) -> list[SentenceFeatures]:
    """The features of all sentences of an article, given in document order.

    `verbless` are the places of sentences without a finite verb.
    """
    vectors = weigh_words([content_stems(sentence) for sentence in sentences])
    central = _likeness_to_rest(vectors)
    ahead = _likeness_to_following(vectors)
    first = _direction(vectors[:LEAD_SENTENCES])
    heading = _direction([dict.fromkeys(content_stems(title or ""), 1.0)])
    return [
        SentenceFeatures(
            lead=math.exp(-i / LEAD_DECAY),
            central=central[i],
            ahead=ahead[i],
            like_lead=likeness(vectors[i], first),
            like_title=likeness(vectors[i], heading),
            verbless=float(i in verbless),
            boilerplate=float(is_boilerplate_sentence(sentence)),
            **_measure_form(sentence),
        )
        for i, sentence in enumerate(sentences)
    ]


def stop_words() -> frozenset[str]:
    """Words without content of their own."""
    return _load_words().stop


def dangling_words() -> frozenset[str]:
    """Words that, at the beginning of a sentence, lean on the one before."""
    return _load_words().dangling


def _measure_form(sentence: str) -> dict[str, float]:
    table = _load_words()
    words = find_words(sentence)
    count = max(1, len(words))
    raw = _WORD.findall(sentence)
    plain = find_words(_QUOTED.sub(" ", sentence))
    quoted = sum(len(match[0]) for match in _QUOTED.finditer(sentence))
    return {
        "short": max(0.0, 1 - count / 12),
        "long": min(1.0, max(0.0, (count - 25) / 25)),
        "digits": min(1.0, sum(word[0].isdigit() for word in raw) / 4),
        "names": sum(word[0].isupper() for word in raw[1:]) / count,
        "dangling": float(opening(sentence) in table.dangling),
        "question": float(sentence.rstrip(_OPENERS).endswith("?")),
        "quoted": min(1.0, quoted / max(1, len(sentence))),
        "broken_quote": float(has_broken_quote(sentence)),
        "first_person": float(any(word in table.first_person for word in plain)),
        "fragment": float(is_fragment(sentence)),
    }


def is_fragment(sentence: str) -> bool:
    """Whether a sentence seems to lack its beginning or its end."""
    return sentence.lstrip(_OPENERS)[:1].islower() or _END.search(sentence[-8:]) is None


def opening(sentence: str) -> str:
    """The first word of a sentence in small letters."""
    match = _WORD.match(sentence.lstrip(_OPENERS)[:40])
    return match[0].lower() if match else ""


def has_broken_quote(sentence: str) -> bool:
    """Whether a quotation in it begins or ends in another sentence."""
    return sentence.count("“") != sentence.count("”") or sentence.count('"') % 2 == 1


def _direction(vectors: list[Vector]) -> Vector:
    """The sum of vectors, brought to length 1."""
    total: Vector = {}
    for vector in vectors:
        for word, weight in vector.items():
            total[word] = total.get(word, 0.0) + weight
    norm = math.sqrt(sum(weight * weight for weight in total.values()))
    return {word: weight / norm for word, weight in total.items()} if norm else {}


def _likeness_to_rest(vectors: list[Vector]) -> list[float]:
    centre = _direction(vectors)
    found = [likeness(vector, centre) for vector in vectors]
    highest = max(found, default=0.0)
    return [value / highest if highest else 0.0 for value in found]


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
    found.reverse()
    highest = max(found, default=0.0)
    return [min(1.0, value / highest) if highest else 0.0 for value in found]


@lru_cache(maxsize=1)
def _load_words() -> _Words:
    data = tomllib.loads(files("summarizer").joinpath("data/salience.toml").read_text("utf-8"))
    return _Words(
        dangling=frozenset(data["dangling"].split()),
        first_person=frozenset(data["first_person"].split()),
        stop=frozenset(data["stop"].split()),
    )
