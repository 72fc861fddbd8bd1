"""ROUGE-1 and ROUGE-2 F1 of chosen sentences, with Porter stems as is the custom."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nltk.stem.porter import PorterStemmer

_OTHER = re.compile(r"[^a-z0-9]+")
_STEMMER = PorterStemmer()

Grams = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class GramCounts:
    """Words and pairs of words of one text."""

    words: Grams
    pairs: Grams

    @classmethod
    def of(cls, text: str) -> "GramCounts":
        stems = [_stem(word) for word in _OTHER.sub(" ", text.lower()).split()]
        return cls(_count(stems, 1), _count(stems, 2))


def rouge(sentences: Sequence[GramCounts], references: Sequence[GramCounts]) -> tuple[float, float]:
    """ROUGE-1 and ROUGE-2 F1 in percent, the mean over the references.

    Pairs of words across two sentences don't count.
    """
    words: Grams = Counter()
    pairs: Grams = Counter()
    for sentence in sentences:
        words.update(sentence.words)
        pairs.update(sentence.pairs)
    one = sum(_f1(words, reference.words) for reference in references)
    two = sum(_f1(pairs, reference.pairs) for reference in references)
    return 100 * one / len(references), 100 * two / len(references)


@cache
def _stem(word: str) -> str:
    stem: Any = _STEMMER.stem(word) if len(word) > 3 else word
    return str(stem)


def _count(stems: list[str], length: int) -> Grams:
    return Counter(zip(*(stems[i:] for i in range(length)), strict=False))


def _f1(found: Grams, wanted: Grams) -> float:
    shared = sum(min(count, wanted[gram]) for gram, count in found.items() if gram in wanted)
    total = found.total() + wanted.total()
    return 2 * shared / total if total else 0.0
