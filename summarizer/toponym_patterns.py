"""Names that the shape of the text gives away: datelines and lists."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from summarizer.models import LocationKind
from summarizer.toponym_checks import NameChecks, is_name_token

MAX_NAME_TOKENS = 6
DATELINE_TOKENS = 14
"""So many tokens at most stand between the place of a dateline and the dash."""

_DASHES = frozenset({"-", "--", "–", "—", "---"})
JOINTS = frozenset({"and", "or", ",", "&"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """A name over the tokens `[start, end)`; `base` is the part without the word for its kind.

    A `doubtful` one stands in the place list, but no word around it speaks for a place.
    """

    start: int
    end: int
    kind: LocationKind | None = None
    base: tuple[int, int] | None = None
    embedded: bool = False
    dateline: bool = False
    doubtful: bool = False


def find_datelines(doc: Doc, checks: NameChecks) -> Iterator[tuple[Sighting, bool]]:
    """Places in capitals before a dash: "GENEVA (Agency) -"."""
    for sent in doc.sents:
        end = sent.start
        limit = min(len(doc), end + DATELINE_TOKENS)
        while end < limit and (doc[end].is_upper or doc[end].text == "."):
            end += 1
        start, stop = checks.trim(sent.start, end)
        if not 0 < stop - start <= MAX_NAME_TOKENS or not _leads_to_dash(doc, end):
            continue
        speaks = checks.after(stop) not in _DASHES and checks.is_person(start, stop, trusted=True)
        if not speaks and checks.is_known(start, stop):
            yield Sighting(start, stop, dateline=True), True


def _leads_to_dash(doc: Doc, start: int) -> bool:
    for i in range(start, min(start + DATELINE_TOKENS, len(doc))):
        if doc[i].text in _DASHES:
            return doc[i].text != "-" or i == start or _is_apart(doc, i - 1)
        if "\n" in doc[i].text:
            return False
    return False


def _is_apart(doc: Doc, i: int) -> bool:
    """Whether what follows token `i` does not stick to it like the rest of "thirty-one"."""
    return bool(doc[i].whitespace_) or doc[i].is_punct


def find_lists(doc: Doc, checks: NameChecks) -> Iterator[tuple[Sighting, bool]]:
    """Each name of "Harper and Kingman counties"."""
    words = checks.words
    for token in doc:
        if token.lower_ not in words.plural_kinds:
            continue
        stop = token.i
        while stop > 0:
            start = stop
            while start > max(0, stop - MAX_NAME_TOKENS) and is_name_token(doc[start - 1]):
                start -= 1
            if not checks.is_area(start, stop, first=token.lower_ in words.first_level):
                break
            yield Sighting(start, stop, kind="admin", base=(start, stop)), True
            stop = start
            while stop > 0 and stop > start - 2 and doc[stop - 1].lower_ in JOINTS:
                stop -= 1
            if stop == start:
                break
