"""Reporting verbs of a sentence, and which quotation or clause belongs to which of them."""

from dataclasses import dataclass

from summarizer.clauses import (
    find_source,
    find_source_beside,
    find_unlisted_verb,
    is_asserted,
    name_before_apposition,
    verb_cue_at,
)
from summarizer.contents import Words, content_after, content_before, content_resumed, trim
from summarizer.cues import Cues, VerbCue
from summarizer.reported import OUTSIDE, ReportedText
from summarizer.stretches import Stretch

_FRAGMENT_WORDS = 3
_NEAR = 8
_OF_WORKS = frozenset({"read", "write"})


@dataclass(frozen=True, slots=True)
class Report:
    """A reporting verb in a stretch: `stands` is the word that stands for the source `head`."""

    verb: int
    cue: VerbCue
    stands: int
    head: int


def find_reports(t: ReportedText, stretch: Stretch, cues: Cues) -> list[Report]:
    """The reporting verbs of a stretch that have a source and tell what was said."""
    reports = []
    for i in range(stretch.first, stretch.end):
        cue = verb_cue_at(t, i, cues)
        if cue is None:
            continue
        source = find_source(t, i)
        if source is None and (stretch.quotations or cue.base == "say"):
            beside = find_source_beside(t, i, stretch.first, stretch.end)
            source = None if beside is None else (beside, beside)
        if source is not None and source[0] == source[1]:
            source = (name_before_apposition(t, source[0], stretch.first),) * 2
        if source is not None and is_asserted(t, i, cues, quoted=bool(stretch.quotations)):
            reports.append(Report(i, cue, *source))
    if not reports and stretch.quotations:
        _, end = t.quotation_words[stretch.quotations[-1]]
        unlisted = find_unlisted_verb(t, end, stretch.end)
        if unlisted is not None:
            verb, head = unlisted
            reports.append(Report(verb, VerbCue(t.lower[verb], frozenset({"quote"})), head, head))
    return reports


def choose_report(
    t: ReportedText, quotation: int, stretch: Stretch, reports: list[Report]
) -> Report | None:
    """Whose a quotation is: the report before it, or the one that follows closely."""
    first, end = t.quotation_words[quotation]
    before = next((r for r in reversed(reports) if r.verb < first), None)
    after = next((r for r in reports if r.verb >= end), None)
    if before is None or after is None:
        return before or after
    opens_it = all(not c.isalnum() for w in t.lower[before.verb + 1 : first] for c in w)
    if opens_it:
        return before
    last = t.text[t.quotations[quotation].inner.end - 1]
    follows_closely = min(after.verb, after.stands) - end < _NEAR and (
        last in ",?!—…" or t.lower[end : end + 1] == (",",)
    )
    return after if follows_closely else before


def report_contents(
    t: ReportedText, report: Report, quotations: list[int], stretch: Stretch, cues: Cues
) -> list[tuple[Words, str]]:
    """The contents of a report, one after and one before its verb at most, each with its rule."""
    after = [q for q in quotations if t.quotation_words[q][0] > report.verb]
    before = [q for q in quotations if t.quotation_words[q][0] < report.verb]
    found: list[tuple[Words, str] | None] = []
    clause = content_after(t, report.verb, report.cue, stretch, cues)
    if after:
        found.append(_join_after(t, report, after, clause))
    elif clause is not None:
        found.append(clause)
    if before:
        found.append(_join_before(t, report, before, stretch))
    elif not any(found) and "clause" in report.cue.frames and report.stands == report.head:
        preposed = content_before(t, report.verb, report.stands, stretch)
        if preposed is not None:
            rest = content_resumed(t, report.verb, stretch)
            found.append((preposed, "preposed"))
            found.append(None if rest is None else (rest, "resumed"))
    return [
        content
        for content in found
        if content is not None and not content[0][0] <= report.stands < content[0][1]
    ]


def _join_after(
    t: ReportedText,
    report: Report,
    quotations: list[int],
    clause: tuple[Words, str] | None,
) -> tuple[Words, str] | None:
    first, _ = t.quotation_words[quotations[0]]
    _, last_end = t.quotation_words[quotations[-1]]
    if clause is not None:
        (clause_first, clause_end), frame = clause
        follows_title = t.lower[last_end : last_end + 1] == ("that",)
        if follows_title and clause_end > last_end and _looks_like_title(t, quotations[-1]):
            return (last_end, clause_end), frame
        if clause_first < first and clause_end > first:
            words = trim(t, clause_first, max(clause_end, last_end))
            return None if words is None else (words, "mixed " + frame)
        if clause_end <= first and not is_speech(t, quotations[0]):
            return clause
        if clause_first >= first and clause_end > last_end and not _ends_speech(t, quotations[-1]):
            words = trim(t, first, clause_end)
            return None if words is None else (words, "mixed " + frame)
    near = first - report.verb <= 2 and not (
        report.cue.base in _OF_WORKS and _looks_like_title(t, quotations[0])
    )
    if not near and not any(is_speech(t, q) for q in quotations):
        return clause
    return (first, last_end), "quotation after"


def _join_before(
    t: ReportedText, report: Report, quotations: list[int], stretch: Stretch
) -> tuple[Words, str] | None:
    first, _ = t.quotation_words[quotations[0]]
    _, end = t.quotation_words[quotations[-1]]
    lead = trim(t, stretch.first, first)
    cut = min(report.verb, report.stands)
    if lead is not None or not is_speech(t, quotations[-1]):
        preposed = content_before(t, report.verb, report.stands, stretch)
        if preposed is not None and preposed[0] < first and preposed[1] >= end:
            return preposed, "mixed preposed"
        if not any(is_speech(t, q) for q in quotations):
            near = cut - end <= 2 and lead is None
            return ((first, end), "quotation before") if near else None
    return (first, end), "quotation before"


def is_speech(t: ReportedText, quotation: int) -> bool:
    """Whether it may stand as somebody's words rather than a term, a title, or a scare quote."""
    first, end = t.quotation_words[quotation]
    words = [i for i in range(first, end) if any(c.isalnum() for c in t.lower[i])]
    if _is_title(t, quotation, words):
        return False
    return len(words) > _FRAGMENT_WORDS or _ends_speech(t, quotation)


def _looks_like_title(t: ReportedText, quotation: int) -> bool:
    first, end = t.quotation_words[quotation]
    return _is_title(t, quotation, [i for i in range(first, end) if t.lower[i].isalnum()])


def _is_title(t: ReportedText, quotation: int, words: list[int]) -> bool:
    """Whether it is written like the title of a work: capitals throughout, within a sentence."""
    last = t.text[t.quotations[quotation].inner.end - 1]
    first = t.quotation_words[quotation][0]
    long_words = [t.word(i) for i in words if len(t.lower[i]) > _FRAGMENT_WORDS]
    if not 1 < len(words) < _NEAR or not all(word[0].isupper() for word in long_words):
        return False
    within = first > 0 and t.lower[first - 1][-1].isalnum() and t.quotation[first - 1] == OUTSIDE
    return last not in "?!…" and (within or last not in ".,")


def _ends_speech(t: ReportedText, quotation: int) -> bool:
    inner = t.quotations[quotation].inner
    return t.text[inner.end - 1] in ".,?!…—" and t.text[inner.start].isupper()
