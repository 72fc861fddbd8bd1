"""Names of places that mean something else: people, teams, ships, treaties, diseases, goods."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc

from summarizer.toponym_words import ToponymWords

_SCORE = re.compile(r"(?<![\d-])\d{1,3}[-–]\d{1,3}(?![\d-])")
_OPENING, _CLOSING = frozenset("“«„‘"), frozenset("”»’")
_QUOTES = _OPENING | _CLOSING | {'"'}
_PAPERS = frozenset({"times", "herald", "voice", "tribune", "journal", "review", "chronicle"})
_TITLE_WORDS = 6
_AGAINST = frozenset({"with", "to", "against", "over", "by", "at"})


def tells_of_sport(doc: Doc, words: ToponymWords) -> bool:
    """Whether the words of a text are those of a report on matches."""
    found = {token.lower_ for token in doc} & words.sport
    return len(found) > 2 or (bool(found) and _SCORE.search(doc.text) is not None)


@dataclass(slots=True)
class Traps:
    """What else the names of one article may mean; `sport` tells that it reports on matches.

    In a text on sport, plural names after that of a town are its teams.
    """

    doc: Doc
    words: ToponymWords
    sport: bool
    fixed: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.fixed = frozenset(_fixed_expressions(self.doc, self.words))

    def hold(self, start: int, end: int) -> bool:
        """Whether the words beside the name `[start, end)` make it that of something else."""
        doc, words = self.doc, self.words
        after = doc[end].lower_ if end < len(doc) else ""
        if after in words.things or after in words.pacts:
            return True  # "West Nile virus", "the Paris agreement"
        return (
            (start in self.fixed and end - 1 in self.fixed)
            or _is_called_so(doc, start, words)
            or _is_work(doc, start, end)
            or _is_paper(doc, start, words)
            or _is_pact(doc, start, words)
            or _is_vessel(doc, start, words)
            or _is_team(doc, end, words, sport=self.sport)
            or _is_short_for_team(doc, start, end, words)
            or (self.sport and _plays(doc, end - 1, words))
            or is_given_name(doc, start, end, words)
        )


def _fixed_expressions(doc: Doc, words: ToponymWords) -> Iterator[int]:
    """The tokens of expressions that hold a name: "Moscow mule", "plaster of Paris"."""
    for token in doc:
        for phrase in words.named_after.get(token.lower_, ()):
            end = token.i + len(phrase)
            if phrase == tuple(other.lower_ for other in doc[token.i : end]):
                yield from range(token.i, end)


def _is_called_so(doc: Doc, start: int, words: ToponymWords) -> bool:
    """Whether the maker of a product stands before it, or the word for a storm: "Toyota Tacoma"."""
    bearer = doc[start - 1] if start > 0 else None
    return bearer is not None and bearer.lower_ in words.bearers and bearer.text[0].isupper()


def _is_work(doc: Doc, start: int, end: int) -> bool:
    """Whether the name is, or is in, the title of a work in quotation marks: "Galway Girl"."""
    begins = range(start - 1, max(-1, start - 1 - _TITLE_WORDS), -1)
    first = next((i for i in begins if doc[i].text in _QUOTES), None)
    if first is None or doc[first].text in _CLOSING:
        return False
    ends = range(end, min(len(doc), first + _TITLE_WORDS + 3))
    last = next((i for i in ends if doc[i].text in _QUOTES), None)
    if last is None or doc[last].text in _OPENING:
        return False
    title = [token for token in doc[first + 1 : last] if token.is_alpha]
    return title[0].text[0].isupper() and all(
        token.text[0].isupper() for token in title if len(token) > 3
    )


def _is_paper(doc: Doc, start: int, words: ToponymWords) -> bool:
    """Whether a newspaper is named after the place: "the Times of India".

    It is not where the paper has a name without it: "the Financial Times of London".
    """
    paper = doc[start - 2] if start > 1 and doc[start - 1].lower_ == "of" else None
    if paper is None or not paper.text[0].isupper() or paper.lower_ not in _PAPERS:
        return False
    before = doc[start - 3] if start > 2 else None
    return before is None or before.lower_ == "the" or not before.text[0].isupper()


def _is_pact(doc: Doc, start: int, words: ToponymWords) -> bool:
    """Whether a treaty is named after the place: "the Treaty of Versailles"."""
    return start > 1 and doc[start - 1].lower_ == "of" and doc[start - 2].lower_ in words.pacts


def _is_vessel(doc: Doc, start: int, words: ToponymWords) -> bool:
    """Whether a ship bears the name: "the lifeboat City of Bradford", "the yacht, Pride of Ely"."""
    if start > 2 and doc[start - 1].lower_ == "of" and doc[start - 2].text[:1].isupper():
        start -= 2
        if doc[start - 1].text == ",":
            start -= 1
    return start > 0 and doc[start - 1].lower_ in words.vessels


def _is_team(doc: Doc, end: int, words: ToponymWords, *, sport: bool) -> bool:
    """Whether the rest of a team's name follows: "Dallas Cowboys", "Manchester United"."""
    if end >= len(doc) or not doc[end].text[:1].isupper():
        return False
    word = doc[end].lower_
    if word in words.teams:
        return True
    return (
        sport
        and doc[end].tag_ == "NNPS"
        and not any(word in group for group in (words.bodies, words.plural_kinds, words.kind_after))
    )


def _is_short_for_team(doc: Doc, start: int, end: int, words: ToponymWords) -> bool:
    """Whether a team goes by its mere second name: "the Bucks"."""
    alone = end - start == 1 and start > 0 and doc[start - 1].lower_ == "the"
    return alone and doc[start].lower_ in words.teams


def _plays(doc: Doc, last: int, words: ToponymWords) -> bool:
    """Whether the name stands for a team in a sentence that tells the score of a match."""
    head = doc[last]
    while head.dep_ in ("conj", "appos") and head.head.i < head.i:
        head = head.head
    verb = head.head
    if head.dep_ == "pobj" and verb.lower_ in _AGAINST:
        verb = verb.head
        if verb.dep_ == "dobj":
            verb = verb.head
        if doc[head.i].head.lower_ == "at":
            return False  # that is where they played
    elif head.dep_ not in ("nsubj", "dobj"):
        return False
    return verb.lower_ in words.plays and _SCORE.search(verb.sent.text) is not None


def is_given_name(doc: Doc, start: int, end: int, words: ToponymWords) -> bool:
    """Whether a family name follows a name that people bear, too: "Israel Quillfeather"."""
    if end - start > 1 or end >= len(doc) or doc[start].lower_ not in words.given:
        return False
    family = doc[end]
    if family.tag_ != "NNP" or not family.is_title or family.ent_type_ == "ORG":
        return False
    word = family.lower_
    groups = (words.titles, words.civic, words.institution, words.bodies, words.kind_after)
    return not any(word in group for group in groups)
