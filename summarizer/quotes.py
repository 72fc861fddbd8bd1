"""Spans of quotation: pairs of quotation marks, found paragraph by paragraph."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from summarizer.models import Span

_CLOSERS = {"“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』", "‟": "”"}
_MARKS = "“”„‟«»‹›「」『』\"＂‘’‚‛'"
_OPENING_CONTEXT = set(" \t\u00a0\u2009\u202f([{—–-/:>…\n") | set(_MARKS)
_SENTENCE_END = ".!?…"
_ELIDED = re.compile(r"(?:\d0s|em|n|til|tis|twas|cause|bout|round)\b", re.IGNORECASE)
_DOUBLE_OPENING = "“„«\"'"
_DOUBLE_MARK = re.compile('[“”„«»"]')
_MARK = re.compile(f"''|``|[{_MARKS}]")
_LONGEST_UNCLOSED = 1500
_MOST_MARKS_INSIDE = 200
_LONGEST_SINGLE = 2000
_LONGEST_RUN_ON = 12


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks; no two overlap, nested ones belong to the outermost.

    `span` includes the marks, `inner` does not. `continued` tells that it runs on from a quotation
    left open in the paragraph before, `closed` that its closing mark is there.
    """

    span: Span
    inner: Span
    paragraph: int
    continued: bool = False
    closed: bool = True


def find_quotations(text: str, paragraphs: tuple[Span, ...]) -> tuple[Quotation, ...]:
    """Every outermost quotation within the paragraphs, in order."""
    quotations: list[Quotation] = []
    closes_in = -1
    for number, paragraph in enumerate(paragraphs):
        left_open = bool(quotations) and _left_open(quotations[-1], number)
        if number < closes_in:
            quotations.append(Quotation(paragraph, paragraph, number, True, False))
            continue
        quotations.extend(_Scanner(text, paragraph, number, left_open).scan())
        if quotations and _left_open(quotations[-1], number + 1):
            closes_in = _find_closing_paragraph(text, paragraphs, number)
    return tuple(quotations)


def _left_open(quotation: Quotation, number: int) -> bool:
    return quotation.paragraph == number - 1 and not quotation.closed


def _find_closing_paragraph(text: str, paragraphs: tuple[Span, ...], number: int) -> int:
    """Where the only mark after paragraph `number` is a closing one: its paragraph, else -1."""
    for later in range(number + 1, min(number + 1 + _LONGEST_RUN_ON, len(paragraphs))):
        mark = _DOUBLE_MARK.search(text, paragraphs[later].start, paragraphs[later].end)
        if mark is not None:
            return later if mark.group() in "”»" else -1
    return -1


