"""Names of people and organisations in an article, and which of them mean the same one."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from summarizer.mentions import NameMention, find_mentions, name_tokens, surnames_of
from summarizer.models import Span
from summarizer.people import Gender, NameKind, PeopleWords, fold, is_slip
from summarizer.reported import OUTSIDE, ReportedText

_MOST_OF_ONE_NAME = 40
_LONGEST_NAME = 6
_PROPER = frozenset({"NNP", "NNPS"})
_MAY_BE_GIVEN = frozenset({"NNP", "FW", "JJ", "NN"})
_HANDLE = re.compile(r"\s?\((@\w{1,30})\)")


@dataclass(slots=True)
class Name:
    """One person, organisation or place under all forms of its name, mentions in text order."""

    kind: NameKind
    tokens: tuple[str, ...]
    mentions: list[NameMention] = field(default_factory=list)
    gender: Gender | None = None


@dataclass(frozen=True, slots=True)
class NameIndex:
    """All names of an article, and for a word the name that it is part of."""

    names: tuple[Name, ...]
    at_word: dict[int, tuple[Name, NameMention]]


def index_names(
    t: ReportedText, source_heads: Iterable[int], labels: list[Span], words: PeopleWords
) -> NameIndex:
    """Group the mentions of names in the article by whom or what they name."""
    mentions = find_mentions(t, source_heads, labels, words)
    mentions = _with_full_forms(t, _acting_people(t, mentions), words)
    people = [m for m in mentions if m.kind == "person"]
    people = sorted([*people, *_bare_surnames(t, mentions)], key=lambda m: m.first)
    others = [m for m in mentions if m.kind != "person"]
    names = _with_handles(t, [*_group_people(t, people, words), *_group_others(t, others)])
    at_word = {i: (name, m) for name in names for m in name.mentions for i in range(m.first, m.end)}
    return NameIndex(tuple(names), at_word)


def _surnames(t: ReportedText, mentions: list[NameMention]) -> set[str]:
    tokens_of = (name_tokens(t, m) for m in mentions if m.kind == "person")
    return {tokens[-1] for tokens in tokens_of if len(tokens) > 1}


def _acting_people(t: ReportedText, mentions: list[NameMention]) -> list[NameMention]:
    """With a person's surname taken for a place made a person's where it is a subject."""
    surnames = _surnames(t, mentions)
    found = []
    for mention in mentions:
        is_subject = t.deps[mention.first] in ("nsubj", "nsubjpass")
        is_word = mention.end - mention.first == 1 and fold(t.word(mention.first)) in surnames
        is_person = mention.kind == "place" and is_subject and is_word
        found.append(replace(mention, kind="person") if is_person else mention)
    return found


def _with_full_forms(
    t: ReportedText, mentions: list[NameMention], words: PeopleWords
) -> list[NameMention]:
    """With the full name before "de la Fuente" alone, where the model saw none in it."""
    surnames = {
        t.lower[m.first : m.end]
        for m in mentions
        if m.kind == "person" and m.end - m.first > 1 and t.lower[m.first] in words.particles
    }
    full = []
    within = {i for m in mentions for i in range(m.first + 1, m.end)}
    for surname in surnames:
        for i in (i for i, word in enumerate(t.lower[1:], 1) if word == surname[0]):
            end, given = i + len(surname), t.word(i - 1)
            is_name = given.istitle() and given.isalpha() and t.tags[i - 1] in _MAY_BE_GIVEN
            is_word = t.lower[i - 1] in words.titles | words.person_nouns | words.honorifics
            if t.lower[i:end] == surname and is_name and not is_word and i - 1 not in within:
                full.append(NameMention(i - 1, end, "person"))
    full += _unlabelled_full_names(t, mentions, words)
    taken = {i for m in full for i in range(m.first, m.end)}
    longer = [m for m in mentions if m.first not in taken and m.end - 1 not in taken]
    return sorted([*longer, *full], key=lambda m: m.first)


def _unlabelled_full_names(
    t: ReportedText, mentions: list[NameMention], words: PeopleWords
) -> Iterator[NameMention]:
    """Full names that the model did not see, of people whose surname it saw elsewhere."""
    known = {token for m in mentions for token in name_tokens(t, m) if m.end - m.first > 1}
    alone = {t.lower[m.first] for m in mentions if m.kind == "person" and m.end - m.first == 1}
    covered = {i for m in mentions for i in range(m.first, m.end)}
    for i, word in enumerate(t.lower):
        if word not in alone or fold(word) in known or i in covered or t.tags[i] != "NNP":
            continue
        first, end = i, i + 1
        while first > 0 and _may_join(t, first - 1, i) and not _is_office(t, first - 1, words):
            first -= 1
        while end < len(t) and _may_join(t, end, i):
            end += 1
        if 1 < end - first < _LONGEST_NAME and words.organization_nouns.isdisjoint(t.lower[i:end]):
            yield NameMention(first, end, "person")


def _may_join(t: ReportedText, i: int, beside: int) -> bool:
    """Whether a word without a label belongs to the proper name beside it."""
    within = t.paragraph[i] == t.paragraph[beside] and t.quotation[i] == t.quotation[beside]
    is_part = t.tags[i] == "NNP" or (t.lower[i] == "-" and t.ends[i] in t.starts[i + 1 : i + 2])
    return within and is_part and t.entity[i] == OUTSIDE


def _is_office(t: ReportedText, i: int, words: PeopleWords) -> bool:
    word = t.lower[i]
    return (
        word in words.titles | words.honorifics | words.person_nouns | words.gender_of_word.keys()
    )


def _bare_surnames(t: ReportedText, mentions: list[NameMention]) -> list[NameMention]:
    """The surname alone of somebody named in full, where the model gave it no label."""
    covered = {i for m in mentions for i in range(m.first, m.end)}
    surnames = _surnames(t, mentions)
    found = []
    for i, tag in enumerate(t.tags):
        if tag != "NNP" or i in covered or t.entity[i] != OUTSIDE or not t.word(i).istitle():
            continue
        beside = t.tags[max(0, i - 1) : i] + t.tags[i + 1 : i + 2]
        if fold(t.word(i)) in surnames and not _PROPER & set(beside):
            found.append(NameMention(i, i + 1, "person"))
    return found


def _with_handles(t: ReportedText, names: list[Name]) -> list[Name]:
    """Give "@lvogt" to whom "Lena Vogt (@lvogt)" names, and "@lenavogt" to Lena Vogt."""
    owners: dict[str, Name] = {}
    for name in names:
        if name.tokens[0].startswith("@"):
            continue
        owners.setdefault("@" + "".join(name.tokens), name)
        for mention in name.mentions:
            match = _HANDLE.match(t.text, t.ends[mention.end - 1])
            if match:
                owners.setdefault(fold(match.group(1)), name)
    kept = []
    for name in names:
        owner = owners.get(name.tokens[0])
        if owner is None:
            kept.append(name)
        else:
            owner.mentions.extend(name.mentions)
            owner.mentions.sort(key=lambda m: m.first)
    return kept


def same_person(a: tuple[str, ...], b: tuple[str, ...], words: PeopleWords) -> bool:
    """Whether two full names may be one person's: not for two given names with one surname."""
    if a == b:
        return True
    if a[-1] == b[-1]:
        first, other = a[0], b[0]
        if first == other:
            return True
        if first[0] == other[0] and 1 in (len(first), len(other)):
            return True
        if _is_short_for(first, other, words) or is_slip(first, other, words.given_names):
            return True
    shorter, longer = sorted((set(a), set(b)), key=len)
    return len(shorter) > 1 and shorter <= longer


