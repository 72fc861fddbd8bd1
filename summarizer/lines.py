"""Lines of an article, each with the evidence that it gives by itself."""

import re
from dataclasses import dataclass, replace

from summarizer.dates import find_date
from summarizer.line_patterns import LineKind, load_line_patterns, squeeze
from summarizer.models import Span
from summarizer.sentences import find_lines

FULL_WORDS = 8
"""A line of so many words that ends like a sentence is a full paragraph."""
LONG_WORDS = 25
"""A line of so many words is running text even without an end mark."""
PLAIN_WORDS = 12
"""Lines of so many words tell whether the writer sets end marks at all."""

_END = re.compile(r"[.!?…:;。！？؟۔।][\"'”’»›)\]]*$")
_LETTERS = re.compile(r"[^\W\d_]")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.\w{2,6}/\S*")


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One line, and what its own words tell of it."""

    span: Span
    text: str  # squeezed, at most MATCHED_CHARS of it
    words: int
    ended: bool
    kind: LineKind | None
    suspicious: bool
    wrapped: bool = False  # the sentence goes on in the next line

    @property
    def full(self) -> bool:
        """Whether it reads like a paragraph of running text."""
        return self.kind is None and (
            (self.ended and self.words >= FULL_WORDS) or self.words >= LONG_WORDS
        )


def read_lines(text: str) -> list[ArticleLine]:
    spans = find_lines(text)
    if not spans:
        return []
    patterns = load_line_patterns()
    unended = _is_unpunctuated(text, spans)
    read: dict[tuple[str, bool], tuple[LineKind | None, bool]] = {}
    lines = []
    for span in spans:
        squeezed = squeeze(text, span)
        words = _count_words(text, span)
        ended = bool(_END.search(text[max(span.start, span.end - 8) : span.end]))
        key = (squeezed, ended)
        if key not in read:
            kind = patterns.kind_of(squeezed, words=words, ended=ended) or _bare_kind(squeezed)
            read[key] = (kind, patterns.is_suspicious(squeezed))
        kind, suspicious = read[key]
        lines.append(
            ArticleLine(
                span=span,
                text=squeezed,
                words=words,
                ended=ended or (unended and words >= 5),
                kind=kind,
                suspicious=suspicious,
            )
        )
    for i, line in enumerate(lines[:-1]):
        if _goes_on(text, line, lines[i + 1]):
            lines[i] = replace(line, wrapped=True)
    return lines


def _count_words(text: str, span: Span) -> int:
    """Words of a line; scripts without spaces are counted by the character."""
    line = text[span.start : min(span.end, span.start + 2000)]
    return max(len(line.split()), len(_CJK.findall(line[:400])) // 2)


def _is_unpunctuated(text: str, spans: tuple[Span, ...]) -> bool:
    """Whether the writer leaves end marks out, so that a missing one tells nothing."""
    longer = [
        s for s in spans if len(text[s.start : min(s.end, s.start + 400)].split()) >= PLAIN_WORDS
    ]
    ended = sum(bool(_END.search(text[max(s.start, s.end - 8) : s.end])) for s in longer)
    return ended * 4 < len(longer) and len(spans) <= 2 * len(longer)


def _goes_on(text: str, line: ArticleLine, following: ArticleLine) -> bool:
    """Whether a hard line break cuts a sentence: no blank line, and a small letter follows."""
    if line.ended or line.kind or following.kind or len(line.span) < 40:
        return False
    if not text[following.span.start].islower() or not (following.ended or following.words > 5):
        return False
    return len(text[line.span.end : following.span.start].splitlines()) <= 1


def _bare_kind(squeezed: str) -> LineKind | None:
    """Lines of digits, signs or addresses only."""
    letters = len(_LETTERS.findall(squeezed))
    if not letters:
        return LineKind.STAMP
    rest = _ADDRESS.sub(" ", squeezed)
    if len(rest) < len(squeezed) and len(_LETTERS.findall(rest)) * 3 < letters:
        return LineKind.SHARE
    stated = find_date(squeezed)
    return LineKind.DATELINE if stated is not None and stated.alone else None
