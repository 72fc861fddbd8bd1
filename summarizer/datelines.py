"""The dateline that opens a report: "GENEVA, May 3 (Agency) —"."""

import re

from summarizer.models import Span

MAX_CHARS = 80

_AGENCY = re.compile(r"\([A-Z][A-Za-z. /]{1,24}\)")
_END = re.compile(r"\s+(?:[—–]|--?)\s+(?=\S)|(?<=\))\s*(?:[—–]|--?)\s*(?=\S)")
_CONNECTING = frozenset({"and", "de", "la", "of", "the", "y"})


def skip_dateline(text: str, span: Span) -> Span:
    """The span without a dateline, or an agency in brackets, at its beginning."""
    end = _END.search(text, span.start, min(span.end, span.start + MAX_CHARS))
    if end and _is_dateline(text[span.start : end.start()]):
        return Span(end.end(), span.end)
    agency = _AGENCY.match(text, span.start, span.end)
    if agency and agency.end() < span.end and text[agency.end()].isupper():
        return Span(agency.end(), span.end)
    return span


def _is_dateline(opening: str) -> bool:
    """A place in capitals first, then nothing but names, a date and an agency in brackets."""
    place = _AGENCY.sub("", opening)
    words = re.findall(r"[^\W\d_][\w.'’-]*", place)
    if not words:
        return place.strip() == "" and place != opening
    first = words[0].rstrip(".")
    return (
        len(first) > 2
        and first.isupper()
        and all(_may_stand_in_dateline(word.rstrip(".")) for word in words)
    )


def _may_stand_in_dateline(word: str) -> bool:
    return word[0].isupper() or word in _CONNECTING
