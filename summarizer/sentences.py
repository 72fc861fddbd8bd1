"""Lines and sentences over the unchanged text."""

import re
from itertools import pairwise

from spacy.tokens import Doc

from summarizer.models import Span

MAX_JOINED_CHARS = 600
"""Pieces are not joined to sentences longer than this."""
MAX_SENTENCE_CHARS = 1000
"""What is longer was never written as a sentence and is cut at a space."""
MAX_TAG_WORDS = 9
"""So long may words be that only tell who spoke: "the mayor asked on Friday."."""

_END = re.compile(r"[.!?…。！？؟۔][\"'”’»›)\]\s]*$")
_QUOTED_END = re.compile(r"[,!?…][\"'”’»]+$")
_UNSPACED_END = re.compile(r"[。！？]+[」』”’）]*")
_CLOSERS = re.compile(r"[\"'”’»›)\]]+(?=\s|$)")
_STATED = re.compile(
    r"\b(?:sa(?:id|ys)|ask(?:ed|s)|add(?:ed|s)|t(?:old|ells)|wr(?:ote|ites)|repl(?:ied|ies)|call(?:ed|s)"
    r"|shout(?:ed|s)|cried|exclaim(?:ed|s)|declar(?:ed|es)|wonder(?:ed|s)|tweeted|posted|joked|continued)\b"
)


def find_lines(text: str) -> tuple[Span, ...]:
    """Every line that holds more than white space, trimmed, in order."""
    lines = []
    offset = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            start = offset + line.index(stripped)
            lines.append(Span(start, start + len(stripped)))
        offset += len(line)
    return tuple(lines)


def split_sentences(doc: Doc, paragraphs: tuple[Span, ...]) -> tuple[Span, ...]:
    """The sentences of the given paragraphs, trimmed; none crosses the end of a paragraph.

    They follow the parser but for quotation marks: a closing mark stays with its sentence, and
    so do the words after it that only tell who spoke.
    """
    text = doc.text
    sentences: list[Span] = []
    for paragraph in paragraphs:
        tokens = doc.char_span(paragraph.start, paragraph.end, alignment_mode="contract")
        if tokens is None:
            continue
        starts = {t.idx for t in tokens if t.is_sent_start and not t.is_space}
        starts.update(m.end() for m in _UNSPACED_END.finditer(text, paragraph.start, paragraph.end))
        for sentence in _join_pieces(text, _cut(text, paragraph, sorted(starts))):
            sentences += _break_long(text, sentence)
    return tuple(sentences)


def _cut(text: str, paragraph: Span, starts: list[int]) -> list[Span]:
    """The paragraph cut at `starts`, closing marks moved back to the piece that they close."""
    bounds = [paragraph.start]
    for start in starts:
        closers = _CLOSERS.match(text, start, paragraph.end)
        if closers and _closes(text, paragraph.start, start):
            start = closers.end()
            while start < paragraph.end and text[start].isspace():
                start += 1
        if bounds[-1] < start < paragraph.end:
            bounds.append(start)
    bounds.append(paragraph.end)
    return [piece for start, end in pairwise(bounds) for piece in _trimmed(text, start, end)]


def _break_long(text: str, sentence: Span) -> list[Span]:
    pieces = []
    start, end = sentence.start, sentence.end
    while end - start > MAX_SENTENCE_CHARS:
        space = text.rfind(" ", start + 1, start + MAX_SENTENCE_CHARS)
        cut = space if space > start else start + MAX_SENTENCE_CHARS
        pieces += _trimmed(text, start, cut)
        start = cut
    return pieces + _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    """The span without white space at its ends; none where there is nothing else."""
    part = text[start:end]
    stripped = part.strip()
    if not stripped:
        return []
    start += part.index(stripped)
    return [Span(start, start + len(stripped))]


def _closes(text: str, paragraph_start: int, position: int) -> bool:
    """Whether the mark at `position` closes; a straight one does when one before it is open."""
    mark = text[position]
    if mark != '"':
        return True
    return text.count('"', paragraph_start, position) % 2 == 1


def _join_pieces(text: str, pieces: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for piece in pieces:
        if (
            joined
            and piece.end - joined[-1].start <= MAX_JOINED_CHARS
            and _belong(text, joined[-1], piece)
        ):
            joined[-1] = Span(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _belong(text: str, before: Span, piece: Span) -> bool:
    """Whether the parser cut one sentence in two."""
    tail = text[max(before.start, before.end - 12) : before.end]
    head = text[piece.start : piece.end]
    if not _END.search(tail):
        return True
    if not any(character.isalnum() for character in head):
        return True
    first = head.lstrip("\"'“‘«([")[:1]
    if first.islower() and not head[1:2].isupper():
        return True
    words = head.split(maxsplit=MAX_TAG_WORDS + 1)
    return (
        len(words) <= MAX_TAG_WORDS
        and _QUOTED_END.search(tail) is not None
        and _STATED.search(head) is not None
        and head[0].isalpha()
    )