def _is_short_for(a: str, b: str, words: PeopleWords) -> bool:
    """Whether one is a short form of the other, as "tom" of "thomas"."""
    return a in words.full_forms.get(b, ()) or b in words.full_forms.get(a, ())


def _group_people(t: ReportedText, mentions: list[NameMention], words: PeopleWords) -> list[Name]:
    tokens_of = [(name_tokens(t, mention), mention) for mention in mentions]
    surnames = surnames_of((k for k, _ in tokens_of), words)
    tokens_of = [(k[-1:] if k in surnames else k, m) for k, m in tokens_of]
    people, by_token = _group_full_names([(k, m) for k, m in tokens_of if len(k) > 1], words)
    full = {id(name): [m.first for m in name.mentions] for name in people}
    for name in people:
        name.gender = _gender(t, name, words)
    called: dict[str, Name] = {}
    named = people[:]
    for (token,), mention in ((k, m) for k, m in tokens_of if len(k) == 1):
        known = by_token.get(token, [])[:_MOST_OF_ONE_NAME]
        chosen = _choose_by_surname(t, mention, token, known, full, words, called)
        chosen = chosen or _by_initials(t, mention, people) or _misspelt(token, named)
        name = chosen or Name("person", (token,))
        if chosen is None:
            people.append(name)
            by_token.setdefault(token, []).append(name)
            full[id(name)] = [mention.first]
        called[token] = name
        name.mentions.append(mention)
        name.gender = name.gender or words.gender_of_word.get(mention.address)
    for name in people:
        name.mentions.sort(key=lambda m: m.first)
        name.gender = name.gender or _gender(t, name, words)
    return people