class _Scanner:
    """The state of reading one paragraph; `left_open` tells of the paragraph before it."""

    def __init__(self, text: str, paragraph: Span, number: int, left_open: bool) -> None:
        self.text = text
        self.paragraph = paragraph
        self.number = number
        self.left_open = left_open
        self.positions = [m.start() for m in _MARK.finditer(text, paragraph.start, paragraph.end)]
        self.singles_closing = [p for p in self.positions if self._closes_single(p)]
        self.singles_strong = [p for p in self.singles_closing if text[p - 1] in ".,?!…"]
        self.singles_opening = [p for p in self.positions if self._opens_single(p)]
        self.closing_guillemets = [p for p in self.positions if text[p] == "«"]

    def scan(self) -> Iterator[Quotation]:
        index = 0
        end = self.paragraph.start
        if self.left_open and not self._starts_with_mark():
            closing = self._stray_closing_mark()
            if closing is not None:
                end = closing + 1
                rest = self._quotation(self.paragraph.start, end, opened=False)
                if rest is not None:
                    yield rest
        while index < len(self.positions):
            position = self.positions[index]
            index += 1
            if position < end:
                continue
            found = self._read_from(position, index)
            if found is not None:
                yield found
                end = found.span.end

    def _read_from(self, position: int, following: int) -> Quotation | None:
        mark = self.text[position]
        if self._width(position) == 2:
            return self._read_straight(position, following)
        if mark in "‘‚‛'’":
            return self._read_single(position) if self._opens_single(position) else None
        if mark in '"＂':
            return self._read_straight(position, following)
        if mark == "»":
            later = bisect_right(self.closing_guillemets, position)
            if later == len(self.closing_guillemets):
                return None
        if mark in _CLOSERS:
            return self._read_paired(position, following, _CLOSERS[mark])
        if mark == "”" and self._can_only_open(position):
            return self._read_paired(position, following, "”")
        return None

    def _read_paired(self, position: int, following: int, closers: str) -> Quotation | None:
        text = self.text
        opener = text[position]
        depth = 1
        last_closing = None
        for mark_at in self.positions[following : following + _MOST_MARKS_INSIDE]:
            mark = text[mark_at]
            if self._closes(mark_at, opener, closers):
                depth -= 1
                last_closing = mark_at
                if depth == 0:
                    return self._quotation(position, mark_at + 1)
            elif mark == opener:
                if self._ends_sentence(mark_at) and last_closing is None:
                    return self._quotation(position, self._trimmed(mark_at), closed=False)
                depth += 1
        if last_closing is not None:
            return self._quotation(position, last_closing + 1)
        return self._run_to_end(position)

    def _closes(self, position: int, opener: str, closers: str) -> bool:
        """Whether a mark closes what `opener` opened; some pages close with the opening mark."""
        mark = self.text[position]
        if mark in closers:
            return mark != opener or not self._can_only_open(position)
        if opener == "“" and mark in '"＂':
            return not self._can_only_open(position)
        ends_word = not self._before(position).isspace() and not self._after(position).isalnum()
        return opener == mark == "“" and ends_word and not self._opens_paragraph(position)

    def _read_straight(self, position: int, following: int) -> Quotation | None:
        if not self._can_open(position):
            return None
        doubled = self._width(position) == 2
        for mark_at in self.positions[following : following + _MOST_MARKS_INSIDE]:
            if self.text[mark_at] == "“" and self._ends_sentence(mark_at):
                return None
            if self._width(mark_at) != 2 if doubled else self.text[mark_at] not in '"＂”':
                continue
            if self._can_only_open(mark_at):
                if self._ends_sentence(mark_at):
                    return self._quotation(position, self._trimmed(mark_at), closed=False)
                return None
            return self._quotation(position, mark_at + self._width(mark_at))
        return self._run_to_end(position)

    def _width(self, position: int) -> int:
        """Two for double apostrophes and backticks, which some sites write for a quotation mark."""
        return 2 if self.text[position : position + 2] in ("''", "``") else 1

    def _read_single(self, position: int) -> Quotation | None:
        weak = self._first_after(self.singles_closing, position + 1)
        if weak is None:
            return None
        strong = self._first_after(self.singles_strong, position + 1)
        opening = self._first_after(self.singles_opening, weak)
        end = weak
        if strong is not None and (opening is None or opening > strong):
            end = strong
        elif self._is_possessive(weak):
            later = self._first_after(self.singles_closing, weak + 1)
            if later is not None and (opening is None or opening > later):
                end = later
        if end - position > _LONGEST_SINGLE or self._splits_double(position, end):
            return None
        return self._quotation(position, end + 1)

    def _run_to_end(self, position: int) -> Quotation | None:
        if self.paragraph.end - position > _LONGEST_UNCLOSED and not self._opens_paragraph(
            position
        ):
            return None
        return self._quotation(position, self.paragraph.end, closed=False)

    def _quotation(
        self, start: int, end: int, *, opened: bool = True, closed: bool = True
    ) -> Quotation | None:
        width = self._width(start)
        inner = Span(start + width if opened else start, end - width if closed else end)
        if not any(c.isalnum() for c in self.text[inner.start : inner.end]):
            return None
        continued = self.left_open and self._opens_paragraph(start)
        return Quotation(Span(start, end), inner, self.number, continued, closed)

    def _opens_paragraph(self, position: int) -> bool:
        return position <= self.paragraph.start + 1

    def _starts_with_mark(self) -> bool:
        return self.text[self.paragraph.start] in _DOUBLE_OPENING

    def _stray_closing_mark(self) -> int | None:
        for position in self.positions:
            if self.text[position] in "”»":
                return position
            if self.text[position] in _CLOSERS or self.text[position] in '"＂':
                return None
        return None

    def _before(self, position: int) -> str:
        return self.text[position - 1] if position > self.paragraph.start else " "

    def _after(self, position: int) -> str:
        return self.text[position + 1] if position + 1 < self.paragraph.end else " "

    def _can_open(self, position: int) -> bool:
        after = self._after(position + self._width(position) - 1)
        return self._before(position) in _OPENING_CONTEXT and not after.isspace()

    def _can_only_open(self, position: int) -> bool:
        after = self._after(position + self._width(position) - 1)
        return self._before(position).isspace() and after.isalnum()

    def _opens_single(self, position: int) -> bool:
        if self._width(position) == 2:
            return False
        if self.text[position] not in "‘‚‛'" or self._before(position) not in _OPENING_CONTEXT:
            return False
        after = self._after(position)
        return (after.isalnum() or after in "…[(") and not _ELIDED.match(self.text, position + 1)

    def _closes_single(self, position: int) -> bool:
        if self._width(position) == 2:
            return False
        if self.text[position] not in "’'" or self._after(position).isalnum():
            return False
        before = self._before(position)
        return before.isalnum() or before in '.,?!…;:—)]”"'

    def _is_possessive(self, position: int) -> bool:
        rest = self.text[position + 1 : position + 3]
        return (
            self._before(position) == "s"
            and len(rest) == 2
            and rest[0] == " "
            and rest[1].isalpha()
        )

    def _ends_sentence(self, position: int) -> bool:
        """Whether the words before a mark end a sentence, with white space before the mark."""
        last = self._trimmed(position) - 1
        return last < position - 1 and self.text[last] in _SENTENCE_END

    def _trimmed(self, end: int) -> int:
        while end > self.paragraph.start and self.text[end - 1].isspace():
            end -= 1
        return end

    def _splits_double(self, start: int, end: int) -> bool:
        inside = self.text[start:end]
        return inside.count("“") != inside.count("”") or inside.count('"') % 2 == 1

    def _first_after(self, positions: list[int], start: int) -> int | None:
        index = bisect_left(positions, start)
        return positions[index] if index < len(positions) else None
