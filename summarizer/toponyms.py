"""Toponyms: the names of places in the text, before it is known which places they are."""

from collections.abc import Iterator

from spacy.tokens import Doc

from summarizer.boilerplate import Layout
from summarizer.gazetteer import Gazetteer
from summarizer.toponym_checks import NameChecks, to_char_span
from summarizer.toponym_names import NameFinder
from summarizer.toponym_roles import Toponym, Use, describe

__all__ = ["Toponym", "Use", "recognize_toponyms"]


def recognize_toponyms(
    text: str, doc: Doc, layout: Layout, gazetteer: Gazetteer
) -> tuple[Toponym, ...]:
    """Every name of a place in headline, headings and running text, in document order.

    Among them are demonyms, marked as such: they tell of countries, but name no place.
    """
    finder = NameFinder(doc, layout, NameChecks(doc, gazetteer))
    named = [describe(text, finder.checks, sighting) for sighting in finder.find()]
    found = [*named, *_abbreviations(text, finder), *_demonyms(text, finder)]
    return tuple(sorted(found, key=lambda toponym: toponym.span))


def _abbreviations(text: str, finder: NameFinder) -> Iterator[Toponym]:
    """States in their short form after the name of a town: "Ky."."""
    for i in range(1, len(finder.doc) - 1):
        if finder.doc[i].text not in (",", "(") or not finder.taken[i - 1] or finder.taken[i + 1]:
            continue
        found = finder.checks.container_after(i)
        if found is not None and not any(finder.taken[slice(*found)]):
            span = to_char_span(finder.doc, *found)
            yield Toponym(span.text_of(text), span, use="label", abbreviated=True)


def _demonyms(text: str, finder: NameFinder) -> Iterator[Toponym]:
    for token in finder.doc:
        if (
            finder.readable[token.i]
            and not finder.taken[token.i]
            and token.text[:1].isupper()
            and token.lower_ in finder.checks.words.demonyms
        ):
            span = to_char_span(finder.doc, token.i, token.i + 1)
            yield Toponym(span.text_of(text), span, use="demonym")
