"""Where in the text names of places stand: the parse's entities repaired by the place list."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan

from summarizer.boilerplate import Layout
from summarizer.gazetteer import Form
from summarizer.models import Span
from summarizer.toponym_checks import (
    MANY_PEOPLE,
    PLACE_LABELS,
    NameChecks,
    entity_at,
    is_name_token,
)
from summarizer.toponym_patterns import (
    JOINTS,
    MAX_NAME_TOKENS,
    Sighting,
    find_datelines,
    find_lists,
)

_CONNECTORS = frozenset(
    {
        "of",
        "de",
        "la",
        "le",
        "du",
        "del",
        "do",
        "da",
        "dos",
        "das",
        "di",
        "al",
        "el",
        "the",
        "-",
        "on",
    }
    | {"and", "upon", "sur", "sous", "en", "am", "an", "der", "den", "y", "'s", "’s"}
)
_SPLITTERS = frozenset({",", ";", "/", ":", "(", ")", "–", "—", "--", "|"})


JOURNEY_TOKENS = 8
"""So far apart stand the ends of "from Norwich by way of Ely to"."""


@dataclass(slots=True)
class NameFinder:
    """One article's search for names of places, from the surest signs to the weakest."""

    doc: Doc
    layout: Layout
    checks: NameChecks
    taken: list[bool] = field(init=False)
    readable: list[bool] = field(init=False)
    shouted: list[bool] = field(init=False)
    capital: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.taken = [False] * len(self.doc)
        self.readable = [False] * len(self.doc)
        self.shouted = [False] * len(self.doc)
        self.capital = [is_name_token(token) for token in self.doc]
        for span in (*self.layout.paragraphs, *self.layout.headings):
            for token in self._tokens(span):
                self.readable[token.i] = True
        for span in (*self.layout.headings, *filter(None, (self.layout.headline,))):
            tokens = self._tokens(span)
            shouted = _is_shouted(tokens)
            for token in tokens:
                self.readable[token.i] = True
                self.shouted[token.i] = shouted

    def _tokens(self, span: Span) -> tuple[Token, ...]:
        return tuple(self.doc.char_span(span.start, span.end, alignment_mode="expand") or ())

    def find(self) -> tuple[Sighting, ...]:
        """All names, none overlapping another, in document order."""
        found: list[Sighting] = []
        doubtful: list[Sighting] = []
        repeated = partial(self._repeated, found)
        for source in (
            partial(find_datelines, self.doc, self.checks),
            partial(find_lists, self.doc, self.checks),
            self._compounds,
            self._landscapes,
            self._entities,
            self._in_context,
            repeated,
            self._in_context,  # names beside those that were found last
            repeated,
        ):
            for sighting, sure in source():
                if sure and (source is repeated or self._is_certain(sighting)):
                    self._take(sighting, found)
                elif not sure:
                    doubtful.append(sighting)
        for sighting in doubtful:
            if not self.shouted[sighting.start]:
                self._take(sighting, found)
        return tuple(sorted(found, key=lambda sighting: sighting.start))

    def _is_certain(self, sighting: Sighting) -> bool:
        """Whether a name needs no running text that bears it out; in capitals much looks like one.

        Only what the running text names too, or what everybody knows, is taken from headlines
        whose words are all written large.
        """
        if not self.shouted[sighting.start]:
            return True
        return any(
            place.level <= 1 or (place.level > 2 and place.population >= MANY_PEOPLE)
            for place in self.checks.candidates(sighting.start, sighting.end)
            if place.form <= Form.ALIAS
        )

    def _take(self, sighting: Sighting, found: list[Sighting]) -> None:
        cells = range(sighting.start, sighting.end)
        if not cells or any(self.taken[i] or not self.readable[i] for i in cells):
            return
        for i in cells:
            self.taken[i] = True
        found.append(sighting)

    def _entities(self) -> Iterator[tuple[Sighting, bool]]:
        for ent in self.doc.ents:
            if ent.label_ not in PLACE_LABELS:
                continue
            for start, end in map(self._widened, self._parts(ent.start, ent.end)):
                if end <= start or end - start > MAX_NAME_TOKENS + 2:
                    continue
                if self.checks.is_misleading(start, end) or self.checks.is_person(start, end):
                    continue
                if self.checks.begins_with_trap(start, end):
                    continue
                if any(self.doc[i].text.isdigit() for i in range(start, end)):
                    continue  # "Route 128", "Exit 6" lie along whole states
                yield self._judge(start, end, ent.label_)

    def _parts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """An entity's stretches between commas and the like, each trimmed to the name."""
        first = start
        for i in range(start, end + 1):
            if i == end or self.doc[i].text in _SPLITTERS or self.doc[i].is_space:
                if first < i:
                    yield from self._names_in(*self.checks.trim(first, i))
                first = i + 1

    def _widened(self, part: tuple[int, int]) -> tuple[int, int]:
        """The whole of a known name of which the parse took the beginning: "Viña" del Mar."""
        start, end = part
        if start >= end or self.checks.is_person(start, end):
            return part
        return start, max(end, self._longest_known(start))

    def _names_in(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Two names where a known one directly follows another: "Maiduguri Borno State"."""
        known = self.checks.candidates
        if end - start > 1 and not known(start, end):
            for middle in range(start + 1, end):
                head, tail = known(start, middle), known(middle, end)
                if head and tail and tail[0].level <= 1 and tail[0].country == head[0].country:
                    yield start, middle
                    yield middle, end
                    return
        yield start, end

    def _judge(self, start: int, end: int, label: str) -> tuple[Sighting, bool]:
        """The sighting for words that the parse holds for a place, and whether it is sure."""
        if (widened := self._with_kind(start, end)) is not None:
            if widened.kind is None and self.checks.is_water_or_building(
                widened.start, widened.end
            ):
                return replace(widened, doubtful=True), False
            return widened, True
        if self.checks.is_known(start, end):
            end = self._before_civic_city(start, end)
            return Sighting(start, end, embedded=self.checks.is_road(start, end)), True
        first = start
        while end - first > 1 and self.doc[first].lower_ in self.checks.words.directions:
            first += 1
            if self.checks.is_known(first, end):
                return Sighting(first, end), True
        if label == "FAC":
            return Sighting(start, end, kind="landmark"), False
        for stop in range(end - 1, start, -1):
            if self.checks.is_known(start, stop):
                rest, words = self.checks.after(stop), self.checks.words
                embedded = rest in words.civic or rest in words.institution
                return Sighting(start, stop, embedded=embedded), True
        return Sighting(start, end), False

    def _before_civic_city(self, start: int, end: int) -> int:
        """The end of the name without the "City" of "San Fernando City Council"."""
        city = end - start > 1 and self.doc[end - 1].text == "City"
        if city and self.checks.after(end) in self.checks.words.civic:
            return end - 1 if self.checks.is_known(start, end - 1) else end
        return end

    def _with_kind(self, start: int, end: int) -> Sighting | None:
        """The name together with the word that tells its kind, before or after it."""
        words = self.checks.words
        if end - start > 1 and self.doc[end - 1].lower_ in words.kind_after:
            return self._judge_kind(start, end, end - 1)
        if self.checks.after(end) in words.kind_after:
            return self._judge_kind(start, end + 1, end)
        kind = words.kind_before.get(self.doc[start].lower_)
        if end - start > 1 and kind is not None and not self.checks.is_known(start, end):
            return Sighting(start, end, kind=kind, base=(start + 1, end))
        return None

    def _judge_kind(self, start: int, end: int, at: int) -> Sighting | None:
        """Whether the word at `at` belongs to the name before it."""
        word = self.doc[at]
        if word.lower_ == "department" and self.checks.after(at + 1) == "of":
            return None
        kind = self.checks.words.kind_after[word.lower_]
        whole = {place.kind for place in self.checks.candidates(start, end)}
        told = Sighting(start, end, kind=kind, base=(start, at))
        if whole:
            fits = kind in whole and "city" not in whole
            return told if fits else Sighting(start, end) if word.is_title else None
        first_level = word.lower_ in self.checks.words.first_level
        if kind == "admin":
            if self.checks.is_area(start, at, first=first_level):
                return told
            serves = self.checks.after(at + 1) in self.checks.words.civic
            if serves and self.checks.is_known(start, at):
                return Sighting(start, at, embedded=True)  # "Norwich District Court"
            return told if word.is_title else None
        known = any(place.kind == kind for place in self.checks.candidates(start, at))
        if kind == "water":
            return told if known or word.is_title or word.tag_ == "NN" else None
        return told if word.is_title else None

    def _compounds(self) -> Iterator[tuple[Sighting, bool]]:
        """Areas whose names hold small words, which the parse cuts: "Bosnia and Herzegovina"."""
        for start, end in self._known_sequences():
            if any(not is_name_token(self.doc[i]) for i in range(start, end)) and any(
                place.kind != "city" and place.form <= Form.ALIAS
                for place in self.checks.candidates(start, end)
            ):
                yield Sighting(start, end), True

    def _landscapes(self) -> Iterator[tuple[Sighting, bool]]:
        """Rivers and the like, whatever the parse took them for: "the Danube"."""
        for start, end in self._known_sequences():
            ent = entity_at(self.doc, start)
            if (ent is None or not _is_longer(ent, start, end)) and self.checks.is_landscape(
                start, end
            ):
                yield self._with_kind(start, end) or Sighting(start, end), True

    def _in_context(self) -> Iterator[tuple[Sighting, bool]]:
        """Known names that the parse took for something else, where other words speak for them."""
        for start, end in self._known_sequences():
            ent = entity_at(self.doc, start)
            label = ent.label_ if ent is not None else ""
            joined = self._is_joined(start)
            if label in PLACE_LABELS:
                continue
            if self.checks.is_person(start, end, trusted=joined):
                if label == "PERSON" and self.checks.may_be_reached(start, end):
                    yield Sighting(start, end, doubtful=True), False
                continue
            widened = self._with_kind(start, end)
            longer = ent is not None and _is_longer(ent, start, end)
            if widened is not None and widened.kind == "admin":
                yield widened, True
            elif widened is not None and widened.kind == "water":
                if not longer or _is_within(ent, widened):
                    yield widened, True
            elif ent is not None and longer:
                if label == "ORG" and self._is_embedded(start, end, ent):
                    yield Sighting(start, end, embedded=True), True
            elif label != "LANGUAGE":
                if joined or self.checks.is_spoken_for(start, end):
                    yield Sighting(start, end), True
                elif label in ("", "ORG") and self.doc[start].tag_ in ("NNP", "NNPS"):
                    yield Sighting(start, end, doubtful=True), False

    def _is_joined(self, start: int) -> bool:
        """Whether the name follows one that was found: "Norwich, Ely", "from Norwich to Ely"."""
        before = self.checks.before(start)
        if before in JOINTS:
            return start > 1 and self.taken[start - 2]
        return before == "to" and any(
            self.taken[i] and self.checks.before(i) == "from"
            for i in range(max(1, start - JOURNEY_TOKENS), start - 1)
        )

    def _known_sequences(self) -> Iterator[tuple[int, int]]:
        """The longest known name from each capitalised word on, not inside one already found."""
        i = 0
        while i < len(self.doc):
            end = i
            if self.readable[i] and not self.taken[i] and self.capital[i]:
                end = self._longest_known(i)
                if end > i:
                    yield i, end
            i = max(end, i + 1)

    def _longest_known(self, start: int) -> int:
        ends = []
        for i in range(start, min(len(self.doc), start + MAX_NAME_TOKENS)):
            if self.taken[i]:
                break
            if self.capital[i]:
                ends.append(i + 1)
                continue
            word = self.doc[i].lower_
            if i > start and word in self.checks.words.kind_after:
                ends.append(i + 1)
            elif word not in _CONNECTORS:
                break
        return next((end for end in reversed(ends) if self.checks.is_known(start, end)), start)

    def _is_embedded(self, start: int, end: int, ent: TokenSpan) -> bool:
        """Whether the organisation is named after the place it serves: "Hall County Police"."""
        if end < ent.end:
            return start <= ent.start + 1 and self.checks.after(end) in self.checks.words.civic
        return start > ent.start + 1 and self.checks.before(start) == "of"

    def _repeated(self, found: list[Sighting]) -> Iterator[tuple[Sighting, bool]]:
        """Further occurrences of the names found, whatever the parse took them for."""
        names: dict[str, dict[str, Sighting]] = {}
        for sighting in tuple(found):
            if not sighting.embedded:
                text = self.checks.text(sighting.start, sighting.end).lower()
                names.setdefault(self.doc[sighting.start].lower_, {}).setdefault(text, sighting)
        for token in self.doc:
            if self.taken[token.i] or not self.readable[token.i] or not self.capital[token.i]:
                continue
            known = names.get(token.lower_, {})
            for text, model in sorted(known.items(), key=lambda item: -len(item[0])):
                end = token.i + model.end - model.start
                if self.checks.text(token.i, end).lower() == text:
                    if (again := self._repeat(token.i, end, model)) is not None:
                        yield again, True
                    break

    def _repeat(self, start: int, end: int, model: Sighting) -> Sighting | None:
        ent = entity_at(self.doc, start)
        longer = ent is not None and _is_longer(ent, start, end)
        if ent is not None and longer and ent.label_ not in ("ORG", *PLACE_LABELS):
            return None
        if self.checks.is_person(start, end, trusted=True):
            return None
        if self.checks.is_common_word(start, end):
            return None
        if self.checks.traps.hold(start, end):
            return None
        if longer and self.doc[start].ent_type_ == "ORG" and self.checks.is_water(start, end):
            return None  # no river is served by what is named after it
        embedded = longer or self.checks.is_road(start, end)
        shift = start - model.start
        base = model.base and (model.base[0] + shift, model.base[1] + shift)
        return replace(model, start=start, end=end, base=base, embedded=embedded, dateline=False)


def _is_shouted(tokens: tuple[Token, ...]) -> bool:
    """Whether a heading is written in capitals, or with a capital for every long word."""
    words = [token.text for token in tokens if token.is_alpha and len(token) > 3]
    return len(words) > 1 and sum(word[0].isupper() for word in words) > 0.8 * len(words)


def _is_within(ent: TokenSpan | None, sighting: Sighting) -> bool:
    return ent is not None and sighting.start <= ent.start and ent.end <= sighting.end


def _is_longer(ent: TokenSpan, start: int, end: int) -> bool:
    """Whether the entity holds further words of a name besides `[start, end)`."""
    return any(
        is_name_token(token) and token.lower_ != "the"
        for token in ent
        if not start <= token.i < end
    )