def _group_full_names(
    mentions: list[tuple[tuple[str, ...], NameMention]],
    words: PeopleWords,
) -> tuple[list[Name], dict[str, list[Name]]]:
    """The people who are named in full, and by each part of a name who has it."""
    people: list[Name] = []
    by_token: dict[str, list[Name]] = {}
    for tokens, mention in mentions:
        known = by_token.get(tokens[-1], [])[:_MOST_OF_ONE_NAME]
        known = known + by_token.get(tokens[0], [])[:_MOST_OF_ONE_NAME]
        name = next((n for n in known if same_person(n.tokens, tokens, words)), None)
        if name is None:
            name = Name("person", tokens)
            people.append(name)
        elif len(tokens) > len(name.tokens):
            name.tokens = tokens
        name.mentions.append(mention)
        for token in tokens:
            if not any(n is name for n in by_token.setdefault(token, [])[:_MOST_OF_ONE_NAME]):
                by_token[token].append(name)
    return people, by_token


def _choose_by_surname(
    t: ReportedText,
    mention: NameMention,
    token: str,
    candidates: list[Name],
    full: dict[int, list[int]],
    words: PeopleWords,
    called: dict[str, Name],
) -> Name | None:
    """Among people who share a name part the one whose full name stands nearest before.

    Where two of them are named in one sentence there, it is who was `called` so before, or else the
    one that is the sentence's subject, if anybody.
    """
    by_last = [n for n in candidates if n.tokens[-1] == token] or candidates
    gender = words.gender_of_word.get(mention.address)
    fitting = [n for n in by_last if gender is None or n.gender in (None, gender)]
    fitting = [n for n in fitting if gender is not None and n.gender == gender] or fitting
    if not fitting:
        return None

    def distance(name: Name) -> tuple[bool, int]:
        firsts = full[id(name)]
        i = bisect_right(firsts, mention.first)
        return (False, mention.first - firsts[i - 1]) if i else (True, firsts[0])

    nearest, *others = sorted(fitting, key=distance)
    if others and gender is None:
        steps = [distance(nearest), distance(others[0])]
        words_between = range(mention.first - steps[1][1] + 1, mention.first - steps[0][1] + 1)
        if not steps[1][0] and not any(t.sentence_start[i] for i in words_between):
            named_there = [
                name for name in (nearest, others[0]) if _is_subject_before(t, name, mention)
            ]
            return called.get(token) or (named_there[0] if len(named_there) == 1 else None)
    return nearest


