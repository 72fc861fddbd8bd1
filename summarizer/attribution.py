"""Attributions: source, cue and content of what the text reports somebody to have said."""

from bisect import bisect_left
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from summarizer.boilerplate import Layout
from summarizer.clauses import joined_names, phrase_of
from summarizer.contents import Words, trim
from summarizer.cues import Cues, load_cues
from summarizer.datelines import skip_dateline
from summarizer.models import Span
from summarizer.nominal_cues import NominalReport, read_nominal_cues, source_words
from summarizer.quotes import find_quotations
from summarizer.reported import OUTSIDE, Attribution, ReportedText, read_parse
from summarizer.reports import Report, choose_report, find_reports, is_speech, report_contents
from summarizer.stretches import Stretch, split_stretches
from summarizer.turns import Turn, find_posts, find_turns, running_lines

__all__ = ["Attribution", "find_attributions"]


def find_attributions(doc: Doc, layout: Layout) -> tuple[Attribution, ...]:
    """Every attribution in the running text, in document order of its content."""
    text = doc.text
    paragraphs = running_lines(text, layout)
    t = read_parse(doc, paragraphs, find_quotations(text, paragraphs))
    turns = find_turns(text, paragraphs)
    posts = find_posts(text, paragraphs)
    spoken = {turn.paragraph for turn in (*turns, *posts)}
    reader = _Reader(t, load_cues())
    for stretch in split_stretches(t, reader.cues):
        if stretch.paragraph not in spoken:
            reader.read(stretch)
    named = (turn for turn in turns if not turn.asks)
    found = [_turn(turn, "answer" if turn.answers else "turn") for turn in named]
    found += (_turn(post, "post") for post in posts)
    openings = {paragraph.start for paragraph in paragraphs}
    found += (replace(a, content=_exact_content(text, a.content, openings)) for a in reader.found)
    return tuple(sorted(found, key=lambda a: (a.content.start, a.content.end)))


@dataclass(frozen=True, slots=True)
class _Introduction:
    """A sentence that ends in a colon: what comes next is said by its source."""

    stretch: Stretch
    source: Span
    cue: Span | None
    head: Span


class _Reader:
    """Reads one stretch after the other and remembers who spoke last."""

    def __init__(self, t: ReportedText, cues: Cues) -> None:
        self.t = t
        self.cues = cues
        self.found: list[Attribution] = []
        self.latest: list[Attribution] = []  # of the last stretch that had any
        self.introduction: _Introduction | None = None

    def read(self, stretch: Stretch) -> None:
        t = self.t
        known = len(self.found)
        reports = find_reports(t, stretch, self.cues)
        owners = {q: choose_report(t, q, stretch, reports) for q in stretch.quotations}
        for report in reports:
            mine = [q for q, owner in owners.items() if owner is report]
            for words, rule in report_contents(t, report, mine, stretch, self.cues):
                if not _says_something(t, words):
                    continue
                self.found.extend(_attributions(t, report, words, rule))
        for nominal in read_nominal_cues(t, stretch, self.cues):
            self.found.append(_nominal(t, nominal))
        self._read_set_off_paragraph(stretch)
        for quotation in (q for q, owner in owners.items() if owner is None):
            span = t.quotations[quotation].span
            if not any(a.content.overlaps(span) for a in self.found[known:]):
                self._read_unowned(quotation, stretch)
        self.latest = self.found[known:] or self.latest
        self._note_introduction(stretch, reports)

    def _read_unowned(self, quotation: int, stretch: Stretch) -> None:
        """A quotation after a colon is its sentence's subject's; a sentence of its own floats."""
        t = self.t
        first, end = t.quotation_words[quotation]
        if not is_speech(t, quotation):
            return
        if first > stretch.first and t.lower[first - 1] == ":":
            subject = _last_subject(t, stretch.first, first)
            if subject is not None:
                source, head = t.span(*phrase_of(t, subject)), t.span(subject, subject + 1)
                content = t.quotations[quotation].span
                self.found.append(Attribution(source, None, content, True, head, "colon"))
                return
        if trim(t, stretch.first, first) is None and trim(t, end, stretch.end) is None:
            self._read_floating(quotation, stretch)

    def _read_floating(self, quotation: int, stretch: Stretch) -> None:
        t = self.t
        content = t.quotations[quotation].span
        intro = self.introduction
        if intro is not None and stretch.paragraph - intro.stretch.paragraph <= 1:
            self.found.append(
                Attribution(intro.source, intro.cue, content, True, intro.head, "introduced")
            )
            return
        if not self.latest:
            return
        last = next((a for a in reversed(self.latest) if a.direct), self.latest[-1])
        spoken = bisect_left(t.starts, max(last.content.start, last.source.start))
        if t.paragraph[t.quotation_words[quotation][0]] - t.paragraph[spoken] <= 1:
            self.found.append(Attribution(last.source, None, content, True, last.head, "floating"))

    def _read_set_off_paragraph(self, stretch: Stretch) -> None:
        """A paragraph without marks that "X wrote:" alone in a paragraph introduces."""
        t, intro = self.t, self.introduction
        if intro is None or intro.cue is None or stretch.paragraph - intro.stretch.paragraph != 1:
            return
        first, end = t.paragraph_words[stretch.paragraph]
        if first == stretch.first and t.quotation[first] == OUTSIDE:
            words = trim(t, first, end)
            if words is not None and words[1] - words[0] > _FEWEST_SET_OFF:
                content = t.span(*words)
                self.found.append(
                    Attribution(intro.source, intro.cue, content, False, intro.head, "set off")
                )

    def _note_introduction(self, stretch: Stretch, reports: list[Report]) -> None:
        t = self.t
        intro = self.introduction
        if intro is not None and stretch.paragraph == intro.stretch.paragraph + 1:
            return
        self.introduction = None
        last = stretch.end - 1
        if t.lower[last] != ":" or last + 1 != t.paragraph_words[stretch.paragraph][1]:
            return
        if reports:
            report = reports[-1]
            head, cue = report.head, t.span(report.verb, report.verb + 1)
        else:
            subject = _last_subject(t, stretch.first, last)
            if subject is None:
                return
            head, cue = subject, None
        source = t.span(*phrase_of(t, head))
        self.introduction = _Introduction(stretch, source, cue, t.span(head, head + 1))


