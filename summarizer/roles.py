"""Roles: what the text says somebody is, next to the name and word for word."""

from collections.abc import Iterator

from summarizer.clauses import verb_cue_at
from summarizer.cues import load_cues
from summarizer.mentions import NameMention
from summarizer.models import Span
from summarizer.names import Name
from summarizer.people import PeopleWords
from summarizer.reported import OUTSIDE, ReportedText

_LONGEST_ROLE = 18
_FULL_ROLE = 5
_LOOKED_AT = 10
_ARTICLES = frozenset({"the", "a", "an"})
_NO_ROLE = frozenset(
    {"CC", "IN", "TO", "RB", "WRB", "WDT", "WP$", "PRP", "VBD", "VBG", "VBZ", "CD"}
)
_SCORES = {"apposition": 4, "before": 3, "of": 2, "relative": 2, "is": 1}


def find_role(t: ReportedText, name: Name, words: PeopleWords) -> Span | None:
    """The fullest role that stands at a mention of the name; None where there is none."""
    best: tuple[tuple[int, int, int], Span] | None = None
    for mention in name.mentions:
        if t.paragraph[mention.first] == OUTSIDE or t.quotation[mention.first] != OUTSIDE:
            continue
        for kind, first, end in _candidates(t, mention, name, words):
            if t.tags[first] == "PRP$":
                first += 1
            if not 0 < end - first <= _LONGEST_ROLE:
                continue
            worth = _SCORES[kind] - (2 if end - first == 1 and kind == "before" else 0)
            rank = (worth, min(end - first, _FULL_ROLE), -mention.first)
            if best is None or rank > best[0]:
                best = (rank, t.span(first, end))
    return None if best is None else best[1]


def is_person_by_role(t: ReportedText, name: Name, words: PeopleWords) -> bool:
    """Whether an apposition tells that what looks like an organisation's name is a person's."""
    if not 1 < len(name.tokens) < 5 or not words.organization_nouns.isdisjoint(name.tokens):
        return False
    person = Name("person", name.tokens)
    for mention in name.mentions[:_LOOKED_AT]:
        found = _apposition_after(t, mention, person, words)
        if found is not None and found[0] == "apposition":
            return True
    return False


def _candidates(
    t: ReportedText, mention: NameMention, name: Name, words: PeopleWords
) -> Iterator[tuple[str, int, int]]:
    after = _apposition_after(t, mention, name, words)
    if after is not None:
        yield after
    if name.kind != "person":
        return
    beside = _in_parentheses(t, mention, name, words) or _of_organization(t, mention, words)
    if beside is not None:
        yield "of", *beside
    before = _title_before(t, mention, words)
    if before is not None:
        yield "before", *before
    appositive = _apposition_before(t, mention, words)
    if appositive is not None:
        yield "before", *appositive
    predicate = _predicate(t, mention, words)
    if predicate is not None:
        yield "is", *predicate


def _apposition_after(
    t: ReportedText, mention: NameMention, name: Name, words: PeopleWords
) -> tuple[str, int, int] | None:
    """What stands after the name between commas, up to the next comma or reporting verb."""
    i = mention.end
    if i < len(t) and t.lower[i] == "(":
        while i < len(t) and t.lower[i] != ")" and i < mention.end + 8:
            i += 1
        i += 1
    if i + 1 >= len(t) or t.lower[i] not in (",", "—", "–") or t.paragraph[i + 1] == OUTSIDE:
        return None
    first = i + 1
    if t.tags[first] == "CD" and t.lower[first + 1 : first + 2] == (",",):
        first += 2
    if first >= len(t):
        return None
    if t.lower[first] == "who" and t.lower[first + 1 : first + 2] and name.kind == "person":
        verb = first + 1
        if t.lower[verb] not in words.relative_verbs:
            return None
        return "relative", first, _end_of_apposition(t, first, mention)
    end = _with_title_of_work(t, first, _end_of_apposition(t, first, mention))
    if end <= first:
        return None
    if t.lower[first] == "of" and name.kind == "person":
        return "of", first, end
    return ("apposition", first, end) if _is_role(t, first, end, name, words) else None


def _in_parentheses(
    t: ReportedText, mention: NameMention, name: Name, words: PeopleWords
) -> tuple[int, int] | None:
    """ "X (curator of the archive)"."""
    first = mention.end + 1
    if t.lower[mention.end : first] != ("(",):
        return None
    end = next((i for i in range(first, min(first + _LOOKED_AT, len(t))) if t.lower[i] == ")"), 0)
    return (first, end) if end > first and _is_role(t, first, end, name, words) else None


def _of_organization(
    t: ReportedText, mention: NameMention, words: PeopleWords
) -> tuple[int, int] | None:
    """ "X of the Valley Water Authority": what the person belongs to."""
    first = mention.end
    if t.lower[first : first + 1] != ("of",):
        return None
    whole = t.child(first, "pobj")
    if whole is None or t.quotation[whole] != OUTSIDE or t.paragraph[whole] != t.paragraph[first]:
        return None
    entity = t.entity[whole]
    is_organization = entity != OUTSIDE and t.entities[entity].label == "ORG"
    if not is_organization and t.lower[whole] not in words.organization_nouns:
        return None
    return first, t.entities[entity].end if is_organization else whole + 1


def _end_of_apposition(t: ReportedText, first: int, mention: NameMention) -> int:
    cues = load_cues()
    i = first
    if t.lower[first] == "who":
        i = min(first + 2, len(t))
    while i < len(t) and i - first <= _LONGEST_ROLE:
        outside = t.quotation[i] != OUTSIDE or t.paragraph[i] != t.paragraph[mention.first]
        if outside or t.lower[i] in (",", ".", ";", ":", "—", "–", "(", "?", "!"):
            return i
        if i > first and (
            t.lower[i] in ("who", "which", "whose") or t.tags[i] in ("VBD", "VBZ", "MD")
        ):
            is_cue = verb_cue_at(t, i, cues) is not None
            if is_cue or t.lower[i] in ("who", "which", "whose") or t.heads[i] < first:
                return i
            if t.deps[i] != "relcl" and t.tags[first] not in ("WP",):
                return i
        i += 1
    return i


