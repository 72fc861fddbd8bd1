"""Mentions of names: the model's entities, put right, and the names of sources that it missed."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from summarizer.clauses import called_name
from summarizer.models import Span
from summarizer.name_limits import (
    follows_given_name,
    is_address,
    is_plain_noun,
    name_within,
    person_within,
)
from summarizer.people import NameKind, PeopleWords, fold, is_slip
from summarizer.reported import OUTSIDE, Entity, ReportedText

_KINDS: dict[str, NameKind] = {
    "PERSON": "person",
    "ORG": "organization",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "NORP": "place",
}
_ACRONYM = re.compile(r"\(([A-Z]{2,8})\)")
_PROPER = frozenset({"NNP", "NNPS"})
_SUFFIXES = frozenset({"jr", "sr", "jr.", "sr.", "ii", "iii", "iv"})
_LONGEST_NICKNAME = 5
_MOST_SURNAMES = 200
_SMALL = frozenset({"of", "the", "and", "for", "on", "in", "a", "&", "at"})


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name at the words [first, end), without titles, article and possessive ending."""

    first: int
    end: int
    kind: NameKind
    address: str = ""


def find_mentions(
    t: ReportedText, source_heads: Iterable[int], labels: list[Span], words: PeopleWords
) -> list[NameMention]:
    """The recognised names, those of sources that nobody recognised, and labels of turns."""
    heads = set(source_heads)
    mentions = [_label_mention(t, label, words) for label in labels]
    labelled = {i for m in mentions for i in range(m.first, m.end)}
    for entity in t.entities:
        mention = _entity_mention(t, entity, words)
        if mention is not None and labelled.isdisjoint(range(mention.first, mention.end)):
            mentions.append(mention)
    mentions = _outermost([*mentions, *_nickname_mentions(t, words)])
    mentions = [*_called_mentions(t, heads, words, mentions)]
    covered = {i for m in mentions for i in range(m.first, m.end)}
    mentions += (m for m in _enclosed_mentions(t, words) if m.first not in covered)
    covered.update(i for m in mentions for i in range(m.first, m.end))
    described = heads | {i for i, word in enumerate(t.lower) if word in words.gender_of_word}
    explained = {name: head for head in described for name in _appositions(t, head)}
    for head in sorted((heads | explained.keys()) - covered):
        repaired = _unrecognised_mention(t, head, words)
        if repaired is not None:
            mentions.append(repaired)
    mentions = [_with_kind_of_noun(t, mention, explained, words) for mention in mentions]
    in_order = sorted(set(mentions), key=lambda m: (m.first, -m.end))
    return _agree_on_kinds(t, in_order, heads, words)


def name_tokens(t: ReportedText, mention: NameMention) -> tuple[str, ...]:
    """The folded words of a name, without small words and suffixes."""
    tokens = [
        fold(t.word(i)).replace("’", "'").strip("'\"“”.,()")
        for i in range(mention.first, mention.end)
    ]
    kept = [w for w in tokens if any(c.isalnum() for c in w) and w not in _SUFFIXES]
    if mention.kind != "person":
        kept = [w for w in kept if w not in _SMALL] or kept
    return tuple(kept)


def _entity_mention(t: ReportedText, entity: Entity, words: PeopleWords) -> NameMention | None:
    kind = _KINDS.get(entity.label)
    if kind is None:
        return None
    first, end = name_within(t, entity, kind)
    if end - first == 1 and t.sentence_start[first] and _is_plural_of_people(t, first, words):
        return None
    is_name = kind == "person" or follows_given_name(t, first, end, words)
    address = ""
    if is_name or _is_person_after_all(t, first, end, words):
        kind = "person"
        first, end, address = person_within(t, first, end, words)
    if first >= end or t.paragraph[first] != t.paragraph[end - 1]:
        return None
    if not any(_may_begin_name(t.word(i)[0]) for i in range(first, end)):
        return None
    if kind == "person" and t.word(first)[0].islower() and t.lower[first] not in words.particles:
        return None
    return NameMention(first, end, kind, address)


def _is_person_after_all(t: ReportedText, first: int, end: int, words: PeopleWords) -> bool:
    """ "Spokeswoman Nataliya Humeniuk" taken for an organisation."""
    if not 1 < end - first < 5 or any(w in words.organization_nouns for w in t.lower[first:end]):
        return False
    parts = [i for i in range(first + 1, end - 1) if t.word(i) in words.particles]
    if any(t.tags[i] != "NNP" and i not in parts for i in range(first, end)):
        return False
    before = t.lower[first - 1] if first else ""
    titled = (
        before in words.person_nouns or before in words.gender_of_word or before in words.titles
    )
    opens_with_title = is_address(t, first, words) and end - first > 2
    given = first + 1 if opens_with_title else first
    return titled or fold(t.word(given)) in words.given_names