_FEWEST_SET_OFF = 5


def _exact_content(text: str, content: Span, openings: set[int]) -> Span:
    """Whole words only, and no dateline where the content opens a paragraph."""
    whole = _to_word_boundaries(text, content)
    return skip_dateline(text, whole) if whole.start in openings else whole


def _to_word_boundaries(text: str, span: Span) -> Span:
    """Widen a span that starts or ends within a word, where the tokenizer split one."""
    start, end = span.start, span.end
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return Span(start, end)


def _says_something(t: ReportedText, words: Words) -> bool:
    """Whether unquoted content is more than a name, a time, or one word."""
    first, end = words
    if t.quotation[first] != OUTSIDE or t.quotation[end - 1] != OUTSIDE:
        return True
    entity = t.entity[first]
    if entity != OUTSIDE and t.entities[entity].end >= end:
        return False
    return sum(any(c.isalnum() for c in w) for w in t.lower[first:end]) > 1


def _last_subject(t: ReportedText, first: int, end: int) -> int | None:
    """The last subject before a colon that names somebody or is "he" or "she"."""
    for i in reversed(range(first, end)):
        is_somebody = t.tags[i] == "NNP" or t.lower[i] in ("he", "she")
        if is_somebody and t.deps[i] == "nsubj" and t.quotation[i] == OUTSIDE:
            return i
    return None


def _attributions(t: ReportedText, report: Report, words: Words, rule: str) -> list[Attribution]:
    """One for each source: of "X and Y said" both said it."""
    content = _to_marks(t, words)
    direct = _is_direct(t, *words)
    cue = t.span(report.verb, report.verb + 1)
    head = t.span(report.head, report.head + 1)
    if report.stands != report.head:
        source = t.span(report.stands, report.stands + 1)
        return [Attribution(source, cue, content, direct, head, rule)]
    source = t.span(*phrase_of(t, report.head, apart_from=report.verb))
    found = [Attribution(source, cue, content, direct, head, rule)]
    for other in joined_names(t, report.head):
        span = t.span(other, other + 1)
        found.append(Attribution(source, cue, content, direct, span, rule))
    return found


def _nominal(t: ReportedText, report: NominalReport) -> Attribution:
    return Attribution(
        source=t.span(*source_words(t, report)),
        cue=t.span(*report.cue),
        content=_to_marks(t, report.content),
        direct=_is_direct(t, *report.content),
        head=t.span(report.head, report.head + 1),
        rule=report.rule,
    )


def _turn(turn: Turn, rule: str) -> Attribution:
    return Attribution(turn.label, None, turn.content, True, turn.label, rule)


def _to_marks(t: ReportedText, words: Words) -> Span:
    """The characters of the words; a quotation at either end is taken with its marks."""
    first, end = words
    span = t.span(first, end)
    start, stop = span.start, span.end
    if t.quotation[first] != OUTSIDE:
        start = t.quotations[t.quotation[first]].span.start
    if t.quotation[end - 1] != OUTSIDE:
        stop = t.quotations[t.quotation[end - 1]].span.end
    return Span(start, stop)


def _is_direct(t: ReportedText, first: int, end: int) -> bool:
    words = [i for i in range(first, end) if any(c.isalnum() for c in t.lower[i])]
    quoted = sum(t.quotation[i] != OUTSIDE for i in words)
    return quoted >= 0.8 * len(words) > 0