def _is_subject_before(t: ReportedText, name: Name, mention: NameMention) -> bool:
    """Whether the full name that stands last before the mention is a subject."""
    before = [m for m in name.mentions if m.first < mention.first and m.end - m.first > 1]
    last = before[-1] if before else mention
    return any(t.deps[i] in ("nsubj", "nsubjpass", "conj") for i in range(last.first, last.end))


def _by_initials(t: ReportedText, mention: NameMention, people: list[Name]) -> Name | None:
    """The only person with the initials that stand there, as labels of turns may: "NH"."""
    letters = t.word(mention.first)
    if not (letters.isupper() and 1 < len(letters) < 4):
        return None
    meant = [name for name in people if initials(name.tokens) == letters.casefold()]
    return meant[0] if len(meant) == 1 else None


def _misspelt(token: str, people: list[Name]) -> Name | None:
    """The only person whose surname was meant by one that belongs to nobody."""
    meant = [name for name in people[:_MOST_OF_ONE_NAME] if is_slip(name.tokens[-1], token)]
    return meant[0] if len(meant) == 1 else None


def _gender(t: ReportedText, name: Name, words: PeopleWords) -> Gender | None:
    for mention in name.mentions:
        before = range(max(0, mention.first - 3), mention.first)
        for word in (mention.address, *(t.lower[i] for i in reversed(before))):
            if word in words.gender_of_word:
                return words.gender_of_word[word]
    if len(name.tokens) < 2 or _has_family_name_first(t, name.mentions[0]):
        return None
    return words.gender_of_given_name.get(name.tokens[0])


def _has_family_name_first(t: ReportedText, mention: NameMention) -> bool:
    """Whether the hyphenated given name of "Park Ji-woo" comes last."""
    hyphen = mention.first + 2
    is_hyphenated = hyphen + 1 < mention.end and t.lower[hyphen] == "-"
    return is_hyphenated and t.word(hyphen + 1).islower()


def _group_others(t: ReportedText, mentions: list[NameMention]) -> list[Name]:
    names: list[Name] = []
    by_token: dict[str, list[Name]] = {}
    longest_first = sorted(mentions, key=lambda m: (-len(name_tokens(t, m)), m.first))
    for mention in longest_first:
        tokens = name_tokens(t, mention)
        known = by_token.get(tokens[0], [])[:_MOST_OF_ONE_NAME]
        name = next((n for n in known if _same_other(n, tokens, mention)), None)
        if name is None and len(tokens) == 1 and mention.kind == "organization":
            ends = [
                n
                for n in known
                if n.kind == "organization" and tokens[0] in n.tokens[:: len(n.tokens) - 1 or 1]
            ]
            name = ends[0] if len(ends) == 1 else None
        if name is None:
            name = Name(mention.kind, tokens)
            names.append(name)
            for token in {*tokens, initials(tokens), _acronym_after(t, mention)} - {""}:
                by_token.setdefault(token, []).append(name)
        name.mentions.append(mention)
    for name in names:
        name.mentions.sort(key=lambda m: m.first)
    return names


def _same_other(name: Name, tokens: tuple[str, ...], mention: NameMention) -> bool:
    if name.kind != mention.kind and len(tokens) == 1:
        return False
    if name.tokens == tokens or (len(tokens) == 1 and tokens[0] == initials(name.tokens)):
        return True
    if name.kind != "organization" or len(tokens) < 2:
        return tokens[0] not in name.tokens and len(tokens) == 1
    return name.tokens[-len(tokens) :] == tokens or name.tokens[: len(tokens)] == tokens


def initials(tokens: tuple[str, ...]) -> str:
    return "".join(w[0] for w in tokens) if len(tokens) > 1 else ""


_ACRONYM = re.compile(r"\s?\((?:the )?([A-Z][A-Za-z&-]{1,9})\)")


def _acronym_after(t: ReportedText, mention: NameMention) -> str:
    match = _ACRONYM.match(t.text, t.ends[mention.end - 1])
    return fold(match.group(1)) if match else ""
