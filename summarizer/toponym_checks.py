"""Whether words are the name of a place: what the place list and the words around them say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan

from summarizer.gazetteer import Form, Gazetteer, Place, name_key
from summarizer.models import Span
from summarizer.toponym_traps import Traps, is_given_name, tells_of_sport
from summarizer.toponym_words import ToponymWords, load_toponym_words

MAX_LOOK_UPS = 10_000
"""Of a text with more different names than that, later ones are unknown."""
MAX_ACRONYM = 3
"""Capitals so few are no town but a country or something else altogether."""
MANY_PEOPLE = 100_000
"""The name of so large a town is meant for it even where another name follows."""
SMALL_TOWN = 50_000
"""Of smaller towns named like waters and buildings the latter are more often meant."""
PLACE_LABELS = ("GPE", "LOC", "FAC")

_POSSESSIVES = frozenset({"'s", "’s", "'", "’", "s'"})
_CONTAINER_TOKENS = 4
_LABEL_TOKENS = 3
_ROADS = frozenset({"U.S.", "US"})
_ROAD_DIGITS = 3
_LANDSCAPE = frozenset({"water", "region", "landmark"})
_BARE_INITIALS = frozenset({"D.C.", "N.Y.", "N.J."})


@dataclass(slots=True)
class NameChecks:
    """Questions about the words `[start, end)` of one article, counted in tokens.

    `people` are words of full names of people, `called` single words that the parse takes for
    names of people.
    """

    doc: Doc
    gazetteer: Gazetteer
    words: ToponymWords = field(default_factory=load_toponym_words)
    people: frozenset[str] = field(init=False)
    called: frozenset[str] = field(init=False)
    source: str = field(init=False)
    traps: Traps = field(init=False)
    edges: list[tuple[int, int]] = field(init=False)
    looked_up: dict[str, tuple[Place, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = self.doc.text
        sport = tells_of_sport(self.doc, self.words)
        self.traps = Traps(self.doc, self.words, sport)
        self.edges = [(token.idx, token.idx + len(token)) for token in self.doc]
        self.people = frozenset((*_words_of_full_names(self.doc, self.words), *_labels(self.doc)))
        self.called = frozenset(_single_names(self.doc))

    def text(self, start: int, end: int) -> str:
        end = min(end, len(self.edges))
        if start >= end:
            return ""
        return self.source[self.edges[start][0] : self.edges[end - 1][1]]

    def before(self, start: int, steps: int = 1) -> str:
        return str(self.doc[start - steps].lower_) if start >= steps else ""

    def after(self, end: int) -> str:
        return str(self.doc[end].lower_) if end < len(self.doc) else ""

    def candidates(self, start: int, end: int) -> tuple[Place, ...]:
        """What the place list has under these words, abbreviations left out."""
        if end <= start:
            return ()
        name = self.text(start, end)
        if name not in self.looked_up:
            if len(self.looked_up) >= MAX_LOOK_UPS:
                return ()
            found = self.gazetteer.find_candidates(name)
            self.looked_up[name] = tuple(p for p in found if p.form is not Form.ABBREVIATION)
        return self.looked_up[name]

    def is_known(self, start: int, end: int) -> bool:
        """Whether the place list has these words, and they are not mostly something else."""
        if end <= start or self.doc[start].lower_ == "the":
            return False
        return bool(self.candidates(start, end)) and not self.is_misleading(start, end)

    def is_misleading(self, start: int, end: int) -> bool:
        """Whether the words are no name of a place although one is called so."""
        name = self.text(start, end)
        if name_key(name) in self.words.not_places or name.lower() in self.words.demonyms:
            return True
        if self.is_common_word(start, end) or self._is_shop(start, end):
            return True
        if self.traps.hold(start, end):
            return True
        if name.isupper() and len(name.replace(".", "")) <= MAX_ACRONYM:
            if self._is_numbered(start, end):
                return True
            found = self.candidates(start, end)
            country = any(p.level == 0 and p.form is not Form.ALTERNATE for p in found)
            return not country and not self.is_abbreviation(start, end)
        return self._runs_on(start, end)

    def begins_with_trap(self, start: int, end: int) -> bool:
        """Whether a known name is only the head of something else's: "Manchester United"."""
        return any(
            self.candidates(start, stop) and self.traps.hold(start, stop)
            for stop in range(start + 1, end)
        )

    def is_common_word(self, start: int, end: int) -> bool:
        """Whether a name like "Nice" is the common word here: nothing beside it tells a place."""
        if name_key(self.text(start, end)) not in self.words.seldom_places:
            return False
        told = self.doc[start].ent_type_ == "GPE" and self._is_scene(start)
        return not told and self.container_after(end) is None

    def is_road(self, start: int, end: int) -> bool:
        """Whether a country stands for its highways: "U.S. 23"."""
        after = self.after(end)
        return self.text(start, end) in _ROADS and after.isdigit() and len(after) <= _ROAD_DIGITS

    def _is_numbered(self, start: int, end: int) -> bool:
        """Whether capitals are part of a number: "grid reference NZ 12345 67890"."""
        after = self.after(end)
        return after.isdigit() and len(after) > _ROAD_DIGITS and self.before(start) != "the"

    def _is_shop(self, start: int, end: int) -> bool:
        """Whether a business bears the name: "at Waldo's, downtown"."""
        if self.after(end) not in _POSSESSIVES or end + 1 >= len(self.doc):
            return False
        return self.before(start) == "at" and self.doc[end + 1].is_punct

    def _runs_on(self, start: int, end: int) -> bool:
        """Whether a little known name is the head of a longer one: "Rod Stewart"."""
        if end - start > 1 or end >= len(self.doc) or self.doc[end].tag_ != "NNP":
            return False
        if self.doc[end].text[:1].islower() or self.doc[end].is_upper:
            return False
        words = self.words
        word = self.after(end)
        if any(
            word in group
            for group in (words.titles, words.civic, words.institution, words.kind_after)
        ):
            return False
        if self.after(end + 1) in words.say and self.before(start) not in words.scene:
            return True  # "Trent Polk said"
        return self.before(start) not in words.scene and not any(
            place.kind != "city" or place.population > MANY_PEOPLE
            for place in self.candidates(start, end)
        )

    def is_water(self, start: int, end: int) -> bool:
        """Whether nothing but waters is properly called so."""
        return self._own_kinds(start, end) == {"water"}

    def _own_kinds(self, start: int, end: int) -> frozenset[str]:
        return frozenset(
            p.kind for p in self.candidates(start, end) if p.form <= Form.ALIAS and not p.minor
        )

    def is_area(self, start: int, end: int, *, first: bool) -> bool:
        """Whether an area is called so, and one of the `first` level where that is told.

        "The Charlotte region" lies around a great city, not in an island's parish of that name.
        """
        areas = [
            place
            for place in self.candidates(start, end)
            if place.kind == "admin" and (place.level == 1 or not first)
        ]
        countries = {place.country for place in areas}
        greatest = max((place.population for place in areas), default=0)
        return bool(areas) and not any(
            first
            and place.kind == "city"
            and place.country not in countries
            and place.population > greatest
            for place in self.candidates(start, end)
            if place.form <= Form.ALIAS
        )

    def is_water_or_building(self, start: int, end: int) -> bool:
        """Whether a name like "Mill Creek" is known for small towns, but reads like a creek's."""
        kind = self.words.kind_after.get(self.doc[end - 1].lower_)
        if end - start < 2 or kind not in ("water", "landmark"):
            return False
        return self.container_after(end) is None and all(
            place.kind == "city" and place.population < SMALL_TOWN
            for place in self.candidates(start, end)
        )

    def is_landscape(self, start: int, end: int) -> bool:
        """Whether a name of nothing but a water, region or landmark stands as such a name does.

        It has an article ("the Danube"), or words beside it that go with waters.
        """
        kinds = self._own_kinds(start, end)
        if not kinds or self._goes_on(end):
            return False
        if "water" in kinds and self._has_banks(start):
            return True
        if not kinds <= _LANDSCAPE:
            return False
        if "landmark" in kinds and self.doc[start].ent_type_ == "ORG":
            return False  # "the Kremlin said"
        while start > 0 and self.before(start) in self.words.directions:
            start -= 1
        before = self.before(start)
        if before == "the":
            return True
        return kinds == {"water"} and (before in self.words.water_ways or self._is_attribute(end))

    def _has_banks(self, start: int) -> bool:
        steps = 2 if self.before(start) == "the" else 1
        return (
            self.before(start, steps) == "of"
            and self.before(start, steps + 1) in self.words.water_nouns
        )

    def _is_attribute(self, end: int) -> bool:
        """Whether a name stands before what it tells of: "Danube towns"."""
        return end < len(self.doc) and self.doc[end].tag_ in ("NN", "NNS")

    def _goes_on(self, end: int) -> bool:
        return end < len(self.doc) and is_name_token(self.doc[end])

    def is_abbreviation(self, start: int, end: int) -> bool:
        """Whether the words are the short form of a state: "Ky."."""
        name = self.text(start, end)
        after_name = start > 1 and self.doc[start - 1].text in (",", "(")
        after_name = after_name and is_name_token(self.doc[start - 2])
        dotted = name.endswith(".") and (len(name) > 4 or name in _BARE_INITIALS)
        short = "." in name or name.isupper() or self.after(end) == "."
        if not (dotted or (after_name and short)):
            return False
        found = self.gazetteer.find_candidates(name)
        return any(place.form is Form.ABBREVIATION for place in found)

    def is_person(self, start: int, end: int, *, trusted: bool = False) -> bool:
        """Whether the words name a person: after a title, or part of a full name in the text.

        Of a `trusted` name other words have told that it is a place; the parse is not asked.
        """
        before = self.before(start)
        if before in self.words.titles and self.doc[start - 1].text[:1].isupper():
            return True
        first = self.doc[start].lower_
        if end - start > 1 or self._is_scene(start):
            return False
        return first in self.people or (first in self.called and not trusted)

    def may_be_reached(self, start: int, end: int) -> bool:
        """Whether a single word that the parse takes for a person may be a goal: "to Kitchener"."""
        first = self.doc[start].lower_
        alone = end - start == 1 and first not in self.people and not self._goes_on(end)
        return alone and self.before(start) in self.words.locative

    def _is_scene(self, start: int) -> bool:
        """Whether what stands before a name is followed by places alone: "in", "the city of"."""
        before = self.before(start)
        if before == "of":
            return self.before(start, 2) in self.words.place_nouns
        return before in self.words.scene or before in self.words.directions

    def is_spoken_for(self, start: int, end: int) -> bool:
        """Whether the words around make a known name a place although the parse does not."""
        if self._is_scene(start):
            return True
        first = self.doc[start].lower_
        if end - start == 1 and first in self.people:
            return False
        if self.container_after(end) is not None or self.after(end) == "area":
            return True
        return self.before(start) in self.words.locative and first not in self.called

    def container_after(self, end: int) -> tuple[int, int] | None:
        """The state or country written after a name: tokens of "Texas" or "Ky."."""
        if end + 1 >= len(self.doc) or self.doc[end].text not in (",", "("):
            return None
        start = end + 1
        if not is_name_token(self.doc[start]):
            return None
        for stop in range(min(len(self.doc), start + _CONTAINER_TOKENS), start, -1):
            if not self.doc[stop - 1].is_alpha and "." not in self.doc[stop - 1].text:
                continue
            found = self.gazetteer.find_candidates(self.text(start, stop))
            if any(place.level <= 1 and place.form is not Form.ALTERNATE for place in found):
                return start, stop
        return None

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The name without article, possessive, punctuation and a leading "City of"."""
        while start < end and not is_name_token(self.doc[start]):
            start += 1
        while end > start and (
            self.doc[end - 1].text in _POSSESSIVES or self.doc[end - 1].is_punct
        ):
            end -= 1
        if start < end and self.doc[start].lower_ == "the":
            start += 1
        is_city = end - start > 2 and self.doc[start + 1].lower_ == "of"
        if is_city and self.words.kind_before.get(self.doc[start].lower_) == "city":
            start += 2
        return start, end


def is_name_token(token: Token) -> bool:
    return bool(token.text[:1].isupper())


def entity_at(doc: Doc, i: int) -> TokenSpan | None:
    """The entity that holds token `i`."""
    if doc[i].ent_iob_ in ("O", ""):
        return None
    start = i
    while start > 0 and doc[start].ent_iob_ == "I":
        start -= 1
    end = i + 1
    while end < len(doc) and doc[end].ent_iob_ == "I":
        end += 1
    return TokenSpan(doc, start, end, label=doc[i].ent_type_)


def to_char_span(doc: Doc, start: int, end: int) -> Span:
    last = doc[end - 1]
    return Span(doc[start].idx, last.idx + len(last))


def _words_of_full_names(doc: Doc, words: ToponymWords) -> Iterator[str]:
    for ent in doc.ents:
        if ent.label_ == "PERSON":
            names = [t for t in ent if t.text not in _POSSESSIVES and not t.is_punct]
            if len(names) > 1:
                yield from (name.lower_ for name in names if len(name) > 1)
    for token in doc[:-1]:
        if is_given_name(doc, token.i, token.i + 1, words):
            yield from (token.lower_, doc[token.i + 1].lower_)
    for title in doc[:-2]:
        if title.lower_ in words.titles and title.text[:1].isupper():
            given, family = doc[title.i + 1], doc[title.i + 2]
            if all(
                name.is_title and name.ent_type_ not in PLACE_LABELS for name in (given, family)
            ):
                yield family.lower_


def _labels(doc: Doc) -> Iterator[str]:
    """Names before a colon that begin more than one line: speakers of an interview."""
    begun: Counter[str] = Counter()
    for token in doc[1:]:
        if token.text != ":":
            continue
        start = token.i
        while start > 0 and token.i - start < _LABEL_TOKENS and is_name_token(doc[start - 1]):
            start -= 1
        if start < token.i and (start == 0 or "\n" in doc[start - 1].text):
            begun.update({doc[token.i - 1].lower_})
    yield from (name for name, count in begun.items() if count > 1)


def _single_names(doc: Doc) -> Iterator[str]:
    """Words that the parse takes for a person more often than for a place."""
    lead: Counter[str] = Counter()
    for ent in doc.ents:
        words = [t for t in ent if t.text not in _POSSESSIVES and not t.is_punct]
        if len(words) == 1 and ent.label_ in ("PERSON", *PLACE_LABELS):
            lead[words[0].lower_] += 1 if ent.label_ == "PERSON" else -1
    yield from (name for name, count in lead.items() if count > 0)
