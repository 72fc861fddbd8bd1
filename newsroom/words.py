"""Words of articles and topics, brought to forms in which they can be compared."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

from summarizer.models import Digest

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Kana and Han, which are written without spaces: each letter stands as a word."""
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+(?:['’](?![{_UNSPACED}])\w+)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_APOSTROPHES = re.compile("['’]")
_UNMARKED_SCRIPTS = ("LATIN", "GREEK")
"""Elsewhere marks make letters, as й is not и."""
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "ё": "е"})
_STEMMERS = {
    "LATIN": snowballstemmer.stemmer("english"),
    "CYRILLIC": snowballstemmer.stemmer("russian"),
    "GREEK": snowballstemmer.stemmer("greek"),
    "ARABIC": snowballstemmer.stemmer("arabic"),
    "ARMENIAN": snowballstemmer.stemmer("armenian"),
}


def searched_text(digest: Digest) -> str:
    """The text of an article without its boilerplate."""
    text, kept, start = digest.article.text, [], 0
    for span in digest.boilerplate:
        kept.append(text[start : span.start])
        start = max(start, span.end)
    return "\n".join((*kept, text[start:]))


def find_words(text: str) -> list[str]:
    """The words of a text as they are written."""
    return _WORD.findall(text)


def fold_words(words: Iterable[str]) -> list[str]:
    """Words without case and accents."""
    return [_fold(word) for word in words]


def stem_words(folded: Iterable[str]) -> list[str]:
    """Folded words without their endings, so that forms of one word meet."""
    return [_stem(word) for word in folded]


@lru_cache(maxsize=100_000)
def _fold(word: str) -> str:
    folded = _APOSTROPHES.sub("", _POSSESSIVE.sub("", word.casefold())) or word
    if folded.isascii():
        return folded
    folded = folded.translate(_LETTERS)
    if _script(folded) in _UNMARKED_SCRIPTS:
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", folded)


@lru_cache(maxsize=100_000)
def _stem(folded: str) -> str:
    stemmer = _STEMMERS.get(_script(folded))
    return stemmer.stemWord(folded) if stemmer else folded


def _script(word: str) -> str:
    return unicodedata.name(word[0], "").partition(" ")[0]