def _unrecognised_mention(t: ReportedText, head: int, words: PeopleWords) -> NameMention | None:
    """The run of proper nouns around a source's head that the model gave no label."""
    if t.lower[head].startswith("@") and len(t.lower[head]) > 1:
        return NameMention(head, head + 1, "organization")
    if t.tags[head] not in _PROPER or not t.word(head)[0].isalpha() or t.word(head).islower():
        return None
    if t.entity[head] != OUTSIDE:
        entity = t.entities[t.entity[head]]
        if entity.label not in ("WORK_OF_ART", "PRODUCT", "LAW"):
            return None
        return NameMention(entity.start, entity.end, "organization")
    first, end = head, head + 1
    while first > 0 and _is_proper_part(t, first - 1, head):
        first -= 1
    while end < len(t) and _is_proper_part(t, end, head):
        end += 1
    run = t.lower[first:end]
    if any(word in words.organization_nouns for word in run):
        return NameMention(first, end, "organization")
    while first < end - 1 and is_address(t, first, words):
        first += 1
    if end - first == 1 and is_plain_noun(t, first, words):
        return None
    if t.tags[head] == "NNPS":
        return NameMention(first, end, "place")
    return NameMention(first, end, "person", t.lower[first - 1] if first else "")


def _is_plural_of_people(t: ReportedText, i: int, words: PeopleWords) -> bool:
    """ "Farmers" at the start of a sentence, taken for a name because of its capital."""
    word = t.lower[i]
    return word.endswith("s") and word[:-1] in words.person_nouns


def _is_proper_part(t: ReportedText, i: int, head: int) -> bool:
    return (
        t.tags[i] in _PROPER
        and t.quotation[i] == OUTSIDE
        and t.paragraph[i] == t.paragraph[head]
        and t.entity[i] == OUTSIDE
    )


def _label_mention(t: ReportedText, label: Span, words: PeopleWords) -> NameMention:
    first, end = bisect_left(t.ends, label.start + 1), bisect_left(t.starts, label.end)
    # The parse keeps the full stop of "Ms.", but not that of "MS.".
    while first < end - 1 and (is_address(t, first, words) or t.word(first) == "."):
        first += 1
    entity = t.entity[end - 1]
    is_organization = any(word in words.organization_nouns for word in t.lower[first:end]) or (
        entity != OUTSIDE and t.entities[entity].label == "ORG" and end - first == 1
    )
    return NameMention(first, end, "organization" if is_organization else "person")


def _appositions(t: ReportedText, head: int) -> list[int]:
    """The proper nouns that explain a source's head, as in "the company, Luz"."""
    if not t.word(head).islower():
        return []
    after = [c for c in t.children[head] if c > head and t.deps[c] == "appos"]
    return [c for c in after if t.tags[c] == "NNP" and t.quotation[c] == OUTSIDE]


def _enclosed_mentions(t: ReportedText, words: PeopleWords) -> Iterator[NameMention]:
    """The short name between commas in "their brother, Per, ...", whatever the model saw in it."""
    for i in range(2, len(t) - 2):
        noun, following = t.lower[i - 1], t.word(i + 1)
        if t.lower[i] != "," or noun not in words.gender_of_word or not t.word(i - 1).islower():
            continue
        is_name = following.istitle() and following.isalpha() and t.lower[i + 2] == ","
        same_place = t.paragraph[i - 1] == t.paragraph[i + 2] and t.entity[i + 1] == OUTSIDE
        if is_name and same_place and t.quotation[i + 1] == OUTSIDE:
            yield NameMention(i + 1, i + 2, "person", noun)


def _outermost(mentions: list[NameMention]) -> list[NameMention]:
    """Without those that lie within another, as the given name before a nickname does."""
    kept: list[NameMention] = []
    for mention in sorted(mentions, key=lambda m: (m.first, -m.end)):
        if not kept or mention.end > kept[-1].end:
            kept.append(mention)
    return kept


def _called_mentions(
    t: ReportedText, heads: set[int], words: PeopleWords, mentions: list[NameMention]
) -> Iterator[NameMention]:
    """Put what "a channel known as X" names in the place of what was recognised there."""
    called: dict[int, NameMention] = {}
    for head in heads:
        found = called_name(t, head)
        if found is not None:
            noun = t.lower[head]
            is_person = noun in words.person_nouns or noun in words.gender_of_word
            mention = NameMention(*found, "person" if is_person else "organization")
            called.update(dict.fromkeys(range(*found), mention))
    yield from dict.fromkeys(called.values())
    for mention in mentions:
        if called.keys().isdisjoint(range(mention.first, mention.end)):
            yield mention