def _with_title_of_work(t: ReportedText, first: int, end: int) -> int:
    """Take in the title in "author of “The Dam”"; a preposition without anything is left out."""
    if end <= first or t.tags[end - 1] != "IN":
        return end
    if end < len(t) and t.quotation[end] != OUTSIDE:
        after = t.quotation_words[t.quotation[end]][1]
        if after - first <= _LONGEST_ROLE:
            return after
    return end - 1


def _is_role(t: ReportedText, first: int, end: int, name: Name, words: PeopleWords) -> bool:
    """A noun phrase with a noun for a person, or any "a ..." or "the ..." beside a name."""
    if t.tags[first] in _NO_ROLE:
        return False
    tags = t.tags[first:end]
    if not any(tag in ("NN", "NNS", "NNP") for tag in tags) or any(
        tag in ("VBD", "MD") for tag in tags
    ):
        return False
    nouns = [i for i in range(first, end) if t.tags[i].startswith("NN")]
    if name.kind == "person":
        is_explained = t.lower[first] in ("a", "an") and any(
            t.deps[i] == "appos" and first - 5 < t.heads[i] < first for i in nouns
        )
        return is_explained or any(_is_person_noun(t, i, words) for i in nouns)
    return t.lower[first] in _ARTICLES and any(t.tags[i] == "NN" for i in nouns)


def _is_person_noun(t: ReportedText, i: int, words: PeopleWords) -> bool:
    word = t.lower[i]
    if word in words.person_nouns or word in words.gender_of_word or word in words.titles:
        return True
    return word.endswith(
        ("ologist", "ographer", "maker", "keeper", "woman", "man", "person", "iatrist")
    )


def _title_before(
    t: ReportedText, mention: NameMention, words: PeopleWords
) -> tuple[int, int] | None:
    """The modifiers before the name: "Estonian Prime Minister", "team member"."""
    first = end = mention.first
    while first > 0 and _is_title_part(t, first - 1, mention, words):
        first -= 1
    while end > first and t.lower[end - 1] in words.honorifics:
        end -= 1
    while first < end and (
        t.lower[first] in _ARTICLES or t.tags[first] in ("POS", "CC", "IN", ",")
    ):
        first += 1
    if first >= end or not any(_is_person_noun(t, i, words) for i in range(first, end)):
        return None
    return first, end


def _is_title_part(t: ReportedText, i: int, mention: NameMention, words: PeopleWords) -> bool:
    if t.quotation[i] != OUTSIDE or t.paragraph[i] != t.paragraph[mention.first]:
        return False
    if mention.first - i > 10:
        return False
    if (
        t.lower[i] in words.titles
        or t.lower[i] in words.person_nouns
        or t.lower[i] in words.honorifics
    ):
        return True
    is_dash = t.tags[i] == "HYPH" and t.ends[i] != t.starts[i + 1]
    if not is_dash and t.tags[i] in ("NN", "NNP", "JJ", "NNPS", "HYPH", "POS", "PRP$", "VBN"):
        below_name = any(t.left[j] <= i for j in range(mention.first, mention.end))
        return below_name and t.lower[i] not in _ARTICLES
    in_phrase = any(t.left[j] < i for j in range(mention.first, mention.end))
    return in_phrase and t.lower[i] in ("of", "and", "for", "&", "-", "the", "in", "to")


def _apposition_before(
    t: ReportedText, mention: NameMention, words: PeopleWords
) -> tuple[int, int] | None:
    """ "The team's coach, X, said": a noun phrase that the name explains."""
    appositions = (t.heads[i] for i in range(mention.first, mention.end) if t.deps[i] == "appos")
    head = next(appositions, mention.first)
    start = mention.first
    while start > 1 and t.lower[start - 1] in words.honorifics | words.titles:
        start -= 1
    if head >= start and start > 1 and t.lower[start - 1] == ",":
        head = start - 2  # not seen by the parser: "The team's coach, X, ..."
        is_office = t.lower[head] in words.titles and t.word(head).istitle()
        if t.lower[mention.end : mention.end + 1] != (",",) and not is_office:
            return None
    if head >= start or not _is_person_noun(t, head, words):
        return None
    first, end = t.left[head], start
    while first < head and (
        t.quotation[first] != OUTSIDE or t.paragraph[first] != t.paragraph[head]
    ):
        first += 1
    while end > head + 1 and not any(c.isalnum() for c in t.lower[end - 1]):
        end -= 1
    if (
        any(t.lower[i] == "," for i in range(head, end))
        or t.entity[head] == t.entity[mention.first] != OUTSIDE
    ):
        return None
    return first, end


def _predicate(t: ReportedText, mention: NameMention, words: PeopleWords) -> tuple[int, int] | None:
    """ "X is the director of the zoo"."""
    subject = next((i for i in range(mention.first, mention.end) if t.deps[i] == "nsubj"), None)
    if subject is None or t.lower[t.heads[subject]] not in ("is", "was"):
        return None
    noun = t.child(t.heads[subject], "attr")
    if noun is None or not _is_person_noun(t, noun, words):
        return None
    first, end = t.left[noun], t.right[noun] + 1
    for i in range(first, end):
        if i > noun and (t.lower[i] in (",", "who", "that") or t.quotation[i] != OUTSIDE):
            end = i
            break
    return (first, end) if end > noun else None
