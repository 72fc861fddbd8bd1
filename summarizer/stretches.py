"""Sentences as a reader sees them: a quotation and the clause that says whose it is are one."""

from collections.abc import Iterator
from dataclasses import dataclass

from summarizer.clauses import has_own_content, verb_cue_at
from summarizer.cues import Cues
from summarizer.reported import OUTSIDE, ReportedText

SENTENCE_ENDS = frozenset({".", "!", "?", "…", "...", "?!", "!!", ".."})
_DASHES = frozenset({"—", "–", "-", "--", "―"})
_LONGEST_DATELINE = 9
_LONGEST_TAIL = 14
_LONGEST_STRETCH = 400


@dataclass(frozen=True, slots=True)
class Stretch:
    """The words [first, end) of a sentence within one paragraph, and its quotations in order.

    Unlike the parser's, its limits never lie within quotation marks.
    """

    first: int
    end: int
    paragraph: int
    quotations: tuple[int, ...]


def split_stretches(t: ReportedText, cues: Cues) -> Iterator[Stretch]:
    """Every stretch of the running text, in order."""
    for number, (first, end) in enumerate(t.paragraph_words):
        start = first = _after_dateline(t, first, end)
        for i in range(first, end):
            too_long = i - start >= _LONGEST_STRETCH and t.quotation[i] == OUTSIDE
            if i + 1 < end and not too_long and not _ends_after(t, i, end, cues):
                continue
            if any(c.isalnum() for word in t.lower[start : i + 1] for c in word):
                quotations = dict.fromkeys(t.quotation[start : i + 1])
                inside = tuple(q for q in quotations if q != OUTSIDE)
                yield Stretch(start, i + 1, number, inside)
                start = i + 1


def _after_dateline(t: ReportedText, first: int, end: int) -> int:
    """The word after "VALLEY CITY (Agency) —" at the start of a paragraph, or its first word."""
    if first >= end or len(t.lower[first]) < 3 or not t.word(first).isupper():
        return first
    for i in range(first + 1, min(first + _LONGEST_DATELINE, end - 1)):
        if t.lower[i] in _DASHES:
            return i + 1
        if t.quotation[i] != OUTSIDE or t.lower[i] in (".", ":"):
            break
    return first


def _ends_after(t: ReportedText, i: int, end: int, cues: Cues) -> bool:
    quotation, following = t.quotation[i], t.quotation[i + 1]
    if quotation == OUTSIDE:
        if t.lower[i] in SENTENCE_ENDS:
            return t.lower[i + 1] not in {")", "]", ",", ";"}
        if not t.lower[i].endswith("."):
            return False
        if following != OUTSIDE:  # "at 7 a.m. “We ran,” she said."
            inner = t.quotations[following].inner
            return t.text[inner.start].isupper() and t.text[inner.end - 1] in ",.?!…"
        is_letter_alone = len(t.lower[i]) == 2 and i > 0 and t.tags[i - 1] == "IN"  # "on X."
        return t.sentence_start[i + 1] or is_letter_alone
    if following == quotation:
        return False
    inner = t.quotations[quotation].inner
    last = t.text[inner.start : inner.end].rstrip()[-1:]
    if last not in ".!?…":
        return False
    return not _is_cue_clause(t, i + 1, end, cues, after_full_stop=last == ".")


def _is_cue_clause(
    t: ReportedText, start: int, end: int, cues: Cues, *, after_full_stop: bool
) -> bool:
    """Whether the words after a quotation tell who said it, as in: "Why?" the boy asked."""
    if t.quotation[start] != OUTSIDE:
        return False
    first = t.word(start)
    if not first[0].isalnum():
        return first in {",", "-", "–", "—", ";", "@"} and not after_full_stop
    if first[0].islower() and verb_cue_at(t, start, cues) is not None:
        return True
    longest = _LONGEST_TAIL if after_full_stop else 3 * _LONGEST_TAIL
    cue_found = False
    for i in range(start, min(end, start + longest)):
        if t.quotation[i] != OUTSIDE or t.lower[i] in ("that", ":"):
            return first[0].islower()
        if t.lower[i] in SENTENCE_ENDS:
            return cue_found or first[0].islower()
        cue = verb_cue_at(t, i, cues)
        if cue is not None and "quote" in cue.frames and i - start < _LONGEST_TAIL:
            cue_found = not has_own_content(t, i, cue)
    return first[0].islower()
