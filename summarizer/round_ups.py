"""Round-ups: pages of several short items, each a story of its own."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from summarizer.boilerplate import Layout
from summarizer.likeness import content_stems, likeness, weigh_words
from summarizer.models import Span

MIN_ITEMS = 3
MAX_ITEM_WORDS = 120
"""Longer sections, on average, are the chapters of one story."""
MAX_LIKENESS = 0.1
"""Sections more alike than this, each to the next, are the parts of one story."""

LIST_MARK = re.compile(r"(?:[•●▪■◦‣*·]|\d{1,2}[.)])\s+(?=\S)")


def find_items(text: str, layout: Layout) -> tuple[Span, ...]:
    """The items of a round-up in document order; none where the text is one story."""
    for items in (_find_sections(text, layout), _find_listed(text, layout)):
        if len(items) >= MIN_ITEMS and _are_items(text, items):
            return items
    return ()


def _find_sections(text: str, layout: Layout) -> tuple[Span, ...]:
    """The stretches of paragraphs below each sub-heading; questions are no sub-headings."""
    starts = [span.start for span in layout.headings if not span.text_of(text).endswith("?")]
    return _group(layout.paragraphs, starts)


def _find_listed(text: str, layout: Layout) -> tuple[Span, ...]:
    """Paragraphs that begin with a bullet or a number, each with those up to the next one."""
    listed = [span for span in layout.paragraphs if LIST_MARK.match(text, span.start)]
    items = _group(layout.paragraphs, [span.start for span in listed])
    return (*items[:-1], listed[-1]) if items else ()


def _group(paragraphs: Sequence[Span], starts: list[int]) -> tuple[Span, ...]:
    """For each start the span of the paragraphs from there to the next one, if there are any."""
    items: list[Span] = []
    remaining = iter(paragraphs)
    paragraph = next(remaining, None)
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else None
        inside = []
        while paragraph is not None and (end is None or paragraph.start < end):
            if paragraph.start >= start:
                inside.append(paragraph)
            paragraph = next(remaining, None)
        if inside:
            items.append(Span(inside[0].start, inside[-1].end))
    return tuple(items)


def _are_items(text: str, items: tuple[Span, ...]) -> bool:
    """Whether sections are short and speak of different things."""
    told = [item.text_of(text) for item in items]
    if fmean(len(item.split()) for item in told) > MAX_ITEM_WORDS:
        return False
    vectors = weigh_words([content_stems(item) for item in told])
    return fmean(likeness(one, other) for one, other in pairwise(vectors)) <= MAX_LIKENESS
