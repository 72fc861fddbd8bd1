"""Parsed texts made by hand: tokens are parted by spaces, entities written as `[Kherson GPE]`."""

import re
from functools import lru_cache

import spacy
from spacy.tokens import Doc
from spacy.vocab import Vocab

_PIECE = re.compile(r"\[(?P<name>[^\]]+) (?P<label>[A-Z_]+)\]|(?P<plain>\S+)")


@lru_cache(maxsize=1)
def _vocab() -> Vocab:
    return spacy.blank("en").vocab


def make_doc(marked: str) -> Doc:
    """A Doc without a syntax tree: one sentence a line; capitalised words are tagged NNP."""
    words: list[str] = []
    ents: list[str] = []
    starts: list[bool] = []
    for number_of_line, line in enumerate(marked.splitlines()):
        if number_of_line:
            words.append("\n")
            ents.append("O")
            starts.append(False)
        for piece in _PIECE.finditer(line):
            label = piece["label"]
            for number, word in enumerate((piece["name"] or piece["plain"]).split()):
                words.append(word)
                ents.append("O" if label is None else f"{'B' if number == 0 else 'I'}-{label}")
                starts.append(piece.start() == 0 and number == 0)
    tags = ["NNP" if word[0].isupper() else "NN" for word in words]
    return Doc(_vocab(), words, tags=tags, ents=ents, sent_starts=starts)