def _with_kind_of_noun(
    t: ReportedText, mention: NameMention, explained: dict[int, int], words: PeopleWords
) -> NameMention:
    """A name beside "company" is an organisation's, beside "engineer" a person's."""
    for i in range(mention.first, mention.end):
        noun = t.lower[explained[i]] if i in explained else ""
        if noun in words.organization_nouns:
            return replace(mention, kind="organization")
        if noun in words.person_nouns or noun in words.gender_of_word:
            return replace(mention, kind="person")
    return mention


def _nickname_mentions(t: ReportedText, words: PeopleWords) -> Iterator[NameMention]:
    """The whole of "Oskar “Spider” Brandt", which the model may cut at the marks."""
    for quotation, (opening, end) in zip(t.quotations, t.quotation_words, strict=True):
        inner = quotation.inner.text_of(t.text)
        is_short = end - opening <= _LONGEST_NICKNAME and opening > 0 and end < len(t)
        if not is_short or not inner[0].isupper() or inner[-1] in ".,?!":
            continue
        beside = (opening - 1, end)
        is_name = all(t.tags[i] == "NNP" and t.word(i).istitle() for i in beside)
        same_place = t.paragraph[opening - 1] == t.paragraph[end] != OUTSIDE
        if is_name and same_place and not is_plain_noun(t, opening - 1, words):
            first = opening - 1
            while first > 0 and _is_given_name(t, first - 1, opening, words):
                first -= 1
            yield NameMention(first, end + 1, "person")


def _is_misspelt(word: str, surnames: frozenset[tuple[str, ...]]) -> bool:
    few = len(surnames) <= _MOST_SURNAMES
    return few and any(is_slip(surname[-1], word) for surname in surnames)


def _is_given_name(t: ReportedText, i: int, opening: int, words: PeopleWords) -> bool:
    is_name = t.tags[i] == "NNP" and fold(t.word(i)) in words.given_names
    within = t.paragraph[i] == t.paragraph[opening] and t.quotation[i] == OUTSIDE
    return is_name and within and not is_address(t, i, words)


def surnames_of(
    full_names: Iterable[tuple[str, ...]], words: PeopleWords
) -> frozenset[tuple[str, ...]]:
    """The surnames that people with these names may be called by, also "al masri" of two words."""
    surnames: set[tuple[str, ...]] = set()
    for tokens in full_names:
        surnames.update({tokens[-1:]} if len(tokens) > 1 else ())
        beyond = range(1, len(tokens) - 1)
        surnames.update(tokens[i:] for i in beyond if tokens[i] in words.particles)
    return frozenset(surnames)


def _agree_on_kinds(
    t: ReportedText, mentions: list[NameMention], heads: set[int], words: PeopleWords
) -> list[NameMention]:
    """Give equal forms the kind that most of them have; a surname of a known person is a person."""
    votes: dict[tuple[str, ...], Counter[NameKind]] = {}
    for mention in mentions:
        votes.setdefault(name_tokens(t, mention), Counter())[mention.kind] += 1
    people = {tokens for tokens, kinds in votes.items() if kinds.most_common(1)[0][0] == "person"}
    surnames = surnames_of(people, words)
    given = {tokens[0] for tokens in people if len(tokens) > 1}
    single = {tokens[0] for tokens in people if len(tokens) == 1}
    acronyms = {fold(acronym) for acronym in _ACRONYM.findall(t.text)}
    result = []
    for mention in mentions:
        tokens = name_tokens(t, mention)
        if not tokens:
            continue
        kind = votes[tokens].most_common(1)[0][0]
        is_source = any(i in heads for i in range(mention.first, mention.end))
        may_be_person = kind == "organization" or (is_source and kind == "place")
        if may_be_person and tokens in surnames:
            kind = "person"
        if may_be_person and is_source and len(tokens) == 1:
            is_person = tokens[0] in given or _is_misspelt(tokens[0], surnames)
            kind = "person" if is_person else kind
        if kind == "person" and tokens[0] in acronyms:
            kind = "organization"
        is_known = len(tokens) in (2, 3) and tokens[-1] in single
        if kind == "organization" and is_known and words.organization_nouns.isdisjoint(tokens):
            kind = "person"
        result.append(NameMention(mention.first, mention.end, kind, mention.address))
    return result


def _may_begin_name(character: str) -> bool:
    """A capital, or a letter of a script that has none."""
    return character.isupper() or character == "@" or character.lower() == character.upper()
