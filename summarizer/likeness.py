"""Words of sentences, and how alike sentences are by the words that they share."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

Vector = dict[str, float]

WORD = re.compile(r"\w+(?:['’]\w+)?")
_STEM_CHARS = 6


def find_words(sentence: str) -> list[str]:
    """The words of a sentence in small letters."""
    return WORD.findall(sentence.lower().replace("’", "'"))


def content_stems(sentence: str) -> list[str]:
    """Words that carry content, cut to their beginning so that inflected forms meet."""
    stop = stop_words()
    return [word[:_STEM_CHARS] for word in find_words(sentence) if word not in stop]


def weigh_words(stems: Sequence[Sequence[str]]) -> list[Vector]:
    """One TF-IDF vector of length 1 per sentence; the sentences are the collection."""
    spread = Counter(word for sentence in stems for word in set(sentence))
    count = len(stems)
    return [
        to_unit(
            {
                word: (1 + math.log(times)) * math.log(1 + count / spread[word])
                for word, times in Counter(sentence).items()
            }
        )
        for sentence in stems
    ]


def to_unit(vector: Vector) -> Vector:
    """The vector brought to length 1; an empty one stays empty."""
    norm = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / norm for word, weight in vector.items()} if norm else {}


def direction(vectors: Iterable[Vector]) -> Vector:
    """The sum of vectors, brought to length 1."""
    total: Vector = {}
    for vector in vectors:
        for word, weight in vector.items():
            total[word] = total.get(word, 0.0) + weight
    return to_unit(total)


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length 1."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Words without content of their own."""
    data = tomllib.loads(files("summarizer").joinpath("data/salience.toml").read_text("utf-8"))
    return frozenset(data["stop"].split())
