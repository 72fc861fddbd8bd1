"""Choosing key points as a set: good sentences that say different things."""

from collections.abc import Sequence
from math import inf

from summarizer.likeness import Vector, likeness

REPETITION = 0.3
"""Sentences more alike than this (cosine of their weighted words) say the same thing."""
COST_OF_LIKENESS = 5.0
"""What a sentence loses for each unit of likeness to a point already chosen."""
FULL_WORDS = 100
"""Points that make up fewer words leave room for another one."""


def choose_best(
    scores: Sequence[float],
    vectors: Sequence[Vector],
    *,
    wanted: int,
    items: Sequence[int | None] = (),
) -> list[int]:
    """The places of up to `wanted` sentences, most important first; none repeats another.

    A sentence without a word of content (an empty vector) is chosen only where none has any.
    `items` tells for each sentence in which item of a round-up it stands, if in any: an item
    gets a second point only after every item had its first.
    """
    told_anything = any(vectors)
    left = [
        score if vector or not told_anything else -inf
        for score, vector in zip(scores, vectors, strict=True)
    ]
    chosen: list[int] = []
    told: set[int] = set()
    while len(chosen) < wanted:
        open_places = [i for i, score in enumerate(left) if score > -inf]
        fresh = [i for i in open_places if not items or items[i] is None or items[i] not in told]
        best = max(fresh or open_places, key=lambda i: (left[i], -i), default=None)
        if best is None:
            break
        chosen.append(best)
        told |= {item for item in items[best : best + 1] if item is not None}
        left[best] = -inf
        for i in open_places:
            alike = likeness(vectors[i], vectors[best])
            left[i] = -inf if alike >= REPETITION else left[i] - COST_OF_LIKENESS * alike
    return chosen


def choose_in_order(ranking: Sequence[int], vectors: Sequence[Vector], *, wanted: int) -> list[int]:
    """The first `wanted` of a ranking that do not repeat an earlier one."""
    chosen: list[int] = []
    for i in ranking:
        if len(chosen) >= wanted:
            break
        if all(likeness(vectors[i], vectors[j]) < REPETITION for j in chosen):
            chosen.append(i)
    return chosen
