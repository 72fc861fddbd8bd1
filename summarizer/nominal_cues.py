"""Attributions without a reporting verb: "according to X", "X's claim that"."""

from collections.abc import Iterator
from dataclasses import dataclass

from summarizer.clauses import NOMINAL_TAGS, phrase_of
from summarizer.contents import Words, trim
from summarizer.cues import Cues
from summarizer.reported import OUTSIDE, ReportedText
from summarizer.stretches import Stretch

_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class NominalReport:
    """The source's head, the words of the cue, and the content."""

    head: int
    cue: Words
    content: Words
    rule: str


def read_nominal_cues(t: ReportedText, stretch: Stretch, cues: Cues) -> Iterator[NominalReport]:
    """Every attribution of the stretch whose cue is no verb."""
    for i in range(stretch.first, stretch.end):
        if t.quotation[i] != OUTSIDE:
            continue
        for phrase in cues.according_to:
            if t.lower[i : i + len(phrase)] == phrase:
                yield from _read_according_to(t, i, i + len(phrase), stretch)
        if t.lower[i] in cues.clause_nouns or t.lower[i] in cues.infinitive_nouns:
            report = _read_noun(t, i, stretch, cues)
            if report is not None:
                yield report


def _read_according_to(
    t: ReportedText, first: int, end: int, stretch: Stretch
) -> Iterator[NominalReport]:
    if end >= stretch.end or t.quotation[end] != OUTSIDE:
        return
    head = _object_of(t, end, stretch)
    if head is None:
        return
    phrase_end = _phrase_end(t, head, stretch)
    before = trim(t, stretch.first, first)
    after = trim(t, phrase_end, stretch.end)
    contents = [w for w in (before, after) if w is not None and w[1] - w[0] >= _FEWEST_WORDS]
    if t.lower[first] == "in" and after is not None and t.quotation[after[0]] != OUTSIDE:
        contents = [after]  # "The flood was, in the words of X, “a warning to us all.”"
    if before is not None and before in contents and not _has_comma(t, first - 1, phrase_end):
        contents = [before]
    for content in contents:
        yield NominalReport(head, (first, end), content, "according to")


def _object_of(t: ReportedText, first: int, stretch: Stretch) -> int | None:
    """The head of the noun phrase that starts at `first`."""
    head = t.child(first - 1, "pobj")
    if head is not None and first <= head < stretch.end and t.quotation[head] == OUTSIDE:
        return head
    i = first
    while i + 1 < stretch.end and t.tags[i] not in NOMINAL_TAGS - {"DT", "JJ"}:
        i += 1
    while i + 1 < stretch.end and t.tags[i + 1].startswith("NN"):
        i += 1
    return i if t.tags[i].startswith(("NN", "PRP")) and t.quotation[i] == OUTSIDE else None


def _phrase_end(t: ReportedText, head: int, stretch: Stretch) -> int:
    """The end of the source: its phrase, without a clause that the parser put below it."""
    limit = min(t.right[head] + 1, stretch.end)
    for i in range(head + 1, limit):
        if t.quotation[i] != OUTSIDE:
            return i
        if t.lower[i] == "," and _starts_clause(t, i + 1, limit):
            return i
    return max(limit, head + 1)


def _starts_clause(t: ReportedText, first: int, end: int) -> bool:
    """Whether more than an apposition follows a comma."""
    if first < end and t.lower[first] in ("who", "which", "whose"):
        return False
    return any(t.tags[i] in ("VBD", "VBZ", "VBP", "MD") for i in range(first, end))


def _has_comma(t: ReportedText, before: int, after: int) -> bool:
    return t.lower[before] == "," or t.lower[after : after + 1] == (",",)


def _read_noun(t: ReportedText, noun: int, stretch: Stretch, cues: Cues) -> NominalReport | None:
    if not t.tags[noun].startswith("NN"):
        return None
    content = _content_of_noun(t, noun, stretch, cues)
    if content is None:
        return None
    head = _source_of_noun(t, noun, stretch, cues)
    if head is None or content[0] <= head < content[1]:
        return None
    return NominalReport(head, (noun, noun + 1), content, "noun")


def _content_of_noun(t: ReportedText, noun: int, stretch: Stretch, cues: Cues) -> Words | None:
    for child in t.children[noun]:
        if child <= noun or t.deps[child] not in ("acl", "ccomp", "relcl"):
            continue
        markers = [t.lower[c] for c in t.children[child] if c < child]
        clause = (
            "that" in markers and t.deps[child] != "relcl" and t.lower[noun] in cues.clause_nouns
        )
        infinitive = "to" in markers and t.lower[noun] in cues.infinitive_nouns
        if clause or infinitive:
            return trim(t, max(noun + 1, t.left[child]), min(t.right[child] + 1, stretch.end))
    return None


def _source_of_noun(t: ReportedText, noun: int, stretch: Stretch, cues: Cues) -> int | None:
    candidate = t.child(noun, "poss")
    if candidate is None:
        for preposition in t.children[noun]:
            if t.lower[preposition] in ("by", "from", "of") and preposition > noun:
                candidate = t.child(preposition, "pobj")
                break
    governor = t.heads[noun]
    if candidate is None and t.deps[noun] == "dobj" and t.lower[governor] in cues.light_verbs:
        candidate = t.child(governor, "nsubj")
        if candidate is None and t.deps[governor] in ("conj", "xcomp", "advcl"):
            candidate = t.child(t.heads[governor], "nsubj")
    if candidate is None or not stretch.first <= candidate < stretch.end:
        return None
    is_named = t.tags[candidate].startswith(("NN", "PRP"))
    return candidate if is_named and t.quotation[candidate] == OUTSIDE else None


def source_words(t: ReportedText, report: NominalReport) -> Words:
    """The phrase of the source, without cue and content."""
    first, end = phrase_of(t, report.head)
    if report.cue[0] < report.head:
        first = max(first, min(report.cue[1], report.head))
        end = min(end, report.content[0]) if report.content[0] > report.head else end
    else:
        end = min(end, report.cue[0])
    return first, max(end, report.head + 1)
