"""Text to one spaCy Doc of the same offsets, at bounded cost whatever the text."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from spacy.tokens import Doc

from summarizer.language import MAX_ANALYSED_CHARS

if TYPE_CHECKING:
    from spacy.language import Language

MAX_TOKENS = 50_000
"""Of a text with more tokens the first part is parsed; English news has a token in 4 characters."""
PART_CHARS = 20_000
"""A longer text is parsed in parts of about that length: memory follows the part, not the text."""

OPENING_CHARS = 100
"""So much of what stands before the first word is kept: an opening mark, a headline's sign."""

_WORDLIKE = re.compile(r"[^\W_]")
_UNPARSEABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
# spaCy's tokenizer is quadratic in the length of a word, above all where it is made of symbols.
_SYMBOLS = re.compile(r"[^\w\s]{8,}")
_ENDLESS = re.compile(r"(\S{255})\S")
_PART_ENDS = tuple(map(re.compile, (r"\n", r"[.!?…][\"”’)\]]?\s", r"\s")))


def to_parseable(text: str) -> str:
    """A copy of equal length that spaCy can read.

    It has no control characters and lone surrogates, one kind of line end, no endless words and
    no long rows of symbols.
    """
    text = text.replace("\r\n", " \n").replace("\r", "\n").replace("\x85", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    text = _UNPARSEABLE.sub(" ", text)
    text = _SYMBOLS.sub(lambda row: " " * len(row[0]), text)
    return _ENDLESS.sub(r"\1 ", text)


def cut_to_limit(nlp: "Language", text: str) -> str:
    """The part of a parseable text that is digested; all of it unless it is very long.

    It begins where the first word does: signs long before that are blanked.
    """
    word = _WORDLIKE.search(text)
    start = max(0, word.start() - OPENING_CHARS) if word else 0
    part = text[start : start + MAX_ANALYSED_CHARS]
    if len(part) > MAX_TOKENS:
        tokens = nlp.make_doc(part)
        if len(tokens) > MAX_TOKENS:
            part = part[: tokens[MAX_TOKENS].idx]
    return " " * start + part


def parse(nlp: "Language", text: str) -> Doc:
    """The parse of a whole parseable text; its token offsets are those of the text."""
    parts = [nlp(part) for part in split_parts(text)]
    return parts[0] if len(parts) == 1 else Doc.from_docs(parts, ensure_whitespace=False)


def split_parts(text: str, length: int = PART_CHARS) -> Iterator[str]:
    """Stretches of at most `length` that make up the text, ended by a line, sentence or word."""
    start = 0
    while len(text) - start > length:
        end = start + _find_end(text[start : start + length])
        yield text[start:end]
        start = end
    yield text[start:]


def _find_end(stretch: str) -> int:
    """Where best to cut in the second half: after a line, else a sentence, else a word."""
    half = len(stretch) // 2
    for ending in _PART_ENDS:
        ends = [match.end() for match in ending.finditer(stretch, half)]
        if ends:
            return ends[-1]
    return len(stretch)
